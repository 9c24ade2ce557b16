using System.Numerics;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// What energy costs by a version's lines, straight from their definition, in exact fractions of a minor unit. Plans
/// are compiled from it, explanations and bills are computed with it.
/// </summary>
/// <remarks>
/// A line's charge for the positions from a to c, all in one band, is the integral of its price there, plus the fixed
/// amount of the tier of c less that of a. Where a price depends on the total of the period, it is T(c) - T(a), T(x)
/// being the charge of a period whose total is x: what is used so far is the total so far.
/// </remarks>
internal sealed class EnergyMath
{
    private readonly TariffVersion _version;
    private readonly SeasonPrices?[] _seasons;
    private readonly Ratio _scale;
    private readonly long? _total;
    private readonly Dictionary<(int Line, long From, long To), Ratio> _memo = [];

    /// <param name="version">Whose lines.</param>
    /// <param name="month">Local month, for prices that have seasons.</param>
    /// <param name="scale">What limits are multiplied with; the result is rounded down.</param>
    /// <param name="export">The lines of the reverse register; otherwise of the forward one.</param>
    /// <param name="total">
    /// The total of the period, for lines that are settled by it; null while it is not known: their first table.
    /// </param>
    public EnergyMath(TariffVersion version, int month, Ratio scale, bool export, long? total = null)
    {
        (_version, _scale, _total) = (version, scale, total);
        _seasons = [.. version.Lines.Select(line => line is EnergyLine energy && energy.Export == export
            ? energy.Seasons.First(season => (season.Months >> month & 1) == 1)
            : null)];
        DependsOnTotal = (version.Calendar.Bands.Count == 1 && _seasons.Any(season => season?.Tables.Count > 1))
            || version.Lines.Any(line => line is PercentLine { Steps.Count: > 1 });
    }

    /// <summary>Some price depends on the total of the period.</summary>
    public bool DependsOnTotal { get; }

    /// <summary>A limit as it counts in this period.</summary>
    public long Scaled(Energy limit) => (long)(limit.TenthsWh * _scale).Floor();

    /// <summary>All positions at which any price or amount changes, ascending, above zero.</summary>
    public IReadOnlyList<long> Edges()
    {
        var limits = _seasons.OfType<SeasonPrices>()
            .SelectMany(season => _version.Calendar.Bands.Count > 1 && season.Tables.Count > 1 ? [] : season.Tables)
            .SelectMany(table => table.Tiers.Select(tier => tier.UpTo).Append(table.TotalUpTo));
        var percents = _version.Lines.OfType<PercentLine>();
        limits = limits.Concat(percents.SelectMany(line => line.Steps.Select(step => step.TotalUpTo)));
        limits = limits.Concat(percents.SelectMany(line => line.Of).SelectMany(of => (Energy?[])[of.Above, of.UpTo]));
        return [.. limits.OfType<Energy>().Select(Scaled).Where(edge => edge > 0).Distinct().Order()];
    }

    /// <summary>The charge of a line for positions from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public Ratio Charge(int line, int band, long from, long to) => DependsOnTotal
        ? OfTotal(line, band, to) - OfTotal(line, band, from)
        : Integral(line, to, band, from, to) + Fixed(line, to, to) - Fixed(line, from, from);

    /// <summary>The integral of the price alone, in a period with the given total.</summary>
    public Ratio Integral(int line, long total, int band, long from, long to)
    {
        _memo.Clear();
        return IntegralOf(line, total, band, from, to);
    }

    /// <summary>The fixed amount at a position of a period with the given total.</summary>
    public Ratio Fixed(int line, long total, long at)
    {
        if (at == 0) return default;
        if (_version.Lines[line] is PercentLine percent)
        {
            var sum = default(Ratio);
            foreach (var of in percent.Of)
            {
                if (!of.IsPart) sum += Fixed(_version.IndexOf(of.Line), total, at);
            }

            return sum.IsZero ? sum : sum * ShareOf(percent, total);
        }

        return _seasons[line] is { } season ? TierAt(season, total, at).Fixed : default;
    }

    /// <summary>Which tier of a line's table a position is in, from zero; -1 for another line.</summary>
    public int TierIndex(int line, long total, long at)
    {
        if (_seasons[line] is not { } season) return -1;
        var tiers = TableOf(season, total).Tiers;
        var i = 0;
        while (tiers[i].UpTo is { } end && at > Scaled(end)) i++;
        return i;
    }

    private Ratio OfTotal(int line, int band, long total) =>
        total == 0 ? default : Integral(line, total, band, 0, total) + Fixed(line, total, total);

    private Ratio IntegralOf(int line, long total, int band, long from, long to)
    {
        if (from >= to) return default;
        if (_seasons[line] is { } season) return OfTiers(TableOf(season, total), band, from, to);
        if (_version.Lines[line] is not PercentLine percent) return default;
        if (_memo.TryGetValue((line, from, to), out var known)) return known;
        var sum = default(Ratio);
        foreach (var of in percent.Of)
        {
            var low = of.Above is { } above ? Math.Max(from, Scaled(above)) : from;
            var high = of.UpTo is { } upTo ? Math.Min(to, Scaled(upTo)) : to;
            sum += IntegralOf(_version.IndexOf(of.Line), total, band, low, high);
        }

        return _memo[(line, from, to)] = sum.IsZero ? sum : sum * ShareOf(percent, total);
    }

    private Ratio OfTiers(PriceTable table, int band, long from, long to)
    {
        BigInteger start = 0;
        var sum = default(Ratio);
        foreach (var tier in table.Tiers)
        {
            var end = tier.UpTo is { } upTo ? Scaled(upTo) : BigInteger.Max(start, to);
            var inside = BigInteger.Min(end, to) - BigInteger.Max(start, from);
            if (inside.Sign > 0) sum += new Ratio(inside, Energy.PerKwh) * tier.Prices[band];
            start = end;
        }

        return sum;
    }

    private PriceTable TableOf(SeasonPrices season, long total)
    {
        if (_version.Calendar.Bands.Count > 1) total = _total ?? 0;
        return season.Tables.First(table => table.TotalUpTo is not { } end || total <= Scaled(end));
    }

    private PriceTier TierAt(SeasonPrices season, long total, long at) =>
        TableOf(season, total).Tiers.First(tier => tier.UpTo is not { } end || at <= Scaled(end));

    private Ratio ShareOf(PercentLine line, long total) =>
        line.Steps.First(step => step.TotalUpTo is not { } end || total <= Scaled(end)).Share;
}
