using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Dlt645Reader = Meters.Ingest.Dlt645.FrameReader;

namespace Meters.Ingest.Tests;

public class SessionRequestTests
{
    private const int Limit = 20_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact(Timeout = Limit)]
    public async Task A_trip_carries_its_deadline_twice_and_9C_accepts_it()
    {
        var (bed, peer) = await StartAsync();
        var until = bed.Clock.Now() + TimeSpan.FromMinutes(5);
        var asked = peer.Session.MeterControlAsync(SessionBed.MeterOf9, ControlCode.Trip, until, Timeout, Stop);
        var (header, userData) = await peer.ReceiveAsync();
        Assert.True(header.TryTimeTag(userData, out var tag));
        Assert.Equal(new(tag.Counter, 1, 8, 0, 0, 5), tag); // 08:00 in China.
        Assert.Equal(tag.Counter & 15, header.Sequence);
        Assert.Equal(ControlParseStatus.Ok, ParseControl(header, userData, out var command));
        Assert.Equal(new(ControlCode.Trip, new(2026, 3, 1, 8, 5, 0)), command);
        await AnswerAsync(peer, header, to => Frames.ControlAccepted(to, SessionBed.MeterOf9));
        Assert.Equal(new(RequestStatus.Accepted, peer.Session.Id, true, ErrorFlags.None, default), await asked);
    }

    [Fact(Timeout = Limit)]
    public async Task A_refusal_a_silent_meter_and_a_denial_are_told_apart()
    {
        var (bed, peer) = await StartAsync();
        var until = bed.Clock.Now() + TimeSpan.FromMinutes(5);
        Task<RequestResult> Ask() =>
            peer.Session.MeterControlAsync(SessionBed.MeterOf9, ControlCode.Trip, until, Timeout, Stop);

        var asked = Ask();
        var (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header, to => Frames.ControlRefused(to, SessionBed.MeterOf9, ErrorFlags.NotAuthorised));
        var result = await asked;
        Assert.Equal((RequestStatus.Refused, ErrorFlags.NotAuthorised), (result.Status, result.Error));

        asked = Ask();
        (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header, _ => 0);
        Assert.Equal(RequestStatus.MeterSilent, (await asked).Status);

        asked = Ask();
        (header, _) = await peer.ReceiveAsync();
        await peer.SendAsync(Peer.Frame(to => LinkFrames.TerminalAnswer(to, SessionBed.Known, header.A3,
            header.Sequence, false)));
        Assert.Equal(RequestStatus.Denied, (await asked).Status);
    }

    [Theory(Timeout = Limit)]
    [InlineData(RelayState.Open)]
    [InlineData(RelayState.Closed)]
    public async Task The_relay_is_read_back_on_the_same_session(RelayState state)
    {
        var (_, peer) = await StartAsync();
        var asked = peer.Session.ReadRelayAsync(SessionBed.MeterOf9, Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header, to => Frames.RelayAnswer(to, SessionBed.MeterOf9, state));
        Assert.Equal(new(RequestStatus.Data, peer.Session.Id, state), await asked);
    }

    [Fact(Timeout = Limit)]
    public async Task An_answer_of_another_meter_or_sequence_or_kind_is_not_taken_for_ours()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.ReadRelayAsync(SessionBed.MeterOf9, Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header, to => Frames.RelayAnswer(to, new(1), RelayState.Open));
        await AnswerAsync(peer, header, to => Frames.RelayAnswer(to, SessionBed.MeterOf9, RelayState.Open), shift: 1);
        await AnswerAsync(peer, header, to => Frames.ControlAccepted(to, SessionBed.MeterOf9));
        await AnswerAsync(peer, header, to => Frames.ReadAnswer(to, SessionBed.MeterOf9,
            DataIdentifier.CombinedActive, [1, 2, 3, 4]));
        Assert.False(asked.IsCompleted);
        await bed.AdvanceUntilAsync(asked);
        Assert.Equal(RequestStatus.NoAnswer, (await asked).Status);
    }

    [Fact(Timeout = Limit)]
    public async Task A_register_read_through_the_terminal_becomes_a_reading()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.ReadMeterAsync(SessionBed.MeterOf9, DataIdentifier.ForwardActive, Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header,
            to => Frames.RegisterAnswer(to, SessionBed.MeterOf9, DataIdentifier.ForwardActive, new(12_345_600)));
        var result = await asked;
        Assert.Equal((RequestStatus.Data, "56341200"), (result.Status, Convert.ToHexString(result.Data.Span)));
        var reading = Assert.Single((await bed.TakeAsync()).Readings);
        Assert.Equal((new ChannelId(new(7), RegisterKind.ForwardActive), new Energy(12_345_600), bed.Clock.Now()),
            (reading.Channel, reading.Register, reading.At));
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_of_our_own_request_before_the_answer_is_passed_over()
    {
        var (_, peer) = await StartAsync();
        var asked = peer.Session.ReadRelayAsync(SessionBed.MeterOf9, Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header, to =>
        {
            var echo = Frames.ReadRequest(to, SessionBed.MeterOf9, DataIdentifier.RunStatus3);
            return echo + Frames.RelayAnswer(to[echo..], SessionBed.MeterOf9, RelayState.Open);
        });
        Assert.Equal(RelayState.Open, (await asked).Relay);
    }

    [Fact(Timeout = Limit)]
    public async Task A_register_of_a_meter_that_nobody_registered_is_a_fault()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.ReadMeterAsync(new(5), DataIdentifier.ForwardActive, Timeout, Stop);
        var (header, _) = await peer.ReceiveAsync();
        await AnswerAsync(peer, header, to => Frames.RegisterAnswer(to, new(5), DataIdentifier.ForwardActive,
            new(100)));
        Assert.Equal(RequestStatus.Data, (await asked).Status);
        var fault = Assert.Single((await bed.TakeAsync()).Faults);
        Assert.Equal((FrameFaultKind.UnknownMeter, 5L), (fault.Kind, fault.Detail));
    }

    [Fact(Timeout = Limit)]
    public async Task A_curve_is_asked_for_and_its_readings_go_to_the_sink()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.RequestCurveAsync(9, new(2026, 3, 1, 1, 0, 0), 2, Timeout, Stop);
        var (header, userData) = await peer.ReceiveAsync();
        Assert.Equal("0102100C" + "00010103260302", Convert.ToHexString(header.Units(userData)));
        var answer = Peer.Curve(SessionBed.Known, 9, header.Sequence, 100, 200);
        (answer[6], answer[13]) = (0x88, (byte)(0x20 | header.Sequence)); // FIR 0: a deviation that is met.
        answer[^2] = Gdw3761.FrameReader.Checksum(answer.AsSpan(6, answer.Length - 8));
        await peer.SendAsync(answer);
        Assert.Equal(RequestStatus.Data, (await asked).Status);
        Assert.Equal(2, (await bed.TakeAsync()).Readings.Length);
    }

    [Fact(Timeout = Limit)]
    public async Task Clock_and_alarm_are_accepted_by_the_terminal_also_with_C_00_and_a_bare_F3()
    {
        var (bed, peer) = await StartAsync();
        var asked = peer.Session.SetClockAsync(Timeout, Stop);
        var (header, userData) = await peer.ReceiveAsync();
        Assert.True(Formats.TryReadA1(header.Units(userData)[4..], out var local));
        Assert.Equal(new(2026, 3, 1, 8, 0, 0), local);
        await peer.SendAsync(Confirm(0x00, header, LinkFrames.AllAcceptedFn));
        Assert.Equal(RequestStatus.Accepted, (await asked).Status);

        asked = peer.Session.TerminalAlarmAsync(true, bed.Clock.Now() + TimeSpan.FromMinutes(2), Timeout, Stop);
        (header, _) = await peer.ReceiveAsync();
        await peer.SendAsync(Confirm(0x80, header, LinkFrames.PerUnitFn));
        Assert.Equal(RequestStatus.Accepted, (await asked).Status);

        asked = peer.Session.RequestCurrentAsync(9, Timeout, Stop);
        (header, _) = await peer.ReceiveAsync();
        await peer.SendAsync(Confirm(0x80, header, LinkFrames.AllAcceptedFn)); // Only announces the data.
        await peer.SendAsync(Confirm(0x0B, header, LinkFrames.AllDeniedFn)); // An echo of ours is no answer.
        Assert.False(asked.IsCompleted);
        peer.HangUp();
        Assert.Equal((RequestStatus.SessionLost, true), ((await asked).Status, (await asked).Sent));
    }

    [Fact(Timeout = Limit)]
    public async Task The_meter_table_is_read_page_by_page()
    {
        var (_, peer) = await StartAsync();
        var asked = peer.Session.ReadMeterTableAsync(Timeout, Stop);
        for (var page = 0; page < 2; page++)
        {
            var (header, userData) = await peer.ReceiveAsync();
            var sequences = new List<int>();
            Assert.True(MeterTable.TryReadRequest(header.Units(userData), sequences));
            var entries = sequences.Where(s => s <= 70).Select(s => new MeterTableEntry(s, s, 31, 30,
                new(s))).ToArray();
            await peer.SendAsync(Peer.Frame(to =>
                MeterTable.WriteAnswer(to, SessionBed.Known, header.A3, header.Sequence, entries)));
        }

        var table = await asked;
        Assert.Equal((RequestStatus.Data, 70), (table.Status, table.Entries.Count));
        Assert.Equal(Enumerable.Range(1, 70), table.Entries.Select(e => e.Pn));
    }

    [Fact(Timeout = Limit)]
    public async Task One_request_is_on_the_wire_and_an_expired_one_never_leaves()
    {
        var (bed, peer) = await StartAsync();
        var first = peer.Session.RequestCurrentAsync(9, Timeout, Stop);
        var late = peer.Session.MeterControlAsync(SessionBed.MeterOf9, ControlCode.Trip,
            bed.Clock.Now() + TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), Stop);
        var third = peer.Session.RequestCurrentAsync(10, TimeSpan.FromMinutes(5), Stop);
        await peer.ReceiveAsync();
        Assert.False(peer.HasUnread());
        bed.Clock.Advance(TimeSpan.FromMinutes(2)); // The program's clock passes the deadline while the trip waits.
        await bed.AdvanceUntilAsync(first);
        Assert.Equal(RequestStatus.NoAnswer, (await first).Status);
        Assert.Equal((RequestStatus.Expired, false), ((await late).Status, (await late).Sent));
        var (header, _) = await peer.ReceiveAsync();
        Assert.Equal(Afn.CurrentData, header.Afn);
        Assert.False(third.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task What_cannot_be_sent_says_so()
    {
        var (bed, peer) = await StartAsync(o => o.RequestsQueuedMax = 1);
        var until = bed.Clock.Now() + TimeSpan.FromMinutes(5);
        var session = peer.Session;
        Assert.Equal(RequestStatus.NoControlIn1997, (await session.MeterControlAsync(SessionBed.MeterOf9,
            ControlCode.Trip,
            until, Timeout, Stop, protocol: MeterProtocol.Dlt645Of1997)).Status);
        Assert.Equal(RequestStatus.Expired, (await session.MeterControlAsync(SessionBed.MeterOf9, ControlCode.Trip,
            bed.Clock.Now() - TimeSpan.FromSeconds(1), Timeout, Stop)).Status);
        _ = session.RequestCurrentAsync(9, Timeout, Stop);
        _ = session.RequestCurrentAsync(9, Timeout, Stop);
        Assert.Equal(RequestStatus.Busy, (await session.RequestCurrentAsync(9, Timeout, Stop)).Status);
        peer.HangUp();
        await peer.Run;
        Assert.Equal((RequestStatus.SessionLost, false),
            ((await session.RequestCurrentAsync(9, Timeout, Stop)).Status, false));

        var stranger = bed.Connect();
        await stranger.LoginAsync(SessionBed.Unknown);
        Assert.Equal(RequestStatus.NotRegistered, (await stranger.Session.SetClockAsync(Timeout, Stop)).Status);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<(SessionBed Bed, Peer Peer)> StartAsync(Action<IngestOptions>? configure = null)
    {
        var bed = new SessionBed(configure);
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        return (bed, peer);
    }

    private static async Task AnswerAsync(Peer peer, FrameHeader header, Peer.Build content, int shift = 0)
    {
        var inner = new byte[Dlt645Reader.FrameBytesMax];
        var bytes = content(inner);
        await peer.SendAsync(Peer.Frame(to => ForwardContent.WriteAnswer(
            to, SessionBed.Known, header.A3, header.Sequence + shift, 31, inner.AsSpan(0, bytes))));
    }

    private static byte[] Confirm(byte control, FrameHeader header, int fn) => Peer.Frame(to =>
    {
        var frame = new FrameBuilder(to);
        frame.Begin(control, SessionBed.Known, header.A3, Afn.Confirm, (byte)(0x60 | header.Sequence));
        frame.Unit(0, fn);
        frame.Bytes(new byte[6]); // Some terminals add six zero bytes.
        return frame.End();
    });

    private static ControlParseStatus ParseControl(FrameHeader header, byte[] userData, out ControlCommand command)
    {
        Assert.True(ForwardContent.TryReadRequest(header.Units(userData), out _, out var content));
        Assert.Equal(Dlt645.FrameStatus.Complete, Dlt645Reader.TryRead(content, out var frame, out _));
        Assert.Equal(SessionBed.MeterOf9, frame.Address);
        return ControlCommand.TryParse(frame, out command);
    }
}
