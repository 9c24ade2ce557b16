using Meters.Billing.Ledger;

namespace Meters.Billing.Tariffs;

/// <summary>What a table is looked up by, all of a bill period.</summary>
public enum TableMeasure : byte
{
    /// <summary>Active energy, kWh; of named bands alone where the line names some.</summary>
    Kwh,

    /// <summary>Sanctioned load, kW.</summary>
    Load,

    /// <summary>Highest demand, kW.</summary>
    Demand,

    /// <summary>Highest demand over the power factor of the period, kVA.</summary>
    Kva,

    /// <summary>Reactive energy beyond a share of the active energy, kvarh.</summary>
    Kvarh,

    /// <summary>The sum of lines, minor units.</summary>
    Amount,
}

/// <summary>What the ends of a table's rows are multiplied with.</summary>
public enum TableScale : byte
{
    /// <summary>They are for a bill period of any length.</summary>
    PerBill,

    /// <summary>The months of the bill period.</summary>
    PerMonth,

    /// <summary>The days of the bill period, over thirty.</summary>
    Per30Days,

    /// <summary>The sanctioned load in kW: ends are hours of use of it, or shares of it.</summary>
    PerKw,

    /// <summary>The highest demand in kW: ends are hours of use of it.</summary>
    PerKwDemand,
}

/// <summary>What a row's amounts are multiplied with.</summary>
public enum TablePer : byte
{
    /// <summary>The months of the bill period.</summary>
    Month,

    /// <summary>The days of the bill period.</summary>
    Day,

    /// <summary>Nothing.</summary>
    Bill,
}

/// <param name="UpTo">The largest measure for which it holds, in the measure's unit; null for the last.</param>
/// <param name="Amount">Minor units, signed.</param>
/// <param name="PerUnit">Minor units for each unit of the measure, signed.</param>
/// <param name="Share">Of the lines it is of: 0.08 for 8 percent, signed.</param>
public sealed record TableRow(Ratio? UpTo, Ratio Amount, Ratio PerUnit, Ratio Share);

/// <summary>
/// What a table says for something measured over the bill period, settled at its end: fixed charges by the slab
/// reached, discounts by the use, duties from an amount on, demand in blocks.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="By">What is looked up.</param>
/// <param name="Rows">Ascending.</param>
public sealed record TableLine(string Name, LedgerAccount Account, TableMeasure By, IReadOnlyList<TableRow> Rows)
    : TariffLine(Name, Account)
{
    /// <summary>Each row holds for its own part of the measure; otherwise the row of the whole for all of it.</summary>
    public bool InParts { get; init; }

    public TableScale Scale { get; init; }

    public TablePer Per { get; init; }

    /// <summary>Whose energy or demand is measured; empty for all.</summary>
    public IReadOnlyList<string> Bands { get; init; } = [];

    /// <summary>The lines whose sum is the measure, for an amount.</summary>
    public IReadOnlyList<string> Sum { get; init; } = [];

    /// <summary>What the percentages of its rows are of.</summary>
    public IReadOnlyList<string> Of { get; init; } = [];

    /// <summary>Reactive energy up to this share of the active energy is not counted.</summary>
    public Ratio FreeShare { get; init; }

    /// <summary>Bit n for month n, by the month in which the bill period ends.</summary>
    public int Months { get; init; } = BandRule.AllMonths;

    /// <summary>Over how long demand is averaged.</summary>
    public int WindowMinutes { get; init; } = 30;

    public override bool IsSettled => true;

    internal bool NeedsDemand =>
        By is TableMeasure.Demand or TableMeasure.Kva || Scale == TableScale.PerKwDemand;
}
