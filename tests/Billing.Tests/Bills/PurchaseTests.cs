using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;

namespace Meters.Billing.Tests.Bills;

/// <summary>
/// Power Division of Bangladesh, notice of 26 November 2025: charges with the first recharge of each month, 0.5 percent
/// back.
/// </summary>
public class PurchaseTests
{
    private const int Limit = 20_000;

    private static readonly TariffHistory Bangladesh = new(Published.Of("BD-PREPAID-2025"));

    [Fact(Timeout = Limit)]
    public void The_first_purchase_of_a_month_takes_its_charges_and_gives_the_rebate()
    {
        var lines = PurchaseLines.Of(Bangladesh, Day(2026, 3, 14), Day(2026, 2, 2), new(2_000), new(100_000));
        var month = Day(2026, 3, 1);
        Assert.Equal(
            [
                new("demand", LedgerAccount.DemandRevenue, new(8_400), month),
                new("rent", LedgerAccount.StandingRevenue, new(4_000), month),
                new("vat", LedgerAccount.TaxPayable, new(620), month),
                new("prepaid rebate", LedgerAccount.RebatesGiven, new(-500), month),
            ],
            lines);
        Assert.Equal(["energy", "vat"], Bangladesh.Lines.Select(line => line.Name));
    }

    [Fact(Timeout = Limit)]
    public void Later_purchases_of_the_month_only_give_the_rebate()
    {
        var lines = PurchaseLines.Of(Bangladesh, Day(2026, 3, 31), Day(2026, 3, 14), new(2_000), new(199));
        Assert.Equal([new Money(-1)], lines.Select(line => line.Amount));
    }

    [Fact(Timeout = Limit)]
    public void Skipped_months_are_taken_with_the_next_purchase_each_at_the_tariff_of_its_time()
    {
        var dearer = Published.Json("BD-PREPAID-2025", "BDT", "Asia/Dhaka", "2026-02-01", """
            "accumulate":"month","tiers":[{"price":"6"}],
            "lines":[{"kind":"standing","name":"demand","account":"demand","perKw":"50","taken":"firstPurchase"}]
            """, version: 2);
        var tariff = new TariffHistory(Published.Of("BD-PREPAID-2025"), Published.Read(dearer));
        var lines = PurchaseLines.Of(tariff, Day(2026, 3, 14), Day(2025, 12, 31), new(1_000), new(50_000));
        Assert.Equal(
            [(1, 4_200), (2, 5_000), (3, 5_000)],
            lines.Where(line => line.Name == "demand")
                .Select(line => (line.Month.ToDateOnly().Month, (int)line.Amount.Minor)));
    }

    [Fact(Timeout = Limit)]
    public void Arrears_go_back_ten_years_and_no_further()
    {
        var lines = PurchaseLines.Of(Bangladesh, Day(2026, 3, 14), Day(1990, 1, 1), new(1_000), new(1));
        Assert.Equal(PurchaseLines.ArrearsMonthsMax, lines.Count(line => line.Name == "rent"));
    }

    [Fact(Timeout = Limit)]
    public void An_account_never_charged_before_pays_the_current_month_only() => Assert.Equal(
        [Day(2026, 3, 1)],
        PurchaseLines.Of(Bangladesh, Day(2026, 3, 14), null, new(1_000), new(1)).Select(line => line.Month).Distinct());

    [Theory(Timeout = Limit)]
    [InlineData(10_000, 5, null)] // Within the grace.
    [InlineData(10_000, 6, 100)] // 0.1 percent is below the minimum.
    [InlineData(10_000, 35, 300)] // Thirty days.
    [InlineData(10_000, 500, 2_000)] // The cap by share.
    [InlineData(1_000_000, 500, 50_000)] // The cap.
    [InlineData(0, 500, null)]
    public void A_late_fee_has_a_grace_a_minimum_and_caps(int overdue, int days, int? fee)
    {
        var tariff = Published.History(Published.Json("T", "CNY", "+08:00", "2020-01-01", """
            "tiers":[{"price":"0.5"}],
            "lines":[{"kind":"lateFee","name":"late","percentPerDay":"0.1","graceDays":5,"minimum":"1","cap":"500",
                      "capPercent":"20"}]
            """));
        var fees = LateFees.Of(tariff, Day(2026, 3, 14), new(overdue), days);
        Assert.Equal(fee, (int?)fees.SingleOrDefault()?.Amount.Minor);
    }

    [Fact(Timeout = Limit)]
    public void Money_that_does_not_pay_the_monthly_charges_buys_nothing()
    {
        var kenya = Published.Of("KE-2013");
        Assert.False(Vending.TryBuy(kenya, new(17_399), new(), new(1_000), RoundingMode.Down, out _));
        Assert.True(Vending.TryBuy(kenya, new(17_400), new(), new(1_000), RoundingMode.Down, out var token));
        Assert.Equal((Energy.Zero, 0), (token!.Energy, token.Rest.Minor));
        var free = Published.Read(Published.Json("T", "CNY", "+08:00", "2020-01-01", "\"tiers\":[{\"price\":\"0\"}]"));
        Assert.False(Vending.TryBuy(free, new(1), new(), new(1), RoundingMode.Down, out _));
    }

    private static ServiceDay Day(int year, int month, int day) => ServiceDay.Of(new(year, month, day));
}
