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
            yield return NeedOn(account.Id, tariff, day, months, ends);
        }
    }

    private static UseNeeded NeedOn(
        AccountId account, TariffHistory tariff, ServiceDay day, IReadOnlyList<ServiceDay> months, bool ends) =>
        new(account, ends ? DayLines.BillPeriodStart(tariff, day) : null, months)
        {
            IsMeasured = ends && DayLines.NeedsUse(tariff, day),
            ByBand = ends && DayLines.NeedsBands(tariff, day),
            DemandFrom = ends ? DayLines.EarlierDemandFrom(tariff, day) : null,
        };

    /// <summary>The registers of an account that measure a kind of energy.</summary>
    public IReadOnlyList<ChannelId> ChannelsOf(AccountId account, RegisterKind register) =>
        [.. ChannelsOf(account).Select(channel => channel.Channel).Where(id => id.Register == register).Order()];

    /// <summary>What an account used in a local month of its tariff.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="month">Its first day.</param>
    /// <param name="rows">Of its channels, from the last rated one before the month to the first after it.</param>
    public Energy MeasureMonth(
        AccountId account, ServiceDay month, IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows)
    {
        var next = ServiceDay.Of(month.ToDateOnly().AddMonths(1));
        return UsedBetween(
            account, RegisterKind.ForwardActive, StartOf(account, month), StartOf(account, next), rows);
    }

    /// <summary>What an account used in the bill period that ends with a day, as far as it is asked for.</summary>
    /// <param name="need">What is.</param>
    /// <param name="lastDay">Last day.</param>
    /// <param name="rows">
    /// Of its channels, from the last rated one before what is asked for to the first after the period.
    /// </param>
    public PeriodUse MeasurePeriod(
        UseNeeded need, ServiceDay lastDay, IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows)
    {
        if (need.PeriodFrom is not { } from || !need.IsMeasured) return new();
        var account = need.Account;
        var (start, end) = (StartOf(account, from), StartOf(account, lastDay.AddDays(1)));
        return new()
        {
            Active = UsedBetween(account, RegisterKind.ForwardActive, start, end, rows),
            Reactive = UsedBetween(account, RegisterKind.ForwardReactive, start, end, rows),
            DemandWattsByBand = DemandBetween(account, start, end, rows),
            EarlierDemandWattsByBand = need.DemandFrom is { } earlier
                ? DemandBetween(account, StartOf(account, earlier), start, rows)
                : [],
            ActiveByBand = need.ByBand ? UsedByBand(account, start, end, rows) : [],
        };
    }

    /// <summary>Several meters of one account have no common demand: the greatest of them counts.</summary>
    private long[] DemandBetween(
        AccountId account,
        Instant from,
        Instant to,
        IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows)
    {
        long[] most = [];
        foreach (var channel in ChannelsOf(account, RegisterKind.ForwardActive))
        {
            var watts = DemandBetween(channel, rows[channel], from, to);
            most = most.Length == 0 ? watts : [.. most.Zip(watts, Math.Max)];
        }

        return most;
    }

    private Energy[] UsedByBand(
        AccountId account,
        Instant from,
        Instant to,
        IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows)
    {
        Energy[] sum = [];
        foreach (var channel in ChannelsOf(account, RegisterKind.ForwardActive))
        {
            var used = UsedByBand(channel, rows[channel], from, to);
            sum = sum.Length == 0 ? used : [.. sum.Zip(used, (a, b) => a + b)];
        }

        return sum;
    }

    private Energy UsedBetween(
        AccountId account,
        RegisterKind register,
        Instant from,
        Instant to,
        IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows)
    {
        var sum = Energy.Zero;
        foreach (var channel in ChannelsOf(account, register)) sum += UsedBetween(channel, rows[channel], from, to);
        return sum;
    }

    /// <summary>The register's energy is measured, whether it costs something or not.</summary>
    private static bool Measures(TariffHistory tariff, RegisterKind register) =>
        tariff.MeasuresUse && register is RegisterKind.ForwardActive or RegisterKind.ForwardReactive;

    /// <summary>
    /// True where a newer reading says something of days that are closed: it lies in one itself, or the straight line
    /// to it crosses the end of a month whose use counts.
    /// </summary>
    private bool ReachesClosedDays(in ChannelState channel, Instant at)
    {
        if (!channel.HasReadings) return false; // The first one costs nothing and measures nothing.
        if (at <= ClosedEnd) return AccountAt(channel.Account).LineSlot >= 0;
        if (channel.LastAt >= ClosedEnd) return false;
        var tariff = TariffOf(channel);
        if (!Measures(tariff, channel.Id.Register)) return false;
        var today = ClosedThrough.AddDays(1).ToDateOnly();
        return channel.LastAt < tariff.Zone.StartOf(ServiceDay.Of(new(today.Year, today.Month, 1)));
    }

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

    /// <summary>
    /// Energy since the first rated row, at each of them, after multipliers and roll-overs; in tenths of a watt-hour.
    /// </summary>
    public IReadOnlyList<(Instant At, Int128 Usage)> UsageOf(ChannelId channel, IReadOnlyList<RatedReading> stored)
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
