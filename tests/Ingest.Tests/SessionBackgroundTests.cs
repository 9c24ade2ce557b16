using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;

namespace Meters.Ingest.Tests;

/// <summary>What the service asks for on its own account: missing hours and clocks.</summary>
public class SessionBackgroundTests
{
    private const int Limit = 20_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly DateTime One = new(2026, 3, 1, 1, 0, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task A_command_goes_before_everything_that_waits_in_the_background()
    {
        var (bed, peer) = await StartAsync();
        var onWire = peer.Session.RequestCurvesAsync([new(9, One, 1)], Timeout, Stop);
        var (first, _) = await peer.ReceiveAsync();
        var waits = peer.Session.RequestCurvesAsync([new(10, One, 1)], Timeout, Stop);
        var trip = peer.Session.MeterControlAsync(
            SessionBed.MeterOf9, ControlCode.Trip, bed.Clock.Now() + TimeSpan.FromMinutes(5), Timeout, Stop);
        Assert.True(peer.Session.HasRequests);
        await AnswerCurveAsync(peer, first, 9, 100);
        await onWire;
        var (second, _) = await peer.ReceiveAsync();
        Assert.Equal(Afn.Forward, second.Afn);
        await peer.SendAsync(Peer.Frame(
            to => LinkFrames.TerminalAnswer(to, SessionBed.Known, second.A3, second.Sequence, accepted: false)));
        Assert.Equal(RequestStatus.Denied, (await trip).Status);
        var (third, _) = await peer.ReceiveAsync();
        Assert.Equal(Afn.HistoryData, third.Afn);
        await AnswerCurveAsync(peer, third, 10, 100);
        Assert.Equal(RequestStatus.Data, (await waits).Status);
        Assert.False(peer.Session.HasRequests);
    }

    [Fact(Timeout = Limit)]
    public async Task An_answer_in_two_frames_ends_with_its_last()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.RequestCurvesAsync([new(9, One, 1), new(10, One, 1)], Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await AnswerCurveAsync(peer, header, 9, 100, flags: 0x40);
        await bed.TakeAsync();
        Assert.False(asked.IsCompleted);
        await AnswerCurveAsync(peer, header, 10, 200, flags: 0x20, shift: 1);
        Assert.Equal(RequestStatus.Data, (await asked).Status);
        await bed.TakeAsync();
    }

    [Theory(Timeout = Limit)]
    [InlineData(90, 90)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(-1, 0)] // Whole seconds, cut.
    [InlineData(-90, -90)]
    [InlineData(-86_400, -86_400)]
    public async Task A_clock_is_read_and_compared_with_the_programs(int ahead, int drift)
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.ReadClockAsync(Timeout, Stop);
        var (header, userData) = await peer.ReceiveAsync();
        Assert.Equal((Afn.CurrentData, "00000200"), (header.Afn, Convert.ToHexString(header.Units(userData))));
        await peer.SendAsync(ClockAnswer(header, LocalNow(bed).AddSeconds(ahead)));
        Assert.Equal(new(RequestStatus.Data, peer.Session.Id, TimeSpan.FromSeconds(drift)), await asked);
        Assert.Empty((await bed.TakeAsync()).Faults);
    }

    [Fact(Timeout = Limit)]
    public async Task A_clock_that_may_have_been_right_when_it_answered_has_no_drift()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.ReadClockAsync(Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        var shown = LocalNow(bed).AddSeconds(5);
        bed.Clock.Advance(TimeSpan.FromSeconds(20));
        await peer.SendAsync(ClockAnswer(header, shown));
        Assert.Equal(TimeSpan.Zero, (await asked).Drift);
    }

    [Theory(Timeout = Limit)]
    [InlineData("00000200", "101010323326")] // The 32nd.
    [InlineData("01010200", "000008016326")] // Of a point.
    [InlineData("00000400", "000008016326")] // Another function.
    [InlineData("00000200", "0000")]
    public async Task What_is_no_clock_is_a_bad_answer(string dadt, string data)
    {
        var (_, peer) = await StartAsync();
        var asked = peer.Session.ReadClockAsync(Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await peer.SendAsync(DataAnswer(header, Convert.FromHexString(dadt + data)));
        Assert.Equal(RequestStatus.BadAnswer, (await asked).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task A_clock_is_not_set_with_a_time_that_had_to_wait()
    {
        var (bed, peer) = await StartAsync();
        var first = peer.Session.RequestCurvesAsync([new(9, One, 1)], Timeout, Stop);
        var set = peer.Session.SetClockAsync(TimeSpan.FromMinutes(5), Stop);
        await peer.ReceiveAsync();
        bed.Clock.Advance(TimeSpan.FromSeconds(3));
        await bed.AdvanceUntilAsync(first);
        var result = await set;
        Assert.Equal((RequestStatus.Expired, false), (result.Status, result.Sent));
    }

    [Fact(Timeout = Limit)]
    public async Task A_tag_or_an_appended_clock_of_what_the_terminal_begins_is_observed()
    {
        var (bed, peer) = await StartAsync();
        await peer.SendAsync(Peer.Frame(to =>
        {
            var frame = new FrameBuilder(to);
            frame.Begin(0xC9, SessionBed.Known, 0, Afn.Link, LinkFrames.OneFrame | LinkFrames.Con | 2);
            frame.Unit(0, LinkFrames.HeartbeatFn);
            Formats.WriteA1(LocalNow(bed).AddMinutes(-7), frame.Take(Formats.A1Bytes));
            return frame.End();
        }));
        await peer.ReceiveAsync();
        await peer.SendAsync(Peer.Frame(to =>
        {
            var frame = new FrameBuilder(to);
            frame.Begin(0xC9, SessionBed.Known, 0, Afn.Link, LinkFrames.TpV | LinkFrames.OneFrame | LinkFrames.Con | 3);
            frame.Unit(0, LinkFrames.HeartbeatFn);
            frame.Tag(TimeTag.Of(3, LocalNow(bed).AddHours(-9), 0)); // The day before, in the month before.
            return frame.End();
        }));
        await peer.ReceiveAsync();
        Assert.Equal([TimeSpan.FromMinutes(-7), TimeSpan.FromHours(-9)], bed.Drifts);
    }

    [Fact(Timeout = Limit)]
    public async Task A_point_ahead_of_time_is_observed_and_a_tag_in_an_answer_is_not()
    {
        var (bed, peer) = await StartAsync();
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 2, 1, 2)); // 01:00 and 02:00; it is 08:00.
        await bed.TakeAsync();
        Assert.Empty(bed.Drifts);
        bed.Clock.AdjustTime(bed.Clock.GetUtcNow().AddHours(-7.5)); // 00:30.
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 3, 1, 2));
        await bed.TakeAsync();
        Assert.Equal([TimeSpan.FromHours(1.5)], bed.Drifts);

        var asked = peer.Session.RequestCurvesAsync([new(9, One, 1)], Timeout, Stop);
        await peer.ReceiveAsync();
        await peer.SendAsync(Vectors.A07); // An answer of the year 2018, of another terminal: nothing.
        Assert.False(asked.IsCompleted);
        Assert.Single(bed.Drifts);
    }

    private static DateTime LocalNow(SessionBed bed) => LocalZone.China.ToLocal(bed.Clock.Now());

    private static async Task<(SessionBed Bed, Peer Peer)> StartAsync()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        return (bed, peer);
    }

    private static byte[] ClockAnswer(FrameHeader header, DateTime shown)
    {
        var units = new byte[Dadt.Bytes + Formats.A1Bytes];
        Dadt.Of(0, RequestFrames.TerminalClockFn).Write(units);
        Formats.WriteA1(shown, units.AsSpan(Dadt.Bytes));
        return DataAnswer(header, units);
    }

    private static byte[] DataAnswer(FrameHeader header, byte[] units) => Peer.Frame(to =>
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x88, SessionBed.Known, header.A3, header.Afn, (byte)(LinkFrames.OneFrame | header.Sequence));
        frame.Bytes(units);
        return frame.End();
    });

    private static async Task AnswerCurveAsync(
        Peer peer, FrameHeader header, int pn, long hundredths, byte flags = LinkFrames.OneFrame, int shift = 0) =>
        await peer.SendAsync(Peer.Frame(to =>
        {
            var frame = new FrameBuilder(to);
            frame.Begin(0x88, SessionBed.Known, header.A3, header.Afn, (byte)(flags | (header.Sequence + shift)));
            frame.Unit(pn, RequestFrames.CurveForwardActiveFn);
            Formats.WriteA15(One, frame.Take(Formats.A15Bytes));
            frame.Byte(3);
            frame.Byte(1);
            Formats.WriteA11(new(hundredths * Formats.A11Step), frame.Take(Formats.A11Bytes));
            return frame.End();
        }));
}
