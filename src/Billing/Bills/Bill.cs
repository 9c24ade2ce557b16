using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>A part of an energy line: one band and tier.</summary>
/// <param name="Band">Name of the band.</param>
/// <param name="Tier">From zero.</param>
/// <param name="Used">Energy of the part; where bands share a tier, that of the band alone, rounded down.</param>
/// <param name="Price">Minor units per kWh.</param>
/// <param name="Amount">Rounded half up to the minor unit, for print.</param>
public sealed record BillPart(string Band, int Tier, Energy Used, Ratio Price, Money Amount);

/// <summary>A line of a bill.</summary>
/// <param name="Name">The tariff's name of it.</param>
/// <param name="Account">Counter side.</param>
/// <param name="Exact">Minor units, not rounded; negative is given to the customer.</param>
/// <param name="Amount">Rounded as the tariff says, or to the minor unit where the bill is rounded as a whole.</param>
/// <param name="Parts">Of an energy line.</param>
public sealed record BillLine(
    string Name, LedgerAccount Account, Ratio Exact, Money Amount, IReadOnlyList<BillPart> Parts);

/// <summary>A bill computed once.</summary>
/// <param name="Lines">Those that are not zero, in the order of the tariff.</param>
/// <param name="Rounding">What the rounding of the whole bill adds to the sum of its lines.</param>
/// <param name="Total">What is due.</param>
public sealed record Bill(IReadOnlyList<BillLine> Lines, Money Rounding, Money Total)
{
    /// <summary>The amount of a line; zero where it is not on the bill.</summary>
    public Money this[string line] =>
        Lines.FirstOrDefault(one => one.Name == line)?.Amount ?? Money.Zero;

    /// <summary>The sum before any rounding, in minor units.</summary>
    public Ratio Exact => Lines.Aggregate(default(Ratio), (sum, line) => sum + line.Exact);
}
