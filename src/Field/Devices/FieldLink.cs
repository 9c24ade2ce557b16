using System.Buffers;
using System.Net.Sockets;

namespace Meters.Field.Devices;

/// <summary>
/// One TCP connection. Bytes are appended under a lock and leave with whoever flushes first; what piles up meanwhile
/// leaves in one send. A peer that does not read ends the connection at <see cref="UnsentBytesMax"/>.
/// </summary>
internal sealed class FieldLink(Socket socket, long seed, int cutPerMille) : IDisposable
{
    private const int UnsentBytesMax = 1 << 20;
    private const int PiecesPurpose = 201;

    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _filling = new(256);
    private ArrayBufferWriter<byte> _leaving = new(256);
    private bool _flushing;
    private bool _closed;
    private long _sends;

    public NetworkStream Stream { get; } = new(socket, ownsSocket: true);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_closed) return;
            if (_filling.WrittenCount + bytes.Length <= UnsentBytesMax)
            {
                _filling.Write(bytes);
                return;
            }
        }

        Close();
    }

    /// <summary>Sends what was appended; returns at once if a send is under way, which then takes it along.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_flushing || _closed || _filling.WrittenCount == 0) return;
            _flushing = true;
        }

        _ = FlushAsync();
    }

    /// <summary>Ends both directions; the receive loop sees the end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }

        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
    }

    public void Dispose()
    {
        Close();
        Stream.Dispose();
    }

    /// <summary>
    /// Never throws: a connection that cannot send is closed, and what was not confirmed is sent on the next one.
    /// </summary>
    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_closed || _filling.WrittenCount == 0)
                    {
                        _flushing = false;
                        return;
                    }

                    (_filling, _leaving) = (_leaving, _filling);
                    _filling.ResetWrittenCount();
                }

                await SendAsync(_leaving.WrittenMemory);
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            Close();
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var send = ++_sends;
        if (Dice.Hits(cutPerMille, seed, send, 0, PiecesPurpose))
        {
            for (var piece = 1; bytes.Length > 1 && piece < 5; piece++)
            {
                var cut = 1 + Dice.Below(Dice.Hash(seed, send, piece, PiecesPurpose), bytes.Length - 1);
                await SendAllAsync(bytes[..cut]);
                bytes = bytes[cut..];
            }
        }

        await SendAllAsync(bytes);
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
