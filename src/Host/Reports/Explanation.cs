namespace Meters.Host.Reports;

/// <summary>
/// Why an account's balance is what it is, day by day: stable JSON. Amounts are decimal text in the account's currency;
/// exact ones have all their decimals. Energy is kWh with four decimals. Instants are UTC; days are service days.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Tariff">Tariff id.</param>
/// <param name="Zone">Where the days begin and end.</param>
/// <param name="From">First day explained: earlier than asked for where days before it are not closed yet.</param>
/// <param name="To">Last day explained.</param>
/// <param name="BalanceBefore">What the journal says at the beginning of the first day.</param>
/// <param name="Days">Ascending; days on which nothing happened are left out.</param>
/// <param name="Close">How the balance at the end comes about.</param>
/// <param name="Ties">Sums that must be equal, and whether they are.</param>
public sealed record Explanation(
    long Account,
    string Currency,
    string Tariff,
    string Zone,
    string From,
    string To,
    string BalanceBefore,
    IReadOnlyList<ExplainedDay> Days,
    ExplainedClose Close,
    IReadOnlyList<ExplainedTie> Ties)
{
    /// <summary>All sums are equal.</summary>
    public bool Holds => Ties.All(tie => tie.Holds);
}

/// <param name="Day">yyyy-MM-dd.</param>
/// <param name="IsClosed">Its charges are in the journal.</param>
/// <param name="UsedKwh">Energy of the day.</param>
/// <param name="Readings">Each with what it cost.</param>
/// <param name="DayLines">What the tariff charges for the day itself, and for a bill period that ends with it.</param>
/// <param name="Charge">How the readings became money.</param>
/// <param name="Corrections">What late readings changed, in this day or taken up by it.</param>
/// <param name="Postings">What the journal says of the day; parts that were posted together stand together.</param>
/// <param name="BalanceAfter">Of the journal, at the end of the day.</param>
public sealed record ExplainedDay(
    string Day,
    bool IsClosed,
    string UsedKwh,
    IReadOnlyList<ExplainedReading> Readings,
    IReadOnlyList<ExplainedDayLine> DayLines,
    ExplainedCharge Charge,
    IReadOnlyList<ExplainedCorrection> Corrections,
    IReadOnlyList<ExplainedPosting> Postings,
    string BalanceAfter)
{
    /// <summary>What was overdue when the day was closed, and what the late fees came to.</summary>
    public IReadOnlyList<ExplainedLateFee> LateFees { get; init; } = [];

    /// <summary>What was measured of a bill period that ends with the day; null where its end adds nothing.</summary>
    public ExplainedPeriod? Period { get; init; }
}

/// <param name="Line">Line of the tariff.</param>
/// <param name="Since">First day of the arrears.</param>
/// <param name="Days">Days since then; those of the grace are among them.</param>
/// <param name="Overdue">At the end of the day, late fees not among it.</param>
/// <param name="FeeSoFar">The whole fee of these arrears; the day's posting is what it has more than before.</param>
public sealed record ExplainedLateFee(string Line, string Since, int Days, string Overdue, string FeeSoFar);

/// <param name="Meter">The utility's meter number.</param>
/// <param name="Register">forward_active, reverse_active.</param>
/// <param name="From">The reading before it; null for the first of its register, which costs nothing.</param>
/// <param name="At">End of the interval.</param>
/// <param name="Kwh">What the register showed.</param>
/// <param name="UsedKwh">Energy of the interval, after the ratios of the transformers.</param>
/// <param name="Quality">actual, edited or estimated.</param>
/// <param name="Frame">The raw frame that it came in.</param>
/// <param name="Charge">Exact, as stored.</param>
/// <param name="Pieces">What the charge is made of.</param>
public sealed record ExplainedReading(
    long Meter,
    string Register,
    string? From,
    string At,
    string Kwh,
    string UsedKwh,
    string Quality,
    string Frame,
    string Charge,
    IReadOnlyList<ExplainedPiece> Pieces)
{
    /// <summary>CT ratio times PT ratio at the begin of the interval.</summary>
    public int Multiplier { get; init; } = 1;

    /// <summary>Changes of the multiplier inside the interval, by instant.</summary>
    public IReadOnlyList<ExplainedMultiplier> MultiplierChanges { get; init; } = [];

    /// <summary>The register started again at zero in the interval.</summary>
    public bool RolledOver { get; init; }

    /// <summary>Of the first reading of a meter that took the place of another.</summary>
    public ExplainedReplacement? Replacement { get; init; }
}

/// <param name="Tier">From 1.</param>
/// <param name="TierUpToKwh">Where the tier ends; null for the last.</param>
/// <param name="PositionFromKwh">Energy of the accumulation period before the piece.</param>
public sealed record ExplainedPiece(
    string From,
    string To,
    string UsedKwh,
    string Band,
    int Tier,
    string? TierUpToKwh,
    string PositionFromKwh,
    string PositionToKwh,
    int TariffVersion,
    IReadOnlyList<ExplainedLine> Lines)
{
    /// <summary>The tariff, of an account that moved from one to another; null for the only one.</summary>
    public string? Tariff { get; init; }
}

/// <param name="Line">Line of the tariff.</param>
/// <param name="PricePerKwh">In major units.</param>
/// <param name="Fixed">What a tier that was reached adds by itself; null for nothing.</param>
/// <param name="Charge">Exact: energy times price, and the fixed part.</param>
public sealed record ExplainedLine(string Line, string PricePerKwh, string? Fixed, string Charge);

/// <summary>A charge that comes with the day or the end of a bill period and not with energy; exact.</summary>
public sealed record ExplainedDayLine(string Line, string Charge);

/// <param name="CarriedIn">Rounding that the day before left.</param>
/// <param name="Readings">Sum of the readings' charges, as they stand now.</param>
/// <param name="DayLines">Sum of the day's own lines.</param>
/// <param name="TakenUp">What late readings had changed in earlier days and no entry of its own has posted.</param>
/// <param name="ChangedLater">What late readings changed in this day after it was closed; not in its line.</param>
/// <param name="Exact">What the day's line takes up; for an open day, so far.</param>
/// <param name="Rounded">What was taken from the balance; null while the day is open.</param>
/// <param name="CarriedOut">Rounding left for the next day; null while the day is open.</param>
public sealed record ExplainedCharge(
    string CarriedIn, string Readings, string DayLines, string TakenUp, string ChangedLater, string Exact,
    string? Rounded, string? CarriedOut);

/// <param name="Day">The closed day whose readings changed.</param>
/// <param name="TakenUpOn">The day whose line takes it up.</param>
/// <param name="Change">Exact, signed: above zero is a dearer day.</param>
/// <param name="Posted">What entries of its own took at once; the rest goes into the day's line.</param>
public sealed record ExplainedCorrection(string Day, string TakenUpOn, string Change, string Posted);

/// <param name="At">When it was posted.</param>
/// <param name="Kind">payment, energy_charge, correction, reversal ...</param>
/// <param name="ToBalance">What all parts together did to the prepaid balance, signed.</param>
/// <param name="Payment">The payment that it is about; null for anything else.</param>
/// <param name="Parts">The split: one for each entry of the journal.</param>
public sealed record ExplainedPosting(
    string At, string Kind, string ToBalance, ExplainedPayment? Payment, IReadOnlyList<ExplainedPart> Parts);

public sealed record ExplainedPayment(
    string Key, string Receipt, string Amount, string Channel, string TakenBy, string? Reference, string BalanceAfter);

/// <param name="Entry">Shard, dash, number.</param>
/// <param name="Kind">Of this entry.</param>
/// <param name="Line">The tariff's line that it posts; null for none.</param>
/// <param name="Reverses">The entry that it takes back.</param>
/// <param name="CorrectsDay">The closed day that it corrects.</param>
public sealed record ExplainedPart(
    string Entry, string Kind, string Amount, string Debit, string Credit, string? Line, string? Reverses,
    string? CorrectsDay);

/// <param name="Journal">Balance of the journal at the end of the last day.</param>
/// <param name="NotYetPosted">Exact charges of days that are not closed, carry included.</param>
/// <param name="Balance">Journal less those, rounded.</param>
/// <param name="IsNow">The last day reaches the present: it is the account's balance now.</param>
public sealed record ExplainedClose(string Journal, string NotYetPosted, string Balance, bool IsNow);

/// <param name="What">What is compared.</param>
public sealed record ExplainedTie(string What, string Expected, string Found, bool Holds);
