using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>What must hold between the parts of a version, whoever wrote it. Paths are those of the document.</summary>
public static class TariffChecks
{
    /// <summary>Lines of one version; the longest published bills have a dozen.</summary>
    public const int LinesMax = 32;

    /// <summary>Bands of one version; published ones have at most five.</summary>
    public const int BandsMax = 12;

    /// <summary>Rules of all bands together.</summary>
    public const int RulesMax = 60;

    /// <summary>Tables or steps that are chosen by the total.</summary>
    public const int TablesMax = 20;

    /// <summary>Every fault, in no particular order; none for a version that can be used.</summary>
    public static IReadOnlyList<TariffFault> FaultsOf(TariffDraft draft)
    {
        var faults = new List<TariffFault>();
        void Fault(string path, string message) => faults.Add(new(path, message));
        if (draft.Lines.Count is 0 or > LinesMax) Fault("$.lines", $"A tariff has 1 to {LinesMax} lines.");
        if (draft.EffectiveUntil is { } until && until <= draft.EffectiveFrom)
        {
            Fault("$.effectiveUntil", "A version ends after it begins.");
        }

        if (draft.Calendar.Bands.Count > BandsMax) Fault("$.bands", $"There are at most {BandsMax} bands.");
        else if (draft.Calendar.Bands.Sum(band => band.When.Count) > RulesMax)
        {
            Fault("$.bands", $"The bands have at most {RulesMax} rules together.");
        }
        else if (draft.Calendar.Bands.Count > 1) CalendarChecks.Check(draft.Calendar, Fault);

        for (var i = 0; i < draft.Lines.Count; i++)
        {
            if (draft.Lines.Take(i).Any(line => line.Name == draft.Lines[i].Name))
            {
                Fault($"{PathOf(draft, i)}.name", $"There are two lines '{draft.Lines[i].Name}'.");
            }
            if (draft.Lines[i] is EnergyLine energy) CheckEnergy(draft, energy, PathOf(draft, i), Fault);
        }

        LineChecks.Check(draft, Fault);
        return faults;
    }

    /// <summary>The first energy line stands under its own name in the document, the others under lines.</summary>
    internal static string PathOf(TariffDraft draft, int line)
    {
        var hasEnergy = draft.Lines[0] is EnergyLine { Export: false };
        return line == 0 && hasEnergy ? "$.energy" : $"$.lines[{line - (hasEnergy ? 1 : 0)}]";
    }

    private static void CheckEnergy(TariffDraft draft, EnergyLine line, string path, Action<string, string> fault)
    {
        for (var month = 1; month <= 12; month++)
        {
            var count = line.Seasons.Count(season => (season.Months >> month & 1) == 1);
            if (count != 1) fault($"{path}.seasons", $"Month {month} is in {count} seasons; it must be in one.");
        }

        foreach (var (season, s) in line.Seasons.Select((season, s) => (season, s)))
        {
            var place = line.Seasons.Count == 1 ? path : $"{path}.seasons[{s}]";
            var isSettled = TariffVersion.IsSettledByTotal(line, draft.Calendar);
            if (isSettled) CheckSettled(draft, line, season, $"{place}.tables", fault);
            var totals = season.Tables.Select(table => table.TotalUpTo).ToList();
            CheckTotals(draft, totals, $"{place}.tables", fault, isSettled);
            foreach (var (table, t) in season.Tables.Select((table, t) => (table, t)))
            {
                var tiersPath = season.Tables.Count == 1 ? $"{place}.tiers" : $"{place}.tables[{t}].tiers";
                CheckTiers(draft, line, table.Tiers, tiersPath, fault);
            }
        }
    }

    /// <summary>Prices by the total and by bands are put right at the end of a bill period.</summary>
    private static void CheckSettled(
        TariffDraft draft, EnergyLine line, SeasonPrices season, string path, Action<string, string> fault)
    {
        if (line.Export) fault(path, "What is fed in has no prices by the total together with bands.");
        if (draft.Period != draft.BillPeriod)
        {
            fault("$.accumulate", "Prices by the total together with bands need accumulate to be the bill period.");
        }
        if (line.Seasons.Count > 1 && draft.Period.Months > 1)
        {
            fault("$.accumulate", "Prices by the total together with bands and seasons need months.");
        }
        if (season.Tables.Any(table => table.Tiers.Count > 1))
        {
            fault(path, "Prices by the total together with bands have no tiers: nobody knows which band filled them.");
        }
    }

    /// <summary>Prices by the total need a period to have one; percentages by it, one band too.</summary>
    internal static void CheckTotals(
        TariffDraft draft,
        IReadOnlyList<Energy?> ends,
        string path,
        Action<string, string> fault,
        bool isSettled = false)
    {
        if (ends.Count is 0 or > TablesMax) fault(path, $"There are 1 to {TablesMax} of them.");
        CheckAscending(ends, path, "upToKwh", fault);
        if (ends.Count <= 1) return;
        if (draft.Period.Months == 0) fault("$.accumulate", "A price by the total needs a period to accumulate over.");
        if (draft.Calendar.Bands.Count > 1 && !isSettled)
        {
            fault(path, "Percentages by the total do not go together with bands: a line of kind 'table' does.");
        }
    }

    private static void CheckTiers(
        TariffDraft draft,
        EnergyLine line,
        IReadOnlyList<PriceTier> tiers,
        string path,
        Action<string, string> fault)
    {
        if (tiers.Count is 0 or > TariffVersion.TiersMax)
        {
            fault(path, $"Tiers are a list of 1 to {TariffVersion.TiersMax}.");
            return;
        }

        CheckAscending([.. tiers.Select(tier => tier.UpTo)], path, "upToKwh", fault);
        var needsPeriod = tiers.Count > 1 || tiers.Any(tier => !tier.Fixed.IsZero);
        if (needsPeriod && draft.Period.Months == 0)
        {
            fault("$.accumulate", "Several tiers need accumulate to be 'month' or 'year', or a number of months.");
        }

        var isSigned = line.Account is Ledger.LedgerAccount.SurchargeRevenue or Ledger.LedgerAccount.RebatesGiven;
        for (var i = 0; i < tiers.Count; i++)
        {
            var prices = tiers[i].Prices;
            if (prices.Count != draft.Calendar.Bands.Count) fault($"{path}[{i}].prices", "Every band has one price.");
            if (line.Export ? prices.Any(price => price.Sign > 0) : !isSigned && prices.Any(price => price.Sign < 0))
            {
                fault($"{path}[{i}].price", "A price is not negative.");
            }
            if (tiers[i].Fixed.Sign < 0) fault($"{path}[{i}].fixed", "This amount is not negative.");
        }
    }

    /// <summary>Ascending and positive, the last and only the last open.</summary>
    internal static void CheckAscending(
        IReadOnlyList<Energy?> ends, string path, string property, Action<string, string> fault)
    {
        var start = Energy.Zero;
        for (var i = 0; i < ends.Count; i++)
        {
            var isLast = i == ends.Count - 1;
            var place = $"{path}[{i}].{property}";
            if (ends[i] is null && !isLast) fault(place, "Only the last tier is open; every other says where it ends.");
            if (ends[i] is not { } end) continue;
            if (isLast) fault(place, "The last tier is open: it has no end.");
            if (end <= start)
            {
                fault(place, i == 0 ? "A tier ends above zero." : "A tier ends above the end of the one before it.");
            }

            start = end;
        }
    }
}
