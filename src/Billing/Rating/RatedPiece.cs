using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>What one line charges in a piece.</summary>
/// <param name="Line">Index in <see cref="TariffHistory.Lines"/>.</param>
/// <param name="Price">Minor units per kWh; fixed amounts and jumps of the total come on top.</param>
/// <param name="Charge">In the tariff's exact steps.</param>
public sealed record PieceLine(int Line, Ratio Price, Int128 Charge);

/// <summary>A part of an interval in which every price stays the same.</summary>
/// <param name="From">Start of the stretch of time; for a piece that begins at a tier's edge too.</param>
/// <param name="To">End of the stretch of time.</param>
/// <param name="UsageFrom">Primary energy at its start.</param>
/// <param name="UsageTo">Primary energy at its end.</param>
/// <param name="Band">Name of the band.</param>
/// <param name="Tier">Tier of the first energy line of the register, from zero.</param>
/// <param name="PositionFrom">Tier position at its start.</param>
/// <param name="PositionTo">Tier position at its end.</param>
/// <param name="Version">The version that holds.</param>
/// <param name="Lines">The lines that charge something.</param>
public sealed record RatedPiece(
    Instant From,
    Instant To,
    Energy UsageFrom,
    Energy UsageTo,
    string Band,
    int Tier,
    Energy PositionFrom,
    Energy PositionTo,
    TariffVersion Version,
    IReadOnlyList<PieceLine> Lines)
{
    /// <summary>Of all lines, in the tariff's exact steps.</summary>
    public Int128 Charge => Lines.Aggregate((Int128)0, (sum, line) => sum + line.Charge);
}
