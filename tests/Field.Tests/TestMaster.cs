using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Meters.Ingest.Gdw3761;

namespace Meters.Field.Tests;

/// <summary>One frame that a terminal sent.</summary>
internal sealed record Received(TerminalAddress Terminal, Afn Afn, byte Control, byte Seq, byte[] Frame)
{
    public int Pseq => Seq & 15;

    public byte[] UserData => Frame[6..^2];

    public byte[] Units
    {
        get
        {
            Assert.True(FrameHeader.TryParse(UserData, out var header));
            return header.Units(UserData).ToArray();
        }
    }
}

/// <summary>A small master: confirms what its rule says, keeps what came, sends what a test wants.</summary>
internal sealed class TestMaster : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Received> _answers = Channel.CreateBounded<Received>(1_000);
    private readonly Lock _gate = new();
    private readonly List<Received> _received = [];
    private readonly Dictionary<TerminalAddress, Socket> _sockets = [];
    private readonly List<Task> _sessions = [];
    private readonly List<(Func<List<Received>, bool> Holds, TaskCompletionSource Done)> _watchers = [];
    private readonly Task _accepting;

    public TestMaster()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Whether a frame that wants it is confirmed. Called under a lock, in the order of arrival.</summary>
    public Func<Received, bool> Confirms { get; set; } = _ => true;

    /// <summary>Bytes that belonged to no frame, and frames that were damaged.</summary>
    public long FalseStarts { get; private set; }

    public long SkippedBytes { get; private set; }

    public int Connections { get; private set; }

    public List<Received> All
    {
        get
        {
            lock (_gate) return [.. _received];
        }
    }

    public List<Received> Data => All.FindAll(frame => frame.Afn == Afn.HistoryData && frame.Control == 0xC4);

    /// <summary>Completes when what has come so far fulfils it.</summary>
    public Task UntilAsync(Func<List<Received>, bool> holds, CancellationToken stopping)
    {
        lock (_gate)
        {
            if (holds(_received)) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((holds, done));
            return done.Task.WaitAsync(stopping);
        }
    }

    public async Task SendAsync(TerminalAddress terminal, ReadOnlyMemory<byte> bytes)
    {
        Socket socket;
        lock (_gate) socket = _sockets[terminal];
        await socket.SendAsync(bytes);
    }

    /// <summary>Data frames so far; for rules, which are asked after their frame was counted.</summary>
    public int DataSeen { get; private set; }

    public Task UntilDataAsync(int count, CancellationToken stopping) => UntilAsync(_ => DataSeen >= count, stopping);

    /// <summary>Sends a request and waits for the next frame that is an answer (PRM = 0).</summary>
    public async Task<Received> AskAsync(TerminalAddress terminal, ReadOnlyMemory<byte> bytes,
        CancellationToken stopping)
    {
        await SendAsync(terminal, bytes);
        return await _answers.Reader.ReadAsync(stopping);
    }

    public void HangUp(TerminalAddress terminal)
    {
        lock (_gate) _sockets[terminal].Shutdown(SocketShutdown.Both);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_sessions);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                Connections++;
                _sessions.Add(ServeAsync(socket));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var buffer = new byte[65_536];
        var held = 0;
        var scanner = new FrameScanner();
        try
        {
            while (true)
            {
                var bytes = await socket.ReceiveAsync(buffer.AsMemory(held), _stopping.Token);
                if (bytes == 0) return;
                var rest = new ReadOnlySequence<byte>(buffer, 0, held + bytes);
                var (skipped, falseStarts) = (scanner.SkippedBytes, scanner.FalseStarts);
                while (scanner.Next(ref rest, FrameReader.FrameBytesMax, out var frame) == FrameStatus.Complete)
                {
                    if (Take(socket, frame.ToArray()) is { } confirm) await socket.SendAsync(confirm, _stopping.Token);
                }

                lock (_gate) SkippedBytes += scanner.SkippedBytes - skipped;
                lock (_gate) FalseStarts += scanner.FalseStarts - falseStarts;
                rest.ToArray().CopyTo(buffer, 0);
                held = (int)rest.Length;
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // Hung up.
        }
    }

    private byte[]? Take(Socket socket, byte[] frame)
    {
        Assert.True(FrameHeader.TryParse(frame.AsSpan(6..^2), out var header));
        var received = new Received(header.Address, header.Afn, header.Control, header.Seq, frame);
        lock (_gate)
        {
            _sockets[header.Address] = socket;
            _received.Add(received);
            if (header is { Afn: Afn.HistoryData, Started: true }) DataSeen++;
            if (!header.Started) _answers.Writer.TryWrite(received);
            foreach (var (holds, done) in _watchers)
            {
                if (holds(_received)) done.TrySetResult();
            }

            if (!header.ConfirmWanted || !Confirms(received)) return null;
        }

        var confirm = new byte[LinkFrames.BytesMax];
        return confirm[..LinkFrames.Confirm(confirm, header.Address, header.A3, header.Sequence)];
    }
}
