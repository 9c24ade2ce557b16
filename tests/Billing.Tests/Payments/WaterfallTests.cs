using Meters.Billing.Ledger;
using Meters.Billing.Payments;

namespace Meters.Billing.Tests.Payments;

public class WaterfallTests
{
    private static readonly ServiceDay Monday = ServiceDay.Of(new(2026, 3, 2));

    [Fact(Timeout = 10_000)]
    public void Without_debts_all_goes_to_the_balance() => Assert.Equal(
        PaymentSplit.Whole(new(500)), Waterfall.Default.Divide(new(500), Monday, default, []).Split);

    [Fact(Timeout = 10_000)]
    public void Steps_are_paid_in_their_order_and_the_rest_is_the_customers()
    {
        var waterfall = new Waterfall(
        [
            new(WaterfallStepKind.Tax) { Percent = 500 },
            new(WaterfallStepKind.EmergencyCredit),
            new(WaterfallStepKind.Debt) { Percent = 2_500 },
        ]);
        var owed = new SubAccounts() with { Debt = new(10_000), Emergency = new(300) };
        DueCharge[] due = [new("standing", LedgerAccount.StandingRevenue, new(200), Monday)];

        var (split, raised) = waterfall.Divide(new(1_000), Monday, owed, due);

        Assert.Equal("11/standing:200 20/purchase tax:50 41:300 40:250 1:200", split.ToString());
        Assert.Empty(raised);
        Assert.Equal(new Money(1_000), split.Total);
        Assert.Equal(split, PaymentSplit.Parse(split.Text));
    }

    [Fact(Timeout = 10_000)]
    public void A_charge_that_the_payment_does_not_cover_becomes_receivable()
    {
        DueCharge[] due = [new("standing", LedgerAccount.StandingRevenue, new(200), Monday)];
        var (split, raised) = Waterfall.Default.Divide(new(150), Monday, default, due);
        Assert.Equal("11/standing:150", split.ToString());
        Assert.Equal(new Money(50), Assert.Single(raised).Amount);
    }

    [Fact(Timeout = 10_000)]
    public void A_rebate_is_on_top_and_the_parts_still_sum_to_the_payment()
    {
        DueCharge[] due = [new("rebate", LedgerAccount.RebatesGiven, new(-20), Monday)];
        var (split, _) = Waterfall.Default.Divide(new(1_000), Monday, default, due);
        Assert.Equal("14/rebate:-20 1:1020", split.ToString());
        Assert.Equal(new Money(1_000), split.Total);
    }

    // Fixed share; arrears first; a share of the debt between bounds; caps of 40 and 50 percent; the week's cap.
    [Theory(Timeout = 10_000)]
    [InlineData(2_500, null, 0, 10_000, null, 1_000, 250)]
    [InlineData(10_000, null, 0, 10_000, null, 1_000, 1_000)]
    [InlineData(0, 1_000, 2_000, 10_000, null, 1_000, 500)]
    [InlineData(0, 1_000, 2_000, 10_000, null, 5_000, 1_000)]
    [InlineData(0, 1_000, 2_000, 10_000, null, 300, 300)]
    [InlineData(10_000, null, 0, 4_000, null, 1_000, 400)]
    [InlineData(10_000, null, 0, 5_000, null, 1_000, 500)]
    [InlineData(10_000, null, 0, 10_000, 700, 1_000, 600)]
    [InlineData(10_000, null, 0, 10_000, null, 9_000, 5_000)]
    [InlineData(2_500, null, 0, 10_000, null, 3, 0)]
    public void A_debts_share_follows_the_policy(
        int percent, int? ofDebt, int atLeast, int atMost, int? weekly, long paid, long expected)
    {
        var waterfall = new Waterfall(
        [
            new(WaterfallStepKind.Debt)
            {
                Percent = percent,
                PercentOfDebt = ofDebt,
                AtLeast = atLeast,
                AtMost = atMost,
                WeeklyMax = weekly is { } max ? new Money(max) : null,
            },
        ]);
        var owed = new SubAccounts() with { Debt = new(5_000), Week = Monday, RecoveredInWeek = new(100) };
        var (split, _) = waterfall.Divide(new(paid), Monday.AddDays(6), owed, []);
        Assert.Equal(new Money(expected), split.SumOf(LedgerAccount.CustomerDebt));
        Assert.Equal(new Money(paid), split.Total);
    }

    [Fact(Timeout = 10_000)]
    public void A_week_runs_from_monday_to_sunday()
    {
        Assert.Equal(Monday, SubAccounts.WeekOf(Monday));
        Assert.Equal(Monday, SubAccounts.WeekOf(Monday.AddDays(6)));
        Assert.Equal(Monday.AddDays(7), SubAccounts.WeekOf(Monday.AddDays(7)));
        Assert.Equal(new(-10), SubAccounts.WeekOf(new(-4)));
    }

    [Fact(Timeout = 10_000)]
    public void A_kind_of_step_stands_once() => Assert.Throws<ArgumentException>(() => new Waterfall(
        [new(WaterfallStepKind.Tax), new(WaterfallStepKind.Tax)]));

    [Fact(Timeout = 30_000)]
    public void Every_split_sums_to_its_payment_and_takes_no_more_than_is_owed() => Seeds.Run(2_000, random =>
    {
        var (waterfall, owed, due) = (Given.Waterfall(random), Given.Owed(random, Monday), Given.Due(random, Monday));
        var paid = new Money(random.Next(1, 20_000));
        var (split, raised) = waterfall.Divide(paid, Monday, owed, due);
        Assert.Equal(paid, split.Total);
        foreach (var account in Given.Subs) Assert.True(split.SumOf(account) <= owed.Of(account));
        foreach (var charge in due.Where(charge => charge.Amount > Money.Zero))
        {
            var taken = split.Parts.Where(part => part.Line == charge.Name).Sum(part => part.Amount.Minor);
            var left = raised.Where(one => one.Name == charge.Name).Sum(one => one.Amount.Minor);
            Assert.Equal(charge.Amount.Minor, taken + left);
        }

        Assert.True(split.ToBalance >= Money.Zero);
    });
}
