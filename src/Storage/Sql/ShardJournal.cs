using Meters.Billing.Journal;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// The links of one commit, in the order of docs/journal.md: payments, entries, corrections, tariff lines, day lines,
/// changed days.
/// Made new for each commit from the head that the store has, so that a commit that fails leaves nothing behind.
/// </summary>
internal sealed class ShardJournal
{
    public const string Columns = "shard, seq, kind, subject, day, key, proof, tag, hash";

    private readonly JournalChain _chain;
    private readonly List<JournalLink> _links = [];

    public ShardJournal(int shard, long seq, byte[]? head, ShardCommit commit)
    {
        _chain = new(shard, seq, head ?? JournalChain.Start);
        foreach (var payment in commit.Payments) _links.Add(_chain.Add(payment));
        foreach (var entry in commit.Entries) _links.Add(_chain.Add(entry));
        FirstCorrection = _chain.Seq + 1;
        foreach (var correction in commit.Corrections) _links.Add(_chain.Add(correction));
        foreach (var line in commit.DayLines) _links.Add(_chain.Add(line));
    }

    public IReadOnlyList<JournalLink> Links => _links;

    public long Seq => _chain.Seq;

    public byte[] Head => _chain.Head;

    /// <summary>Position of the link of the commit's first correction; the others follow it.</summary>
    public long FirstCorrection { get; }

    /// <summary>Readings must be read back and hashed: nothing that an ordinary commit of readings does.</summary>
    public static bool NeedsRows(ShardCommit commit) => commit.DayCharges.Count + commit.ChangedDays.Count > 0;

    /// <param name="commit">What closes the day.</param>
    /// <param name="from">End of the day closed before.</param>
    /// <param name="proofs">Of the accounts that have readings in the day.</param>
    public void AddLines(ShardCommit commit, Instant from, IReadOnlyDictionary<long, DayProof> proofs)
    {
        if (commit.ClosesThrough is not { } through) return;
        var none = new DayProofWriter().Take(from, through);
        foreach (var line in commit.DayCharges)
        {
            _links.Add(_chain.Add(line, through, proofs.GetValueOrDefault(line.Account.Value, none)));
        }
    }

    public void Add(DayWindow changed, DayProof proof) => _links.Add(_chain.Add(changed.Account, changed.Day, proof));
}
