using Meters.Billing.Bills;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;

namespace Meters.Billing.Tests.Bills;

public class DayLineTests
{
    private const int Limit = 20_000;

    [Theory(Timeout = Limit)]
    [InlineData(2026, 2, 28)]
    [InlineData(2024, 2, 29)]
    [InlineData(2026, 4, 30)]
    [InlineData(2026, 7, 31)]
    public void The_days_of_a_month_sum_to_the_months_amount_exactly_whatever_its_length(int year, int month, int days)
    {
        var tariff = Published.History(Published.Json("T", "INR", "Asia/Kolkata", "2020-01-01", """
            "tiers":[{"price":"1"}],
            "lines":[{"kind":"standing","name":"fixed","perKw":"70.01"},
                     {"kind":"percent","name":"vat","percent":"7","of":["energy","fixed"]}]
            """));
        var lines = new long[tariff.Lines.Count];
        for (var day = 1; day <= days; day++)
        {
            DayLines.AddDay(tariff, Day(year, month, day), new(3_700), lines);
        }

        // 70.01 for each of 3.7 kW; 7 percent of it.
        Assert.Equal([0, 25_903_7 * tariff.PerMinor / 10, 1_813_259 * (tariff.PerMinor / 1_000)], lines);
    }

    [Fact(Timeout = Limit)]
    public void A_price_by_the_day_does_not_look_at_the_month()
    {
        var tariff = new TariffHistory(Published.Of("GB-PPM-2025Q2"));
        foreach (var day in (ServiceDay[])[Day(2026, 2, 28), Day(2026, 3, 29), Day(2026, 3, 31)])
        {
            var lines = new long[2];
            DayLines.AddDay(tariff, day, new(0), lines);
            Assert.Equal([0, 538 * tariff.PerMinor / 10], lines);
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(2_000, 40)]
    [InlineData(2_001, 150)] // 50 for each of 3 kW.
    [InlineData(5_000, 250)]
    [InlineData(15_000, 1_500)]
    [InlineData(25_001, 6_500)]
    public void Slabs_go_by_the_whole_load_rounded_up_to_the_step(int watts, int rupees)
    {
        var tariff = Published.History(Published.Json("T", "INR", "Asia/Kolkata", "2020-01-01", """
            "tiers":[{"price":"1"}],
            "lines":[{"kind":"standing","name":"fixed","loadStepKw":"1","slabs":[{"upToKw":"2","perKw":"20"},
              {"upToKw":"5","perKw":"50"},{"upToKw":"15","perKw":"100"},{"upToKw":"25","perKw":"200"},{"perKw":"250"}]}]
            """));
        var lines = new long[2];
        for (var day = 1; day <= 30; day++) DayLines.AddDay(tariff, Day(2026, 6, day), new(watts), lines);
        Assert.Equal(100 * rupees * tariff.PerMinor, lines[1]);
    }

    [Fact(Timeout = Limit)]
    public void A_months_surcharge_comes_in_92_equal_instalments_and_the_rest_on_the_last_day()
    {
        // Assam, notice of October 2023: the FPPPA of September from 1 October to 31 December.
        var tariff = Published.History(Published.Json("T", "INR", "Asia/Kolkata", "2023-04-01", """
            "tiers":[{"price":"5.25"}],
            "lines":[{"kind":"spread","name":"fpppa","perKwh":"0.30","usageMonth":"2023-09","from":"2023-10-01",
                      "days":92}]
            """));
        Assert.Equal([Day(2023, 9, 1)], DayLines.UsageMonths(tariff, Day(2023, 10, 1)));
        Assert.Empty(DayLines.UsageMonths(tariff, Day(2024, 1, 1)));
        var terms = new AccountTerms(1_000) { Usage = [new(Day(2023, 9, 1), new(1_234_567))] };
        var days = new List<long>();
        for (var day = Day(2023, 9, 20); day < Day(2024, 1, 20); day = day.AddDays(1))
        {
            var lines = new long[2];
            DayLines.AddDay(tariff, day, terms, lines);
            if (lines[1] != 0) days.Add(lines[1]);
        }

        // 123.4567 kWh at 30 paise are 3703.701: 91 times 40 and 63.701.
        Assert.Equal(92, days.Count);
        Assert.All(days.SkipLast(1), day => Assert.Equal(40 * tariff.PerMinor, day));
        Assert.Equal(63_701 * (tariff.PerMinor / 1_000), days[^1]);
    }

    [Fact(Timeout = Limit)]
    public void A_deferred_surcharge_follows_its_month_at_a_distance()
    {
        var tariff = Published.History(Published.Json("T", "INR", "Asia/Kolkata", "2023-04-01", """
            "tiers":[{"price":"5.25"}],
            "lines":[{"kind":"spread","name":"fuel","perKwh":"-0.10","lagMonths":2,"overMonths":2}]
            """));
        Assert.Equal([Day(2025, 12, 1), Day(2026, 1, 1)], DayLines.UsageMonths(tariff, Day(2026, 3, 5)));
        var terms = new AccountTerms(0) { Usage = [new(Day(2026, 1, 1), Energy.FromKwh(1_000))] };
        long sum = 0;
        for (var day = Day(2026, 1, 1); day < Day(2026, 7, 1); day = day.AddDays(1))
        {
            var lines = new long[2];
            DayLines.AddDay(tariff, day, terms, lines);
            if (lines[1] != 0) Assert.InRange(day.ToDateOnly().Month, 3, 4);
            sum += lines[1];
        }

        Assert.Equal(-10_000 * tariff.PerMinor, sum);
    }

    [Fact(Timeout = Limit)]
    public void A_bill_period_of_two_months_ends_every_second_one()
    {
        var tariff = new TariffHistory(Published.Of("TW-RES-2021"));
        Assert.False(DayLines.EndsBillPeriod(tariff, Day(2026, 1, 31)));
        Assert.True(DayLines.EndsBillPeriod(tariff, Day(2026, 2, 28)));
        Assert.Equal(Day(2026, 1, 1), DayLines.BillPeriodStart(tariff, Day(2026, 2, 28)));
        Assert.Equal((true, 100), DayLines.RoundingOn(tariff, Day(2026, 2, 28)));
        Assert.Equal((false, 1), DayLines.RoundingOn(new(Sample.Flat()), Day(2026, 2, 28)));
    }

    [Theory(Timeout = Limit)]
    [InlineData(0, 300)]
    [InlineData(100, 200)] // 1.00 so far.
    [InlineData(301, 0)]
    public void A_minimum_is_filled_up_at_the_end_and_taxed_like_the_rest(int accrued, int expected)
    {
        var tariff = Published.History(Published.Json("T", "MYR", "+08:00", "2014-01-01", """
            "tiers":[{"price":"0.20"}],
            "lines":[{"kind":"minimum","name":"minimum","perMonth":"3.00"},
                     {"kind":"percent","name":"tax","percent":"10","of":["energy","minimum"]}]
            """));
        var lines = new long[3];
        long[] soFar = [accrued * tariff.PerMinor, 0, accrued * tariff.PerMinor / 10];
        var facts = new PeriodFacts { Lines = soFar };
        DayLines.AddPeriodEnd(tariff, Day(2026, 1, 31), new(0), facts, lines);
        Assert.Equal([0, expected * tariff.PerMinor, expected * tariff.PerMinor / 10], lines);
    }

    [Theory(Timeout = Limit)]
    [InlineData(60_000, 60_000, 2_400)] // 40 for 60 kW.
    [InlineData(60_000, 120_000, 4_080)] // At least 85 percent of 120 kW.
    [InlineData(60_000, 50_000, 2_800)] // 50 at 40 and 10 above the load at 80.
    public void Demand_is_at_least_a_share_of_the_load_and_dearer_above_it(int watts, int load, int rupees)
    {
        var tariff = Published.History(Demand);
        var lines = new long[3];
        long[] byBand = [watts, 1_000_000]; // At night it does not count.
        var facts = new PeriodFacts { Lines = new long[3], MaxDemandWatts = 1_000_000, DemandWattsByBand = byBand };
        DayLines.AddPeriodEnd(tariff, Day(2026, 1, 31), new(load), facts, lines);
        Assert.Equal(100 * rupees * tariff.PerMinor, lines[1]);
    }

    [Theory(Timeout = Limit)]
    [InlineData(0, -200)] // Power factor 1.
    [InlineData(4_843, 0)] // 0.90
    [InlineData(5_400, 100)] // 0.88
    [InlineData(20_000, 3_000)] // 0.45
    public void A_power_factor_adds_or_takes_off_by_its_table(int kvarh, int expected)
    {
        var tariff = Published.History(Demand);
        var lines = new long[3];
        var facts = new PeriodFacts
        {
            Lines = new long[] { 10_000 * tariff.PerMinor, 0, 0 },
            Active = Energy.FromKwh(10_000),
            Reactive = Energy.FromKwh(kvarh),
        };
        DayLines.AddPeriodEnd(tariff, Day(2026, 1, 31), new(0), facts, lines);
        Assert.Equal(expected * tariff.PerMinor, lines[2]);
    }

    private static string Demand => Published.Json("T", "INR", "Asia/Kolkata", "2020-01-01", """
        "bands":[{"name":"day","when":[{"windows":["06:00-22:00"]}]},{"name":"night"}],
        "energy":{"price":"5"},
        "lines":[
          {"kind":"demand","name":"demand","perKw":"40","bands":["day"],"minimumPercentOfLoad":"85","excessPerKw":"80"},
          {"kind":"powerFactor","name":"power factor","of":["energy"],"rows":[{"from":"0","percent":"30"},
            {"from":"0.85","percent":"1"},{"from":"0.90","percent":"0"},{"from":"0.95","percent":"-2"}]}]
        """);

    private static ServiceDay Day(int year, int month, int day) => ServiceDay.Of(new(year, month, day));
}
