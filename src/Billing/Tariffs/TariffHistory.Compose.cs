using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>An account that moved from one tariff to another has a history of its own, made from theirs.</summary>
public sealed partial class TariffHistory
{
    private readonly string? _id;

    private TariffHistory(string id, List<Part> parts, TariffHistory first, IEnumerable<TariffHistory> sources)
    {
        _id = id;
        (ChargeDecimals, PerMinor) = (first.ChargeDecimals, first.PerMinor);
        var lines = new List<TariffLineInfo>();
        foreach (var line in sources.SelectMany(source => source.Lines))
        {
            if (!lines.Exists(known => known.Name == line.Name)) lines.Add(line);
        }

        Lines = lines;
        _versions = [.. parts.Select(part => part.Version)];
        _plans =
        [
            .. parts.Select(part => new VersionPlans(
                part.Version,
                ChargeDecimals,
                [.. part.Version.Lines.Select(line => IndexIn(lines, line))]) { PeriodsFrom = part.PeriodsFrom }),
        ];
        SplitsLines = lines.Count > 1 || _versions.Any(v =>
            v.Rounding != RoundingRule.Plain || v.Lines.Any(line => line.Rounding is not null));
        _hasExport = _versions.Any(v => v.Lines.Any(line => line is EnergyLine { Export: true }));
        MeasuresUse = _versions.Any(CountsUse);
        _stretches = new(_plans);
    }

    /// <summary>
    /// What an account pays by that was on one tariff and then on others. Each holds up to the very instant of the
    /// next; what comes by the day is the tariff's at the start of the day. Charges have the steps of the first tariff.
    /// Where the tariffs before and after a move accumulate over the same period, the tier position goes on: nobody
    /// gets a second share of cheap energy by moving inside a month. Where they do not, it starts at zero with the
    /// move, for what the one counted is not what the other counts.
    /// </summary>
    /// <param name="first">The tariff at the beginning.</param>
    /// <param name="moves">In order of instant, none twice.</param>
    /// <param name="recorded">
    /// The tariffs of all moves in the order in which they were recorded, those of moves that others replaced too: the
    /// order of the lines, which never changes, so that what was charged by any of them can be taken back.
    /// </param>
    /// <param name="composed">The history; the first tariff itself where there is no move at all.</param>
    /// <param name="faults">Plain sentences.</param>
    public static bool TryCompose(
        TariffHistory first,
        IReadOnlyList<TariffMove> moves,
        IReadOnlyList<TariffHistory> recorded,
        out TariffHistory? composed,
        out IReadOnlyList<string> faults)
    {
        composed = null;
        TariffHistory[] others = [.. recorded];
        faults =
        [
            .. others.SelectMany(other => MisfitsOf(first, other)).Distinct(), .. LineMisfits([first, .. others]),
        ];
        if (faults.Count > 0) return false;
        composed = others.Length == 0
            ? first
            : new(IdOf(first, moves, recorded), PartsOf(first, moves), first, [first, .. others]);
        return true;
    }

    private static string IdOf(
        TariffHistory first, IReadOnlyList<TariffMove> moves, IReadOnlyList<TariffHistory> recorded)
    {
        var id = string.Join("; ", [first.Id, .. moves.Select(move => $"from {move.From} {move.Tariff.Id}")]);
        return recorded.SequenceEqual(moves.Select(move => move.Tariff))
            ? id
            : $"{id} (recorded: {string.Join(", ", recorded.Select(tariff => tariff.Id))})";
    }

    private static List<Part> PartsOf(TariffHistory first, IReadOnlyList<TariffMove> moves)
    {
        var parts = new List<Part>();
        var (tariff, from) = (first, Instant.MinValue);
        for (var i = 0; i <= moves.Count; i++)
        {
            var until = i < moves.Count ? moves[i].From : Instant.Never;
            AddPart(parts, tariff, from, until);
            if (i < moves.Count) (tariff, from) = (moves[i].Tariff, until);
        }

        return parts;
    }

    private static void AddPart(List<Part> parts, TariffHistory tariff, Instant from, Instant until)
    {
        var begins = tariff.VersionAt(from);
        var periodsFrom = Instant.MinValue;
        if (parts.Count == 0)
        {
            // The first version holds for everything before it too, and here perhaps for nothing else.
            if (begins.EffectiveFrom >= until) begins = begins.Beginning(new(until.UnixMicros - 1));
        }
        else
        {
            var before = parts[^1];
            periodsFrom = before.Version.Period == begins.Period ? before.PeriodsFrom : from;
            begins = begins.Beginning(from);
        }

        parts.Add(new(begins, periodsFrom));
        foreach (var version in tariff.Versions.Where(v => v.EffectiveFrom > from && v.EffectiveFrom < until))
        {
            if (parts[^1].Version.EffectiveFrom != version.EffectiveFrom) parts.Add(new(version, periodsFrom));
        }
    }

    private static IEnumerable<string> MisfitsOf(TariffHistory first, TariffHistory other)
    {
        if (other.Currency != first.Currency)
        {
            yield return $"Tariff {other.Id} is in {other.Currency}, the account's tariff {first.Id} in "
                + $"{first.Currency}: an account keeps its currency.";
        }

        if (other.Zone.Id != first.Zone.Id)
        {
            yield return $"Tariff {other.Id} is in zone {other.Zone.Id}, the account's tariff {first.Id} in "
                + $"{first.Zone.Id}: days and periods would not meet.";
        }

        var needed = other.Versions.Max(VersionPlans.DecimalsNeeded);
        if (needed > first.ChargeDecimals)
        {
            yield return $"The prices of tariff {other.Id} need chargeDecimals of {needed}; the account's charges have "
                + $"the {first.ChargeDecimals} of its first tariff, {first.Id}.";
        }
    }

    private static IEnumerable<string> LineMisfits(IReadOnlyList<TariffHistory> sources)
    {
        foreach (var same in sources.SelectMany(source => source.Lines.Select(line => (source.Id, Line: line)))
            .GroupBy(one => one.Line.Name))
        {
            var (id, line) = same.First();
            foreach (var (other, named) in same.Where(one => one.Line.Account != line.Account).DistinctBy(o => o.Id))
            {
                yield return $"Line '{line.Name}' is booked to {line.Account} by tariff {id} and to {named.Account} by "
                    + $"{other}: one of them needs another name.";
            }
        }
    }

    /// <param name="Version">As it begins for the account.</param>
    /// <param name="PeriodsFrom">No accumulation period begins before it.</param>
    private readonly record struct Part(TariffVersion Version, Instant PeriodsFrom);
}

/// <summary>From an instant on an account is on another tariff.</summary>
public sealed record TariffMove(Instant From, TariffHistory Tariff);
