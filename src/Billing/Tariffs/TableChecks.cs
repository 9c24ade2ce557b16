using Meters.Billing.Ledger;

namespace Meters.Billing.Tariffs;

/// <summary>Whether the tables of a version, its bounds and its demand can be computed.</summary>
internal static class TableChecks
{
    public static void Check(TariffDraft draft, TableLine line, string path, Action<string, string> fault)
    {
        var end = default(Ratio);
        for (var i = 0; i < line.Rows.Count; i++)
        {
            var isLast = i == line.Rows.Count - 1;
            var place = $"{path}.rows[{i}]";
            if (line.Rows[i].UpTo is null != isLast) fault($"{place}.upTo", "Only the last row is open.");
            if (line.Rows[i].UpTo is { } upTo)
            {
                if (i > 0 ? upTo <= end : upTo.Sign < 0) fault($"{place}.upTo", "Rows ascend, from zero.");
                end = upTo;
            }

            CheckRow(line, line.Rows[i], place, fault);
        }

        if (line.Rows.Count == 0) fault($"{path}.rows", $"There are 1 to {TariffChecks.TablesMax} of them.");
        if (line.By == TableMeasure.Amount != line.Sum.Count > 0)
        {
            fault($"{path}.sum", "The lines whose sum is looked up, for a table by amount and no other.");
        }
        if (line.By != TableMeasure.Kvarh && !line.FreeShare.IsZero)
        {
            fault($"{path}.freePercent", "Only reactive energy has a part that is not counted.");
        }

        CheckBands(draft, line.Bands, path, fault);
    }

    private static void CheckRow(TableLine line, TableRow row, string place, Action<string, string> fault)
    {
        var isSigned = line.Account is LedgerAccount.SurchargeRevenue or LedgerAccount.RebatesGiven;
        if (!isSigned && (row.Amount.Sign < 0 || row.PerUnit.Sign < 0 || row.Share.Sign < 0))
        {
            fault(place, "Only a surcharge or a rebate may be negative.");
        }
        if (line.By == TableMeasure.Amount && !row.PerUnit.IsZero)
        {
            fault($"{place}.perUnit", "A share of an amount is a percent.");
        }
        if (line.InParts && !row.Share.IsZero && line.By != TableMeasure.Amount)
        {
            fault($"{place}.percent", "A percentage by parts is of the amount that the table is by.");
        }
        if (!row.Share.IsZero && !line.InParts && line.Of.Count == 0)
        {
            fault($"{place}.percent", "A percentage is of the lines that 'of' names.");
        }
    }

    public static void CheckBands(
        TariffDraft draft, IReadOnlyList<string> bands, string path, Action<string, string> fault)
    {
        for (var i = 0; i < bands.Count; i++)
        {
            if (draft.Calendar.Bands.Any(band => band.Name == bands[i])) continue;
            fault($"{path}.bands[{i}]", $"There is no band '{bands[i]}'.");
        }
    }

    /// <summary>What comes with purchases and late payment is not within a bill period.</summary>
    public static void CheckBounds(TariffLine line, string path, Action<string, string> fault)
    {
        if (line.Bounds is not { } bounds) return;
        if (line is PurchaseRebateLine or LateFeeLine or StandingLine { OnPurchase: true })
        {
            fault($"{path}.bounds", "What comes with a payment has no bounds of a bill period.");
        }
        if (bounds is { Min: { } min, Max: { } max } && max < min) fault($"{path}.bounds.max", "It is below the min.");
    }

    /// <summary>The highest demand of a version is kept for one length of window.</summary>
    public static void CheckWindows(TariffDraft draft, Action<string, string> fault)
    {
        int? first = null;
        for (var i = 0; i < draft.Lines.Count; i++)
        {
            int? minutes = draft.Lines[i] switch
            {
                DemandLine demand => demand.WindowMinutes,
                TableLine { NeedsDemand: true } table => table.WindowMinutes,
                _ => null,
            };
            if (minutes is null) continue;
            var path = $"{TariffChecks.PathOf(draft, i)}.windowMinutes";
            first ??= minutes;
            if (minutes != first) fault(path, $"Another line has {first}: one version has one window of demand.");
            if (minutes < DemandWindows.MinutesMin || DemandWindows.MinutesPerDay % minutes != 0)
            {
                fault(path, $"'{minutes}' is not a part of a day of {DemandWindows.MinutesMin} minutes or more.");
            }
        }
    }
}
