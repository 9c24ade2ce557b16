using Meters.Billing.Ledger;
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
/// One immutable version of a tariff: lines, calendar, periods and rounding. The simple form is one energy line of
/// telescopic tiers (each price is for its own part only); flat is one tier.
/// </summary>
public sealed class TariffVersion
{
    /// <summary>Tiers of one table; published tariffs have at most seven.</summary>
    public const int TiersMax = 20;

    /// <summary>The line of the simple form.</summary>
    public const string EnergyName = "energy";

    private const int MicroPlaces = 6;

    private readonly TariffDraft _draft;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly Lazy<EnergyMath> _math;

    /// <exception cref="ArgumentException">What it says makes no sense: see <see cref="TariffChecks"/>.</exception>
    public TariffVersion(TariffDraft draft)
    {
        if (TariffChecks.FaultsOf(draft) is [var fault, ..]) throw new ArgumentException($"{fault}", nameof(draft));
        _draft = draft;
        foreach (var line in draft.Lines) _index.Add(line.Name, _index.Count);
        Tiers = SimpleTiers();
        _math = new(() => new(this, 1, 1, export: false));
    }

    /// <summary>The simple form.</summary>
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
        : this(new TariffDraft
        {
            Id = id,
            Version = version,
            Currency = currency,
            Zone = zone,
            EffectiveFrom = effectiveFrom,
            Period = accumulation switch
            {
                Accumulation.Month => AccumulationPeriod.Month,
                Accumulation.Year => AccumulationPeriod.Year,
                _ => AccumulationPeriod.None,
            },
            Lines = [SimpleLine(tiers)],
        })
    {
    }

    /// <summary>The same from another instant on, as an account that comes to it then sees it.</summary>
    internal TariffVersion Beginning(Instant from) =>
        new(_draft with { EffectiveFrom = from, EffectiveUntil = null });

    public string Id => _draft.Id;

    public int Version => _draft.Version;

    public Currency Currency => _draft.Currency;

    /// <summary>Whose days, months and years count.</summary>
    public LocalZone Zone => _draft.Zone;

    public Instant EffectiveFrom => _draft.EffectiveFrom;

    /// <summary>Where the next version must begin, when it is known; until there is one, this one holds on.</summary>
    public Instant? EffectiveUntil => _draft.EffectiveUntil;

    /// <summary>The nearest of the simple words; <see cref="Period"/> says it exactly.</summary>
    public Accumulation Accumulation => Period.Months switch
    {
        0 => Accumulation.None,
        12 => Accumulation.Year,
        _ => Accumulation.Month,
    };

    /// <summary>Over what the tier position counts up.</summary>
    public AccumulationPeriod Period => _draft.Period;

    public LimitScale Limits => _draft.Limits;

    /// <summary>Over what a bill goes.</summary>
    public AccumulationPeriod BillPeriod => _draft.BillPeriod;

    public RoundingRule Rounding => _draft.Rounding;

    public TariffCalendar Calendar => _draft.Calendar;

    /// <summary>In the order of the bill.</summary>
    public IReadOnlyList<TariffLine> Lines => _draft.Lines;

    /// <summary>The tiers of the simple form; empty for any other.</summary>
    public IReadOnlyList<TariffTier> Tiers { get; }

    /// <summary>Steps of an exact charge that the document asks for; null where it leaves that open.</summary>
    public int? ChargeDecimalsStated => _draft.ChargeDecimals;

    internal TariffDraft Draft => _draft;

    /// <summary>Prices change by the local month beside the bands.</summary>
    internal bool HasSeasons => Lines.Any(line => line is EnergyLine { Seasons.Count: > 1 });

    /// <summary>The charge of the first <paramref name="used"/> of a period, for the simple form.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative energy.</exception>
    /// <exception cref="InvalidOperationException">The version has no simple form.</exception>
    public ExactCharge CumulativeCharge(Energy used)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(used.TenthsWh);
        if (Tiers.Count == 0) throw new InvalidOperationException($"Tariff {Id}/{Version} is more than tiers.");
        var minor = _math.Value.Charge(0, 0, 0, used.TenthsWh);
        return new((Int128)(minor * ExactCharge.PerMinor).Floor());
    }

    /// <summary>Start of the accumulation period that contains the instant; null where nothing accumulates.</summary>
    public Instant? PeriodStart(Instant at) =>
        Period.Months == 0 ? null : Zone.StartOf(ServiceDay.Of(Period.StartOf(LocalDay(at))));

    /// <summary>Start of the period after the one that contains the instant; null where nothing accumulates.</summary>
    public Instant? NextPeriodStart(Instant at) =>
        Period.Months == 0 ? null : Zone.StartOf(ServiceDay.Of(Period.NextStart(LocalDay(at))));

    /// <exception cref="KeyNotFoundException">There is no line of this name.</exception>
    internal int IndexOf(string line) => _index[line];

    internal bool Has(string line) => _index.ContainsKey(line);

    /// <summary>How one line of the bill is rounded by itself.</summary>
    internal RoundingRule LineRoundingOf(TariffLine line) =>
        line.Rounding ?? (Rounding.PerBill ? RoundingRule.Plain : Rounding);

    /// <summary>
    /// Prices by the total of the period and by bands: charged by the hour at the first table, put right at the end of
    /// the bill period, for what is past is not split again by bands.
    /// </summary>
    internal bool IsSettledByTotal(TariffLine line) => IsSettledByTotal(line, Calendar);

    internal static bool IsSettledByTotal(TariffLine line, TariffCalendar calendar) =>
        calendar.Bands.Count > 1 && line is EnergyLine energy && energy.Seasons.Any(season => season.Tables.Count > 1);

    /// <summary>What limits are multiplied with in the whole accumulation period that contains the instant.</summary>
    internal Ratio ScaleAt(Instant at)
    {
        if (Period.Months == 0 || Limits == LimitScale.PerPeriod) return 1;
        if (Limits != LimitScale.Per30Days) return Period.Months;
        var day = LocalDay(at);
        return new(Period.NextStart(day).DayNumber - Period.StartOf(day).DayNumber, 30);
    }

    internal DateOnly LocalDay(Instant at) => DateOnly.FromDateTime(Zone.ToLocal(at));

    private static EnergyLine SimpleLine(IEnumerable<TariffTier> tiers)
    {
        var table = new PriceTable(null, [.. tiers.Select(tier => new PriceTier(tier.UpTo, [PriceOf(tier)], 0))]);
        return new(EnergyName, LedgerAccount.EnergyRevenue, Export: false, [new(BandRule.AllMonths, [table])]);
    }

    private static Ratio PriceOf(TariffTier tier) => Ratio.OfDecimal(tier.Price.MicroMinor, MicroPlaces);

    private List<TariffTier> SimpleTiers()
    {
        if (Lines is not [EnergyLine { Name: EnergyName, Export: false } energy]) return [];
        if (energy.Seasons is not [{ Tables: [var table] }]) return [];
        if (energy.Rounding is not null || Calendar.Bands.Count > 1) return [];
        if (table.Tiers.Any(tier => !tier.Fixed.IsZero)) return [];
        if (Rounding != RoundingRule.Plain || Limits != LimitScale.PerPeriod || EffectiveUntil is not null) return [];
        if (BillPeriod != AccumulationPeriod.Month || ChargeDecimalsStated is not null) return [];
        if (Period != AccumulationPeriod.None && Period != AccumulationPeriod.Month
            && Period != AccumulationPeriod.Year) return [];
        var tiers = new List<TariffTier>();
        foreach (var tier in table.Tiers)
        {
            var micro = tier.Prices[0] * 1_000_000;
            if (!micro.Denominator.IsOne || micro.Numerator > long.MaxValue) return [];
            tiers.Add(new(tier.UpTo, new((long)micro.Numerator)));
        }

        return tiers;
    }
}
