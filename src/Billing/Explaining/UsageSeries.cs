using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Explaining;

/// <summary>Primary energy of one metering point at any instant: on the straight line between its readings.</summary>
/// <param name="sorted">Ascending.</param>
public sealed class UsageSeries(IReadOnlyList<(Instant At, Energy Usage)> sorted)
{
    /// <summary>The first reading's before it, the last one's after it; zero without any.</summary>
    public Energy At(Instant at)
    {
        if (sorted.Count == 0) return Energy.Zero;
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle].At < at) low = middle + 1;
            else high = middle;
        }

        if (low == 0) return sorted[0].Usage;
        if (low == sorted.Count) return sorted[^1].Usage;
        return Rater.UsageAt(sorted[low - 1].At, sorted[low - 1].Usage, sorted[low].At, sorted[low].Usage, at);
    }
}
