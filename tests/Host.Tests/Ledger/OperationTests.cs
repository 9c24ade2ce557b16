using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Tests.Engine;
using static Meters.Host.Tests.Ledger.LedgerService;

namespace Meters.Host.Tests.Ledger;

public class OperationTests
{
    [Fact(Timeout = 60_000)]
    public async Task On_its_day_a_payment_is_reversed_by_another_than_who_took_it_once()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("p1", 1, 5_000);
        Assert.Equal(OperationStatus.SamePerson, await service.ReverseAsync("r0", "p1", new(" WANG.LI ")));
        Assert.Equal(OperationStatus.PaymentUnknown, await service.ReverseAsync("r0", "p9", Chief));
        Assert.Equal(OperationStatus.Done, await service.ReverseAsync("r1", "p1", Chief));
        Assert.Equal(OperationStatus.AlreadyDone, await service.ReverseAsync("r1", "p1", Chief));
        Assert.Equal(OperationStatus.AlreadyTakenBack, await service.ReverseAsync("r2", "p1", Chief));
        Assert.Equal(OperationStatus.KeyReusedWithOtherContent, await service.ReverseAsync("r1", "p1", Clerk));
        Assert.Equal(0, await service.BalanceAsync(1));
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Later_a_reversal_takes_two_and_nothing_is_booked_before_the_second()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("p1", 1, 5_000);
        service.Clock.MoveTo(Start + TimeSpan.FromDays(1));
        Assert.Equal(OperationStatus.AwaitsApproval, await service.ReverseAsync("r1", "p1", Chief));
        Assert.Equal(OperationStatus.AlreadyTakenBack, await service.ReverseAsync("r2", "p1", Chief));
        Assert.Equal(5_000, await service.BalanceAsync(1));
        await service.RestartAsync();
        Assert.Equal(OperationStatus.SamePerson, await service.DecideAsync("r1", Chief));
        Assert.Equal(OperationStatus.OperationUnknown, await service.DecideAsync("r9", Clerk));
        Assert.Equal(OperationStatus.Done, await service.DecideAsync("r1", Clerk));
        Assert.Equal(OperationStatus.AlreadyDone, await service.DecideAsync("r1", Clerk));
        Assert.Equal(OperationStatus.NotPending, await service.DecideAsync("r1", Clerk, approve: false));
        Assert.Equal(0, await service.BalanceAsync(1));
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Refund_and_write_off_take_two_and_a_refusal_leaves_everything_as_it_was()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("p1", 1, 5_000);
        var refund = service.Order("f1", OperationKind.Refund, 1, 2_000, LedgerAccount.RefundPayable);
        Assert.Equal(OperationStatus.AwaitsApproval, await service.PostAsync(refund));
        Assert.Equal(OperationStatus.AwaitsApproval, await service.PostAsync(refund));
        Assert.Equal(OperationStatus.SamePerson, await service.DecideAsync("f1", Clerk));
        Assert.Equal(OperationStatus.Done, await service.DecideAsync("f1", Chief));
        Assert.Equal(3_000, await service.BalanceAsync(1));
        var debt = service.Order("o1", OperationKind.OpeningBalance, 1, 900, LedgerAccount.CustomerDebt);
        Assert.Equal(OperationStatus.Done, await service.PostAsync(debt));
        var writeOff = service.Order("w1", OperationKind.WriteOff, 1, 900, LedgerAccount.CustomerDebt);
        Assert.Equal(OperationStatus.AwaitsApproval, await service.PostAsync(writeOff));
        Assert.Equal(OperationStatus.Declined, await service.DecideAsync("w1", Chief, approve: false));
        Assert.Equal(OperationStatus.Declined, await service.PostAsync(writeOff));
        Assert.Equal(900, (await service.QuoteAsync(1)).Owed.Debt.Minor);
        Assert.Equal(OperationStatus.AwaitsApproval, await service.PostAsync(writeOff with { Key = "w2" }));
        Assert.Equal(OperationStatus.Done, await service.DecideAsync("w2", Chief));
        Assert.Equal(0, (await service.QuoteAsync(1)).Owed.Debt.Minor);
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receipt_prints_the_split_that_the_quote_named()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PostAsync(
            service.Order("o1", OperationKind.OpeningBalance, 1, 90_000, LedgerAccount.CustomerDebt));
        var quote = await service.QuoteAsync(1, 4_000);
        Assert.Equal("40:1000 1:3000", quote.Split!.ToString());
        Assert.Equal(133, quote.Reconnects!.Value.Minor);
        Assert.Null(quote.Clears);
        Assert.Equal(quote.Split, (await service.PayAsync("p1", 1, 4_000)).Split);
        Assert.Equal("40:2000 1:8000", (await service.PayAsync("p2", 1, 10_000)).Split.ToString());
        await service.RestartAsync();
        // The week's cap is reached.
        Assert.Equal("1:10000", (await service.PayAsync("p3", 1, 10_000)).Split.ToString());
        service.Clock.MoveTo(Start + TimeSpan.FromDays(7));
        Assert.Equal("40:2500 1:7500", (await service.PayAsync("p4", 1, 10_000)).Split.ToString());
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Emergency_credit_is_lent_where_it_is_offered_repaid_first_and_then_lent_again()
    {
        await using var service = await LedgerService.StartAsync();
        Task<OperationStatus> Lend(string key) => LendAsync(service, key, LedgerAccount.EmergencyCredit);
        await service.PayAsync("p1", 1, 1);
        Assert.Equal(OperationStatus.CreditNotOffered, await Lend("e1"));
        Assert.Equal(OperationStatus.Done, await service.ReverseAsync("r1", "p1", Chief));
        Assert.Equal(OperationStatus.Done, await Lend("e2"));
        Assert.Equal(OperationStatus.AlreadyDone, await Lend("e2"));
        Assert.Equal(OperationStatus.CreditNotRepaid, await Lend("e3"));
        Assert.Equal(1_000, await service.BalanceAsync(1));
        Assert.Equal("41:1000 1:500", (await service.PayAsync("p2", 1, 1_500)).Split.ToString());
        Assert.Equal(OperationStatus.CreditNotOffered, await Lend("e4"));
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_policy_may_lend_by_itself_at_the_crossing()
    {
        const string Automatic = """
            {"id":"shares","version":1,"zone":"+08:00","currency":"CNY",
             "rungs":[{"name":"remind","threshold":{"amount":"5.00"},"do":["sms"]}],"reconnect":{"atLeast":"1.00"},
             "credit":{"emergency":{"amount":"10.00","offeredAt":"5.00","automatic":true}}}
            """;
        await using var service = await LedgerService.StartAsync(policy: Automatic);
        await service.PayAsync("p1", 1, 2_000);
        var refund = service.Order("f1", OperationKind.Refund, 1, 1_800, LedgerAccount.CashCounter);
        await service.PostAsync(refund);
        Assert.Equal(OperationStatus.Done, await service.DecideAsync("f1", Chief));
        var quote = await service.QuoteAsync(1);
        Assert.Equal((1_200, 1_000), (quote.Balance.Minor, quote.Owed.Emergency.Minor));
        await service.RestartAsync();
        await service.CheckAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_policy_lends_by_itself_to_who_is_below_already_at_a_restart_or_when_it_comes(bool restart)
    {
        const string Plain = """
            {"id":"shares","version":1,"zone":"+08:00","currency":"CNY",
             "rungs":[{"name":"remind","threshold":{"amount":"5.00"},"do":["sms"]}],"reconnect":{"atLeast":"1.00"}}
            """;
        var automatic = Plain.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)
            .Replace(
                "\"reconnect\"",
                """
                "credit":{"emergency":{"amount":"10.00","offeredAt":"5.00","automatic":true}},"reconnect"
                """,
                StringComparison.Ordinal);
        await using var service = await LedgerService.StartAsync(policy: Plain);
        await service.PayAsync("p1", 1, 2_000);
        await service.PayAsync("p2", 2, 2_000);
        await service.PostAsync(service.Order("f1", OperationKind.Refund, 1, 1_800, LedgerAccount.CashCounter));
        Assert.Equal(OperationStatus.Done, await service.DecideAsync("f1", Chief));
        var from = Start + TimeSpan.FromHours(1);
        var change = await service.Engine.Changes.ProposeAsync(
            new(Storage.Contract.ChangeKind.Policy, new("shares", 2, from, automatic, Clerk, Start), ""),
            CancellationToken.None);
        await service.Engine.Changes.ApproveAsync(change.Change!.Id, Chief, "", CancellationToken.None);
        service.Clock.MoveTo(from);
        for (var again = 0; again < 2; again++)
        {
            if (restart) await service.RestartAsync();
            else await service.Engine.Changes.PumpAsync(CancellationToken.None);
            Assert.Equal(1_000, (await service.QuoteAsync(1)).Owed.Emergency.Minor);
            Assert.Equal(0, (await service.QuoteAsync(2)).Owed.Emergency.Minor);
            Assert.Equal(1_200, await service.BalanceAsync(1));
        }

        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_bounced_cheque_takes_the_payment_back_and_its_fee_is_paid_with_the_next()
    {
        await using var service = await LedgerService.StartAsync();
        var order = new PaymentOrder("c1", new(1), new(3_000), Yuan, PaymentChannel.Counter, Cashier, null)
        {
            Tender = Tender.Cheque,
        };
        await service.Engine.PostPaymentAsync(order, CancellationToken.None);
        var (status, _) = await service.Desk.TakeBackAsync(
            OperationKind.BouncedCheque, "b1", "c1", new(250), Chief, "not covered", CancellationToken.None);
        Assert.Equal(OperationStatus.Done, status);
        Assert.Equal((0, 250), (await service.BalanceAsync(1), (await service.QuoteAsync(1)).Owed.Receivable.Minor));
        Assert.Equal("43:250 1:750", (await service.PayAsync("p1", 1, 1_000)).Split.ToString());
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_retry_after_a_lost_answer_books_nothing_twice()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("p1", 1, 5_000);
        foreach (var moment in new[] { Moment.Before, Moment.After })
        {
            service.Hooks.Break("IShardStore.CommitAsync", moment);
            var transfer = service.Order($"t-{moment}", OperationKind.Transfer, 1, 1_000) with
            {
                Other = new AccountId(2),
            };
            var status = await service.PostAsync(transfer);
            Assert.Equal(
                moment == Moment.Before ? OperationStatus.Done : OperationStatus.AlreadyDone, status);
        }

        Assert.Equal((3_000, 2_000), (await service.BalanceAsync(1), await service.BalanceAsync(2)));
        await service.CheckAsync();
    }

    private static async Task<OperationStatus> LendAsync(LedgerService service, string key, LedgerAccount sub) =>
        (await service.Desk.LendAsync(key, new(1), sub, Cashier, "asked", CancellationToken.None)).Status;
}
