using Meters.Billing.Bills;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>What days and bill periods cost may depend on the use of whole months: measured from stored rows.</summary>
public sealed partial class ShardBook
{
    /// <summary>Accounts whose tariff asks for the use of earlier months or of the bill period that ends.</summary>
    public IEnumerable<UseNeeded> UseNeededOn(ServiceDay day)
    {
        foreach (var account in _accounts)
        {
            var tariff = _tariffs[account.Tariff];
            if (account.LineSlot < 0) continue;
            var months = DayLines.UsageMonths(tariff, day);
            var ends = DayLines.EndsBillPeriod(tariff, day) && DayLines.HasPeriodEnd(tariff, day);
            if (months.Count == 0 && !ends) continue;
            yield return new(account.Id, ends ? DayLines.BillPeriodStart(tariff, day) : null, months);
        }
    }

    /// <summary>The registers of an account that measure a kind of energy.</summary>
    public IReadOnlyList<ChannelId> ChannelsOf(AccountId account, RegisterKind register) =>
        [.. ChannelsOf(account).Select(channel => channel.Channel).Where(id => id.Register == register).Order()];

    /// <summary>The instant at which a local day of an account's tariff begins.</summary>
    public Instant StartOf(AccountId account, ServiceDay day) =>
        _tariffs[AccountAt(AccountIndexOf(account)).Tariff].Zone.StartOf(day);

    /// <summary>Energy of (from, to] of one channel, after multipliers; the ends lie on the straight line.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="stored">Its rows, from the last rated one before to the first after, as far as there are.</param>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    public Energy UsedBetween(ChannelId channel, IReadOnlyList<RatedReading> stored, Instant from, Instant to)
    {
        var index = KnownChannel(channel);
        var points = PointsOf(stored);
        Int128 sum = 0;
        for (var i = 1; i < points.Count; i++)
        {
            var (t0, t1) = (points[i - 1].At, points[i].At);
            if (t1 <= from || t0 >= to) continue;
            var used = new Energy((long)Between(index, points[i - 1], points[i]));
            var before = t0 < from ? Rater.UsageAt(t0, Energy.Zero, t1, used, from) : Energy.Zero;
            var upTo = t1 > to ? Rater.UsageAt(t0, Energy.Zero, t1, used, to) : used;
            sum += (upTo - before).TenthsWh;
        }

        return new((long)sum);
    }

    /// <summary>
    /// Greatest mean power over the intervals of an hour or less that lie in (from, to], in watts, half up: of each
    /// band of the tariff's version at the end, by the band in which the interval begins.
    /// </summary>
    public long[] DemandBetween(ChannelId channel, IReadOnlyList<RatedReading> stored, Instant from, Instant to)
    {
        const long MicroHoursPerTenthWh = Instant.MicrosPerHour / 10;
        var index = KnownChannel(channel);
        var tariff = TariffOf(ChannelAt(index));
        var calendar = tariff.VersionAt(new(to.UnixMicros - 1)).Calendar;
        var watts = new long[calendar.Bands.Count];
        var points = PointsOf(stored);
        for (var i = 1; i < points.Count; i++)
        {
            var (start, micros) = (points[i - 1].At, points[i].At.UnixMicros - points[i - 1].At.UnixMicros);
            if (start < from || points[i].At > to || micros > Instant.MicrosPerHour) continue;
            var used = Between(index, points[i - 1], points[i]);
            var mean = (long)(((used * MicroHoursPerTenthWh * 2) + micros) / (micros * 2));
            var band = calendar.BandAt(tariff.Zone, start);
            if (mean > watts[band]) watts[band] = mean;
        }

        return watts;
    }

    private Int128 Between(int index, SeriesPoint a, SeriesPoint b) => Usage.Between(
        ChannelAt(index).Multiplier,
        MultipliersOf(index),
        limits.RegisterModulus,
        a.At,
        a.Register,
        b.At,
        b.Register < a.Register ? b.Register + limits.RegisterModulus : b.Register);

    private static List<SeriesPoint> PointsOf(IReadOnlyList<RatedReading> stored) =>
    [
        .. stored.Where(row => row.Reading.Quality.IsRated())
            .Select(row => new SeriesPoint(row.Reading.At, row.Reading.Register)),
    ];
}
