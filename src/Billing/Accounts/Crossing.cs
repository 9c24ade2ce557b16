using Meters.Units;

namespace Meters.Billing.Accounts;

public enum CrossingDirection : byte
{
    /// <summary>The balance fell below the level.</summary>
    Fell = 0,

    /// <summary>The balance rose to the level plus hysteresis: the threshold is armed again.</summary>
    Recovered = 1,
}

/// <summary>A fact: an account's balance crossed a threshold. Key: account, threshold, arm number, direction.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Threshold">Number of the threshold within its policy, 0 to 7.</param>
/// <param name="Arm">Rises each time a threshold of the account is armed again.</param>
/// <param name="At">Program's clock when it was found: once for each commit.</param>
/// <param name="Balance">Balance after it, minor units.</param>
/// <param name="Level">
/// The level at that moment, minor units (a percentage or days are already turned into money).
/// </param>
/// <param name="Direction">Fell or recovered.</param>
public sealed record Crossing(
    AccountId Account, byte Threshold, int Arm, Instant At, Money Balance, Money Level, CrossingDirection Direction);

/// <summary>
/// Which thresholds of an account are below their level now, and the arm number that the next crossing carries.
/// </summary>
public readonly record struct ThresholdState(AccountId Account, byte CrossedMask, int Arm);
