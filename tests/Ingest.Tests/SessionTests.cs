using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;

namespace Meters.Ingest.Tests;

public class SessionTests
{
    private const int Limit = 20_000;

    [Fact(Timeout = Limit)]
    public async Task A_login_and_a_heartbeat_are_answered_and_a_login_of_a_stranger_too()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.SendAsync(Vectors.A03); // A terminal that nobody registered.
        var (header, userData) = await peer.ReceiveAsync();
        Assert.Equal(Vectors.A04[12..^4], Convert.ToHexString(userData));
        Assert.Equal("4403-00004", header.Address.ToString());
        await peer.SendAsync(Peer.Frame(to => LinkFrames.Heartbeat(to, header.Address, 5)));
        Assert.Equal(5, (await peer.ReceiveAsync()).Header.Sequence);
        Assert.True(bed.Table.TryGet(header.Address, out var session));
        Assert.Same(peer.Session, session);
        peer.HangUp();
        Assert.Equal(SessionEnd.PeerClosed, await peer.Run);
        Assert.Equal((0, 0), (bed.Table.Count, bed.Table.Connections));
        Assert.True(bed.TookNothing);
    }

    [Fact(Timeout = Limit)]
    public async Task A11_becomes_24_readings_however_the_bytes_arrive()
    {
        var frame = Vectors.Bytes(Vectors.A11);
        for (var cut = 1; cut < frame.Length; cut += 7)
        {
            var bed = new SessionBed();
            var peer = bed.Connect();
            await peer.SendAsync(frame[..cut]);
            await peer.SendAsync(frame[cut..]);
            var taken = await bed.TakeAsync();
            Assert.Equal(24, taken.Readings.Length);
            Assert.Equal(frame, taken.Raw);
            Assert.Equal(new(new(new(7), RegisterKind.ForwardActive), Instant.Utc(2026, 2, 28, 17), new(12_345_600),
                ReadingQuality.Actual, new(1)), taken.Readings[0]);
            peer.HangUp();
            Assert.Equal(SessionEnd.PeerClosed, await peer.Run);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_frame_is_confirmed_only_after_it_is_stored()
    {
        var bed = new SessionBed { Automatic = false };
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 3, 100, 200));
        var first = await bed.TakeAsync();
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 4, 300));
        var second = await bed.TakeAsync();
        Assert.False(peer.HasUnread());
        second.Frame.Complete(FrameOutcome.NotStored);
        first.Frame.Complete(FrameOutcome.Stored);
        var (header, _) = await peer.ReceiveAsync();
        Assert.Equal((Afn.Confirm, 3), (header.Afn, header.Sequence));
        Assert.False(peer.HasUnread());
        Assert.Throws<InvalidOperationException>(() => first.Frame.Complete(FrameOutcome.Stored));
    }

    [Fact(Timeout = Limit)]
    public async Task Data_of_a_stranger_go_to_the_sink_unregistered_and_are_never_confirmed()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Unknown);
        await peer.SendAsync(Peer.Curve(SessionBed.Unknown, 9, 3, 100));
        var taken = await bed.TakeAsync();
        Assert.False(taken.Registered);
        Assert.Empty(taken.Readings);
        Assert.Equal(FrameFaultKind.UnregisteredTerminal, Assert.Single(taken.Faults).Kind);
        await peer.SendAsync(Peer.Frame(to => LinkFrames.Heartbeat(to, SessionBed.Unknown, 9)));
        Assert.Equal(9, (await peer.ReceiveAsync()).Header.Sequence); // The heartbeat's, nothing before it.
    }

    [Fact(Timeout = Limit)]
    public async Task A_frame_with_an_unknown_point_is_quarantined_and_confirmed()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 77, 3, 100, 200));
        var taken = await bed.TakeAsync();
        Assert.Empty(taken.Readings);
        var fault = Assert.Single(taken.Faults);
        Assert.Equal((FrameFaultKind.UnknownPoint, 77), (fault.Kind, fault.Pn));
        Assert.Equal(3, (await peer.ReceiveAsync()).Header.Sequence);
    }

    [Fact(Timeout = Limit)]
    public async Task An_event_is_kept_raw_and_confirmed()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        var address = new TerminalAddress(0x3456_9612);
        bed.Register(address, [], []);
        await peer.LoginAsync(address);
        var frame = Vectors.Bytes(Vectors.A24);
        address.Write(frame.AsSpan(7));
        frame[13] |= 0x10; // CON
        frame[^2] = FrameReader.Checksum(frame.AsSpan(6, frame.Length - 8));
        await peer.SendAsync(frame);
        var taken = await bed.TakeAsync();
        Assert.Equal(new FrameFault(FrameFaultKind.UnknownAfn, 0, 0, null, (int)Afn.Events),
            Assert.Single(taken.Faults));
        Assert.Equal(Afn.Confirm, (await peer.ReceiveAsync()).Header.Afn);
    }

    [Fact(Timeout = Limit)]
    public async Task A_frame_with_another_address_than_its_session_is_kept_apart()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Unknown);
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 3, 100));
        var taken = await bed.TakeAsync();
        Assert.False(taken.Registered);
        Assert.Equal(FrameFaultKind.AddressMismatch, Assert.Single(taken.Faults).Kind);
        Assert.Equal(SessionBed.Known, taken.Terminal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_header_that_promises_more_than_there_is_is_kept_and_not_confirmed()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        var frame = Peer.Frame(to => LinkFrames.Heartbeat(to, SessionBed.Known, 2));
        frame[13] |= 0x80;
        frame[^2] = FrameReader.Checksum(frame.AsSpan(6, frame.Length - 8));
        await peer.SendAsync(frame);
        Assert.Equal(FrameFaultKind.BadHeader, Assert.Single((await bed.TakeAsync()).Faults).Kind);
    }

    [Fact(Timeout = Limit)]
    public async Task A_bad_item_and_a_bad_date_cost_only_themselves()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        var good = Peer.Curve(SessionBed.Known, 9, 3, 100, 200);
        var badItem = (byte[])good.Clone();
        badItem[^3] = 0xAB;
        badItem[^2] = FrameReader.Checksum(badItem.AsSpan(6, badItem.Length - 8));
        var badMonth = (byte[])good.Clone();
        badMonth[6 + 8 + 4 + 3] = 0;
        badMonth[^2] = FrameReader.Checksum(badMonth.AsSpan(6, badMonth.Length - 8));
        await peer.SendAsync([.. badItem, .. badMonth, .. good]); // Three frames in one segment.
        var taken = await bed.TakeAsync();
        Assert.Single(taken.Readings);
        Assert.Equal(FrameFaultKind.BadBcd, Assert.Single(taken.Faults).Kind);
        taken = await bed.TakeAsync();
        Assert.Empty(taken.Readings);
        Assert.Equal(FrameFaultKind.BadTime, Assert.Single(taken.Faults).Kind);
        Assert.Equal(2, (await bed.TakeAsync()).Readings.Length);
        for (var i = 0; i < 3; i++) Assert.Equal(Afn.Confirm, (await peer.ReceiveAsync()).Header.Afn);
    }

    [Fact(Timeout = Limit)]
    public async Task Interval_energy_goes_its_own_way()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        var frame = Peer.Curve(SessionBed.Known, 9, 3, 100);
        frame[6 + 8 + 2] = 0x01; // F97
        frame[^2] = FrameReader.Checksum(frame.AsSpan(6, frame.Length - 8));
        await peer.SendAsync(frame);
        var interval = Assert.Single((await bed.TakeAsync()).Intervals);
        Assert.Equal((TimeSpan.FromHours(1), new Energy(100), Instant.Utc(2026, 2, 28, 17)),
            (interval.Duration, interval.Energy, interval.End));
    }

    [Fact(Timeout = Limit)]
    public async Task Damaged_frames_and_noise_are_passed_over_and_the_next_frame_counts()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        var wrongSum = Peer.Curve(SessionBed.Known, 9, 3, 1);
        wrongSum[^2] ^= 1;
        var wrongLength = Peer.Curve(SessionBed.Known, 9, 3, 2);
        wrongLength[3] ^= 4;
        await peer.SendAsync([0xFE, 0xFE, .. wrongSum, 0x41, 0x54, .. wrongLength]);
        await peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 3, 3));
        Assert.Equal(300, Assert.Single((await bed.TakeAsync()).Readings).Register.TenthsWh);
    }

    [Fact(Timeout = Limit)]
    public async Task A_full_sink_stops_the_reading_and_costs_other_sessions_nothing()
    {
        var bed = new SessionBed(o => o.FramesOutstandingMax = 2) { Automatic = false };
        bed.Register(SessionBed.Unknown, new() { [9] = new(70) }, []);
        var (slow, other) = (bed.Connect(), bed.Connect());
        for (var i = 0; i < 5; i++) await slow.SendAsync(Peer.Curve(SessionBed.Known, 9, i, i));
        var held = new[] { await bed.TakeAsync(), await bed.TakeAsync() };
        await other.SendAsync(Peer.Curve(SessionBed.Unknown, 9, 7, 700));
        var ofOther = await bed.TakeAsync(); // Not the third of the slow one.
        Assert.Equal(SessionBed.Unknown, ofOther.Terminal);
        ofOther.Frame.Complete(FrameOutcome.Stored);
        Assert.Equal(7, (await other.ReceiveAsync()).Header.Sequence);
        held[0].Frame.Complete(FrameOutcome.Stored);
        Assert.Equal(SessionBed.Known, (await bed.TakeAsync()).Terminal);
        Assert.True(bed.TookNothing);
    }

    [Fact(Timeout = Limit)]
    public async Task Decode_and_session_allocate_nothing_per_frame_in_a_steady_state()
    {
        var bed = new SessionBed { CountOnly = true };
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        var frame = Peer.Curve(SessionBed.Known, 9, 3, [.. Enumerable.Range(0, 24).Select(i => (long)i)]);
        frame[13] &= 0xEF; // No confirm, so that nobody has to read.
        frame[^2] = FrameReader.Checksum(frame.AsSpan(6, frame.Length - 8));
        for (var i = 0; i < 2_000; i++) await peer.SendAsync(frame);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) await peer.SendAsync(frame); // Inline: the session runs in here.
        var perFrame = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000;
        Assert.Equal(3_000, bed.Accepted);
        Assert.True(perFrame < 300, $"{perFrame} bytes a frame"); // The test's own async call is in it.
        if (perFrame > 0) TestContext.Current.SendDiagnosticMessage($"{perFrame} bytes a frame");
    }
}
