using Meters.Billing.Validation;

namespace Meters.Billing.Tests.Validation;

public sealed class CheckTests
{
    private const int Patience = 10_000;
    private const int Weeks4 = 28 * 24;
    private static readonly CheckOptions Options = new();

    [Fact(Timeout = Patience)]
    public void An_hour_far_above_the_median_is_a_spike_and_an_ordinary_one_is_not()
    {
        // 0.5 kWh an hour; then 6 kWh in one.
        var intervals = Series.Intervals([.. Series.Hours(Weeks4, 5_000), 60_000, 5_000, 40_000]);
        var found = Assert.Single(LevelChecks.Spikes(Series.Channel, intervals, Series.Hour(Weeks4), Options));
        Assert.Equal(
            (CheckKind.Spike, Series.Hour(Weeks4), Series.Hour(Weeks4 + 1)), (found.Check, found.From, found.To));
        Assert.Equal(
            [new("per_hour", 60_000, "tenths_wh"), new("median_hour", 5_000, "tenths_wh")], found.Figures);
        Assert.Equal("6.0000 kWh in an hour; half of the meter's own hours are below 0.5000 kWh.", found.Sentence);
    }

    [Theory(Timeout = Patience)]
    [InlineData(6 * 24, 5_000, 60_000)] // Too little history.
    [InlineData(Weeks4, 100, 20_000)] // 2 kWh an hour is nobody's spike, however little the meter uses.
    [InlineData(Weeks4, 6_000, 60_000)] // Exactly ten times.
    public void No_spike_without_history_below_the_floor_or_at_the_limit(int hours, long ordinary, long last)
    {
        var intervals = Series.Intervals([.. Series.Hours(hours, ordinary), last]);
        Assert.Empty(LevelChecks.Spikes(Series.Channel, intervals, Series.Hour(hours), Options));
    }

    [Fact(Timeout = Patience)]
    public void The_energy_of_a_gap_is_no_spike()
    {
        var readings = Series.Readings(Series.Hours(Weeks4, 5_000));
        readings.Add(Series.At(Weeks4 + 20, readings[^1].Register.TenthsWh + 100_000)); // 10 kWh in 20 hours.
        var intervals = UsageIntervals.Of(readings, 1);
        Assert.Empty(LevelChecks.Spikes(Series.Channel, intervals, Series.Hour(Weeks4), Options));
    }

    [Theory(Timeout = Patience)]
    [InlineData(16_000, CheckKind.High, 320)]
    [InlineData(900, CheckKind.Low, 18)]
    [InlineData(15_000, null, 0)]
    [InlineData(1_000, null, 0)]
    public void A_day_is_held_against_the_average_of_the_days_before(long hourly, CheckKind? kind, long percent)
    {
        var days = Days([.. Series.Hours(Weeks4, 5_000), .. Series.Hours(24, hourly)]);
        var found = LevelChecks.Levels(Series.Channel, days, Series.Hour(Weeks4), Options).ToList();
        if (kind is null) Assert.Empty(found);
        else
        {
            var one = Assert.Single(found);
            Assert.Equal((kind, percent), (one.Check, one.Figures[^1].Value));
            Assert.Equal((Series.Hour(Weeks4), Series.Hour(Weeks4 + 24)), (one.From, one.To));
        }
    }

    [Fact(Timeout = Patience)]
    public void A_day_with_a_gap_in_its_ends_is_not_a_whole_day()
    {
        var readings = Series.Readings(Series.Hours(72, 5_000));
        readings.RemoveAt(24); // Midnight after the first day.
        readings.RemoveAt(40 - 1); // In the middle of the second: still covered.
        var days = UsageDays.Of(UsageIntervals.Of(readings, 1), LocalZone.Utc);
        Assert.Equal([Series.Hour(48)], days.Select(day => day.From));
    }

    [Fact(Timeout = Patience)]
    public void Days_of_23_and_25_hours_are_whole_days()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var zone));
        var start = zone.StartOf(ServiceDay.Of(new DateOnly(2026, 3, 29)));
        var hours = (int)((start.UnixMicros - Series.T0.UnixMicros) / Instant.MicrosPerHour);
        var days = UsageDays.Of(Series.Intervals(Series.Hours(hours + 23, 1_000)), zone);
        Assert.Equal((23_000, 24_000), (days[^1].Used.TenthsWh, days[^2].Used.TenthsWh));
    }

    [Theory(Timeout = Patience)]
    [InlineData(200_000, 40)]
    [InlineData(230_000, 50)] // 46 times: within 15 % of 40, the first that fits, and of 50.
    [InlineData(35_000, 0)] // Seven times is no ratio of transformers.
    public void A_lasting_step_by_a_ratio_of_transformers_makes_the_multiplier_suspicious(long hourly, int ratio)
    {
        var days = Days([.. Series.Hours(Weeks4, 5_000), .. Series.Hours(72, hourly)]);
        var found = LevelChecks.MultiplierStep(Series.Channel, days, Options);
        if (ratio == 0) Assert.Null(found);
        else Assert.Contains(found!.Figures[^1].Value, new long[] { 40, 50 });
    }

    [Fact(Timeout = Patience)]
    public void A_step_down_is_suspicious_too_and_two_days_are_not_yet_lasting()
    {
        var down = Days([.. Series.Hours(Weeks4, 200_000), .. Series.Hours(72, 5_000)]);
        Assert.Equal(40, LevelChecks.MultiplierStep(Series.Channel, down, Options)!.Figures[^1].Value);
        var brief = Days([.. Series.Hours(Weeks4, 5_000), .. Series.Hours(48, 200_000)]);
        Assert.Null(LevelChecks.MultiplierStep(Series.Channel, brief, Options));
    }

    [Fact(Timeout = Patience)]
    public void Intervals_take_the_multiplier_of_their_time_and_leave_out_what_a_change_cuts()
    {
        var readings = Series.Readings([100, 100, 100, 100]);
        readings[3] = readings[3] with { Quality = ReadingQuality.Estimated };
        var change = new MultiplierFrom(Series.Hour(1) + TimeSpan.FromMinutes(30), 40);
        var intervals = UsageIntervals.Of(readings, 1, [change]);
        Assert.Equal([100L, 4_000, 4_000], intervals.Select(one => one.Used.TenthsWh));
        Assert.Equal([true, false, false], intervals.Select(one => one.IsActual));
        Assert.Equal(
            [4_000L, 4_000, 6_000, 6_000],
            UsageIntervals.Of(readings, 40, [new(Series.Hour(2), 60)]).Select(one => one.Used.TenthsWh));
    }

    [Fact(Timeout = Patience)]
    public void A_register_that_falls_and_one_that_does_not_fit_give_no_interval()
    {
        List<Reading> readings = [Series.At(0, 500), Series.At(1, 400), Series.At(2, long.MaxValue)];
        Assert.Empty(UsageIntervals.Of(readings, 2));
    }

    private static IReadOnlyList<UsageDay> Days(IEnumerable<long> hourly) =>
        UsageDays.Of(Series.Intervals(hourly), LocalZone.Utc);
}
