using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>Where a request goes and what numbers it carries.</summary>
/// <param name="A3">MSA shifted left by one; the terminal echoes it.</param>
/// <param name="Counter">PFC of the master for this terminal; its low nibble is the PSEQ.</param>
public readonly record struct RequestTarget(TerminalAddress Address, byte A3, byte Counter);

/// <summary>What the master asks of a terminal and orders it to do. Each returns the frame's bytes.</summary>
public static class RequestFrames
{
    public const int CurrentForwardActiveFn = 129;
    public const int CurveForwardActiveFn = 101;
    public const int DailyForwardActiveFn = 161;
    public const int MeterTableFn = 10;
    public const int ForwardFn = 1;
    public const int KeepPowerFn = 25;
    public const int KeepPowerReleaseFn = 33;
    public const int AlarmFn = 26;
    public const int AlarmReleaseFn = 34;
    public const int SetClockFn = 31;

    /// <summary>
    /// Bytes around the content of a forward request: header, unit, parameters, password, tag, check.
    /// </summary>
    public const int ForwardOverheadBytes = 64;

    /// <summary>2400 baud, 8 data bits, even parity: the bus of 645-2007.</summary>
    public const byte Baud2400Parity8E1 = 0x6B;

    /// <summary>Longest wait for the meter: 60 s, with D7 saying "seconds".</summary>
    private const byte FrameTimeout = 0x80 | 60;

    /// <summary>100 ms between bytes.</summary>
    private const byte ByteTimeout = 10;

    /// <summary>AFN 0C F129: the forward active register of now, with tariffs.</summary>
    public static int ReadCurrent(Span<byte> to, RequestTarget target, int pn)
    {
        var frame = Begin(to, 0x4B, target, Afn.CurrentData, 0);
        frame.Unit(pn, CurrentForwardActiveFn);
        return frame.End();
    }

    /// <summary>AFN 0D F101: <paramref name="count"/> hourly registers from <paramref name="startLocal"/> on.</summary>
    public static int ReadCurve(Span<byte> to, RequestTarget target, int pn, DateTime startLocal, byte count)
    {
        var frame = Begin(to, 0x4B, target, Afn.HistoryData, 0);
        frame.Unit(pn, CurveForwardActiveFn);
        Formats.WriteA15(startLocal, frame.Take(Formats.A15Bytes));
        frame.Byte(3);
        frame.Byte(count);
        return frame.End();
    }

    /// <summary>AFN 0D F161: the forward active register at 24:00 of the day.</summary>
    public static int ReadDaily(Span<byte> to, RequestTarget target, int pn, DateOnly day)
    {
        var frame = Begin(to, 0x4B, target, Afn.HistoryData, 0);
        frame.Unit(pn, DailyForwardActiveFn);
        Formats.WriteA20(day, frame.Take(Formats.A20Bytes));
        return frame.End();
    }

    /// <summary>AFN 0A F10: the records with sequence numbers from <paramref name="first"/> on.</summary>
    public static int ReadMeterTable(Span<byte> to, RequestTarget target, int first, int count)
    {
        var frame = Begin(to, 0x4A, target, Afn.ReadParameters, 0);
        frame.Unit(0, MeterTableFn);
        frame.Word(count);
        for (var i = 0; i < count; i++) frame.Word(first + i);
        return frame.End();
    }

    /// <summary>AFN 10 F1: carries <paramref name="content"/> to a port of the terminal.</summary>
    public static int Forward(Span<byte> to, RequestTarget target, byte port, ReadOnlySpan<byte> content,
        ReadOnlySpan<byte> password, TimeTag tag)
    {
        var frame = Begin(to, 0x4B, target, Afn.Forward, LinkFrames.TpV);
        frame.Unit(0, ForwardFn);
        frame.Byte(port);
        frame.Byte(Baud2400Parity8E1);
        frame.Byte(FrameTimeout);
        frame.Byte(ByteTimeout);
        frame.Word(content.Length);
        frame.Bytes(content);
        return EndWithAux(ref frame, password, tag);
    }

    /// <summary>AFN 05 F31: sets the terminal's clock.</summary>
    public static int SetClock(Span<byte> to, RequestTarget target, DateTime local, ReadOnlySpan<byte> password,
        TimeTag tag)
    {
        var frame = Begin(to, 0x4A, target, Afn.Control, LinkFrames.TpV);
        frame.Unit(0, SetClockFn);
        Formats.WriteA1(local, frame.Take(Formats.A1Bytes));
        return EndWithAux(ref frame, password, tag);
    }

    /// <summary>AFN 05 F26 or F34: the terminal's own arrears alarm on or off.</summary>
    public static int Alarm(Span<byte> to, RequestTarget target, bool on, ReadOnlySpan<byte> password, TimeTag tag)
    {
        var frame = Begin(to, 0x4A, target, Afn.Control, LinkFrames.TpV);
        frame.Unit(0, on ? AlarmFn : AlarmReleaseFn);
        return EndWithAux(ref frame, password, tag);
    }

    /// <summary>
    /// AFN 05 F25 (without limit of time) or F33: the terminal keeps its power whatever else is ordered.
    /// </summary>
    public static int KeepPower(Span<byte> to, RequestTarget target, bool on, ReadOnlySpan<byte> password, TimeTag tag)
    {
        var frame = Begin(to, 0x4A, target, Afn.Control, LinkFrames.TpV);
        frame.Unit(0, on ? KeepPowerFn : KeepPowerReleaseFn);
        if (on) frame.Byte(0);
        return EndWithAux(ref frame, password, tag);
    }

    private static FrameBuilder Begin(Span<byte> to, byte control, RequestTarget target, Afn afn, byte flags)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(control, target.Address, target.A3, afn,
            (byte)(LinkFrames.OneFrame | flags | (target.Counter & 15)));
        return frame;
    }

    private static int EndWithAux(ref FrameBuilder frame, ReadOnlySpan<byte> password, TimeTag tag)
    {
        var field = frame.Take(FrameHeader.PasswordBytes);
        field.Clear();
        password.CopyTo(field);
        frame.Tag(tag);
        return frame.End();
    }
}
