using System.Buffers.Binary;
using System.Security.Cryptography;
using Meters.Billing.Accounts;
using Meters.Units;

namespace Meters.Billing.Journal;

/// <summary>
/// What a closed day's readings were: one hash over all rows of an account in its window, and a tag for each row that
/// says which one changed. Layout of the bytes in docs/journal.md.
/// </summary>
/// <param name="From">Readings after this instant ...</param>
/// <param name="Through">... up to and including this one.</param>
/// <param name="Hash">SHA-256 over the rows, 32 bytes.</param>
/// <param name="Tags">CRC-32C of each row, in order of channel and instant.</param>
public sealed record DayProof(Instant From, Instant Through, byte[] Hash, IReadOnlyList<uint> Tags)
{
    public const byte Version = 1;

    private const int HeadBytes = 1 + 8 + 8 + 4 + SHA256.HashSizeInBytes;

    /// <summary>False for bytes that this program did not write.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DayProof proof)
    {
        proof = new(default, default, [], []);
        if (bytes.Length < HeadBytes || bytes[0] != Version) return false;
        var rows = BinaryPrimitives.ReadInt32LittleEndian(bytes[17..]);
        if (rows < 0 || bytes.Length - HeadBytes != (long)rows * sizeof(uint)) return false;
        var tags = new uint[rows];
        for (var i = 0; i < rows; i++)
        {
            tags[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(HeadBytes + (i * sizeof(uint)))..]);
        }

        proof = new(
            new(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..])),
            new(BinaryPrimitives.ReadInt64LittleEndian(bytes[9..])),
            bytes[21..HeadBytes].ToArray(),
            tags);
        return true;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[HeadBytes + (Tags.Count * sizeof(uint))];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), From.UnixMicros);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(9), Through.UnixMicros);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(17), Tags.Count);
        Hash.CopyTo(bytes, 21);
        for (var i = 0; i < Tags.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeadBytes + (i * sizeof(uint))), Tags[i]);
        }

        return bytes;
    }
}

/// <summary>Makes the proofs of one account's day after another; holds the rows of one at a time.</summary>
public sealed class DayProofWriter
{
    /// <summary>Channel, instant, register and charge with 8 bytes each, quality with one.</summary>
    private const int RowBytes = 33;

    private readonly List<uint> _tags = [];
    private byte[] _rows = new byte[RowBytes * 64];
    private int _used;

    /// <summary>Rows come in order of channel and instant.</summary>
    public void Add(in RatedReading row)
    {
        if (_rows.Length - _used < RowBytes) Array.Resize(ref _rows, _rows.Length * 2);
        var room = _rows.AsSpan(_used, RowBytes);
        BinaryPrimitives.WriteInt64LittleEndian(room, row.Reading.Channel.Value);
        BinaryPrimitives.WriteInt64LittleEndian(room[8..], row.Reading.At.UnixMicros);
        BinaryPrimitives.WriteInt64LittleEndian(room[16..], row.Reading.Register.TenthsWh);
        BinaryPrimitives.WriteInt64LittleEndian(room[24..], row.Charge);
        room[32] = (byte)row.Reading.Quality;
        _tags.Add(RecordWriter.TagOf(room));
        _used += RowBytes;
    }

    /// <summary>The proof of the rows added since the last call; without rows, that there are none.</summary>
    public DayProof Take(Instant from, Instant through)
    {
        var proof = new DayProof(from, through, SHA256.HashData(_rows.AsSpan(0, _used)), [.. _tags]);
        _used = 0;
        _tags.Clear();
        return proof;
    }
}
