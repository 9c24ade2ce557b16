using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>A stretch of time in which neither version, period, season nor band changes.</summary>
/// <param name="Version">The version that holds.</param>
/// <param name="From">First instant, inclusive.</param>
/// <param name="Until">End, exclusive for instants; an interval may end there.</param>
/// <param name="PeriodStart">
/// Start of the accumulation period, at or before <paramref name="From"/>; the epoch where nothing accumulates.
/// </param>
/// <param name="CountsAnew">
/// The tier position is zero at <paramref name="From"/>; false where only the version, season or band changed.
/// </param>
/// <param name="Band">Index of the band.</param>
/// <param name="Import">Prices of the forward register.</param>
/// <param name="Export">Prices of the reverse register.</param>
internal sealed record TariffStretch(
    TariffVersion Version,
    Instant From,
    Instant Until,
    Instant PeriodStart,
    bool CountsAnew,
    int Band,
    RatePlan Import,
    RatePlan Export)
{
    public bool Accumulates => Version.Period.Months > 0;
}

/// <summary>The stretches that touch one day of UTC, found by the quarter of an hour.</summary>
internal sealed class StretchDay
{
    private const int Quarters = 96;
    private const long QuarterMicros = Instant.MicrosPerDay / Quarters;

    private readonly TariffStretch[] _stretches;
    private readonly byte[] _byQuarter = new byte[Quarters];
    private readonly long _start;

    /// <param name="day">Days since 1970.</param>
    /// <param name="stretches">Ascending without a gap, from before the day's start to after its end.</param>
    public StretchDay(long day, TariffStretch[] stretches)
    {
        (Day, _start, _stretches) = (day, day * Instant.MicrosPerDay, stretches);
        var s = 0;
        for (var q = 0; q < Quarters; q++)
        {
            while (stretches[s].Until.UnixMicros <= _start + (q * QuarterMicros)) s++;
            _byQuarter[q] = (byte)Math.Min(s, byte.MaxValue);
        }
    }

    public long Day { get; }

    public TariffStretch At(Instant at)
    {
        var s = (int)_byQuarter[(int)((at.UnixMicros - _start) / QuarterMicros)];
        while (_stretches[s].Until <= at) s++;
        return _stretches[s];
    }
}
