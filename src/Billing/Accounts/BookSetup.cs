using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>How far a book goes; the reasons stand in docs/limits.md.</summary>
public sealed record BookLimits
{
    /// <summary>Largest payment, minor units: more is a slip of the keyboard.</summary>
    public long PaymentMinorMax { get; init; } = 100_000_000;

    /// <summary>How far a reading's instant may lie ahead of the clock.</summary>
    public TimeSpan ClockAheadMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far back a late reading still corrects, days.</summary>
    public int ReachBackDays { get; init; } = 400;

    /// <summary>A reading may add the sanctioned load times its hours times this.</summary>
    public int PlausibleFactor { get; init; } = 3;

    /// <summary>What a reading may add in any case, after the multiplier.</summary>
    public Energy PlausibleAlways { get; init; } = Energy.FromKwh(1);

    /// <summary>
    /// Where a register starts again at zero: six digits before the point (DL/T 645-2007, data 0x00010000; Q/GDW 1376.1
    /// format A.14).
    /// </summary>
    public Energy RegisterModulus { get; init; } = Energy.FromKwh(1_000_000);

    /// <summary>
    /// How far an interval's energy may lie from the difference of its registers and still be the same fact.
    /// </summary>
    public Energy IntervalTolerance { get; init; } = new(200);
}

/// <param name="Account">The utility's number.</param>
/// <param name="TariffId">Defined before.</param>
/// <param name="PolicyId">Whose thresholds; defined before.</param>
/// <param name="Currency">Must be the tariff's.</param>
/// <param name="SanctionedWatts">Bounds what a reading may add; 0 when not known: then nothing is implausible.</param>
public sealed record AccountSetup(
    AccountId Account, string TariffId, string PolicyId, Currency Currency, int SanctionedWatts);

/// <param name="Meter">The utility's number.</param>
/// <param name="Account">Added before.</param>
/// <param name="Multiplier">CT ratio times PT ratio, positive.</param>
/// <param name="HasRelay">Its readings are those that a position names; without one, the account's first meter.</param>
public sealed record MeterSetup(MeterId Meter, AccountId Account, int Multiplier, bool HasRelay = false);

/// <summary>How a change of the book's registry ended; declared in order of precedence.</summary>
public enum BookStatus
{
    Added,

    /// <summary>It is there with equal content: nothing changed.</summary>
    AlreadyThere,

    /// <summary>It is there with other content: nothing changed.</summary>
    Conflict,
    AccountUnknown,
    TariffUnknown,
    PolicyUnknown,

    /// <summary>The account's currency is not its tariff's.</summary>
    CurrencyMismatch,

    /// <summary>Multiplier below 1, sanctioned load below 0, or a number out of its range.</summary>
    OutOfRange,
}

/// <summary>An account as of now.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Balance">Journal less accrued charges rounded half up, minor units.</param>
/// <param name="Journal">Balance of the prepayment sub-account, minor units.</param>
/// <param name="Accrued">Exact charges not yet in the journal, in steps of the tariff.</param>
/// <param name="LastPurchase">Amount of the last payment; zero before the first.</param>
/// <param name="AverageDay">Moving average of a closed day's charge; zero before the first.</param>
/// <param name="CrossedMask">
/// Bit i: threshold i is crossed, as of the last <see cref="ShardBook.TakeCrossings"/>.
/// </param>
/// <param name="Arm">Arm number of the next crossing.</param>
/// <param name="LastReadingAt">
/// Latest billed reading of the meter with the relay (of the first meter, without one); null before it.
/// </param>
/// <param name="LastReadingQuality">Its quality.</param>
public readonly record struct AccountPosition(
    AccountId Account,
    Currency Currency,
    Money Balance,
    Money Journal,
    long Accrued,
    Money LastPurchase,
    Money AverageDay,
    byte CrossedMask,
    int Arm,
    Instant? LastReadingAt,
    ReadingQuality LastReadingQuality);
