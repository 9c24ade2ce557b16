using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>One line of a tariff. Amounts are in minor units, prices in minor units per kWh, both exact.</summary>
/// <param name="Name">Unique in the version.</param>
/// <param name="Account">The side against the customer's.</param>
public abstract record TariffLine(string Name, LedgerAccount Account)
{
    /// <summary>Of this line alone; null for what the tariff says.</summary>
    public RoundingRule? Rounding { get; init; }

    /// <summary>What it is kept within at the end of the bill period; null for nothing.</summary>
    public LineBounds? Bounds { get; init; }

    /// <summary>Something of it is known only when the bill period ends.</summary>
    public virtual bool IsSettled => Bounds is not null;
}

/// <summary>What a line is kept within, all of its bill period together.</summary>
/// <param name="Min">Minor units of a month, signed; null for none.</param>
/// <param name="Max">Minor units of a month, signed; null for none.</param>
/// <param name="CreditUpTo">A credit is at most the sum of these lines; none for no such limit.</param>
public sealed record LineBounds(Ratio? Min, Ratio? Max, IReadOnlyList<string> CreditUpTo);

/// <param name="UpTo">Where it ends, in energy of the accumulation period; null for the last.</param>
/// <param name="Prices">Minor units per kWh, by the index of the band.</param>
/// <param name="Fixed">Amount of the period once the position is inside this tier.</param>
public sealed record PriceTier(Energy? UpTo, IReadOnlyList<Ratio> Prices, Ratio Fixed);

/// <summary>Telescopic tiers that hold for the whole period when its total is in a range.</summary>
/// <param name="TotalUpTo">The largest total for which they hold; null for the last table.</param>
/// <param name="Tiers">Ascending.</param>
public sealed record PriceTable(Energy? TotalUpTo, IReadOnlyList<PriceTier> Tiers);

/// <param name="Months">Bit n for month n, 1 to 12.</param>
/// <param name="Tables">Ascending; one unless the price depends on the total.</param>
public sealed record SeasonPrices(int Months, IReadOnlyList<PriceTable> Tables);

/// <summary>A price per kWh: energy itself, a surcharge or subsidy, or what is fed in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="Export">Of the reverse register; its prices are negative, for the customer earns them.</param>
/// <param name="Seasons">Every month in exactly one.</param>
public sealed record EnergyLine(string Name, LedgerAccount Account, bool Export, IReadOnlyList<SeasonPrices> Seasons)
    : TariffLine(Name, Account);

/// <param name="Line">Another line of the version.</param>
/// <param name="Above">Only the part of its energy above this position.</param>
/// <param name="UpTo">Only the part up to this position.</param>
public sealed record PercentBase(string Line, Energy? Above = null, Energy? UpTo = null)
{
    public bool IsPart => Above is not null || UpTo is not null;
}

/// <param name="TotalUpTo">The largest total for which it holds; null for the last.</param>
/// <param name="Share">0.08 for 8 percent.</param>
public sealed record PercentStep(Energy? TotalUpTo, Ratio Share);

/// <summary>A share of other lines: a tax, a levy, a rebate.</summary>
public sealed record PercentLine(
    string Name, LedgerAccount Account, IReadOnlyList<PercentBase> Of, IReadOnlyList<PercentStep> Steps)
    : TariffLine(Name, Account)
{
    /// <summary>
    /// The share where it has no end of decimals, as that of a tax inside the price; the step has it rounded down, for
    /// the hours. The difference is settled at the end of the bill period.
    /// </summary>
    public Ratio? ExactShare { get; init; }

    /// <summary>Of its lines as the bill prints them: settled at the end of the bill period.</summary>
    public bool OfRounded { get; init; }

    public override bool IsSettled => SettlesShare || base.IsSettled;

    internal bool SettlesShare => OfRounded || ExactShare is not null;
}

/// <param name="UpToWatts">The largest load for which it holds; null for the last.</param>
/// <param name="Amount">Whatever the load.</param>
/// <param name="PerKw">For each kW of the whole load.</param>
public sealed record StandingSlab(int? UpToWatts, Ratio Amount, Ratio PerKw);

/// <summary>A charge for being connected.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="PerDay">A day's amount; otherwise a month's, spread over the days of the month.</param>
/// <param name="Slabs">By sanctioned load, ascending.</param>
/// <param name="LoadStepWatts">The load is rounded up to a multiple of this.</param>
/// <param name="OnPurchase">Taken as a whole with the first purchase of the month, and not by the day.</param>
/// <param name="Months">Bit n for month n in which it is charged.</param>
public sealed record StandingLine(
    string Name,
    LedgerAccount Account,
    bool PerDay,
    IReadOnlyList<StandingSlab> Slabs,
    int LoadStepWatts,
    bool OnPurchase,
    int Months) : TariffLine(Name, Account);

/// <summary>A charge for the highest demand of the bill period.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="PerKw">For each kW billed.</param>
/// <param name="Bands">Which bands' demand counts; empty for all.</param>
/// <param name="ShareOfLoadMin">At least this share of the sanctioned load is billed.</param>
/// <param name="ExcessPerKw">Price of what is above the sanctioned load; null for the same.</param>
/// <param name="WindowMinutes">Over how long demand is averaged.</param>
public sealed record DemandLine(
    string Name,
    LedgerAccount Account,
    Ratio PerKw,
    IReadOnlyList<string> Bands,
    Ratio ShareOfLoadMin,
    Ratio? ExcessPerKw,
    int WindowMinutes) : TariffLine(Name, Account)
{
    /// <summary>For each kVA: the demand over the power factor of the bill period.</summary>
    public bool InKva { get; init; }

    /// <summary>The prices are of a day; otherwise of a bill period.</summary>
    public bool PerDay { get; init; }

    /// <summary>The demand is rounded half up to a multiple; one watt for none.</summary>
    public int StepWatts { get; init; } = 1;

    /// <summary>At least this share of the highest demand of earlier months is billed; null for none.</summary>
    public DemandRatchet? Ratchet { get; init; }

    public override bool IsSettled => true;
}

/// <param name="Share">0.8 for 80 percent.</param>
/// <param name="Months">How many months before the bill period count.</param>
public sealed record DemandRatchet(Ratio Share, int Months);

/// <param name="From">The row holds from this power factor up to the next row, in hundredths.</param>
/// <param name="Share">Added to the lines it is of; negative is a reward.</param>
public sealed record PowerFactorRow(int From, Ratio Share);

/// <summary>What a low power factor adds and a high one takes off, by a table.</summary>
public sealed record PowerFactorLine(
    string Name, LedgerAccount Account, IReadOnlyList<string> Of, IReadOnlyList<PowerFactorRow> Rows)
    : TariffLine(Name, Account)
{
    public override bool IsSettled => true;
}

/// <summary>What is missing from the lines it is of up to a minimum, at the end of the bill period.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="Of">The lines whose sum counts.</param>
/// <param name="PerMonth">Minimum of a month.</param>
/// <param name="PerKwMonth">And for each kW of sanctioned load.</param>
public sealed record MinimumLine(
    string Name, LedgerAccount Account, IReadOnlyList<string> Of, Ratio PerMonth, Ratio PerKwMonth)
    : TariffLine(Name, Account)
{
    /// <summary>And for each day of the bill period.</summary>
    public Ratio PerDay { get; init; }

    public override bool IsSettled => true;
}

/// <summary>A surcharge on the energy of one month, recovered later in equal daily instalments.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="PerKwh">Signed price of the month's energy.</param>
/// <param name="UsageMonth">First day of the month of the energy; null for every month.</param>
/// <param name="From">First day of the recovery, for one month.</param>
/// <param name="Days">How many days, for one month.</param>
/// <param name="LagMonths">For every month: how many months later the recovery begins.</param>
/// <param name="OverMonths">For every month: how many months it takes.</param>
public sealed record SpreadLine(
    string Name,
    LedgerAccount Account,
    Ratio PerKwh,
    ServiceDay? UsageMonth,
    ServiceDay From,
    int Days,
    int LagMonths,
    int OverMonths) : TariffLine(Name, Account);

/// <summary>A share of each purchase that is given back.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="Share">0.005 for 0.5 percent.</param>
/// <param name="OfNet">Of what is left after the charges taken with the purchase.</param>
public sealed record PurchaseRebateLine(string Name, LedgerAccount Account, Ratio Share, bool OfNet)
    : TariffLine(Name, Account);

/// <summary>What paying late costs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="SharePerDay">Of the overdue amount, for each day.</param>
/// <param name="GraceDays">Days that cost nothing.</param>
/// <param name="Minimum">Minor units, once anything is due.</param>
/// <param name="Cap">Minor units; null for none.</param>
/// <param name="CapShare">Of the overdue amount; null for none.</param>
public sealed record LateFeeLine(
    string Name,
    LedgerAccount Account,
    Ratio SharePerDay,
    int GraceDays,
    Ratio Minimum,
    Ratio? Cap,
    Ratio? CapShare) : TariffLine(Name, Account);
