using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Login, heartbeat and logout of a terminal, and the short answers of both sides. Each returns the frame's bytes.
/// </summary>
public static class LinkFrames
{
    public const int LoginFn = 1;
    public const int LogoutFn = 2;
    public const int HeartbeatFn = 3;

    public const int AllAcceptedFn = 1;
    public const int AllDeniedFn = 2;
    public const int PerUnitFn = 3;

    /// <summary>FIR and FIN: the only frame of its exchange.</summary>
    public const byte OneFrame = 0x60;

    /// <summary>CON: the sender waits for a confirm.</summary>
    public const byte Con = 0x10;

    /// <summary>TpV: a time tag ends the user data.</summary>
    public const byte TpV = 0x80;

    /// <summary>Bytes that any of these frames needs.</summary>
    public const int BytesMax = 64;

    public static int Login(Span<byte> to, TerminalAddress address, int pseq) => Link(to, address, pseq, LoginFn);

    public static int Logout(Span<byte> to, TerminalAddress address, int pseq) => Link(to, address, pseq, LogoutFn);

    public static int Heartbeat(Span<byte> to, TerminalAddress address, int pseq) =>
        Link(to, address, pseq, HeartbeatFn);

    /// <summary>The master's answer "all accepted" to a frame of a terminal: C = 0B, its PSEQ, its A3 (A04).</summary>
    public static int Confirm(Span<byte> to, TerminalAddress address, byte a3, int pseq) =>
        Answer(to, 0x0B, address, a3, pseq, AllAcceptedFn);

    public static int Deny(Span<byte> to, TerminalAddress address, byte a3, int pseq) =>
        Answer(to, 0x0B, address, a3, pseq, AllDeniedFn);

    /// <summary>A terminal's answer to a command: AFN 00 F1 or F2.</summary>
    public static int TerminalAnswer(Span<byte> to, TerminalAddress address, byte a3, int pseq, bool accepted) =>
        Answer(to, 0x80, address, a3, pseq, accepted ? AllAcceptedFn : AllDeniedFn);

    /// <summary>
    /// The master asks whether the terminal is there (AFN 02 F3, C = 49); any answer proves that it is.
    /// </summary>
    public static int LinkTest(Span<byte> to, TerminalAddress address, byte a3, int pseq)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x49, address, a3, Afn.Link, (byte)(OneFrame | Con | (pseq & 15)));
        frame.Unit(0, HeartbeatFn);
        return frame.End();
    }

    private static int Link(Span<byte> to, TerminalAddress address, int pseq, int fn)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0xC9, address, 0, Afn.Link, (byte)(OneFrame | Con | (pseq & 15)));
        frame.Unit(0, fn);
        return frame.End();
    }

    private static int Answer(Span<byte> to, byte control, TerminalAddress address, byte a3, int pseq, int fn)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(control, address, a3, Afn.Confirm, (byte)(OneFrame | (pseq & 15)));
        frame.Unit(0, fn);
        return frame.End();
    }
}
