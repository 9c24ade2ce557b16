using Meters.Billing.Ledger;
using Meters.Host.Ledger;
using Meters.Storage.Contract;
using static Meters.Host.Tests.Ledger.LedgerService;

namespace Meters.Host.Tests.Ledger;

public class FileTests
{
    private const string Good = """
        key,account,amount,currency,channel
        b/1,1,10.00,CNY,bank
        b/2,2,20.00,CNY,bank
        b/3,4711,5.00,CNY,bank
        TOTAL,3,35.00,CNY

        """;

    private const string Balances = """
        account,sub_account,amount,currency
        1,prepayment,-12.50,CNY
        1,debt,90.00,CNY
        2,receivable,3.00,CNY
        TOTAL,3,80.50,CNY

        """;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_bank_file_is_booked_once_and_unknown_accounts_wait_in_suspense()
    {
        await using var service = await LedgerService.StartAsync();
        var first = await TakeAsync(service, "bank-1.csv", Good);
        Assert.Equal((true, false, 3, 1, 0), (first.IsTaken, first.IsRepeat, first.Lines, first.Suspense, first.Left));
        var again = await TakeAsync(service, "bank-1.csv", Good);
        Assert.Equal((true, true, 3), (again.IsTaken, again.IsRepeat, again.Lines));
        var other = Good.Replace("b/1", "b/7", StringComparison.Ordinal);
        Assert.True((await TakeAsync(service, "bank-1.csv", other)).IsNameReused);
        Assert.Equal((1_000, 2_000), (await service.BalanceAsync(1), await service.BalanceAsync(2)));
        var waiting = Assert.Single(await service.Inner.Ledger.SuspenseAsync(10, Stopping));
        Assert.Equal(("b/3", new AccountId(4_711)), (waiting.Order.Key, waiting.Order.Account));
        await service.CheckAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("TOTAL,3,35.00", "TOTAL,3,36.00", "line 5, TOTAL: the sum is 36.00 CNY")]
    [InlineData("TOTAL,3,35.00", "TOTAL,2,35.00", "line 5, TOTAL: the count is 2")]
    [InlineData("b/2", "b/1", "line 3, key: is the same as in line 2")]
    [InlineData("2,20.00,CNY,bank", "2,20.00,CNY,mobile", "line 3, channel: is another")]
    [InlineData("10.00,CNY,bank", "10.00,CNY,counter", "line 2, channel: counter payments come one by one")]
    [InlineData("2,20.00", "2,-20.00", "line 3, amount: must be above zero")]
    [InlineData("2,20.00", "2,2000000.00", "line 3, amount: is above the limit")]
    [InlineData("1,10.00,CNY", "1,10.00,EUR", "line 2, currency: the account's is CNY")]
    [InlineData("b/2", "paid", "key: 'paid' was used for another payment")]
    public async Task A_file_with_a_fault_is_refused_whole_and_the_line_is_named(string was, string now, string fault)
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("paid", 8, 1);
        var result = await TakeAsync(service, "bank-1.csv", Good.Replace(was, now, StringComparison.Ordinal));
        Assert.False(result.IsTaken);
        Assert.Contains(result.Faults, one => one.ToString().StartsWith(fault, StringComparison.Ordinal));
        Assert.Equal((0, 0), (await service.BalanceAsync(1), await service.BalanceAsync(2)));
        Assert.Empty(await service.Inner.Ledger.SuspenseAsync(10, Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_a_crash_left_half_booked_is_finished_at_the_next_start()
    {
        await using var service = await LedgerService.StartAsync();
        await service.Engine.PostPaymentAsync(
            new("b/1", new(1), new(1_000), Yuan, PaymentChannel.Bank, Clerk, null), Stopping);
        var file = FileOf("bank-1.csv", Good, MoneyFileKind.Payments);
        await service.Inner.Ledger.AddFileAsync(file, Stopping);
        await service.RestartAsync();
        Assert.Empty(await service.Inner.Ledger.UnfinishedFilesAsync(Stopping));
        Assert.Equal((1_000, 2_000), (await service.BalanceAsync(1), await service.BalanceAsync(2)));
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Opening_balances_are_brought_in_once()
    {
        await using var service = await LedgerService.StartAsync();
        var first = await TakeAsync(service, "open.csv", Balances, MoneyFileKind.OpeningBalances);
        Assert.Equal((true, 3), (first.IsTaken, first.Lines));
        Assert.True((await TakeAsync(service, "open.csv", Balances, MoneyFileKind.OpeningBalances)).IsRepeat);
        var quote = await service.QuoteAsync(1);
        Assert.Equal((-1_250, 9_000), (quote.Balance.Minor, quote.Owed.Debt.Minor));
        Assert.Equal(300, (await service.QuoteAsync(2)).Owed.Receivable.Minor);
        var more = Balances.Replace("90.00", "91.00", StringComparison.Ordinal)
            .Replace("80.50", "81.50", StringComparison.Ordinal);
        var second = await TakeAsync(service, "open-2.csv", more, MoneyFileKind.OpeningBalances);
        Assert.Contains(second.Faults, fault => fault.Sentence.Contains("already", StringComparison.Ordinal));
        await service.CheckAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("80.50", "80.51", "line 5, TOTAL: says 3 lines and 80.51; the file has 3 and 80.50")]
    [InlineData("TOTAL,3,80.50,CNY\n", "", "There is no TOTAL line")]
    [InlineData("2,receivable", "1,debt", "line 4, account: and sub_account are the same as in line 3")]
    [InlineData("2,receivable", "9,receivable", "line 4, account: is not known")]
    [InlineData("2,receivable", "2,gold", "line 4, sub_account: must be one of")]
    [InlineData("3.00", "-3.00", "line 4, amount: must be above zero")]
    [InlineData("3.00", "0", "line 4, amount: must not be zero")]
    public async Task Opening_balances_with_a_fault_are_refused_whole(string was, string now, string fault)
    {
        await using var service = await LedgerService.StartAsync();
        var content = Balances.Replace(was, now, StringComparison.Ordinal);
        var result = await TakeAsync(service, "open.csv", content, MoneyFileKind.OpeningBalances);
        Assert.Contains(result.Faults, one => one.ToString().StartsWith(fault, StringComparison.Ordinal));
        Assert.Equal(0, await service.BalanceAsync(1));
    }

    private static Task<FileResult> TakeAsync(
        LedgerService service, string name, string content, MoneyFileKind kind = MoneyFileKind.Payments) =>
        service.Desk.Files.TakeAsync(FileOf(name, content, kind), 100_000_000, Stopping);

    private static MoneyFile FileOf(string name, string content, MoneyFileKind kind) =>
        new(name, kind, content, Clerk, Start, null);
}
