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
        var giveWay = new List<Reading>();
        if (Misfit(index, rows, reading, giveWay) is { } misfit) return misfit;
        Put(rows, reading, giveWay);
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

    private ReadingStatus Place(int index, RowList rows, ReadingEdit edit, Instant now)
    {
        if (CheckTime(edit.At, now) is { } untimely) return untimely;
        if (edit.At > NextEnd) return ReadingStatus.DayMustCloseFirst;
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
        var decided = new Reading(channel, edit.At, register, ReadingQuality.Decided, edit.Frame);
        var giveWay = new List<Reading>();
        if (Misfit(index, rows, decided, giveWay) is ReadingStatus.RegisterFell and { } misfit) return misfit;
        Put(rows, decided, giveWay);
        return ReadingStatus.Rated;
    }

    private static void Put(RowList rows, in Reading reading, List<Reading> giveWay)
    {
        foreach (var other in giveWay) rows.Put(other with { Quality = other.Quality.Disputed() });
        rows.Put(reading);
    }

    /// <summary>
    /// Why a value cannot stand between its rated neighbours; null where it can, perhaps because some that are only
    /// estimated or derived give way.
    /// </summary>
    private ReadingStatus? Misfit(int index, RowList rows, in Reading reading, List<Reading> giveWay)
    {
        var (at, register) = (reading.At, reading.Register);
        if (register < Energy.Zero) return ReadingStatus.RegisterFell;
        for (var after = rows.RatedAfter(at); after is { } next; after = rows.RatedAfter(next.At))
        {
            if (register <= next.Register) break;
            if (TryAddUp(index, at, register, next.At, next.Register, out _) is null) break;
            if (!GivesWay(next.Quality, reading.Quality)) return ReadingStatus.RegisterFell;
            giveWay.Add(next);
        }

        for (var before = rows.RatedBefore(at); before is { } last; before = rows.RatedBefore(last.At))
        {
            if (TryAddUp(index, last.At, last.Register, at, register, out _) is not { } misfit) return null;
            if (!GivesWay(last.Quality, reading.Quality)) return misfit;
            giveWay.Add(last);
        }

        return null;
    }

    /// <summary>
    /// What was only estimated or derived does not stand against a better value beside it: it is not rated any more.
    /// Whatever a meter itself showed does, also against a person.
    /// </summary>
    private static bool GivesWay(ReadingQuality there, ReadingQuality comes) =>
        there is ReadingQuality.Edited or ReadingQuality.Estimated && comes.Outranks(there);
}
