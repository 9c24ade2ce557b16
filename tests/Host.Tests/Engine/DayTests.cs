using Meters.Billing.Ledger;
using Meters.Control.Policies;
using Meters.Host.Demo;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class DayTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_close_that_failed_in_the_middle_leaves_no_trace_and_the_next_one_closes_the_day_once()
    {
        await using var service = await SmallService.StartAsync();
        await UseAsync(service);
        service.Clock.MoveTo(SmallService.Start + TimeSpan.FromHours(30));
        service.Hooks.At(
            "IShardStore.CommitAsync", Moment.Before, () => throw new InvalidOperationException("A fault of our own."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.Engine.CloseDueDaysAsync(Stopping));

        await service.Engine.CloseDueDaysAsync(Stopping);
        var line = Assert.Single(await service.Inner.Queries.DayChargesAsync(SmallService.Account, 10, Stopping));
        Assert.Equal(new DateOnly(2025, 11, 3), line.Day.ToDateOnly());
        var facts = await service.Engine.FactsAsync(SmallService.Account, Stopping);
        var stored = await service.Inner.Queries.BalanceAsync(SmallService.Account, Stopping);
        Assert.Equal(new Money(10_000 - 557), stored?.Balance); // 10 kWh at 0.5573: 5.573, rounded once.
        Assert.Equal(stored?.Balance, facts!.Balance);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_policy_version_acts_from_when_it_begins_and_not_before()
    {
        await using var service = await SmallService.StartAsync();
        await UseAsync(service);
        var stricter = ShippedPolicies.Json(DemoPlan.Policy)
            .Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)
            .Replace("{ \"percentOfLastPurchase\": 30 }", "{ \"amount\": \"99.00\" }", StringComparison.Ordinal);
        var from = SmallService.Start + TimeSpan.FromHours(48);
        var (status, faults) = await service.Engine.RegisterAsync(
            new() { Policies = [new(DemoPlan.Policy, 2, from, stricter, SmallService.Tester, SmallService.Start)] },
            Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(' ', faults)));

        service.Clock.MoveTo(SmallService.Start + TimeSpan.FromHours(30));
        await service.Engine.DrainAsync(Stopping);
        Assert.Empty(await service.Inner.Queries.CrossingsAsync(SmallService.Account, 10, Stopping));

        service.Clock.MoveTo(from + TimeSpan.FromHours(30));
        await service.Engine.DrainAsync(Stopping);
        var crossing = Assert.Single(await service.Inner.Queries.CrossingsAsync(SmallService.Account, 10, Stopping));
        Assert.Equal(new Money(9_900), crossing.Level);
    }

    /// <summary>100.00 paid, then 10 kWh used in the first two hours of the day.</summary>
    private static async Task UseAsync(SmallService service)
    {
        var (status, _) = await service.Engine.PostPaymentAsync(
            new(
                "opening", SmallService.Account, new(10_000), Currency.Parse("CNY"), PaymentChannel.Counter,
                SmallService.Tester, null),
            Stopping);
        Assert.Equal(PaymentStatus.Posted, status);
        await service.ConnectAsync();
        for (var hour = 0; hour <= 2; hour++)
        {
            service.Clock.MoveTo(SmallService.Start + TimeSpan.FromHours(hour));
            await service.PushAsync(
                1, service.Clock.Now(), Energy.FromKwh(100 + (5 * hour)), sequence: 2 + hour);
            await service.HeardAsync(Ingest.Gdw3761.Afn.Confirm, 2 + hour);
        }
    }
}
