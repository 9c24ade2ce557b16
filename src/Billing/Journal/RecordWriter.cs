using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Meters.Units;

namespace Meters.Billing.Journal;

/// <summary>
/// The canonical bytes of one record (docs/journal.md): a head, then each column as a type byte and its value,
/// little-endian, so that two different rows never have the same bytes. One record at a time, in a buffer used again.
/// </summary>
public sealed class RecordWriter
{
    /// <summary>Version of the layout; a change of it is a new number, old records keep theirs.</summary>
    public const byte Version = 1;

    private const byte Null = 0;
    private const byte Number = 1;
    private const byte Text = 2;
    private const byte Blob = 3;

    private byte[] _bytes = new byte[512];
    private int _used;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>CRC-32C of the record.</summary>
    public uint Tag => TagOf(Bytes);

    public RecordWriter Begin(JournalKind kind, int shard, long seq)
    {
        _used = 0;
        var head = Room(14);
        (head[0], head[1]) = (Version, (byte)kind);
        BinaryPrimitives.WriteInt32LittleEndian(head[2..], shard);
        BinaryPrimitives.WriteInt64LittleEndian(head[6..], seq);
        return this;
    }

    public RecordWriter Add(long value)
    {
        var room = Room(9);
        room[0] = Number;
        BinaryPrimitives.WriteInt64LittleEndian(room[1..], value);
        return this;
    }

    public RecordWriter Add(long? value)
    {
        if (value is { } number) return Add(number);
        Room(1)[0] = Null;
        return this;
    }

    /// <summary>Microseconds since 1970.</summary>
    public RecordWriter Add(Instant at) => Add(at.UnixMicros);

    /// <summary>Days since 1970-01-01.</summary>
    public RecordWriter Add(ServiceDay day) => Add((long)day.DaysSinceEpoch);

    public RecordWriter Add(Money amount) => Add(amount.Minor);

    public RecordWriter Add(string? value)
    {
        if (value is null)
        {
            Room(1)[0] = Null;
            return this;
        }

        var bytes = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Sized(Text, bytes));
        return this;
    }

    public RecordWriter Add(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Sized(Blob, value.Length));
        return this;
    }

    /// <summary>The hash of the chain after this record.</summary>
    /// <param name="before">The hash before, 32 bytes.</param>
    public byte[] HashAfter(ReadOnlySpan<byte> before)
    {
        before.CopyTo(Room(before.Length)); // Behind the record for a moment: one buffer, one call.
        _used -= before.Length;
        return SHA256.HashData(_bytes.AsSpan(0, _used + before.Length));
    }

    /// <summary>CRC-32C (Castagnoli), initial value and final inversion as in RFC 3720.</summary>
    public static uint TagOf(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private Span<byte> Sized(byte type, int bytes)
    {
        var room = Room(5 + bytes);
        room[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], bytes);
        return room[5..];
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _used < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
        var room = _bytes.AsSpan(_used, bytes);
        _used += bytes;
        return room;
    }
}
