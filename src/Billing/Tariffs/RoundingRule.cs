using System.Numerics;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Which way a charge between two units goes.</summary>
public enum RoundingMode
{
    /// <summary>To the nearest; exactly one half up, towards plus infinity.</summary>
    HalfUp,

    /// <summary>Towards plus infinity.</summary>
    Up,

    /// <summary>Towards minus infinity.</summary>
    Down,
}

/// <summary>How a bill is rounded.</summary>
/// <param name="PerBill">The bill as a whole; otherwise each line.</param>
/// <param name="UnitMinor">To a multiple of this many minor units.</param>
/// <param name="Mode">Which way.</param>
public sealed record RoundingRule(bool PerBill, long UnitMinor, RoundingMode Mode)
{
    /// <summary>Each line to the minor unit, half up.</summary>
    public static readonly RoundingRule Plain = new(false, 1, RoundingMode.HalfUp);

    /// <exception cref="OverflowException">The amount does not fit 64 bits.</exception>
    public Money Round(Ratio minor)
    {
        var units = minor / UnitMinor;
        BigInteger whole = Mode switch
        {
            RoundingMode.HalfUp => units.RoundHalfUp(),
            RoundingMode.Down => units.Floor(),
            _ => -(-units).Floor(),
        };
        return new((long)(whole * UnitMinor));
    }
}
