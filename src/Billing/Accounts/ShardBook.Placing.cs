using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>Where a late reading or an edit belongs between the rows that stand.</summary>
public sealed partial class ShardBook
{
    /// <summary>Puts one reading between the rows, or says why not.</summary>
    private ReadingStatus Place(int index, RowList rows, in Reading reading, RerateResult result)
    {
        var stands = rows.Find(reading.At);
        if (stands >= 0)
        {
            var there = rows.All[stands].Reading;
            var compared = Compare(reading, there.Register, there.Quality);
            if (compared != ReadingStatus.NeedsHistory) return compared;
            if (reading.Quality == there.Quality) return Dispute(rows, stands, reading, result);
        }

        if (CheckFacts(index, reading.At) is { } bad and not ReadingStatus.NeedsHistory) return bad;
        if (ChannelAt(index).IsHeld) return ReadingStatus.Held;
        if (Misfit(index, rows, reading.At, reading.Register) is { } misfit) return misfit;
        rows.Put(reading);
        return ReadingStatus.Rated;
    }

    /// <summary>Two values of equal quality: neither is rated. The one that came second goes to quarantine.</summary>
    private static ReadingStatus Dispute(RowList rows, int stands, in Reading reading, RerateResult result)
    {
        var there = rows.All[stands].Reading;
        rows.Put(there with { Quality = there.Quality.Disputed() });
        result.Rejected.Add((reading, ReadingStatus.Conflict));
        return ReadingStatus.Rated; // Something changed; the reading itself has its status already.
    }

    private ReadingStatus Place(int index, RowList rows, ReadingEdit edit)
    {
        var stands = rows.Find(edit.At);
        var channel = ChannelAt(index).Id;
        if (edit.Register is not { } register)
        {
            if (stands < 0) return ReadingStatus.NotAnchored;
            rows.Put(rows.All[stands].Reading with { Quality = ReadingQuality.Removed });
            return ReadingStatus.Rated;
        }

        if (CheckFacts(index, edit.At) is { } bad and not ReadingStatus.NeedsHistory) return bad;

        // A person may accept what looks implausible, but a register does not run backwards for anybody.
        if (Misfit(index, rows, edit.At, register) is ReadingStatus.RegisterFell and { } misfit) return misfit;
        rows.Put(new(channel, edit.At, register, ReadingQuality.Edited, edit.Frame));
        return ReadingStatus.Rated;
    }

    /// <summary>Why a value cannot stand between its rated neighbours; null where it can.</summary>
    private ReadingStatus? Misfit(int index, RowList rows, Instant at, Energy register)
    {
        if (register < Energy.Zero) return ReadingStatus.RegisterFell;
        if (rows.RatedAfter(at) is { } after
            && register > after.Register
            && TryAddUp(index, at, register, after.At, after.Register, out _) is not null)
        {
            return ReadingStatus.RegisterFell;
        }

        return rows.RatedBefore(at) is { } before
            ? TryAddUp(index, before.At, before.Register, at, register, out _)
            : null;
    }
}
