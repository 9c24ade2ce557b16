using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;

namespace Meters.Ingest.Tests;

public class SessionEndTests
{
    private const int Limit = 20_000;

    [Fact(Timeout = Limit)]
    public async Task A_cut_tail_is_reported_not_swallowed()
    {
        var bed = new SessionBed();
        var peer = bed.Connect();
        await peer.SendAsync(Vectors.A01 + Vectors.A11[..100]);
        peer.HangUp();
        Assert.Equal(SessionEnd.TruncatedFrame, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task A_reset_is_a_reset()
    {
        var peer = new SessionBed().Connect();
        await peer.LoginAsync(SessionBed.Known);
        peer.Break();
        Assert.Equal(SessionEnd.Reset, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_that_never_logs_in_ends()
    {
        var bed = new SessionBed(o => o.FirstLoginSecondsMax = 30);
        var peer = bed.Connect();
        Assert.InRange(await bed.AdvanceUntilAsync(peer.Run), 30, 33);
        Assert.Equal(SessionEnd.NoLogin, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task A_silent_terminal_is_idle_in_the_end_and_the_programs_clock_has_no_say()
    {
        var bed = new SessionBed(o => o.IdleSecondsMax = 300);
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        bed.Clock.Advance(TimeSpan.FromDays(1));
        Assert.InRange(await bed.AdvanceUntilAsync(peer.Run), 300, 303);
        Assert.Equal(SessionEnd.Idle, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task A_peer_that_trickles_bytes_is_cut_off_however_busy_it_looks()
    {
        var bed = new SessionBed(o => o.IncompleteFrameSecondsMax = 10);
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        var seconds = 0;
        foreach (var b in Vectors.Bytes(Vectors.A11))
        {
            if (peer.Run.IsCompleted) break;
            await peer.SendAsync([b]);
            bed.Wire.Advance(TimeSpan.FromSeconds(1));
            await SessionBed.SettleAsync(peer.Run);
            seconds++;
        }

        Assert.Equal(SessionEnd.Trickling, await peer.Run);
        Assert.InRange(seconds, 10, 14);
    }

    [Fact(Timeout = Limit)]
    public async Task Endless_noise_ends_the_session()
    {
        var bed = new SessionBed(o => o.NoiseBytesMax = 1_000);
        var peer = bed.Connect();
        await peer.LoginAsync(SessionBed.Known);
        await peer.SendAsync(new byte[900]);
        await peer.SendAsync(Peer.Frame(to => LinkFrames.Heartbeat(to, SessionBed.Known, 2)));
        await peer.ReceiveAsync();
        await peer.SendAsync(new byte[900]); // Noise is counted from frame to frame.
        Assert.False(peer.Run.IsCompleted);
        await peer.SendAsync(new byte[101]);
        Assert.Equal(SessionEnd.Noise, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task A_frame_that_is_too_large_ends_the_session_after_its_head()
    {
        var bed = new SessionBed(o => o.FrameBytesMax = 64);
        var peer = bed.Connect();
        await peer.SendAsync(Vectors.A01 + Vectors.A11[..12]);
        Assert.Equal(SessionEnd.FrameTooLong, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task Stopping_ends_a_session_that_waits()
    {
        using var stopping = new CancellationTokenSource();
        var peer = new SessionBed().Connect(stop: stopping);
        await peer.LoginAsync(SessionBed.Known);
        await stopping.CancelAsync();
        Assert.Equal(SessionEnd.ServerStopping, await peer.Run);
    }

    [Fact(Timeout = Limit)]
    public async Task A_terminal_that_does_not_read_is_let_go()
    {
        var bed = new SessionBed(o => o.OutgoingStallSecondsMax = 30);
        var peer = bed.Connect();
        var heartbeat = Peer.Frame(to => LinkFrames.Heartbeat(to, SessionBed.Known, 2));
        var flood = Task.Run(async () =>
        {
            while (await peer.SendAsync(heartbeat))
            {
            }
        }, TestContext.Current.CancellationToken);
        await bed.AdvanceUntilAsync(peer.Run);
        Assert.Equal(SessionEnd.SlowReader, await peer.Run);
        await flood;
    }

    [Fact(Timeout = Limit)]
    public async Task Too_many_connections_are_refused_and_room_comes_back()
    {
        var bed = new SessionBed(o => (o.SessionsMax, o.SessionsPerRemoteMax) = (3, 2));
        var first = bed.Connect("a");
        var second = bed.Connect("a");
        Assert.Equal(SessionEnd.TooManySessionsOfRemote, await bed.Connect("a").Run);
        var third = bed.Connect("b");
        Assert.Equal(SessionEnd.TooManySessions, await bed.Connect("c").Run);
        first.HangUp();
        Assert.Equal(SessionEnd.PeerClosed, await first.Run);
        var fourth = bed.Connect("a");
        await fourth.LoginAsync(SessionBed.Known);
        Assert.False(second.Run.IsCompleted || third.Run.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_session_with_the_address_is_refused_while_the_first_answers()
    {
        var bed = new SessionBed();
        var first = bed.Connect();
        await first.LoginAsync(SessionBed.Known);
        var second = bed.Connect();
        await second.SendAsync(Peer.Frame(to => LinkFrames.Login(to, SessionBed.Known, 4)));
        var (test, _) = await first.ReceiveAsync();
        Assert.Equal((Afn.Link, true, false), (test.Afn, test.Started, test.FromTerminal));
        await first.SendAsync(Peer.Frame(to => LinkFrames.TerminalAnswer(to, SessionBed.Known, test.A3,
            test.Sequence, true)));
        Assert.Equal(SessionEnd.DuplicateAddress, await second.Run);
        Assert.False(second.HasUnread());
        Assert.True(bed.Table.TryGet(SessionBed.Known, out var live));
        Assert.Same(first.Session, live);
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_session_replaces_the_first_when_that_fails_the_link_test()
    {
        var bed = new SessionBed();
        var first = bed.Connect();
        await first.LoginAsync(SessionBed.Known);
        var second = bed.Connect();
        await second.SendAsync(Peer.Frame(to => LinkFrames.Login(to, SessionBed.Known, 4)));
        await first.ReceiveAsync();
        Assert.False(first.Run.IsCompleted);
        Assert.InRange(await bed.AdvanceUntilAsync(first.Run), 5, 8);
        Assert.Equal(SessionEnd.Replaced, await first.Run);
        Assert.Equal(4, (await second.ReceiveAsync()).Header.Sequence);
        Assert.True(bed.Table.TryGet(SessionBed.Known, out var live));
        Assert.Same(second.Session, live);
        Assert.NotEqual(first.Session.Id, second.Session.Id);
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_session_takes_over_at_once_when_the_first_ends_during_the_test()
    {
        var bed = new SessionBed();
        var first = bed.Connect();
        await first.LoginAsync(SessionBed.Known);
        var second = bed.Connect();
        await second.SendAsync(Peer.Frame(to => LinkFrames.Login(to, SessionBed.Known, 4)));
        await first.ReceiveAsync();
        first.HangUp();
        Assert.Equal(SessionEnd.PeerClosed, await first.Run);
        Assert.Equal(4, (await second.ReceiveAsync()).Header.Sequence);
    }

    [Fact(Timeout = Limit)]
    public async Task Random_bytes_never_break_a_session()
    {
        await Seeds.RunAsync(30, async random =>
        {
            var bed = new SessionBed();
            var peer = bed.Connect();
            for (var i = 0; i < 30 && !peer.Run.IsCompleted; i++)
            {
                var bytes = random.Next(3) switch
                {
                    0 => Vectors.Bytes(Vectors.A11),
                    1 => Peer.Frame(to => LinkFrames.Login(to, SessionBed.Known, 1)),
                    _ => new byte[random.Next(1, 60)],
                };
                if (random.Next(2) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                if (bytes.Length > 20) bytes[^2] = FrameReader.Checksum(bytes.AsSpan(6, bytes.Length - 8));
                await peer.SendAsync(bytes);
            }

            peer.HangUp();
            await peer.Run.WaitAsync(TestContext.Current.CancellationToken);
        });
    }
}
