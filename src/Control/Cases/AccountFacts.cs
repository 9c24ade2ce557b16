using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>What Control is told of an account by its one writer: committed state, as of now.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Currency">Of the balance.</param>
/// <param name="Balance">Journal less accrued charges, minor units.</param>
/// <param name="CrossedMask">Bit i: the balance is below threshold i of the policy (and has not recovered).</param>
/// <param name="Arm">Arm number of the account's thresholds.</param>
/// <param name="LastReadingAt">Latest reading of the meter with the relay; null before the first.</param>
/// <param name="LastReadingQuality">Its quality.</param>
/// <param name="LastPurchase">Amount of the last payment, minor units.</param>
/// <param name="AverageDay">Moving average of a day's charge, minor units.</param>
public sealed record AccountFacts(
    AccountId Account,
    Currency Currency,
    Money Balance,
    byte CrossedMask,
    int Arm,
    Instant? LastReadingAt,
    ReadingQuality LastReadingQuality,
    Money LastPurchase,
    Money AverageDay);
