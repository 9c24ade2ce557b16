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
    /// <summary>The use of the bill period that ends, of the accounts whose tariff asks for it.</summary>
    public IReadOnlyDictionary<AccountId, PeriodUse> Use { get; init; } = new Dictionary<AccountId, PeriodUse>();
}

/// <summary>What a bill period used as a whole.</summary>
/// <param name="MaxDemandWatts">Greatest mean power over any interval of an hour or less, after multipliers.</param>
/// <param name="Active">Forward active energy, after multipliers.</param>
/// <param name="Reactive">Forward reactive energy, after multipliers, in tenths of a var-hour.</param>
public readonly record struct PeriodUse(long MaxDemandWatts, Energy Active, Energy Reactive);

/// <summary>One line of one account's journal line.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The day that was closed.</param>
/// <param name="Line">The tariff's line: "energy", "vat".</param>
/// <param name="Exact">What it takes up, the carry of the day before included; in steps of the tariff.</param>
/// <param name="Posted">What was posted, minor units.</param>
public readonly record struct DayLine(AccountId Account, ServiceDay Day, string Line, long Exact, Money Posted);
