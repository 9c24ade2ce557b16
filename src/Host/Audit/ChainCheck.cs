using System.Security.Cryptography;
using Meters.Billing.Journal;
using Meters.Storage.Contract;

namespace Meters.Host.Audit;

/// <summary>
/// Follows one shard's chain from its first link to its head. After something wrong it goes on from what stands there,
/// so that one change is one finding.
/// </summary>
internal sealed class ChainCheck(int shard, ShardHead? head, RootIndex roots, Findings findings)
{
    private const string Check = "chain";

    private byte[] _stored = new byte[SHA256.HashSizeInBytes];

    /// <summary>What the last link's hash should be, where it is another.</summary>
    private byte[]? _instead;
    private bool _isKnown = true;

    public long Last { get; private set; }

    public long Links { get; private set; }

    public void Take(LinkedRow linked)
    {
        var link = linked.Link;
        Links++;
        if (link.Seq == Last && Last > 0)
        {
            findings.Add(
                Check, Places.Of(shard, link), "A second row stands where one belongs.", Places.Link(shard, link.Seq));
            return;
        }

        if (link.Seq != unchecked(Last + 1)) Gap(link.Seq);
        (Last, var before) = (link.Seq, _stored);
        roots.Compare(shard, link.Seq, link.Hash, findings);
        if (linked.Row is null)
        {
            findings.Add(
                Check, Places.Of(shard, link), "It is gone, or its link names another.", Places.Link(shard, link.Seq));
            Advance(link.Hash, null, known: true);
            return;
        }

        var record = RecordBytes.Of(shard, link, linked.Row);
        var tagHolds = RecordBytes.Crc32C(record) == link.Tag;
        var expected = HashAfter(record, before);
        var follows = link.Hash.AsSpan().SequenceEqual(expected);
        if (!follows && _instead is { } instead)
        {
            var other = HashAfter(record, instead);
            follows = link.Hash.AsSpan().SequenceEqual(other); // The link before had its hash changed: told already.
            if (follows || tagHolds) expected = other;
        }

        Judge(link, tagHolds, follows);
        if (!IsNamedAsItIs(link, linked.Row.Values))
        {
            findings.Add(Check, Places.Link(shard, link.Seq), "It names its row by what the row is not.");
        }

        Advance(link.Hash, follows ? null : expected, known: true);
    }

    public void End()
    {
        if (head is null)
        {
            findings.Add(Check, Places.Shard(shard), $"It is not there, but has {Last} links.");
            return;
        }

        if (Last < head.Seq)
        {
            Add(
                Places.Shard(shard), $"The chain ends at {Last}; the shard says {head.Seq}: its end was cut off.",
                new(shard, unchecked(Last + 1), head.Seq));
        }
        else if (Last > head.Seq)
        {
            Add(
                Places.Shard(shard), $"There are links up to {Last}; the shard says {head.Seq}.",
                new(shard, unchecked(head.Seq + 1), Last), Places.Link(shard, unchecked(head.Seq + 1)));
        }
        else if (!head.Hash.AsSpan().SequenceEqual(_stored) && !head.Hash.AsSpan().SequenceEqual(_instead))
        {
            findings.Add(
                Check, Places.Shard(shard), "The head of its chain is not the hash of the last link.",
                Places.Link(shard, Last));
        }

        roots.End(shard, Last, findings);
    }

    private void Judge(StoredLink link, bool tagHolds, bool follows)
    {
        var (at, before) = (Places.Link(shard, link.Seq), unchecked(link.Seq - 1));
        if (!_isKnown)
        {
            // Behind a gap the hash cannot be computed: only the tag speaks.
            if (!tagHolds) findings.Add(Check, Places.Of(shard, link), "The row or its link was changed.", at);
        }
        else if (tagHolds && !follows)
        {
            Add(
                at, "Its hash does not follow from the link before; the hash of one of the two was changed.",
                new(shard, Math.Max(1, before), link.Seq), Places.Link(shard, before));
        }
        else if (!tagHolds && follows)
        {
            findings.Add(Check, at, "Its tag was changed; the row is right.");
        }
        else if (!tagHolds)
        {
            findings.Add(Check, Places.Of(shard, link), "The row or its link was changed.", at);
        }
    }

    /// <summary>
    /// What a link names its row by and the row does not need to be found is in the record all the same.
    /// </summary>
    private static bool IsNamedAsItIs(StoredLink link, object?[] row) => (JournalKind)unchecked((byte)link.Kind) switch
    {
        JournalKind.LedgerEntry => link is { Day: null, Key: null, Proof: null },
        JournalKind.Payment => link is { Day: null, Proof: null } && Equals(row[1], link.Subject),
        JournalKind.AccrualCorrection => link is { Key: null, Proof: null } && Equals(row[1], link.Day),
        JournalKind.TariffLine => link.Proof is null,
        _ => link.Key is null && link.Proof is not null,
    };

    private void Gap(long seq)
    {
        var (first, last) = unchecked((Last + 1, seq - 1));
        var what = Last == 0
            ? $"The chain begins at {seq}: the links before it are missing."
            : $"Links {first} to {last} are missing, between {Last} and {seq}.";
        Add(Places.Link(shard, first), what, new(shard, first, last), Places.Link(shard, seq));
        _isKnown = false;
    }

    private void Advance(byte[] stored, byte[]? instead, bool known) =>
        (_stored, _instead, _isKnown) = (stored, instead, known);

    private void Add(string where, string what, LinkRange links, string? beside = null) =>
        findings.Add(new(Check, where, what) { Beside = beside, Links = links });

    private static byte[] HashAfter(byte[] record, byte[] before) => SHA256.HashData([.. record, .. before]);
}
