using Meters.Units;

namespace Meters.Field.Households;

/// <summary>What homes use: made up, or replayed from a file.</summary>
public interface IConsumption
{
    /// <summary>Energy used in the hour that ends at <paramref name="hourEnd"/>.</summary>
    /// <param name="meterIndex">Number of the meter in its field, from 0.</param>
    /// <param name="hourEnd">A whole hour.</param>
    /// <returns>False where nothing is known of that hour: the meter has no reading then.</returns>
    bool TryUse(int meterIndex, Instant hourEnd, out Energy used);
}
