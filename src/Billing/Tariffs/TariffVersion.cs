using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// Over what the tier position counts up, in the tariff's local time, before it starts again at zero.
/// </summary>
public enum Accumulation : byte
{
    /// <summary>Nothing is counted: one price for all energy.</summary>
    None = 0,

    /// <summary>Local calendar month.</summary>
    Month = 1,

    /// <summary>Local calendar year.</summary>
    Year = 2,
}

/// <param name="UpTo">
/// Energy of the period at which the tier ends, counted from the period's start; null for the last one.
/// </param>
/// <param name="Price">Price inside the tier.</param>
public readonly record struct TariffTier(Energy? UpTo, PricePerKwh Price);

/// <summary>
/// One immutable version of a tariff. Flat is one tier; tiers are telescopic (each price is for its own part only).
/// </summary>
public sealed class TariffVersion
{
    /// <summary>Tiers of one version; published tariffs have at most seven.</summary>
    public const int TiersMax = 20;

    private readonly TariffTier[] _tiers;
    private readonly ExactCharge[] _chargeAtStart;

    /// <exception cref="ArgumentException">
    /// The tiers are not ascending and positive with an open last one, a price is negative, or several tiers accumulate
    /// over nothing.
    /// </exception>
    public TariffVersion(
        string id,
        int version,
        Currency currency,
        LocalZone zone,
        Instant effectiveFrom,
        Accumulation accumulation,
        IEnumerable<TariffTier> tiers)
    {
        (Id, Version, Currency, Zone) = (id, version, currency, zone);
        (EffectiveFrom, Accumulation) = (effectiveFrom, accumulation);
        _tiers = [.. tiers];
        if (_tiers.Length is 0 or > TiersMax)
        {
            throw new ArgumentException($"A tariff has 1 to {TiersMax} tiers.", nameof(tiers));
        }
        if (_tiers.Length > 1 && accumulation == Accumulation.None)
        {
            throw new ArgumentException("Several tiers need a period to accumulate over.", nameof(accumulation));
        }

        _chargeAtStart = new ExactCharge[_tiers.Length];
        var start = Energy.Zero;
        for (var i = 0; i < _tiers.Length; i++)
        {
            if (_tiers[i].Price.MicroMinor < 0) throw new ArgumentException("A price is not negative.", nameof(tiers));
            if (_tiers[i].UpTo is null != (i == _tiers.Length - 1))
            {
                throw new ArgumentException("The last tier, and only the last, is open.", nameof(tiers));
            }

            if (_tiers[i].UpTo is not { } end) continue;
            if (end <= start) throw new ArgumentException("Tiers ascend.", nameof(tiers));
            _chargeAtStart[i + 1] = _chargeAtStart[i] + ExactCharge.Of(end - start, _tiers[i].Price);
            start = end;
        }
    }

    public string Id { get; }

    public int Version { get; }

    public Currency Currency { get; }

    /// <summary>Whose months and years the tiers accumulate over.</summary>
    public LocalZone Zone { get; }

    public Instant EffectiveFrom { get; }

    public Accumulation Accumulation { get; }

    public IReadOnlyList<TariffTier> Tiers => _tiers;

    internal bool IsFlat => _tiers.Length == 1;

    /// <summary>
    /// The charge of the first <paramref name="used"/> of a period: piecewise linear and exact. An interval costs
    /// charge(after) - charge(before), so a tier crossed inside it splits exactly.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative energy.</exception>
    public ExactCharge CumulativeCharge(Energy used)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(used.TenthsWh);
        var i = 0;
        while (_tiers[i].UpTo is { } end && used > end) i++;
        var start = i == 0 ? Energy.Zero : _tiers[i - 1].UpTo!.Value;
        return _chargeAtStart[i] + ExactCharge.Of(used - start, _tiers[i].Price);
    }

    /// <summary>Start of the accumulation period that contains the instant; null where nothing accumulates.</summary>
    public Instant? PeriodStart(Instant at) => Accumulation switch
    {
        Accumulation.Month => MonthStart(Zone.ToLocal(at)),
        Accumulation.Year => Zone.ToInstant(new(Zone.ToLocal(at).Year, 1, 1)),
        _ => null,
    };

    /// <summary>Start of the period after the one that contains the instant; null where nothing accumulates.</summary>
    public Instant? NextPeriodStart(Instant at)
    {
        var local = Zone.ToLocal(at);
        return Accumulation switch
        {
            Accumulation.Month => Zone.ToInstant(new DateTime(local.Year, local.Month, 1).AddMonths(1)),
            Accumulation.Year => Zone.ToInstant(new(local.Year + 1, 1, 1)),
            _ => null,
        };
    }

    private Instant MonthStart(DateTime local) => Zone.ToInstant(new(local.Year, local.Month, 1));
}
