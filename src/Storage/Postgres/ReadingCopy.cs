using Meters.Storage.Contract;
using Meters.Units;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>The hot rows as COPY encodes them.</summary>
internal static class ReadingCopy
{
    private const string Readings =
        "COPY reading (channel, at, register, charge, quality, frame_id) FROM STDIN (FORMAT BINARY)";

    private const string Frames = "COPY raw_frame (id, terminal, received_at, bytes) FROM STDIN (FORMAT BINARY)";

    /// <summary>Field count, five values of 8 bytes and one of 2, each with its length.</summary>
    private const int ReadingBytes = 2 + (5 * 12) + 6;

    /// <summary>Field count, three values of 8 bytes with their lengths, and the length of the frame.</summary>
    private const int FrameFixedBytes = 2 + (3 * 12) + 4;

    public static Task CopyAsync(
        BinaryCopy copy,
        NpgsqlConnection connection,
        IReadOnlyList<RatedReading> readings,
        CancellationToken stopping) =>
        copy.RunAsync(connection, Readings, readings, ReadingBytes, Encode, stopping);

    public static Task CopyAsync(
        BinaryCopy copy, NpgsqlConnection connection, IReadOnlyList<RawFrame> frames, CancellationToken stopping) =>
        copy.RunAsync(connection, Frames, frames, FrameFixedBytes, Encode, stopping);

    private static ReadOnlyMemory<byte> Encode(BinaryCopy row, RatedReading rated)
    {
        var reading = rated.Reading;
        row.AddFieldCount(6);
        row.AddField(reading.Channel.Value);
        row.AddField(reading.At);
        row.AddField(reading.Register.TenthsWh);
        row.AddField(rated.Charge);
        row.AddField((short)reading.Quality);
        row.AddField(reading.Frame.Value);
        return default;
    }

    private static ReadOnlyMemory<byte> Encode(BinaryCopy row, RawFrame frame)
    {
        row.AddFieldCount(4);
        row.AddField(frame.Id.Value);
        row.AddField((long)frame.Terminal.Raw);
        row.AddField(frame.ReceivedAt);
        row.AddLength(frame.Bytes.Length);
        return frame.Bytes;
    }
}
