using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Whether lines refer to each other in a way that can be computed.</summary>
internal static class LineChecks
{
    public static void Check(TariffDraft draft, Action<string, string> fault)
    {
        for (var i = 0; i < draft.Lines.Count; i++)
        {
            var path = TariffChecks.PathOf(draft, i);
            CheckReferences(draft, i, path, fault);
            TableChecks.CheckBounds(draft.Lines[i], path, fault);
            switch (draft.Lines[i])
            {
                case PercentLine line:
                    CheckPercent(draft, line, path, fault);
                    break;
                case StandingLine line:
                    CheckSlabs(line, path, fault);
                    break;
                case DemandLine line:
                    TableChecks.CheckBands(draft, line.Bands, path, fault);
                    break;
                case PowerFactorLine line:
                    CheckPowerFactor(line, path, fault);
                    break;
                case TableLine line:
                    TableChecks.Check(draft, line, path, fault);
                    break;
                case SpreadLine line when line.UsageMonth is null ? line.LagMonths < 1 : line.From <= line.UsageMonth:
                    fault(path, "The recovery begins after the month whose energy it is for.");
                    break;
            }
        }

        TableChecks.CheckWindows(draft, fault);
        if (FindCircle(draft) is { } circle)
        {
            var path = TariffChecks.PathOf(draft, draft.Lines.TakeWhile(line => line.Name != circle[0]).Count());
            fault($"{path}.of", $"These lines stand on each other in a circle: {string.Join(", ", circle)}.");
        }
    }

    /// <summary>What a line is computed from.</summary>
    public static IEnumerable<(string Name, string Path)> ReferencesOf(TariffLine line)
    {
        var bases = line switch
        {
            PercentLine percent => At("of", percent.Of.Select(of => of.Line)),
            PowerFactorLine factor => At("of", factor.Of),
            MinimumLine minimum => At("of", minimum.Of),
            TableLine table => At("of", table.Of).Concat(At("sum", table.Sum)),
            _ => [],
        };
        return line.Bounds is { } bounds ? bases.Concat(At("bounds.creditUpTo", bounds.CreditUpTo)) : bases;

        static IEnumerable<(string, string)> At(string property, IEnumerable<string> names) =>
            names.Select((name, i) => (name, $"{property}[{i}]"));
    }

    private static void CheckReferences(TariffDraft draft, int index, string path, Action<string, string> fault)
    {
        foreach (var (name, place) in ReferencesOf(draft.Lines[index]))
        {
            var line = draft.Lines.FirstOrDefault(other => other.Name == name);
            if (line is null) fault($"{path}.{place}", $"There is no line '{name}'.");
            if (line is PurchaseRebateLine or LateFeeLine)
            {
                fault($"{path}.{place}", $"'{name}' comes with a payment; no other line can be a part of it.");
            }
        }
    }

    private static void CheckPercent(TariffDraft draft, PercentLine line, string path, Action<string, string> fault)
    {
        TariffChecks.CheckTotals(draft, [.. line.Steps.Select(step => step.TotalUpTo)], $"{path}.percents", fault);
        var isSigned = line.Account is Ledger.LedgerAccount.SurchargeRevenue or Ledger.LedgerAccount.RebatesGiven;
        if (!isSigned && line.Steps.Any(step => step.Share.Sign < 0))
        {
            fault($"{path}.percent", "Only a surcharge or a rebate may be negative.");
        }

        for (var i = 0; i < line.Of.Count; i++)
        {
            var of = line.Of[i];
            if (of is { Above: { } above, UpTo: { } upTo } && upTo <= above)
            {
                fault($"{path}.of[{i}].upToKwh", "It ends above where it begins.");
            }
            if ((of.IsPart || line.Steps.Count > 1) && draft.Period.Months == 0)
            {
                fault($"{path}.of[{i}]", "A part by position needs a period to accumulate over.");
            }

            if (!of.IsPart && line.Steps.Count <= 1) continue;
            if (line.SettlesShare)
            {
                fault($"{path}.of[{i}]", "What a bill period's end settles is of whole lines, by one share.");
            }
            if (!IsEnergy(draft, of.Line, [])) fault($"{path}.of[{i}]", $"'{of.Line}' is not by energy alone.");
        }
    }

    /// <summary>The line comes from energy and nothing else, so that a position says something about it.</summary>
    private static bool IsEnergy(TariffDraft draft, string name, HashSet<string> seen) =>
        draft.Lines.FirstOrDefault(line => line.Name == name) switch
        {
            null => true,
            { Bounds: not null } => false,
            EnergyLine energy => !TariffVersion.IsSettledByTotal(energy, draft.Calendar),
            PercentLine { SettlesShare: true } => false,
            PercentLine percent => !seen.Add(name) || percent.Of.All(of => IsEnergy(draft, of.Line, seen)),
            _ => false,
        };

    private static void CheckSlabs(StandingLine line, string path, Action<string, string> fault)
    {
        var watts = 0;
        for (var i = 0; i < line.Slabs.Count; i++)
        {
            var slab = line.Slabs[i];
            var isLast = i == line.Slabs.Count - 1;
            var place = $"{path}.slabs[{i}]";
            if (slab.Amount.Sign < 0 || slab.PerKw.Sign < 0) fault(place, "A standing charge is not negative.");
            if (slab.UpToWatts is null != isLast) fault($"{place}.upToKw", "Only the last slab is open.");
            if (slab.UpToWatts is not { } end) continue;
            if (end <= watts) fault($"{place}.upToKw", "Slabs ascend.");
            watts = end;
        }
    }

    private static void CheckPowerFactor(PowerFactorLine line, string path, Action<string, string> fault)
    {
        if (line.Rows.Count == 0 || line.Rows[0].From != 0)
        {
            fault($"{path}.rows", "The first row is from power factor 0.");
        }
        for (var i = 1; i < line.Rows.Count; i++)
        {
            if (line.Rows[i].From <= line.Rows[i - 1].From) fault($"{path}.rows[{i}].from", "Rows ascend.");
        }
    }

    private static List<string>? FindCircle(TariffDraft draft)
    {
        var lines = draft.Lines.DistinctBy(line => line.Name).ToDictionary(line => line.Name, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var way = new List<string>();
        return lines.Keys.Select(Visit).FirstOrDefault(circle => circle is not null);

        List<string>? Visit(string name)
        {
            if (!lines.TryGetValue(name, out var line) || done.Contains(name)) return null;
            if (way.IndexOf(name) is var at and >= 0) return way[at..];
            way.Add(name);
            var circle = ReferencesOf(line).Select(of => Visit(of.Name)).FirstOrDefault(found => found is not null);
            way.RemoveAt(way.Count - 1);
            done.Add(name);
            return circle;
        }
    }
}
