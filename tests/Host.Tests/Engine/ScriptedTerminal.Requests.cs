using Meters.Ingest.Gdw3761;

namespace Meters.Host.Tests.Engine;

/// <summary>What a terminal makes of a request for a curve.</summary>
internal enum CurveAnswer
{
    /// <summary>What its meters showed, EE where it has nothing.</summary>
    Truth,

    /// <summary>EE throughout.</summary>
    Nothing,

    /// <summary>AFN 00 F2.</summary>
    Denied,

    /// <summary>No answer at all.</summary>
    Silence,

    /// <summary>Only the first range that was asked for.</summary>
    First,

    /// <summary>Points of a meter that nobody asked for and nobody has registered.</summary>
    Stranger,

    /// <summary>The connection breaks.</summary>
    HangUp,
}

/// <summary>Requests for curves, for the clock, and to set it.</summary>
internal sealed partial class ScriptedTerminal
{
    public CurveAnswer Curves { get; set; }

    /// <summary>Every range asked for, with the number of its request.</summary>
    public List<(int Request, int Pn, DateTime Start, int Count)> Asked { get; } = [];

    public int Requests { get; private set; }

    /// <summary>Called with the number of each request for curves, before its answer goes back.</summary>
    public Func<int, Task>? Heard { get; set; }

    /// <summary>How far the clock is ahead of the program's.</summary>
    public TimeSpan ClockError { get; set; }

    /// <summary>Does not know AFN 0C F2, or does not say so.</summary>
    public CurveAnswer ClockReads { get; set; }

    /// <summary>Says yes to AFN 05 F31 and does nothing.</summary>
    public bool KeepsClock { get; set; }

    /// <summary>When AFN 05 F31 came.</summary>
    public List<Instant> ClockSets { get; } = [];

    private DateTime LocalNow => LocalZone.China.ToLocal(clock.Now()) + ClockError;

    private void AnswerRequest(in FrameHeader header, ReadOnlySpan<byte> units)
    {
        var to = new byte[Ingest.Gdw3761.FrameReader.FrameBytesMax];
        var bytes = header.Afn switch
        {
            Afn.CurrentData => Clock(to, header),
            Afn.HistoryData => Curve(to, header, units),
            Afn.Control => SetClock(to, header, units),
            _ => throw new InvalidOperationException($"{header.Afn} is not expected."),
        };
        if (bytes > 0) Write(to.AsSpan(0, bytes));
    }

    private int Clock(Span<byte> to, in FrameHeader header)
    {
        if (ClockReads == CurveAnswer.Silence) return 0;
        if (ClockReads == CurveAnswer.Denied) return Deny(to, header);
        var frame = Begin(to, header);
        frame.Unit(0, RequestFrames.TerminalClockFn);
        Formats.WriteA1(LocalNow, frame.Take(Formats.A1Bytes));
        return frame.End();
    }

    private int SetClock(Span<byte> to, in FrameHeader header, ReadOnlySpan<byte> units)
    {
        Assert.True(Dadt.TryRead(units, out var dadt) && dadt.Selects(RequestFrames.SetClockFn));
        Assert.True(Formats.TryReadA1(units[Dadt.Bytes..], out var local));
        ClockSets.Add(clock.Now());
        if (!KeepsClock) ClockError = local - LocalZone.China.ToLocal(clock.Now());
        return LinkFrames.TerminalAnswer(to, Address, header.A3, header.Sequence, true);
    }

    private int Curve(Span<byte> to, in FrameHeader header, ReadOnlySpan<byte> units)
    {
        Requests++;
        _ = Heard?.Invoke(Requests);
        var frame = Begin(to, header);
        for (var first = true; !units.IsEmpty; first = false)
        {
            Assert.True(Dadt.TryRead(units, out var dadt) && dadt.IsSingle(out var pn, out var fn) && fn == 101);
            Assert.True(dadt.IsSingle(out pn, out _));
            Assert.True(Formats.TryReadA15(units[Dadt.Bytes..], out var start));
            var count = units[10];
            Asked.Add((Requests, pn, start, count));
            units = units[CurveRange.UnitBytes..];
            if (first || Curves != CurveAnswer.First) Points(ref frame, pn, start, count);
        }

        if (Curves == CurveAnswer.Denied) return Deny(to, header);
        if (Curves == CurveAnswer.HangUp) Drop();
        return Curves is CurveAnswer.Silence or CurveAnswer.HangUp ? 0 : frame.End();
    }

    private void Points(ref FrameBuilder frame, int pn, DateTime start, byte count)
    {
        const int NobodysPoint = 99;
        var isStranger = Curves == CurveAnswer.Stranger;
        frame.Unit(isStranger ? NobodysPoint : pn, RequestFrames.CurveForwardActiveFn);
        Formats.WriteA15(start, frame.Take(Formats.A15Bytes));
        frame.Byte(3);
        frame.Byte(count);
        var home = Homes.Single(h => h.Point == pn);
        for (var i = 0; i < count; i++)
        {
            var value = frame.Take(Formats.A11Bytes);
            value.Fill(0xEE);
            if (Curves == CurveAnswer.Nothing) continue;
            var at = LocalZone.China.ToInstant(start) + TimeSpan.FromHours(i);
            if (isStranger) Formats.WriteA11(new(100), value);
            else if (home.Sent.TryGetValue(at, out var shown)) Formats.WriteA11(new(shown * Formats.A11Step), value);
        }
    }

    private FrameBuilder Begin(Span<byte> to, in FrameHeader header)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x88, Address, header.A3, header.Afn, (byte)(LinkFrames.OneFrame | header.Sequence));
        return frame;
    }

    private int Deny(Span<byte> to, in FrameHeader header) =>
        LinkFrames.TerminalAnswer(to, Address, header.A3, header.Sequence, false);
}
