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
            var ends = DayLines.EndsBillPeriod(tariff, day) && DayLines.NeedsUse(tariff, day);
            if (months.Count == 0 && !ends) continue;
            yield return new(account.Id, ends ? DayLines.BillPeriodStart(tariff, day) : null, months)
            {
                ByBand = ends && DayLines.NeedsBands(tariff, day),
                DemandFrom = ends ? DayLines.EarlierDemandFrom(tariff, day) : null,
            };
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
    /// Greatest mean power over the windows of demand in (from, to], in watts, half up: of each band of the tariff's
    /// version at the end, by the band in which the window begins (<see cref="DemandWindows"/>).
    /// </summary>
    public long[] DemandBetween(ChannelId channel, IReadOnlyList<RatedReading> stored, Instant from, Instant to)
    {
        var version = TariffOf(ChannelAt(KnownChannel(channel))).VersionAt(new(to.UnixMicros - 1));
        return DemandWindows.Watts(UsageOf(channel, stored), version, from, to);
    }

    /// <summary>
    /// Energy of (from, to] of one channel in each band of the tariff's version at the end, after multipliers.
    /// </summary>
    public Energy[] UsedByBand(ChannelId channel, IReadOnlyList<RatedReading> stored, Instant from, Instant to)
    {
        var tariff = TariffOf(ChannelAt(KnownChannel(channel)));
        return BandEnergy.Of(UsageOf(channel, stored), tariff.VersionAt(new(to.UnixMicros - 1)), from, to);
    }

    /// <summary>Energy so far at each rated row, after multipliers and roll-overs.</summary>
    private List<(Instant At, Int128 Usage)> UsageOf(ChannelId channel, IReadOnlyList<RatedReading> stored)
    {
        var index = KnownChannel(channel);
        var points = PointsOf(stored);
        var usage = new List<(Instant, Int128)>(points.Count);
        Int128 sum = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (i > 0) sum += Between(index, points[i - 1], points[i]);
            usage.Add((points[i].At, sum));
        }

        return usage;
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
