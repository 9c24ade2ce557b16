using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>Where a request goes and what numbers it carries.</summary>
/// <param name="A3">MSA shifted left by one; the terminal echoes it.</param>
/// <param name="Counter">PFC of the master for this terminal; its low nibble is the PSEQ.</param>
public readonly record struct RequestTarget(TerminalAddress Address, byte A3, byte Counter);

/// <summary>Hourly points of one measuring point, as AFN 0D F101 asks for them.</summary>
/// <param name="Pn">1 to 2040.</param>
/// <param name="StartLocal">Local time of the first point, a whole hour.</param>
/// <param name="Count">Points, 1 to 255, an hour apart.</param>
public readonly record struct CurveRange(int Pn, DateTime StartLocal, byte Count)
{
    /// <summary>Bytes of the unit that asks for it, and of the answer's unit before its points.</summary>
    public const int UnitBytes = Dadt.Bytes + Formats.A15Bytes + 2;
}

/// <summary>What the master asks of a terminal and orders it to do. Each returns the frame's bytes.</summary>
public static class RequestFrames
{
    public const int TerminalClockFn = 2;
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
    public const int TextFn = 32;

    public const int SetClockBytes = Dadt.Bytes + Formats.A1Bytes;

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

    /// <summary>AFN 0C F2 of P0: the terminal's calendar clock, A.1.</summary>
    public static int ReadClock(Span<byte> to, RequestTarget target)
    {
        var frame = Begin(to, 0x4B, target, Afn.CurrentData, 0);
        frame.Unit(0, TerminalClockFn);
        return frame.End();
    }

    /// <summary>
    /// AFN 0D F101: hourly registers of several ranges, a unit with its own Td_c for each. Points of a group could
    /// share one unit by their bitmap, but the texts leave open how terminals read that.
    /// </summary>
    public static int ReadCurves(Span<byte> to, RequestTarget target, IReadOnlyList<CurveRange> ranges)
    {
        const byte Hourly = 3;
        var frame = Begin(to, 0x4B, target, Afn.HistoryData, 0);
        foreach (var range in ranges)
        {
            frame.Unit(range.Pn, CurveForwardActiveFn);
            Formats.WriteA15(range.StartLocal, frame.Take(Formats.A15Bytes));
            frame.Byte(Hourly);
            frame.Byte(range.Count);
        }

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

    /// <summary>The unit of AFN 05 F31: what a security module signs.</summary>
    /// <param name="order"><see cref="SetClockBytes"/> bytes.</param>
    public static void WriteSetClock(Span<byte> order, DateTime local)
    {
        Dadt.Of(0, SetClockFn).Write(order);
        Formats.WriteA1(local, order[Dadt.Bytes..]);
    }

    /// <summary>AFN 05 F31: sets the terminal's clock.</summary>
    /// <param name="order">From <see cref="WriteSetClock"/>.</param>
    public static int SetClock(Span<byte> to, RequestTarget target, ReadOnlySpan<byte> order,
        ReadOnlySpan<byte> password, TimeTag tag)
    {
        var frame = Begin(to, 0x4A, target, Afn.Control, LinkFrames.TpV);
        frame.Bytes(order);
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
    /// AFN 05 F32: type 1, number 1, length 1, GB text. Whether type and number share a byte is not said alike
    /// everywhere; here each has its own.
    /// </summary>
    /// <param name="text">At most <see cref="TerminalText.BytesMax"/> bytes.</param>
    public static int Text(Span<byte> to, RequestTarget target, TerminalTextKind kind, byte number,
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> password, TimeTag tag)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, TerminalText.BytesMax);
        var frame = Begin(to, 0x4A, target, Afn.Control, LinkFrames.TpV);
        frame.Unit(0, TextFn);
        frame.Byte((byte)kind);
        frame.Byte(number);
        frame.Byte((byte)text.Length);
        frame.Bytes(text);
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
