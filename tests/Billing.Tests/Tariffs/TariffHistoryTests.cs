using Meters.Billing.Tariffs;
using Meters.Units;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Tariffs;

public class TariffHistoryTests
{
    [Fact]
    public void The_version_that_holds_is_the_latest_that_has_begun_and_the_first_also_holds_before()
    {
        var history = new TariffHistory(Flat(version: 2, from: Day(10)), Flat(version: 1, from: Day(5)));
        Assert.Equal([1, 2], history.Versions.Select(version => version.Version));
        Assert.Equal(1, history.VersionAt(Day(1)).Version);
        Assert.Equal(1, history.VersionAt(new(Day(10).UnixMicros - 1)).Version);
        Assert.Equal(2, history.VersionAt(Day(10)).Version);
    }

    [Fact]
    public void Versions_that_do_not_fit_together_are_faults_all_at_once()
    {
        var usd = new TariffVersion(
            "OTHER", 1, Currency.Parse("USD"), LocalZone.Utc, Day(1), Accumulation.None, [new(null, new(1))]);
        Assert.False(TariffHistory.TryCreate([Flat(), usd], out var history, out var faults));
        Assert.Null(history);
        Assert.Equal(5, faults.Count);
        Assert.All(faults, fault => Assert.Equal("$[1]", fault.Path));
        foreach (var word in (string[])["is of 'OTHER'", "USD", "zone", "twice", "same instant"])
        {
            Assert.Contains(faults, fault => fault.Message.Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void No_version_at_all_is_a_fault()
    {
        Assert.False(TariffHistory.TryCreate([], out _, out var faults));
        Assert.Single(faults);
        Assert.Throws<ArgumentException>(() => new TariffHistory());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Another_accumulation_must_begin_with_a_period_of_its_own(int day, bool fits)
    {
        var before = Tiered(Accumulation.Year, LocalZone.China, 1, Instant.Utc(2025, 1, 1), (10, 1), (0, 2));
        var after = Tiered(Accumulation.Month, LocalZone.China, 2, Day(day), (10, 1), (0, 2));
        Assert.Equal(fits, TariffHistory.TryCreate([before, after], out _, out var faults));
        Assert.Equal(fits ? 0 : 1, faults.Count);
    }

    [Fact]
    public void The_cumulative_charge_bends_at_each_tier_and_never_jumps()
    {
        var tariff = Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (10, 50), (20, 70), (0, 90));
        Assert.Equal(0, tariff.CumulativeCharge(Energy.Zero).Value);
        Assert.Equal(10 * 10_000 * 50, tariff.CumulativeCharge(Energy.FromKwh(10)).Value);
        Assert.Equal((10 * 10_000 * 50) + 70, tariff.CumulativeCharge(new((10 * 10_000) + 1)).Value);
        Assert.Equal(10_000 * ((10 * 50) + (10 * 70) + (5 * 90)), tariff.CumulativeCharge(Energy.FromKwh(25)).Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => tariff.CumulativeCharge(new(-1)));
    }

    [Fact]
    public void Energy_and_prices_at_the_end_of_64_bits_do_not_overflow()
    {
        var tariff = Flat(long.MaxValue);
        Assert.Equal((Int128)long.MaxValue * long.MaxValue, tariff.CumulativeCharge(new(long.MaxValue)).Value);
    }

    [Fact]
    public void A_version_refuses_tiers_that_make_no_sense()
    {
        Assert.Throws<ArgumentException>(() => Tiered(Accumulation.Month, LocalZone.China, 1, Day(1)));
        Assert.Throws<ArgumentException>(() => Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (5, 1)));
        Assert.Throws<ArgumentException>(() => Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (0, 1), (0, 1)));
        Assert.Throws<ArgumentException>(
            () => Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (5, 1), (5, 1), (0, 1)));
        Assert.Throws<ArgumentException>(() => Tiered(Accumulation.None, LocalZone.China, 1, Day(1), (5, 1), (0, 1)));
        Assert.Throws<ArgumentException>(() => Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (0, -1)));
    }

    [Fact]
    public void Periods_are_local_and_follow_daylight_saving()
    {
        Assert.True(LocalZone.TryParse("America/New_York", out var newYork));
        var month = Tiered(Accumulation.Month, newYork, 1, Day(1), (5, 1), (0, 1));
        Assert.Equal(Instant.Utc(2026, 3, 1, 5), month.PeriodStart(Instant.Utc(2026, 3, 20)));
        Assert.Equal(Instant.Utc(2026, 4, 1, 4), month.NextPeriodStart(Instant.Utc(2026, 3, 20)));
        var year = Tiered(Accumulation.Year, newYork, 1, Day(1), (5, 1), (0, 1));
        Assert.Equal(Instant.Utc(2025, 1, 1, 5), year.PeriodStart(Instant.Utc(2026, 1, 1, 4)));
        Assert.Equal(Instant.Utc(2026, 1, 1, 5), year.NextPeriodStart(Instant.Utc(2026, 1, 1, 4)));
        Assert.Null(Flat().PeriodStart(Day(1)));
        Assert.Null(Flat().NextPeriodStart(Day(1)));
    }
}
