using Meters.Billing.Ledger;
using Meters.Billing.Payments;

namespace Meters.Billing.Tests.Payments;

/// <summary>Waterfalls, debts and charges drawn from a seed.</summary>
internal static class Given
{
    public static readonly LedgerAccount[] Subs =
    [
        LedgerAccount.CustomerDebt, LedgerAccount.EmergencyCredit, LedgerAccount.FriendlyCredit,
        LedgerAccount.Receivable,
    ];

    public static Waterfall Waterfall(Random random)
    {
        var kinds = Enum.GetValues<WaterfallStepKind>();
        random.Shuffle(kinds);
        return new(kinds.Take(random.Next(kinds.Length + 1)).Select(kind => Step(kind, random)));
    }

    public static SubAccounts Owed(Random random, ServiceDay day) => new(
        new(random.Next(5_000)), new(random.Next(2) * random.Next(2_000)), new(random.Next(2) * random.Next(500)),
        new(random.Next(2) * random.Next(800)), SubAccounts.WeekOf(day), new(random.Next(300)), null);

    public static List<DueCharge> Due(Random random, ServiceDay month)
    {
        var due = new List<DueCharge>();
        if (random.Next(2) == 0) due.Add(new("standing", LedgerAccount.StandingRevenue, new(300), month));
        if (random.Next(3) == 0) due.Add(new("levy", LedgerAccount.SurchargeRevenue, new(77), month));
        if (random.Next(3) == 0) due.Add(new("rebate", LedgerAccount.RebatesGiven, new(-25), month));
        return due;
    }

    private static WaterfallStep Step(WaterfallStepKind kind, Random random) => kind switch
    {
        WaterfallStepKind.Tax => new(kind) { Percent = random.Next(2_000) },
        WaterfallStepKind.Debt => new(kind)
        {
            Percent = random.Next(8_000),
            PercentOfDebt = random.Next(3) == 0 ? random.Next(10_001) : null,
            AtLeast = random.Next(3) * 1_000,
            AtMost = random.Next(3_000, 10_001),
            WeeklyMax = random.Next(2) == 0 ? new Money(random.Next(2_000)) : null,
        },
        _ => new(kind),
    };
}
