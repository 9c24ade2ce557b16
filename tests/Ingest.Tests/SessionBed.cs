using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Threading.Channels;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using FrameReader = Meters.Ingest.Gdw3761.FrameReader;

namespace Meters.Ingest.Tests;

/// <summary>
/// A service without sockets: sessions over pipes, two clocks that the test moves, a sink that the test answers.
/// </summary>
internal sealed class SessionBed : ITerminalDirectory, IFrameSink, IFrameIds, IClockObserver
{
    public static readonly TerminalAddress Known = TerminalAddress.Of(4401, 0x0123); // That of A11.
    public static readonly TerminalAddress Unknown = TerminalAddress.Of(4401, 99);
    public static readonly MeterAddress MeterOf9 = new(260300000123);

    private readonly ConcurrentDictionary<TerminalAddress, TerminalEntry> _entries = new();
    private readonly Channel<Taken> _taken = Channel.CreateBounded<Taken>(10_000);
    private long _lastFrame;

    public SessionBed(Action<IngestOptions>? configure = null)
    {
        Options = new();
        configure?.Invoke(Options);
        Services = new(Options, this, this, this, new PasswordSecurityModule(), Clock, Wire, Table, new IngestMetrics(),
            NullLogger<TerminalSession>.Instance)
        {
            Clocks = this,
        };
        Register(Known, new() { [9] = new(7), [10] = new(8) }, new() { [MeterOf9] = new(7) });
    }

    /// <summary>What terminals' clocks seemed to show.</summary>
    public ConcurrentQueue<TimeSpan> Drifts { get; } = new();

    public IngestOptions Options { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeTimeProvider Wire { get; } = new();

    public SessionTable Table { get; } = new();

    public SessionServices Services { get; }

    /// <summary>Stored at once, or left to the test.</summary>
    public bool Automatic { get; set; } = true;

    public Func<ReceivedFrame, Task>? Gate { get; set; }

    /// <summary>Counts only, so that a test of allocation measures the session.</summary>
    public bool CountOnly { get; set; }

    public long Accepted { get; private set; }

    public void Register(TerminalAddress address, Dictionary<int, MeterId> points, Dictionary<MeterAddress,
        MeterId> meters) =>
        _entries[address] = new(address, LocalZone.China, points, meters);

    public Peer Connect(string remote = "10.0.0.1", CancellationTokenSource? stop = null) =>
        new(this, remote, stop?.Token ?? TestContext.Current.CancellationToken);

    public async Task<Taken> TakeAsync() => await _taken.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool TookNothing => _taken.Reader.Count == 0;

    /// <summary>Moves the wire's clock until the task is done; returns the seconds that took.</summary>
    public async Task<int> AdvanceUntilAsync(Task task)
    {
        var seconds = 0;
        for (; !task.IsCompleted && seconds < 10_000; seconds++)
        {
            Wire.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync(task);
        }

        await task.WaitAsync(TestContext.Current.CancellationToken);
        return seconds;
    }

    /// <summary>
    /// Lets the session's own continuations run: a millisecond of real time, as they are on the thread pool.
    /// </summary>
    public static Task SettleAsync(Task unless) => Task.WhenAny(
        unless, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken));

    void IClockObserver.Observed(TerminalAddress terminal, TimeSpan drift)
    {
        if (!CountOnly) Drifts.Enqueue(drift);
    }

    bool ITerminalDirectory.TryFind(TerminalAddress address, [NotNullWhen(true)] out TerminalEntry? entry) =>
        _entries.TryGetValue(address, out entry);

    FrameId IFrameIds.Next() => new(Interlocked.Increment(ref _lastFrame));

    async ValueTask IFrameSink.AcceptAsync(ReceivedFrame frame, CancellationToken stopping)
    {
        Accepted++;
        if (CountOnly)
        {
            frame.Complete(FrameOutcome.Stored);
            return;
        }

        if (Gate is { } gate) await gate(frame);
        var taken = new Taken(frame, frame.Raw.ToArray(), frame.Readings.ToArray(), frame.Intervals.ToArray(),
            [.. frame.Faults], frame.Registered, frame.Terminal);
        if (Automatic) frame.Complete(FrameOutcome.Stored);
        await _taken.Writer.WriteAsync(taken, stopping);
    }

    internal sealed record Taken(ReceivedFrame Frame, byte[] Raw, Reading[] Readings, IntervalEnergy[] Intervals,
        FrameFault[] Faults, bool Registered, TerminalAddress Terminal);
}

/// <summary>The terminal's side of a connection.</summary>
internal sealed class Peer : IDuplexPipe
{
    private readonly Pipe _up;
    private readonly Pipe _down;
    private FrameScanner _scanner;

    public Peer(SessionBed bed, string remote, CancellationToken stopping)
    {
        // Inline: the default scheduler would merge the pieces again and a test of cuts would test nothing.
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
                useSynchronizationContext: false);
        (_up, _down) = (new(options), new(options));
        Session = new(bed.Services);
        Run = Session.RunAsync(this, remote, stopping);
    }

    public TerminalSession Session { get; }

    public Task<SessionEnd> Run { get; }

    PipeReader IDuplexPipe.Input => _up.Reader;

    PipeWriter IDuplexPipe.Output => _down.Writer;

    /// <summary>False when the service no longer reads.</summary>
    public async Task<bool> SendAsync(byte[] bytes) =>
        !(await _up.Writer.WriteAsync(bytes, TestContext.Current.CancellationToken)).IsCompleted;

    public Task<bool> SendAsync(string hex) => SendAsync(Vectors.Bytes(hex));

    public async Task LoginAsync(TerminalAddress address, int pseq = 1)
    {
        await SendAsync(Frame(to => LinkFrames.Login(to, address, pseq)));
        var (header, _) = await ReceiveAsync();
        Assert.Equal((Afn.Confirm, pseq, 0x0B), (header.Afn, header.Sequence, (int)header.Control));
    }

    public async Task<(FrameHeader Header, byte[] UserData)> ReceiveAsync()
    {
        while (true)
        {
            var result = await _down.Reader.ReadAsync(TestContext.Current.CancellationToken);
            var rest = result.Buffer;
            if (_scanner.Next(ref rest, FrameReader.FrameBytesMax, out var frame) == Gdw3761.FrameStatus.Complete)
            {
                var userData = System.Buffers.BuffersExtensions.ToArray(frame)[6..^2];
                _down.Reader.AdvanceTo(rest.Start);
                Assert.True(FrameHeader.TryParse(userData, out var header));
                return (header, userData);
            }

            Assert.False(result.IsCompleted, "The service closed without an answer.");
            _down.Reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>True if something was sent to the terminal that it has not read.</summary>
    public bool HasUnread()
    {
        if (!_down.Reader.TryRead(out var result)) return false;
        _down.Reader.AdvanceTo(result.Buffer.Start);
        return !result.Buffer.IsEmpty;
    }

    public void HangUp() => _up.Writer.Complete();

    public void Break() => _up.Writer.Complete(new IOException("reset"));

    public static byte[] Frame(Build build)
    {
        var to = new byte[FrameReader.FrameBytesMax];
        return to[..build(to)];
    }

    /// <summary>A spontaneous hourly curve with CON.</summary>
    public static byte[] Curve(TerminalAddress address, int pn, int pseq, params long[] hundredthsKwh)
    {
        var to = new byte[FrameReader.FrameBytesMax];
        var frame = new FrameBuilder(to);
        frame.Begin(0xC4, address, 0, Afn.HistoryData, (byte)(0x70 | pseq));
        frame.Unit(pn, 101);
        Formats.WriteA15(new DateTime(2026, 3, 1, 1, 0, 0), frame.Take(5));
        frame.Byte(3);
        frame.Byte((byte)hundredthsKwh.Length);
        foreach (var value in hundredthsKwh) Formats.WriteA11(new(value * 100), frame.Take(4));
        return to[..frame.End()];
    }

    internal delegate int Build(Span<byte> to);
}
