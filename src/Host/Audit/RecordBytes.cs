using System.Text;
using Meters.Storage.Contract;

namespace Meters.Host.Audit;

/// <summary>
/// The bytes of records and hourly rows as docs/journal.md gives them: a second hand beside the engine's, slow and
/// plain, and a CRC by the textbook.
/// </summary>
internal static class RecordBytes
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    /// <summary>A record; the proof follows the columns of those kinds that have one.</summary>
    public static byte[] Of(int shard, StoredLink link, AuditRow row)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write((byte)1);
        writer.Write(unchecked((byte)link.Kind));
        writer.Write(shard);
        writer.Write(link.Seq);
        foreach (var value in row.Values) Write(writer, value);
        if (link.Kind is 3 or 5) Write(writer, link.Proof);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>An hourly row, 33 bytes.</summary>
    public static void Write(BinaryWriter writer, in AuditReading row)
    {
        writer.Write(row.Channel);
        writer.Write(row.At);
        writer.Write(row.Register);
        writer.Write(row.Charge);
        writer.Write(row.Quality is >= 0 and < 255 ? (byte)row.Quality : (byte)255); // No quality has that number.
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = CrcTable[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc ^ uint.MaxValue;
    }

    private static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)0);
                break;
            case long number:
                writer.Write((byte)1);
                writer.Write(number);
                break;
            case string text:
                var utf8 = Encoding.UTF8.GetBytes(text);
                writer.Write((byte)2);
                writer.Write(utf8.Length);
                writer.Write(utf8);
                break;
            case byte[] blob:
                writer.Write((byte)3);
                writer.Write(blob.Length);
                writer.Write(blob);
                break;
            default:
                throw new ArgumentException($"No column is a {value.GetType().Name}.", nameof(value));
        }
    }

    private static uint CrcOf(int index)
    {
        var crc = (uint)index;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F6_3B78;
        return crc;
    }
}
