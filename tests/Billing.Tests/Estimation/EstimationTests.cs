using Meters.Billing.Estimation;
using Meters.Billing.Tests.Validation;
using Meters.Tests;

namespace Meters.Billing.Tests.Estimation;

public sealed class EstimationTests
{
    private const int Patience = 20_000;
    private const int Weeks4 = 28 * 24;
    private static readonly EstimationOptions Options = new();

    [Fact(Timeout = Patience)]
    public void A_straight_line_keeps_the_energy_exact_with_the_residue_on_the_last_hour()
    {
        var gap = new Gap(Series.At(0, 1_000), Series.At(3, 1_010));
        var estimate = GapEstimator.Estimate(gap, null, Options)!;
        Assert.Equal(EstimationMethod.StraightLine, estimate.Method);
        Assert.Equal([new(Series.Hour(1), new(1_003)), new(Series.Hour(2), new(1_006))], estimate.Values);
    }

    [Fact(Timeout = Patience)]
    public void The_own_profile_of_the_same_hours_is_scaled_to_the_exact_energy()
    {
        // By night 0.1 kWh an hour, by day 0.3; the gap of a day took twice as much as usual.
        var history = Series.Readings(Enumerable.Range(0, Weeks4).Select(UseOfHour));
        var profile = new OwnProfile(history, LocalZone.Utc, Options.ProfileDays);
        var before = history[^1];
        var after = Series.At(Weeks4 + 24, before.Register.TenthsWh + (2 * ((12 * 1_000) + (12 * 3_000))));
        var estimate = GapEstimator.Estimate(new(before, after), profile, Options)!;
        Assert.Equal(EstimationMethod.OwnProfile, estimate.Method);
        Assert.Equal(23, estimate.Values.Count);
        var last = before.Register.TenthsWh;
        for (var i = 0; i < 23; i++)
        {
            Assert.Equal(2 * UseOfHour(i), estimate.Values[i].Register.TenthsWh - last);
            last = estimate.Values[i].Register.TenthsWh;
        }

        static long UseOfHour(int hour) => hour % 24 < 12 ? 1_000 : 3_000;
    }

    [Fact(Timeout = Patience)]
    public void The_same_weekday_goes_before_other_days_and_estimates_are_no_evidence()
    {
        var readings = Series.Readings(Series.Hours(8 * 24, 1_000));
        var wanted = Series.Hour((8 * 24) + 5); // A week before it is hour 29.
        var shifted = readings.ConvertAll(one => one.At >= Series.Hour(29)
            ? one with { Register = one.Register + new Energy(7) }
            : one);
        Assert.Equal(1_007, new OwnProfile(shifted, LocalZone.Utc, 28).Of(wanted));
        var estimated = shifted.ConvertAll(one => one.At == Series.Hour(29)
            ? one with { Quality = ReadingQuality.Estimated }
            : one);
        Assert.Equal(1_000, new OwnProfile(estimated, LocalZone.Utc, 28).Of(wanted));
        Assert.Null(new OwnProfile(readings, LocalZone.Utc, 0).Of(wanted));
    }

    [Fact(Timeout = Patience)]
    public void The_profile_follows_the_local_hour_when_the_clock_is_moved()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var zone));
        var noon = zone.ToInstant(new(2026, 3, 28, 12, 0, 0)); // The day before the clock is moved.
        var before = new Reading(Series.Channel, noon - TimeSpan.FromHours(1), new(0), default, default);
        var readings = new List<Reading> { before, before with { At = noon, Register = new(777) } };
        var profile = new OwnProfile(readings, zone, 7);
        Assert.Equal(777, profile.Of(zone.ToInstant(new(2026, 3, 29, 12, 0, 0))));
        Assert.Null(profile.Of(noon + TimeSpan.FromHours(24)));
    }

    [Theory(Timeout = Patience)]
    [InlineData(1, 10, 20)] // Nothing is missing.
    [InlineData(746, 10, 20)] // Too long.
    [InlineData(5, 20, 10)] // The register fell.
    public void There_are_gaps_that_are_not_for_an_estimate(int hours, long before, long after) =>
        Assert.Null(GapEstimator.Estimate(new(Series.At(0, before), Series.At(hours, after)), null, Options));

    [Fact(Timeout = Patience)]
    public void Too_little_profile_or_one_that_says_nothing_means_a_straight_line()
    {
        var silent = new OwnProfile(Series.Readings(Series.Hours(Weeks4, 0)), LocalZone.Utc, 28);
        var gap = new Gap(Series.At(Weeks4, 1_000), Series.At(Weeks4 + 4, 1_400));
        Assert.Equal(EstimationMethod.StraightLine, GapEstimator.Estimate(gap, silent, Options)!.Method);
        var young = new OwnProfile(Series.Readings(Series.Hours(2, 50)), LocalZone.Utc, 28);
        var next = new Gap(Series.At(24, 1_000), Series.At(28, 1_400)); // Two of its four hours.
        Assert.Equal(EstimationMethod.StraightLine, GapEstimator.Estimate(next, young, Options)!.Method);
        Assert.Equal(
            EstimationMethod.OwnProfile,
            GapEstimator.Estimate(next, young, Options with { ProfilePercentMin = 50 })!.Method);
    }

    [Fact(Timeout = Patience)]
    public void Gaps_are_found_between_values_that_are_no_estimates()
    {
        List<Reading> readings = [Series.At(0, 0), Series.At(1, 5), Series.At(2, 6), Series.At(3, 7), Series.At(6, 9)];
        readings[2] = readings[2] with { Quality = ReadingQuality.Estimated };
        Assert.Equal(
            [(Series.Hour(1), Series.Hour(3)), (Series.Hour(3), Series.Hour(6))],
            Gap.In(readings).Select(gap => (gap.Before.At, gap.After.At)));
        Assert.Equal([1L, 2], Gap.In(readings).Select(gap => gap.HourCount));
    }

    [Fact(Timeout = Patience)]
    public void The_open_end_is_off_by_default_bounded_and_ends_where_the_profile_does()
    {
        var history = Series.Readings(Series.Hours(24, 100));
        var profile = new OwnProfile(history, LocalZone.Utc, 1);
        var until = Series.Hour(100);
        Assert.Null(GapEstimator.EstimateOpenEnd(history[^1], until, profile, Options));
        var on = Options with { OpenEndHoursMax = 3 };
        var estimate = GapEstimator.EstimateOpenEnd(history[^1], until, profile, on)!;
        Assert.Equal(EstimationMethod.OpenEnd, estimate.Method);
        Assert.Equal([3_500L, 3_600, 3_700], estimate.Values.Select(one => one.Register.TenthsWh));
        Assert.Equal(Series.Hour(27), estimate.To);
        var farther = GapEstimator.EstimateOpenEnd(
            history[^1], until, profile, on with { OpenEndHoursMax = 500 })!;
        Assert.Equal(24, farther.Values.Count); // The profile reaches one day.
        Assert.Equal(
            Series.Hour(25),
            GapEstimator.EstimateOpenEnd(history[^1], Series.Hour(25), profile, on)!.Values[^1].At);
    }

    [Fact(Timeout = Patience)]
    public void Parts_sum_to_the_whole_whatever_the_weights() => Seeds.Run(20, random =>
    {
        for (var run = 0; run < 100; run++)
        {
            var weights = Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.NextInt64(0, 1L << 40)).ToList();
            weights[random.Next(weights.Count)] = 1 + random.NextInt64(1L << 50);
            var total = random.NextInt64(0, run % 10 == 0 ? long.MaxValue : 1L << 30);
            var parts = GapEstimator.Spread(total, weights);
            Assert.Equal((Int128)total, parts.Aggregate((Int128)0, (so, part) => so + part));
            Assert.All(parts, part => Assert.True(part >= 0));
        }
    });

    [Fact(Timeout = Patience)]
    public void Any_gap_is_filled_on_whole_hours_between_its_registers() => Seeds.Run(10, random =>
    {
        var history = Series.Readings(Enumerable.Range(0, Weeks4).Select(_ => random.NextInt64(0, 20_000)));
        var profile = new OwnProfile(history, LocalZone.China, Options.ProfileDays);
        for (var run = 0; run < 100; run++)
        {
            var before = history[^1] with { At = Series.Hour(Weeks4) + TimeSpan.FromSeconds(random.Next(7_200)) };
            var after = before with
            {
                At = before.At + TimeSpan.FromSeconds(random.Next(1, 400_000)),
                Register = before.Register + new Energy(random.NextInt64(0, 5_000_000)),
            };
            var gap = new Gap(before, after);
            Assert.Equal(gap.HourCount, gap.Hours.LongCount());
            var values = GapEstimator.Estimate(gap, profile, Options)?.Values ?? [];
            Assert.Equal(gap.Hours, values.Select(one => one.At));
            Assert.All(values, one => Assert.Equal(0, one.At.UnixMicros % Instant.MicrosPerHour));
            List<Energy> all = [before.Register, .. values.Select(one => one.Register), after.Register];
            Assert.Equal(all.Order(), all);
        }
    });

    [Fact(Timeout = Patience)]
    public void A_total_below_zero_and_weights_that_are_all_zero_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GapEstimator.Spread(-1, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GapEstimator.Spread(1, [0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => GapEstimator.Spread(1, [2, -1]));
    }
}
