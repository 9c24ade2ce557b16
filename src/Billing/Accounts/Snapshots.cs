using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// An account's position as a cache: recovery starts from it instead of from the first reading. Taken together with the
/// <see cref="ChannelSnapshot"/>s of its meters, in the commit that it describes. Its absence changes cost, never
/// meaning.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="EntryId">Ledger entries of the shard up to this id are in <paramref name="Journal"/>.</param>
/// <param name="Journal">Balance of the customer's prepayment sub-account, minor units.</param>
/// <param name="AccruedOpen">
/// Exact charges not yet in the journal up to the end of the open service day (the one after the last closed), 10^-10
/// minor units; the rounding carry of the last line and corrections of closed days included.
/// </param>
/// <param name="AccruedNext">Exact charges of the service day after the open one, 10^-10 minor units.</param>
/// <param name="LastPurchase">Amount of the last payment, minor units; zero before the first.</param>
/// <param name="AverageDay">Moving average of a closed day's charge, minor units.</param>
/// <param name="ClosedThrough">The last closed day when it was taken: what "open" and "next" mean.</param>
/// <param name="Lines">
/// Of a tariff with several lines, what is accrued by line: open day, next day; numbers with commas, parts with
/// semicolons (older ones have a third part, which nobody reads any more). Empty otherwise.
/// </param>
public readonly record struct AccountSnapshot(
    AccountId Account,
    long EntryId,
    Money Journal,
    long AccruedOpen,
    long AccruedNext,
    Money LastPurchase,
    Money AverageDay,
    ServiceDay ClosedThrough,
    string Lines = "");

/// <summary>
/// A meter register's state as a cache. Readings of the channel up to <paramref name="LastAt"/> are in the account's
/// snapshot.
/// </summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="FirstAt">Instant of the first accepted reading.</param>
/// <param name="LastAt">Instant of the latest accepted reading.</param>
/// <param name="LastRegister">Its value.</param>
/// <param name="LastUsage">
/// Energy after multipliers, roll-overs and changes up to it, from an origin of the channel's own.
/// </param>
/// <param name="LastQuality">Its quality.</param>
/// <param name="PeriodStart">
/// Start of the accumulation period that <paramref name="LastAt"/> lies in (it begins there, if LastAt is a start); the
/// epoch where nothing accumulates.
/// </param>
/// <param name="PeriodBase">Usage at that start, interpolated where no reading stands there.</param>
/// <param name="SeenHours">
/// Bit i: a reading stands at <paramref name="LastAt"/> minus i hours; zero: none counts any more.
/// </param>
public readonly record struct ChannelSnapshot(
    ChannelId Channel,
    Instant FirstAt,
    Instant LastAt,
    Energy LastRegister,
    Energy LastUsage,
    ReadingQuality LastQuality,
    Instant PeriodStart,
    Energy PeriodBase,
    ulong SeenHours);

/// <summary>
/// The journal line of one account and service day: exact charges, what was posted, what is carried. Every account gets
/// one for every day that is closed, also when nothing was used.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The day that was closed.</param>
/// <param name="Exact">
/// Exact charges that this line takes up (carry of the line before and late corrections included), 10^-10 minor units.
/// </param>
/// <param name="Posted">
/// What was posted, minor units: <paramref name="Exact"/> rounded half up, which equals round(cumulative exact) -
/// already posted. May be negative after a correction.
/// </param>
/// <param name="Carry">Cumulative exact less cumulative posted: within half a minor unit, 10^-10 minor units.</param>
/// <param name="AverageDay">The moving average after this day, minor units.</param>
public readonly record struct DayCharge(
    AccountId Account, ServiceDay Day, long Exact, Money Posted, long Carry, Money AverageDay);

/// <summary>
/// A reading that is stored already but whose interval has been rated anew, because a late reading fell into it.
/// </summary>
public readonly record struct ChargeChange(ChannelId Channel, Instant At, long Charge);

/// <summary>What late readings and corrections changed in days that are closed already.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The closed day that it belongs to.</param>
/// <param name="ClosedThrough">
/// The last closed day when it was made: what was not posted is not yet in the journal while this is still the last.
/// </param>
/// <param name="Delta">Exact charge, signed, in steps of the tariff.</param>
/// <param name="Posted">What entries of their own posted of it at once, minor units, signed.</param>
/// <param name="Lines">
/// The same by line, of a tariff with several: <see cref="CorrectedLine.Parse"/>. Empty otherwise.
/// </param>
public readonly record struct AccrualCorrection(
    AccountId Account, ServiceDay Day, ServiceDay ClosedThrough, long Delta, Money Posted, string Lines = "");
