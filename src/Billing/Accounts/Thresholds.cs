using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>How a threshold's level is given.</summary>
public enum ThresholdKind : byte
{
    /// <summary>Minor units; may be negative.</summary>
    Amount = 0,

    /// <summary>Percent of the last purchase; the level is zero before the first one.</summary>
    PercentOfLastPurchase = 1,

    /// <summary>
    /// Tenths of a day of the account's own average use; the level is zero before the first closed day.
    /// </summary>
    DaysOfOwnUse = 2,
}

/// <param name="Number">0 to 7, the bit in <see cref="ThresholdState.CrossedMask"/>.</param>
/// <param name="Kind">How the level is given.</param>
/// <param name="Value">Minor units, percent, or tenths of a day.</param>
/// <param name="Hysteresis">
/// What the balance must have above the level before the threshold is armed again, minor units.
/// </param>
public readonly record struct Threshold(byte Number, ThresholdKind Kind, long Value, Money Hysteresis)
{
    /// <summary>The level in minor units: rounded down, and held within 64 bits.</summary>
    public Money Level(Money lastPurchase, Money averageDay) => Kind switch
    {
        ThresholdKind.PercentOfLastPurchase => Share(lastPurchase, 100),
        ThresholdKind.DaysOfOwnUse => Share(averageDay, 10),
        _ => new(Value),
    };

    private Money Share(Money whole, int parts) =>
        new((long)Int128.Min(long.MaxValue, (Int128)whole.Minor * Value / parts));
}

/// <summary>The thresholds of one policy.</summary>
public sealed class ThresholdSet
{
    /// <summary>One bit each in a byte.</summary>
    public const int Max = 8;

    public static readonly ThresholdSet None = new();

    private readonly Threshold[] _thresholds;

    /// <exception cref="ArgumentException">
    /// A number above 7 or twice, a negative hysteresis, a negative percentage or number of days.
    /// </exception>
    public ThresholdSet(params IEnumerable<Threshold> thresholds)
    {
        _thresholds = [.. thresholds.OrderBy(t => t.Number)];
        foreach (var threshold in _thresholds)
        {
            if (threshold.Number >= Max)
            {
                throw new ArgumentException("Thresholds are numbered 0 to 7.", nameof(thresholds));
            }
            if ((Mask & (1 << threshold.Number)) != 0)
            {
                throw new ArgumentException("A threshold number is there twice.", nameof(thresholds));
            }
            if (threshold.Hysteresis < Money.Zero)
            {
                throw new ArgumentException("A hysteresis is not negative.", nameof(thresholds));
            }
            if (threshold.Kind != ThresholdKind.Amount && threshold.Value < 0)
            {
                throw new ArgumentException("A percentage or number of days is not negative.", nameof(thresholds));
            }

            Mask |= (byte)(1 << threshold.Number);
        }
    }

    /// <summary>Ascending by number.</summary>
    public IReadOnlyList<Threshold> Thresholds => _thresholds;

    internal byte Mask { get; }

    internal ReadOnlySpan<Threshold> Span => _thresholds;
}
