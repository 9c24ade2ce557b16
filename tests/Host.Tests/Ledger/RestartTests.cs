using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Tests.Engine;
using static Meters.Host.Tests.Ledger.LedgerService;

namespace Meters.Host.Tests.Ledger;

public class RestartTests
{
    [Fact(Timeout = 120_000)]
    public Task After_any_operations_broken_commits_and_kills_the_same_is_owed() => Seeds.RunAsync(25, async random =>
    {
        await using var service = await LedgerService.StartAsync();
        var now = Start;
        for (var i = 0; i < 40; i++)
        {
            now += TimeSpan.FromHours(random.Next(20));
            service.Clock.MoveTo(now);
            if (random.Next(5) == 0)
            {
                service.Hooks.Break("IShardStore.CommitAsync", random.Next(2) == 0 ? Moment.Before : Moment.After);
            }

            await StepAsync(service, random, i);
            if (random.Next(6) > 0) continue;
            var before = await OwedAsync(service);
            if (random.Next(2) == 0) await service.Engine.SnapshotAsync(CancellationToken.None);
            await service.RestartAsync();
            Assert.Equal(before, await OwedAsync(service));
        }

        await service.CheckAsync();
    });

    private static async Task StepAsync(LedgerService service, Random random, int i)
    {
        var (key, account, minor) = ($"k{i}", random.Next(1, 9), random.Next(1, 5_000));
        switch (random.Next(7))
        {
            case 0:
                await service.PostAsync(
                    service.Order(key, OperationKind.OpeningBalance, account, minor, SubOf(random)));
                break;
            case 1:
                await service.Desk.LendAsync(
                    key, new(account), LedgerAccount.EmergencyCredit, Cashier, "asked", CancellationToken.None);
                break;
            case 2:
                await service.PostAsync(service.Order(key, OperationKind.Transfer, account, minor) with
                {
                    Other = new AccountId(1 + (account % 8)),
                });
                break;
            case 3:
                await service.ReverseAsync(key, $"k{random.Next(i + 1)}", Chief);
                break;
            case 4:
                await service.PostAsync(service.Order(key, OperationKind.WriteOff, account, minor, SubOf(random)));
                await service.DecideAsync(key, Chief);
                break;
            default:
                var (status, record) = await service.TryPayAsync(key, account, minor);
                Assert.True(status is PaymentStatus.Posted or PaymentStatus.AlreadyPosted);
                Assert.Equal(minor, record!.Split.Total.Minor);
                break;
        }
    }

    private static LedgerAccount SubOf(Random random) => random.Next(2) == 0
        ? LedgerAccount.CustomerDebt
        : LedgerAccount.Receivable;

    /// <summary>What is owed, the week's recovery included: it decides the next split.</summary>
    private static async Task<string> OwedAsync(LedgerService service)
    {
        var all = new List<string>();
        foreach (var account in Enumerable.Range(1, 8))
        {
            var quote = await service.QuoteAsync(account, 100_000);
            all.Add($"{account}: {quote.Balance.Minor} {quote.Arrears.Minor} {quote.Split} {quote.Clears?.Minor}");
        }

        return string.Join('\n', all);
    }
}
