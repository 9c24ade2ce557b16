using Meters.Billing.Journal;
using Meters.Host.Audit;
using Meters.Storage.Contract;

namespace Meters.Host.Bench.Tamper;

/// <summary>
/// What somebody with the whole database and this program would do: every hash after a change made right.
/// </summary>
internal sealed class TamperRewrite
{
    public TamperRewrite(TamperImage image, TamperPlaces places, object?[] entry, object?[] changed)
    {
        var (links, head) = (TamperTable.Of(TamperTable.Journal), image.Rows(TamperTable.Shard)[0]);
        var hash = JournalChain.Start;
        foreach (var row in image.Rows(TamperTable.Journal).OrderBy(r => (long)r[1]!))
        {
            if (First == 0 && (long)row[2]! == (long)JournalKind.LedgerEntry && row[3]!.Equals(entry[1]))
            {
                First = (long)row[1]!;
            }

            if (First == 0)
            {
                hash = (byte[])row[8]!;
                continue;
            }

            var record = Record(places, row, entry, changed);
            hash = System.Security.Cryptography.SHA256.HashData([.. record, .. hash]);
            var after = (object?[])row.Clone();
            (after[7], after[8]) = ((long)RecordBytes.Crc32C(record), hash);
            Steps.Add(new(links, row, after));
        }

        var end = (object?[])head.Clone();
        end[2] = hash;
        Steps.Add(new(TamperTable.Of(TamperTable.Shard), head, end));
    }

    /// <summary>The first link whose hash is another now.</summary>
    public long First { get; }

    public List<TamperStep> Steps { get; } = [];

    private static byte[] Record(TamperPlaces places, object?[] row, object?[] entry, object?[] changed)
    {
        var link = TamperImage.LinkOf(row);
        object?[] values = [link.Subject, link.Day];
        if (places.RowOf(row) is var (table, named))
        {
            var now = ReferenceEquals(named, entry) ? changed : named;
            values = table.Name is TamperTable.Ledger or TamperTable.Correction ? [.. now.Skip(1)] : now;
        }

        return RecordBytes.Of((int)(long)row[0]!, link, new(link.Kind, -1, values));
    }
}
