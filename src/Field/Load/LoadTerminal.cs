using System.Buffers;
using System.Net.Sockets;
using Meters.Field.Devices;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Load;

/// <summary>
/// One terminal of a load. Its frames are laid out once; for each hour only times, registers, PSEQ and checksum are
/// written, so that the source costs far less than what it measures. One loop sends and receives, all its free frames
/// in one send.
/// </summary>
internal sealed class LoadTerminal : IDisposable
{
    private const int InputBytes = 4_096;

    private readonly LoadOptions _options;
    private readonly Action<TimeSpan> _confirmed;
    private readonly TimeProvider _wire;
    private readonly TerminalAddress _address;
    private readonly int _firstMeter;
    private readonly byte[] _frames;
    private readonly (int Offset, int Bytes, int Units)[] _layout;
    private readonly byte[] _input = new byte[InputBytes];
    private readonly byte[] _output;
    private readonly long[] _sentAt = new long[16];
    private readonly byte[] _startTime = new byte[Formats.A15Bytes];
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private int _waiting; // A bit for each PSEQ that is not confirmed.
    private int _nextPseq;
    private int _inputBytes;
    private int _outputBytes;
    private bool _denied;
    private FrameScanner _scanner;

    public LoadTerminal(LoadOptions options, int index, Action<TimeSpan> confirmed, TimeProvider wire)
    {
        (_options, _confirmed, _wire) = (options, confirmed, wire);
        _address = options.TerminalOf(index);
        _firstMeter = index * options.MetersPerTerminal;
        var count = ((options.MetersPerTerminal - 1) / options.UnitsPerFrame) + 1;
        _layout = new (int, int, int)[count];
        _frames = new byte[count * options.FrameBytesMax];
        for (var i = 0; i < count; i++) _layout[i] = LayOut(i);
        _output = new byte[((options.FramesOutstanding + 1) * options.FrameBytesMax) + InputBytes];
    }

    public long FramesConfirmed { get; private set; }

    public long BytesSent { get; private set; }

    public async Task StartAsync(SemaphoreSlim connects, CancellationToken stopping)
    {
        await connects.WaitAsync(stopping);
        try
        {
            await _socket.ConnectAsync(_options.Endpoint, stopping);
        }
        finally
        {
            connects.Release();
        }

        var pseq = TakePseq();
        _outputBytes = LinkFrames.Login(_output, _address, pseq);
        await SendAsync(stopping);
        while (_waiting != 0) await ReceiveAsync(stopping);
    }

    /// <summary>Completes when every frame of the hours is confirmed.</summary>
    public async Task PushAsync(Instant firstHourEnd, int hours, CancellationToken stopping)
    {
        var total = hours / _options.PointsPerUnit * _layout.Length;
        var next = 0;
        while (next < total || _waiting != 0)
        {
            while (next < total && int.PopCount(_waiting) < _options.FramesOutstanding)
            {
                var frame = next % _layout.Length;
                var start = firstHourEnd + TimeSpan.FromHours(next / _layout.Length * _options.PointsPerUnit);
                if (frame == 0) Formats.WriteA15(_options.Zone.ToLocal(start), _startTime);
                Write(frame, start);
                next++;
            }

            await SendAsync(stopping);
            if (_waiting != 0) await ReceiveAsync(stopping);
        }
    }

    public void Dispose() => _socket.Dispose();

    private (int Offset, int Bytes, int Units) LayOut(int index)
    {
        var offset = index * _options.FrameBytesMax;
        var first = index * _options.UnitsPerFrame;
        var units = Math.Min(_options.UnitsPerFrame, _options.MetersPerTerminal - first);
        var frame = new FrameBuilder(_frames.AsSpan(offset, _options.FrameBytesMax));
        frame.Begin(CurveFrames.Spontaneous, _address, 0, Afn.HistoryData, LinkFrames.OneFrame | LinkFrames.Con);
        for (var i = 0; i < units; i++)
        {
            frame.Unit(first + i + 1, RequestFrames.CurveForwardActiveFn);
            frame.Take(Formats.A15Bytes).Clear();
            frame.Byte(CurveFrames.Hourly);
            frame.Byte((byte)_options.PointsPerUnit);
            frame.Take(_options.PointsPerUnit * Formats.A11Bytes).Clear();
        }

        return (offset, frame.End(), units);
    }

    private void Write(int index, Instant start)
    {
        var (offset, bytes, units) = _layout[index];
        var frame = _output.AsSpan(_outputBytes, bytes);
        _frames.AsSpan(offset, bytes).CopyTo(frame);
        var unit = frame[(FrameReader.HeadBytes + FrameHeader.Bytes)..];
        var meter = _firstMeter + (index * _options.UnitsPerFrame);
        for (var i = 0; i < units; i++, meter++, unit = unit[_options.UnitBytes..])
        {
            _startTime.CopyTo(unit[Dadt.Bytes..]);
            var values = unit[(Dadt.Bytes + Formats.A15Bytes + 2)..];
            for (var point = 0; point < _options.PointsPerUnit; point++)
            {
                var at = new Instant(start.UnixMicros + (point * Instant.MicrosPerHour));
                Formats.WriteA11(LoadField.RegisterOf(_options, meter, at), values[(point * Formats.A11Bytes)..]);
            }
        }

        var pseq = TakePseq();
        frame[CurveFrames.SeqAt] = (byte)(LinkFrames.OneFrame | LinkFrames.Con | pseq);
        frame[^2] = FrameReader.Checksum(frame[FrameReader.HeadBytes..^2]);
        _outputBytes += bytes;
        BytesSent += bytes;
    }

    private int TakePseq()
    {
        while ((_waiting & (1 << (_nextPseq & 15))) != 0) _nextPseq++;
        var pseq = _nextPseq++ & 15;
        _waiting |= 1 << pseq;
        _sentAt[pseq] = _wire.GetTimestamp();
        return pseq;
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        for (var sent = 0; sent < _outputBytes;)
        {
            sent += await _socket.SendAsync(_output.AsMemory(sent.._outputBytes), stopping);
        }

        _outputBytes = 0;
    }

    private async Task ReceiveAsync(CancellationToken stopping)
    {
        var bytes = await _socket.ReceiveAsync(_input.AsMemory(_inputBytes), stopping);
        if (bytes == 0) throw new IOException($"The service hung up on terminal {_address}.");
        _inputBytes += bytes;
        var rest = new ReadOnlySequence<byte>(_input, 0, _inputBytes);
        FrameStatus status;
        while ((status = _scanner.Next(ref rest, InputBytes, out var frame)) == FrameStatus.Complete)
        {
            Take(frame.FirstSpan);
        }

        if (status == FrameStatus.TooLong)
        {
            throw new IOException($"The service sent terminal {_address} too long a frame.");
        }

        var left = rest.FirstSpan;
        left.CopyTo(_input); // Forward to the same array's start: a memory move, which may overlap.
        _inputBytes = left.Length;
        if (_denied) throw new IOException($"The service denied a frame of terminal {_address}.");
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        var userData = frame[FrameReader.HeadBytes..^2];
        if (!FrameHeader.TryParse(userData, out var header) || header.FromTerminal) return;
        if (header.Afn != Afn.Confirm)
        {
            // A load has no meters to ask; but the link lives.
            var destination = _output.AsSpan(_outputBytes);
            if (destination.Length < LinkFrames.BytesMax) return;
            _outputBytes += LinkFrames.TerminalAnswer(
                destination, _address, header.A3, header.Sequence, header.Afn == Afn.Link);
            return;
        }

        var bit = 1 << header.Sequence;
        if ((_waiting & bit) == 0) return;
        _denied |= Dadt.TryRead(header.Units(userData), out var dadt) && dadt.Selects(LinkFrames.AllDeniedFn);
        _waiting &= ~bit;
        FramesConfirmed++;
        _confirmed(_wire.GetElapsedTime(_sentAt[header.Sequence]));
    }
}
