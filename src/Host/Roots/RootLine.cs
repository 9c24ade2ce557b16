using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Meters.Host.Cli;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Roots;

/// <summary>One line of the roots that leave the store (docs/journal.md).</summary>
/// <param name="At">Program's clock.</param>
/// <param name="Shards">End of each chain, in order of shard.</param>
/// <param name="Previous">Root of the line before, hexadecimal.</param>
/// <param name="Root">Hash over all of it, hexadecimal.</param>
public sealed record RootLine(string At, IReadOnlyList<RootShard> Shards, string Previous, string Root)
{
    /// <summary>What stands as previous in the first line of all.</summary>
    public static readonly string Start = Convert.ToHexStringLower(new byte[SHA256.HashSizeInBytes]);

    public static RootLine Of(Instant at, IReadOnlyList<ShardHead> heads, string previous)
    {
        RootShard[] shards = [.. heads.Select(h => new RootShard(h.Shard, h.Seq, Convert.ToHexStringLower(h.Hash)))];
        return new(at.ToString(), shards, previous, HashOf(at, shards, previous));
    }

    /// <summary>Null for a line that is none, or whose root is not the hash over it.</summary>
    public static RootLine? TryRead(string text)
    {
        try
        {
            var line = JsonSerializer.Deserialize<RootLine>(text, CliJson.Form);
            if (line is not { Shards: not null, Previous: not null }) return null;
            var at = DateTimeOffset.Parse(line.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            return HashOf(Instant.From(at), line.Shards, line.Previous) == line.Root ? line : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, CliJson.Form);

    private static string HashOf(Instant at, IReadOnlyList<RootShard> shards, string previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        hash.AppendData([1]);
        BinaryPrimitives.WriteInt64LittleEndian(number, at.UnixMicros);
        hash.AppendData(number);
        hash.AppendData(Convert.FromHexString(previous));
        foreach (var shard in shards)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, shard.Shard);
            hash.AppendData(number[..4]);
            BinaryPrimitives.WriteInt64LittleEndian(number, shard.Seq);
            hash.AppendData(number);
            hash.AppendData(Convert.FromHexString(shard.Head));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <param name="Shard">Which.</param>
/// <param name="Seq">Position of its last link.</param>
/// <param name="Head">Hash of its last link, hexadecimal.</param>
public sealed record RootShard(int Shard, long Seq, string Head);
