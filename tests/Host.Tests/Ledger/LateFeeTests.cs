using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Audit;
using Meters.Host.Reports;
using Meters.Host.Tests.Audit;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;
using static Meters.Host.Tests.Ledger.LedgerService;

namespace Meters.Host.Tests.Ledger;

public class LateFeeTests
{
    private const string Tariff = """
        {"id":"flat","version":1,"currency":"CNY","zone":"+08:00","effectiveFrom":"2012-07-01",
         "tiers":[{"price":"0.5"}],
         "lines":[{"kind":"lateFee","name":"late","percentPerDay":"0.3","graceDays":1,"minimum":"0.02",
                   "capPercent":"20"}]}
        """;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_fee_is_posted_once_a_day_told_by_quote_and_explanation_and_taken_by_the_next_payment()
    {
        await using var service = await LedgerService.StartAsync(tariff: Tariff);
        await OweAsync(service, "debt", 100_000);
        await CloseAsync(service, days: 4);

        // Due on the 3rd; the 4th is of grace, the 5th and 6th cost 3.00 each.
        var quote = await service.QuoteAsync(1);
        Assert.Equal((new Money(100_600), new Money(100_600)), (quote.Owed.Receivable, quote.Arrears));
        Assert.Equal(Money.Zero, quote.Balance);
        var fees = await FeesAsync(service, new(1));
        Assert.Equal([Today.AddDays(2), Today.AddDays(3)], fees.Select(fee => fee.Day).Order());
        await service.Engine.CloseDueDaysAsync(Stopping);
        Assert.Equal(2, (await FeesAsync(service, new(1))).Count);

        var explanation = await ExplainAsync(service, Today, Today.AddDays(3));
        Assert.True(explanation.Holds);
        var told = explanation.Days[^1];
        Assert.Equal(
            new ExplainedLateFee("late", "2025-11-03", 3, "1000.00", "6.00"), Assert.Single(told.LateFees));
        var posting = Assert.Single(told.Postings, one => one.Kind == "fee");
        Assert.Equal(("3.00", "late"), (posting.Parts.Single().Amount, posting.Parts.Single().Line));

        await service.PayAsync("all", 1, 100_600);
        await CloseAsync(service, days: 2);
        quote = await service.QuoteAsync(1);
        Assert.Equal((Money.Zero, Money.Zero), (quote.Owed.Receivable, quote.Balance));
        await service.CheckAsync();
        var report = await Auditor.RunAsync(service.Inner, null, Stopping);
        Assert.True(report.Holds, report.ToText());
    }

    [Fact(Timeout = 180_000)]
    public Task Whatever_is_owed_and_paid_over_kills_and_broken_commits_the_audit_agrees() =>
        Seeds.RunAsync(6, async random =>
        {
            await using var service = await LedgerService.StartAsync(tariff: Tariff);
            for (var i = 0; i < 50; i++)
            {
                service.Clock.MoveTo(service.Clock.Now() + TimeSpan.FromHours(random.Next(30)));
                if (random.Next(5) == 0)
                {
                    service.Hooks.Break(
                        "IShardStore.CommitAsync", random.Next(2) == 0 ? Moment.Before : Moment.After);
                }

                var account = random.Next(1, 5);
                if (random.Next(2) == 0) await OweAsync(service, $"o{i}", random.Next(1, 50_000), account);
                else await service.TryPayAsync($"p{i}", account, random.Next(1, 60_000));
                if (random.Next(3) > 0) await service.Engine.CloseDueDaysAsync(Stopping);
                if (random.Next(5) == 0) await service.RestartAsync();
            }

            await service.CheckAsync();
            var report = await Auditor.RunAsync(service.Inner, null, Stopping);
            Assert.True(report.Holds, report.ToText());
            Assert.NotEmpty(await FeesAsync(service, new(1)));
        });

    [Theory(Timeout = 60_000)]
    [InlineData("less")]
    [InlineData("gone")]
    [InlineData("more")]
    [InlineData("side")]
    public async Task A_fee_that_is_not_what_was_due_is_named(string how)
    {
        await using var service = await LedgerService.StartAsync(tariff: Tariff);
        await OweAsync(service, "debt", 100_000);
        await CloseAsync(service, days: 4);
        var findings = await service.Inner.Journal.AuditAsync(
            async source =>
            {
                var account = (await source.AccountsAsync([1]).FirstAsync(Stopping))[0];
                var at = account.Entries.FindLastIndex(entry => entry.Line == "late");
                var entry = account.Entries[at];
                if (how == "gone") account.Entries.RemoveAt(at);
                else if (how == "more") account.Entries.Add(entry with { Id = 999, Day = entry.Day + 1 });
                else if (how == "less") account.Entries[at] = entry with { Amount = entry.Amount - 1 };
                else account.Entries[at] = entry with { Credit = (long)LedgerAccount.StandingRevenue };
                var found = new Findings();
                await new Auditor(
                    new OneAccountSource(account, await source.RegistryAsync()),
                    await RootIndex.ReadAsync(null, found, Stopping), found, rates: true).RunAsync(Stopping);
                return found;
            },
            Stopping);
        Assert.Contains(findings.Kept, finding => finding.Check == "late_fees");
    }

    private static async Task OweAsync(LedgerService service, string key, long minor, int account = 1) =>
        await service.PostAsync(service.Order(key, OperationKind.Fee, account, minor));

    /// <summary>Goes on day by day, and closes each some hours after its end.</summary>
    private static async Task CloseAsync(LedgerService service, int days)
    {
        for (var day = 0; day < days; day++)
        {
            service.Clock.MoveTo(service.Clock.Now() + TimeSpan.FromDays(1));
            await service.Engine.CloseDueDaysAsync(Stopping);
        }
    }

    private static async Task<IReadOnlyList<LedgerEntry>> FeesAsync(LedgerService service, AccountId account) =>
        [.. (await service.EntriesAsync(account)).Where(entry => entry is { Kind: EntryKind.Fee, Line: not null })];

    private static async Task<Explanation> ExplainAsync(LedgerService service, ServiceDay from, ServiceDay to)
    {
        var image = await service.Inner.Registry.LoadAsync(Stopping);
        var index = new Host.Api.RegistryIndex(image, service.Clock.Now(), 0);
        var port = RegistryReports.Over(index, service.Inner.Histories, LocalZone.China, new());
        var (status, explanation) = await new Explainer(port).ExplainAsync(new(1), from, to, Stopping);
        Assert.Equal(ReportStatus.Done, status);
        return explanation!;
    }
}
