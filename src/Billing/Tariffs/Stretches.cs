using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Finds stretches of a history and keeps those of recently asked days.</summary>
/// <param name="plans">Versions, ascending.</param>
internal sealed class Stretches(VersionPlans[] plans)
{
    private const int DaysKept = 512; // A power of two: more than a year of readings of one account.

    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    // Neighbouring readings lie in the same stretch nearly always, where there are no bands.
    private TariffStretch? _recent;

    // A lost race only computes a day again.
    private readonly StretchDay?[] _days = new StretchDay?[DaysKept];

    public TariffStretch At(Instant at)
    {
        if (_recent is { } recent && at >= recent.From && at < recent.Until) return recent;
        var day = DayOf(at);
        var slot = (int)(day & (DaysKept - 1));
        var found = _days[slot] is { } known && known.Day == day ? known.At(at) : Find(at, day, slot);
        if (found.Version.Calendar.Bands.Count == 1) _recent = found;
        return found;
    }

    private static long DayOf(Instant at) =>
        at.UnixMicros >= 0 ? at.UnixMicros / Instant.MicrosPerDay : ~(~at.UnixMicros / Instant.MicrosPerDay);

    private TariffStretch Find(Instant at, long day, int slot)
    {
        var stretches = new List<TariffStretch>();
        var start = new Instant(day * Instant.MicrosPerDay);
        var end = start + TimeSpan.FromDays(1);
        for (var next = start; next < end; next = stretches[^1].Until) AddStretches(next, start, end, stretches);
        var made = new StretchDay(day, [.. stretches]);
        _days[slot] = made;
        return made.At(at);
    }

    /// <summary>Adds the stretch at an instant, cut at the bands of the day where the version has some.</summary>
    private void AddStretches(Instant at, Instant dayStart, Instant dayEnd, List<TariffStretch> into)
    {
        var i = plans.Length - 1;
        while (i > 0 && plans[i].Version.EffectiveFrom > at) i--;
        var version = plans[i].Version;
        var from = i == 0 ? Instant.MinValue : version.EffectiveFrom;
        var until = i == plans.Length - 1 ? Instant.Never : plans[i + 1].Version.EffectiveFrom;
        if (version.HasSeasons || version.Limits == LimitScale.Per30Days) Narrow(version, at, ref from, ref until);
        var start = version.PeriodStart(at) ?? Instant.Epoch;
        if (start < plans[i].PeriodsFrom && version.Period.Months > 0) start = plans[i].PeriodsFrom;
        if (version.NextPeriodStart(at) is { } next && next < until) until = next;
        var accumulates = version.Period.Months > 0;
        var whole = new TariffStretch(
            version,
            accumulates && start > from ? start : from,
            until,
            start,
            !accumulates || start >= from,
            0,
            plans[i].PlanAt(at, export: false),
            plans[i].PlanAt(at, export: true));
        if (version.Calendar.Bands.Count == 1) into.Add(whole);
        else AddBands(whole, dayStart, dayEnd, into);
    }

    private static void Narrow(TariffVersion version, Instant at, ref Instant from, ref Instant until)
    {
        var month = AccumulationPeriod.Month;
        var start = version.Zone.StartOf(ServiceDay.Of(month.StartOf(version.LocalDay(at))));
        var next = version.Zone.StartOf(ServiceDay.Of(month.NextStart(version.LocalDay(at))));
        if (start > from) from = start;
        if (next < until) until = next;
    }

    private static void AddBands(TariffStretch whole, Instant dayStart, Instant dayEnd, List<TariffStretch> into)
    {
        var from = whole.From > dayStart ? whole.From : dayStart;
        var end = whole.Until < dayEnd ? whole.Until : dayEnd;
        var calendar = whole.Version.Calendar;
        var band = calendar.BandAt(whole.Version.Zone, from);
        var q = new Instant(from.UnixMicros - (from.UnixMicros % (Instant.MicrosPerHour / 4))) + Quarter;
        for (; q < end; q += Quarter)
        {
            var next = calendar.BandAt(whole.Version.Zone, q);
            if (next == band) continue;
            Add(from, q, band);
            (from, band) = (q, next);
        }

        Add(from, end, band);

        void Add(Instant start, Instant until, int index) => into.Add(whole with
        {
            From = start,
            Until = until,
            Band = index,
            CountsAnew = whole.CountsAnew && start == whole.From,
        });
    }
}
