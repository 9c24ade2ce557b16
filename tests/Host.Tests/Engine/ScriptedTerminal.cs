using System.Buffers;
using System.IO.Pipelines;
using Meters.Field;
using Meters.Field.Devices;
using Meters.Host.Engine;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;

namespace Meters.Host.Tests.Engine;

/// <summary>A meter with its relay behind a scripted terminal, and the account that it belongs to.</summary>
internal sealed class Home(int index, TerminalAddress terminal, int point)
{
    public SimulatedMeter Meter = new(new(1_000 + index), new(260_300_000_000 + index), Energy.Zero);

    public int Index => index;

    public TerminalAddress Terminal => terminal;

    public int Point => point;

    public AccountId Account { get; } = new(500 + index);

    /// <summary>
    /// Control frames that reached the meter and were obeyed, with their deadline as it stood in them.
    /// </summary>
    public List<(Instant At, ControlCode Code, ControlOutcome Outcome)> Seen { get; } = [];

    /// <summary>Every register sent, in hundredths of a kWh.</summary>
    public SortedDictionary<Instant, long> Sent { get; } = [];

    /// <summary>Instants for which another value was sent too: neither is rated.</summary>
    public HashSet<Instant> Disputed { get; } = [];

    public bool IsOn => Meter.Relay == RelayState.Closed;
}

internal readonly record struct Point(Home Home, Instant At, long HundredthsKwh);

/// <summary>
/// A concentrator without a socket: logs in, pushes curves, repeats what was not confirmed, hands commands to its
/// meters. What it has to send survives its connections, and the service.
/// </summary>
internal sealed partial class ScriptedTerminal(TerminalAddress address, IReadOnlyList<Home> homes, TimeProvider clock)
{
    private const int PseqCount = 16;

    private readonly Dictionary<int, (byte[] Bytes, Point[] Points)> _unconfirmed = [];
    private readonly int[] _confirmsAwaited = new int[PseqCount];
    private readonly byte[] _scratch = new byte[Ingest.Gdw3761.FrameReader.FrameBytesMax];
    private PipeWriter? _up;
    private Task _reading = Task.CompletedTask;
    private int _pseq;
    private long _connection;
    private TaskCompletionSource? _login;

    public TerminalAddress Address => address;

    public IReadOnlyList<Home> Homes => homes;

    /// <summary>The session's own end.</summary>
    public Task Session { get; private set; } = Task.CompletedTask;

    public bool IsConnected => _up is not null;

    public int Unconfirmed => _unconfirmed.Count;

    /// <summary>What the service said it has.</summary>
    public List<Point> Confirmed { get; } = [];

    /// <summary>Answers to logins and heartbeats so far.</summary>
    public int LinkAnswers { get; private set; }

    /// <summary>Frames of data that were confirmed.</summary>
    public int DataConfirms { get; private set; }

    /// <summary>Takes a command and says nothing: what it did is not known.</summary>
    public bool IsMute { get; set; }

    /// <summary>Called for each command that reaches a meter, before its answer goes back.</summary>
    public Action<Home, ControlSeen>? Obeyed { get; set; }

    /// <summary>Dials in, logs in, and sends again what was not confirmed.</summary>
    public async Task ConnectAsync(MetersEngine engine)
    {
        Drop();
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
            useSynchronizationContext: true);
        var (up, down) = (new Pipe(options), new Pipe(options));
        var connection = ++_connection;
        Session = RunAsync(new TerminalSession(engine.SessionServices), new Ends(up.Reader, down.Writer));
        _up = up.Writer;
        Array.Clear(_confirmsAwaited);
        _reading = ReadAsync(down.Reader, connection);
        _login = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var pseq = NextPseq();
        _confirmsAwaited[pseq]++;
        Write(_scratch.AsSpan(0, LinkFrames.Login(_scratch, address, pseq)));
        await _login.Task;
        if (connection != _connection) return;
        foreach (var (waiting, frame) in _unconfirmed.OrderBy(w => w.Key))
        {
            _confirmsAwaited[waiting]++;
            Write(frame.Bytes);
        }
    }

    /// <summary>The connection breaks; what was on its way is lost.</summary>
    public void Drop()
    {
        _connection++;
        _up?.Complete(new IOException("reset"));
        _up = null;
        _login?.TrySetResult();
    }

    /// <summary>
    /// Pushes points of its homes as hourly curves in one frame; false when too many are unconfirmed.
    /// </summary>
    public bool Push(IReadOnlyList<Point> points)
    {
        if (_unconfirmed.Count >= PseqCount / 2) return false;
        var pseq = NextPseq();
        if (pseq < 0) return false;
        var frame = new FrameBuilder(_scratch);
        frame.Begin(0xC4, address, 0, Afn.HistoryData, (byte)(LinkFrames.OneFrame | LinkFrames.Con | pseq));
        foreach (var point in points)
        {
            frame.Unit(point.Home.Point, RequestFrames.CurveForwardActiveFn);
            Formats.WriteA15(LocalZone.China.ToLocal(point.At), frame.Take(Formats.A15Bytes));
            frame.Byte(3);
            frame.Byte(1);
            Formats.WriteA11(new(point.HundredthsKwh * Formats.A11Step), frame.Take(Formats.A11Bytes));
        }

        var bytes = _scratch[..frame.End()];
        _unconfirmed[pseq] = (bytes, [.. points]);
        SendOnce(pseq, bytes);
        return true;
    }

    /// <summary>Sends something that wants a confirm, as it is.</summary>
    public void PushRaw(Func<int, byte[]> build)
    {
        var pseq = NextPseq();
        var bytes = build(pseq);
        _unconfirmed[pseq] = (bytes, []);
        SendOnce(pseq, bytes);
    }

    /// <summary>Gives up what is not confirmed.</summary>
    public void Forget() => _unconfirmed.Clear();

    /// <summary>One of the frames that wait is sent a second time.</summary>
    public void Repeat(Random random)
    {
        if (_up is null || _unconfirmed.Count == 0) return;
        var (pseq, frame) = _unconfirmed.ElementAt(random.Next(_unconfirmed.Count));
        SendOnce(pseq, frame.Bytes);
    }

    private void SendOnce(int pseq, byte[] bytes)
    {
        if (_up is null) return;
        _confirmsAwaited[pseq]++;
        Write(bytes);
    }

    /// <summary>
    /// A number whose confirm cannot be mistaken for that of an earlier frame; -1 when there is none.
    /// </summary>
    private int NextPseq()
    {
        for (var i = 0; i < PseqCount; i++)
        {
            var pseq = _pseq++ % PseqCount;
            if (_confirmsAwaited[pseq] == 0 && !_unconfirmed.ContainsKey(pseq)) return pseq;
        }

        return -1;
    }

    private async Task RunAsync(TerminalSession session, Ends ends)
    {
        await session.RunAsync(ends, $"10.0.0.{address.Raw & 0xFF}", CancellationToken.None);
    }

    private async Task ReadAsync(PipeReader down, long connection)
    {
        var scanner = default(FrameScanner);
        while (connection == _connection)
        {
            var result = await down.ReadAsync();
            if (connection != _connection) break;
            var rest = result.Buffer;
            while (scanner.Next(ref rest, Ingest.Gdw3761.FrameReader.FrameBytesMax, out var frame)
                == Ingest.Gdw3761.FrameStatus.Complete)
            {
                Take(frame.ToArray());
            }

            down.AdvanceTo(rest.Start, rest.End);
            if (!result.IsCompleted) continue;
            if (connection == _connection) Drop();
            break;
        }

        await down.CompleteAsync();
    }

    private void Take(byte[] whole)
    {
        var userData = whole.AsSpan(6..^2);
        Assert.True(FrameHeader.TryParse(userData, out var header));
        if (header.Afn == Afn.Confirm)
        {
            var pseq = header.Sequence;
            _confirmsAwaited[pseq]--;
            if (_unconfirmed.Remove(pseq, out var frame)) DataConfirmed(frame.Points);
            else if (_login is { Task.IsCompleted: false }) LoggedIn();
        }
        else if (header.Afn == Afn.Link)
        {
            Write(_scratch.AsSpan(0, LinkFrames.TerminalAnswer(_scratch, address, header.A3, header.Sequence, true)));
        }
        else if (header.Afn == Afn.Forward)
        {
            Forward(header, header.Units(userData));
        }
        else
        {
            AnswerRequest(header, header.Units(userData));
        }
    }

    private void DataConfirmed(Point[] points)
    {
        DataConfirms++;
        Confirmed.AddRange(points);
    }

    private void LoggedIn()
    {
        LinkAnswers++;
        _login!.TrySetResult();
    }

    private void Forward(in FrameHeader header, ReadOnlySpan<byte> units)
    {
        Assert.True(ForwardContent.TryReadRequest(units, out var port, out var content));
        var status = Ingest.Dlt645.FrameReader.TryRead(content, out var inner, out _);
        Assert.Equal(Ingest.Dlt645.FrameStatus.Complete, status);
        var meter = inner.Address;
        var home = homes.Single(h => h.Meter.Address == meter);
        var world = new MeterConditions(clock.Now(), LocalZone.China, 0, TimeSpan.Zero, null, false);
        var answer = new byte[Ingest.Dlt645.FrameReader.FrameBytesMax];
        var bytes = home.Meter.Answer(inner, world, answer, out var seen);
        if (seen is { } command)
        {
            home.Seen.Add((clock.Now(), command.Code, command.Outcome));
            home.Meter.Settle(clock.Now(), out _);
            Obeyed?.Invoke(home, command);
        }

        if (IsMute) return;
        var to = new byte[Ingest.Gdw3761.FrameReader.FrameBytesMax];
        var length = ForwardContent.WriteAnswer(to, address, header.A3, header.Sequence, port, answer.AsSpan(0, bytes));
        Write(to.AsSpan(0, length));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (_up is not { } up) return;
        up.Write(bytes);
        Assert.True(up.FlushAsync().AsTask().IsCompletedSuccessfully); // Never pauses: the pipe has no threshold.
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
