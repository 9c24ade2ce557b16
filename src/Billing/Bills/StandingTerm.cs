using System.Numerics;
using Meters.Billing.Tariffs;

namespace Meters.Billing.Bills;

/// <summary>
/// What a standing charge puts on one line, itself or a percent line on it: integers of one denominator, in exact
/// steps.
/// </summary>
internal sealed class StandingTerm
{
    private readonly StandingLine _source;
    private readonly (int? UpToWatts, Int128 Amount, Int128 PerWatt, Int128 Denominator)[] _slabs;

    /// <param name="line">Index in the history.</param>
    /// <param name="source">The standing charge.</param>
    /// <param name="share">How much of it reaches the line.</param>
    /// <param name="perMinor">Exact steps of a minor unit.</param>
    public StandingTerm(int line, StandingLine source, Ratio share, long perMinor)
    {
        (Line, _source) = (line, source);
        _slabs = [.. source.Slabs.Select(slab =>
        {
            var amount = slab.Amount * share * perMinor;
            var perWatt = slab.PerKw * share * perMinor * new Ratio(1, 1_000);
            var common = amount.Denominator * perWatt.Denominator
                / BigInteger.GreatestCommonDivisor(amount.Denominator, perWatt.Denominator);
            return (
                slab.UpToWatts,
                (Int128)(amount * new Ratio(common, 1)).Numerator,
                (Int128)(perWatt * new Ratio(common, 1)).Numerator,
                (Int128)common);
        })];
    }

    public int Line { get; }

    public bool IsCharged(DateOnly date) => (_source.Months >> date.Month & 1) == 1;

    /// <summary>
    /// The day's part, by the difference of what is due up to it and up to the day before: the days of a month add up
    /// to the month's amount exactly, rounded down once.
    /// </summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public long OnDay(DateOnly date, int watts)
    {
        var days = _source.PerDay ? 1 : DateTime.DaysInMonth(date.Year, date.Month);
        var load = Rounded(_source, watts);
        var i = 0;
        while (_slabs[i].UpToWatts is { } end && load > end) i++;
        var (_, amount, perWatt, denominator) = _slabs[i];
        var whole = amount + (perWatt * load);
        return (long)(Floor(whole * date.Day, denominator * days) - Floor(whole * (date.Day - 1), denominator * days));
    }

    /// <summary>A month's or a day's amount for a load, in minor units.</summary>
    public static Ratio AmountOf(StandingLine line, int watts)
    {
        var load = Rounded(line, watts);
        var slab = line.Slabs.First(slab => slab.UpToWatts is not { } end || load <= end);
        return slab.Amount + (slab.PerKw * new Ratio(load, 1_000));
    }

    /// <summary>Down, below zero too: a rebate is rounded as what it is a rebate on.</summary>
    private static Int128 Floor(Int128 sum, Int128 by)
    {
        var (quotient, rest) = Int128.DivRem(sum, by);
        return rest < 0 ? quotient - 1 : quotient;
    }

    private static long Rounded(StandingLine line, int watts) =>
        (watts + (long)line.LoadStepWatts - 1) / line.LoadStepWatts * line.LoadStepWatts;
}
