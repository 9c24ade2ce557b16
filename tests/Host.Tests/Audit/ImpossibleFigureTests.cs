using Meters.Host.Audit;
using Meters.Host.Tests.Ledger;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Audit;

/// <summary>A changed row may hold any number. The audit names it, and does not end there.</summary>
public class ImpossibleFigureTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1L << 40)]
    [InlineData(-1)]
    public async Task No_figure_of_a_payment_or_an_entry_ends_the_audit(long figure)
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("first", 1, 5_000);
        (string What, Action<AuditAccount> Change)[] changes =
        [
            ("channel", of => of.Payments[0] = of.Payments[0] with { Channel = figure }),
            ("tender", of => of.Payments[0] = of.Payments[0] with { Tender = figure }),
            ("amount", of => of.Payments[0] = of.Payments[0] with { Amount = figure }),
            ("entry's amount", of => of.Entries[0] = of.Entries[0] with { Amount = figure }),
            ("entry's day", of => of.Entries[0] = of.Entries[0] with { Day = figure }),
            ("entry's debit", of => of.Entries[0] = of.Entries[0] with { Debit = figure }),
            ("entry's credit", of => of.Entries[0] = of.Entries[0] with { Credit = figure }),
            ("entry's kind", of => of.Entries[0] = of.Entries[0] with { Kind = figure }),
        ];
        Assert.False(await IsNamedAsync(service, _ => { }), "unchanged");
        foreach (var (what, change) in changes) Assert.True(await IsNamedAsync(service, change), what);
    }

    private static async Task<bool> IsNamedAsync(LedgerService service, Action<AuditAccount> change)
    {
        var findings = await service.Inner.Journal.AuditAsync(
            async source =>
            {
                var account = (await source.AccountsAsync([1]).FirstAsync(Stopping))[0];
                change(account);
                var found = new Findings();
                await new Auditor(
                    new OneAccountSource(account, await source.RegistryAsync()),
                    await RootIndex.ReadAsync(null, found, Stopping), found, rates: true).RunAsync(Stopping);
                return found;
            },
            Stopping);
        return findings.Kept.Count > 0;
    }
}
