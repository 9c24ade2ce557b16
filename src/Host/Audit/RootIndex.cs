using Meters.Host.Roots;

namespace Meters.Host.Audit;

/// <summary>What the roots outside the store say about each chain: position and hash, minute by minute.</summary>
public sealed class RootIndex
{
    private const string Check = "roots";

    private readonly Dictionary<int, SortedDictionary<long, (string Head, string At)>> _of = [];
    private readonly Dictionary<int, long> _agreed = [];
    private readonly HashSet<int> _told = [];

    public long Roots { get; private set; }

    /// <summary>Reads all root files of a folder; null is none given.</summary>
    public static async Task<RootIndex> ReadAsync(string? folder, Findings findings, CancellationToken stopping)
    {
        var index = new RootIndex();
        if (folder is null) return index;
        string? previous = null;
        string? unread = null;
        foreach (var file in RootFiles.In(folder))
        {
            var number = 0;
            await foreach (var text in File.ReadLinesAsync(file, stopping))
            {
                number++;
                var where = $"{Path.GetFileName(file)} line {number}";
                if (RootLine.TryRead(text) is not { } line)
                {
                    unread ??= where;
                    continue;
                }

                // A line that a crash tore never counted: the next one follows the one before it.
                // Lines before the first kept went with their days; before an unreadable first one, nobody can say.
                previous ??= unread is null ? line.Previous : RootLine.Start;
                if (line.Previous != previous)
                {
                    findings.Add(
                        Check, unread ?? where,
                        unread is null
                            ? "It does not follow the root before it: lines are missing."
                            : "It is no root, or its hash is not the hash over it.");
                }

                (previous, unread) = (line.Root, null);
                index.Add(line);
            }
        }

        if (unread is not null) findings.Add(Check, unread, "It is no root, or its hash is not the hash over it.");
        return index;
    }

    public void Add(RootLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        Roots++;
        foreach (var shard in line.Shards)
        {
            if (!_of.TryGetValue(shard.Shard, out var heads)) _of.Add(shard.Shard, heads = []);
            heads.TryAdd(shard.Seq, (shard.Head, line.At));
        }
    }

    /// <summary>Compares one link with the root that was taken when it was the last, if one was.</summary>
    internal void Compare(int shard, long seq, byte[] hash, Findings findings)
    {
        if (!_of.TryGetValue(shard, out var heads) || !heads.TryGetValue(seq, out var root)) return;
        if (root.Head == Convert.ToHexStringLower(hash))
        {
            _agreed[shard] = seq;
            return;
        }

        if (!_told.Add(shard)) return; // All later ones differ too.
        var first = _agreed.GetValueOrDefault(shard) + 1;
        findings.Add(new(
            Check, Places.Link(shard, first),
            $"The root of {root.At} has another hash for link {seq}: something in links {first} to {seq} was changed "
            + "and the hashes computed anew.")
        { Beside = Places.Link(shard, seq), Links = new(shard, first, seq) });
    }

    /// <summary>A chain that ends before the last root is one that was cut off.</summary>
    internal void End(int shard, long last, Findings findings)
    {
        if (!_of.TryGetValue(shard, out var heads)) return;
        foreach (var (seq, root) in heads)
        {
            if (seq <= last) continue;
            findings.Add(new(
                Check, Places.Shard(shard),
                $"Its chain ends at {last}; the root of {root.At} knew link {seq}: its end was cut off.")
            { Links = new(shard, unchecked(last + 1), heads.Keys.Last()) });
            return;
        }
    }

    /// <summary>Shards that roots know.</summary>
    internal IEnumerable<int> Shards => _of.Keys;
}
