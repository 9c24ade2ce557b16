using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>A service day that is being closed, and the lists of the commit that it fills.</summary>
/// <param name="Day">The one after the last closed.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Charges">One for each account.</param>
/// <param name="Lines">One for each line of an account whose tariff has several.</param>
/// <param name="Entries">What is posted.</param>
public sealed record DayClose(
    ServiceDay Day, Instant At, List<DayCharge> Charges, List<DayLine> Lines, List<LedgerEntry> Entries)
{
    /// <summary>Measured use of the accounts whose tariff asks for it: <see cref="ShardBook.UseNeededOn"/>.</summary>
    public IReadOnlyDictionary<AccountId, PeriodUse> Use { get; init; } = new Dictionary<AccountId, PeriodUse>();

    /// <summary>Gets how accounts stand with the late fees of their tariffs.</summary>
    public List<LateFee> LateFees { get; init; } = [];
}

/// <summary>What a day close needs to know of an account's use.</summary>
/// <param name="Account">Whose.</param>
/// <param name="PeriodFrom">First day of the bill period that ends with the day; null where none is asked for.</param>
/// <param name="Months">First days of earlier months whose energy the day's charges are on.</param>
public sealed record UseNeeded(AccountId Account, ServiceDay? PeriodFrom, IReadOnlyList<ServiceDay> Months)
{
    /// <summary>Energy and demand of the period are asked for, and not only what it was charged with.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>The energy of each band is asked for too.</summary>
    public bool ByBand { get; init; }

    /// <summary>First day of the months before the period whose demand is asked for too; null for none.</summary>
    public ServiceDay? DemandFrom { get; init; }
}

/// <summary>What an account used.</summary>
public sealed record PeriodUse
{
    /// <summary>Greatest mean power over any window of demand, by band of the tariff, in watts.</summary>
    public IReadOnlyList<long> DemandWattsByBand { get; init; } = [];

    /// <summary>The same of the months before, where <see cref="UseNeeded.DemandFrom"/> asks for it.</summary>
    public IReadOnlyList<long> EarlierDemandWattsByBand { get; init; } = [];

    /// <summary>Forward active energy by band, where <see cref="UseNeeded.ByBand"/> asks for it.</summary>
    public IReadOnlyList<Energy> ActiveByBand { get; init; } = [];

    /// <summary>Forward active energy of the bill period, after multipliers.</summary>
    public Energy Active { get; init; }

    /// <summary>Forward reactive energy of the bill period, after multipliers, in tenths of a var-hour.</summary>
    public Energy Reactive { get; init; }

    /// <summary>Energy of earlier months.</summary>
    public IReadOnlyList<MonthUsage> Months { get; init; } = [];

    /// <summary>What the closed days of the bill period came to; from the day before its first.</summary>
    public AccountDays Days { get; init; } = AccountDays.None;

    /// <summary>With what the lines came to, all that the end of the bill period looks at.</summary>
    /// <param name="lines">Exact charges of the period so far, by the index of the line in the tariff.</param>
    public PeriodFacts FactsOf(ReadOnlySpan<long> lines) => new()
    {
        Lines = lines,
        MaxDemandWatts = DemandWattsByBand.DefaultIfEmpty().Max(),
        DemandWattsByBand = DemandWattsByBand.ToArray(),
        Active = Active,
        Reactive = Reactive,
        ActiveByBand = ActiveByBand.ToArray(),
        EarlierDemandWattsByBand = EarlierDemandWattsByBand.ToArray(),
    };
}

/// <summary>One line of one account's journal line.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The day that was closed.</param>
/// <param name="Line">The tariff's line: "energy", "vat".</param>
/// <param name="Exact">What it takes up, the carry of the day before included; in steps of the tariff.</param>
/// <param name="Posted">What was posted, minor units.</param>
public readonly record struct DayLine(AccountId Account, ServiceDay Day, string Line, long Exact, Money Posted);
