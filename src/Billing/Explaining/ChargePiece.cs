using Meters.Units;

namespace Meters.Billing.Explaining;

/// <summary>
/// A part of an interval that lies in one band and one tier of one tariff version: energy times price, for each line.
/// </summary>
/// <param name="From">Start, exclusive.</param>
/// <param name="To">
/// End, inclusive. Inside an interval the straight line between its readings says when a tier was reached.
/// </param>
/// <param name="Used">Primary energy of the piece.</param>
/// <param name="Band">Time-of-use band; empty where the tariff has none.</param>
/// <param name="Tier">Number of the tier, from 1.</param>
/// <param name="PositionFrom">Energy of the accumulation period before it; zero where nothing accumulates.</param>
/// <param name="PositionTo">And after it.</param>
/// <param name="TierUpTo">Where the tier ends; null for the last.</param>
/// <param name="TariffVersion">Version in force.</param>
/// <param name="Lines">What each line of the tariff takes for it.</param>
public sealed record ChargePiece(
    Instant From,
    Instant To,
    Energy Used,
    string Band,
    int Tier,
    Energy PositionFrom,
    Energy PositionTo,
    Energy? TierUpTo,
    int TariffVersion,
    IReadOnlyList<PieceLine> Lines);

/// <param name="Line">Name of the line.</param>
/// <param name="Price">
/// Exact charge of a tenth of a watt-hour, in the tariff's steps of 10^-ChargeDecimals minor units.
/// </param>
/// <param name="Charge">Exact charge in the same steps: energy times price, nothing rounded.</param>
public readonly record struct PieceLine(string Line, long Price, long Charge);
