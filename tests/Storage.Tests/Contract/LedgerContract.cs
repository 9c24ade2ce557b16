using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Control.Commands;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    [Fact(Timeout = Patience)]
    public async Task A_payment_keeps_its_split_tender_day_and_shift()
    {
        var shard = await TownAsync();
        var split = PaymentSplit.Of(
        [
            new(LedgerAccount.StandingRevenue, "standing", new(30)),
            new(LedgerAccount.CustomerPrepayment, null, new(70)),
        ]);
        var plain = Sample.Payment("p1", 1, 100);
        var payment = plain with
        {
            Order = plain.Order with { Tender = Tender.Cheque },
            Split = split,
            Day = Sample.Day0,
            Shift = 7,
        };
        await shard.CommitAsync(commit => commit.Payments.Add(payment));
        Assert.Equal(payment, await Store.Ledger.FindPaymentAsync("p1", Stopping));
        Assert.Equal(payment, Assert.Single(await shard.FindPaymentsAsync(["p1"], Stopping)));
        Assert.Null(await Store.Ledger.FindPaymentAsync("p2", Stopping));
        Assert.Equal(
            ["p1"],
            (await Store.Ledger.PaymentsOfDayAsync(PaymentChannel.Mobile, Sample.Day0, Sample.Cny, Stopping))
                .Select(one => one.Order.Key));
    }

    [Fact(Timeout = Patience)]
    public async Task An_operation_is_added_once_and_moves_on()
    {
        var shard = await TownAsync();
        var full = Operation("o1", OperationState.Pending);
        await shard.CommitAsync(commit => commit.Operations.Add(full));
        Assert.Equal(full, await Store.Ledger.FindOperationAsync("o1", Stopping));
        await Assert.ThrowsAsync<PaymentKeyRaceException>(
            () => shard.CommitAsync(commit => commit.Operations.Add(full with { Shard = 1 })));
        var posted = full with
        {
            State = OperationState.InTransit,
            ApprovedBy = Chief,
            DoneAt = Sample.Hour(1),
            Group = 12,
            BalanceAfter = new(-5),
        };
        await shard.CommitAsync(commit => commit.OperationMoves.Add(posted));
        Assert.Equal(posted, Assert.Single(await shard.FindOperationsAsync(["o1", "o2"], Stopping)));
        Assert.Equal(posted, Assert.Single(await shard.FindOperationsOnAsync(["p1"], Stopping)));
        Assert.Equal(posted, Assert.Single(await Store.Ledger.InTransitAsync(Stopping)));
        Assert.Single(await Store.Ledger.OperationsAsync(new(2), OperationState.InTransit, 10, Stopping));
        Assert.Empty(await Store.Ledger.OperationsAsync(new(3), null, 10, Stopping));
        Assert.Empty(await Store.Ledger.OperationsAsync(null, OperationState.Declined, 10, Stopping));
        await Assert.ThrowsAsync<PaymentKeyRaceException>(
            () => shard.CommitAsync(commit => commit.Operations.Add(Operation("o2", OperationState.Pending))));
    }

    [Fact(Timeout = Patience)]
    public async Task Sub_accounts_are_the_sums_of_their_entries()
    {
        var shard = await TownAsync();
        LedgerEntry Entry(long id, LedgerAccount debit, LedgerAccount credit, long minor, EntryKind kind, int day) =>
            new(id, 0, Sample.T0, Sample.Day0.AddDays(day), new(1), debit, credit, new(minor), kind, null);
        var (debt, cash) = (LedgerAccount.CustomerDebt, LedgerAccount.CustomerPrepayment);
        await shard.CommitAsync(commit => commit.Entries.AddRange(
        [
            Entry(1, debt, LedgerAccount.OpeningBalance, 900, EntryKind.OpeningBalance, 0),
            Entry(2, cash, debt, 100, EntryKind.Recovery, 1),
            Entry(3, cash, debt, 50, EntryKind.Recovery, 3),
            Entry(4, debt, cash, 20, EntryKind.Reversal, 3) with { Reverses = 3, Group = 4 },
            Entry(5, LedgerAccount.EmergencyCredit, cash, 300, EntryKind.CreditLent, 3),
            Entry(6, cash, LedgerAccount.StandingRevenue, 7, EntryKind.PurchaseCharge, 4) with { Group = 5 },
            Entry(7, cash, LedgerAccount.EnergyRevenue, 7, EntryKind.EnergyCharge, 5),
        ]));
        var images = await shard.LoadSubAccountsAsync(Sample.Day0.AddDays(2), Stopping);
        var (account, subs) = Assert.Single(images.Sums);
        Assert.Equal(
            new(new(770), new(300), Money.Zero, Money.Zero, default, Money.Zero, Sample.Day0.AddDays(4)), subs);
        Assert.Equal([(account, Sample.Day0.AddDays(3), new Money(30))], images.Recovered);
        Assert.Equal(
            [(debt, new Money(770)), (LedgerAccount.EmergencyCredit, new Money(300))],
            await Store.Ledger.SubAccountsAsync(new(1), Stopping));
        Assert.Equal([5, 6], (await shard.FindGroupAsync(5, Stopping)).Select(entry => entry.Id));
        Assert.Empty((await (await Store.TakeShardAsync(1, Stopping)).LoadSubAccountsAsync(default, Stopping)).Sums);
    }

    [Fact(Timeout = Patience)]
    public async Task Late_fees_of_the_last_close_and_entries_of_days_after_the_open_one_are_read_at_a_start()
    {
        var shard = await TownAsync();
        LateFee Fee(int account, int day, string line = "late") => new(
            new(account), Sample.Day0.AddDays(day), line, Sample.Day0, new(100), 300, new(200), new(7), new(5));
        LedgerEntry Entry(long id, int day, LedgerAccount debit, LedgerAccount credit, long minor) => new(
            id, 0, Sample.T0, Sample.Day0.AddDays(day), new(1), debit, credit, new(minor), EntryKind.Payment, null);
        Assert.Empty((await shard.LoadLateFeesAsync(Stopping)).Fees);
        var (cash, own, owed) =
            (LedgerAccount.CashCounter, LedgerAccount.CustomerPrepayment, LedgerAccount.Receivable);
        foreach (var day in (int[])[0, 1])
        {
            await shard.CommitAsync(commit =>
            {
                (commit.ClosesDay, commit.ClosesThrough) = (Sample.Day0.AddDays(day), Sample.Hour(24 * (day + 1)));
                commit.LateFees.AddRange([Fee(1, day), Fee(2, day), Fee(2, day, "more")]);
            });
        }

        await shard.CommitAsync(commit => commit.Entries.AddRange(
        [
            Entry(1, 2, cash, own, 1_000), // Of the open day.
            Entry(2, 3, cash, own, 500),
            Entry(3, 3, own, owed, 60),
            Entry(4, 4, owed, LedgerAccount.FeeRevenue, 9),
        ]));
        var images = await shard.LoadLateFeesAsync(Stopping);
        Assert.Equal([Fee(1, 1), Fee(2, 1), Fee(2, 1, "more")], images.Fees);
        Assert.Equal(
            [
                new(new(1), Sample.Day0.AddDays(3), new(440), new(-60)),
                new(new(1), Sample.Day0.AddDays(4), Money.Zero, new(9)),
            ],
            images.Later);
    }

    [Fact(Timeout = Patience)]
    public async Task Money_that_came_otherwise_voids_a_queued_cut_and_money_in_suspense_does_not()
    {
        var shard = await TownAsync();
        await Store.Control.AddCommandsAsync([Sample.Command(1, CommandKind.Trip)], Stopping);
        await Store.Control.AddCommandsAsync([Sample.Command(2, CommandKind.Trip)], Stopping);
        var waits = Sample.Payment("p1", 1, 100) with { Split = PaymentSplit.Whole(new(100), LedgerAccount.Suspense) };
        await shard.CommitAsync(commit =>
        {
            commit.Payments.Add(waits);
            commit.Credited.Add(new(2));
        });
        Assert.Single((await Store.Control.FindCaseAsync(new(1), Stopping))!.Active);
        Assert.Empty((await Store.Control.FindCaseAsync(new(2), Stopping))!.Active);
        Assert.Equal(waits, Assert.Single(await Store.Ledger.SuspenseAsync(10, Stopping)));
        await shard.CommitAsync(commit => commit.Operations.Add(Operation("o1", OperationState.Posted)));
        Assert.Empty(await Store.Ledger.SuspenseAsync(10, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task An_agent_holds_what_he_took_less_what_was_settled_or_taken_back()
    {
        var shard = await TownAsync();
        PaymentRecord Taken(string key, long minor)
        {
            var plain = Sample.Payment(key, 1, minor);
            return plain with { Order = plain.Order with { Channel = PaymentChannel.Agent } };
        }

        var order = new LedgerOrder("s1", OperationKind.AgentSettlement, default, new(250), Sample.Cny, Chief)
        {
            Party = Sample.Clerk.Value,
            Note = "bank",
        };
        await shard.CommitAsync(commit =>
        {
            commit.Payments.AddRange([Taken("p1", 100), Taken("p2", 400), Sample.Payment("p3", 1, 999)]);
            commit.Operations.AddRange(
                [Operation("o1", OperationState.Posted), new(order, OperationState.Posted, 0, Sample.T0)]);
        });
        await Store.Ledger.SetCeilingAsync(Sample.Clerk, Sample.Cny, new(1), Stopping);
        await Store.Ledger.SetCeilingAsync(Sample.Clerk, Sample.Cny, new(5_000), Stopping);
        Assert.Equal(
            [new(Sample.Clerk, Sample.Cny, new Money(5_000), new Money(150))],
            await Store.Ledger.AgentsAsync(Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_till_and_a_person_have_one_open_shift()
    {
        var shard = await TownAsync();
        var shift = new ShiftRecord(0, "till-1", Sample.Clerk, Sample.Cny, Sample.T0, new(500), null, null, null);
        var id = (await Store.Ledger.OpenShiftAsync(shift, Stopping))!.Value;
        Assert.Null(await Store.Ledger.OpenShiftAsync(shift with { Till = "till-2" }, Stopping));
        Assert.Null(await Store.Ledger.OpenShiftAsync(shift with { Person = Chief }, Stopping));
        await shard.CommitAsync(commit => commit.Payments.AddRange(
        [
            Sample.Payment("p1", 1, 100) with { Shift = id }, Sample.Payment("p2", 1, 40) with { Shift = id },
            Sample.Payment("p3", 1, 999),
        ]));
        await shard.CommitAsync(commit => commit.Operations.Add(Operation("o1", OperationState.Posted)));
        Assert.Equal(new Money(40), await Store.Ledger.TakingsAsync(id, Stopping));
        Assert.True(await Store.Ledger.CountShiftAsync(id, new(530), Stopping));
        Assert.Single(await Store.Ledger.ShiftsAsync(openOnly: true, 10, Stopping));
        Assert.True(await Store.Ledger.CloseShiftAsync(id, new(540), Sample.Hour(8), Stopping));
        Assert.False(await Store.Ledger.CloseShiftAsync(id, new(0), Sample.Hour(9), Stopping));
        Assert.False(await Store.Ledger.CountShiftAsync(id, new(0), Stopping));
        var closed = shift with { Id = id, Counted = new(530), Expected = new(540), ClosedAt = Sample.Hour(8) };
        Assert.Equal(closed, await Store.Ledger.FindShiftAsync(id, Stopping));
        Assert.Empty(await Store.Ledger.ShiftsAsync(openOnly: true, 10, Stopping));
        Assert.NotNull(await Store.Ledger.OpenShiftAsync(shift, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_file_and_a_reconciliation_stand_as_they_first_came()
    {
        var file = new MoneyFile("f.csv", MoneyFileKind.Payments, "a,b\n", Sample.Clerk, Sample.T0, null);
        Assert.Equal(file, await Store.Ledger.AddFileAsync(file, Stopping));
        Assert.Equal(file, await Store.Ledger.AddFileAsync(file with { Content = "other" }, Stopping));
        Assert.Equal(file, Assert.Single(await Store.Ledger.UnfinishedFilesAsync(Stopping)));
        await Store.Ledger.FinishFileAsync("f.csv", Sample.Hour(1), Stopping);
        Assert.Empty(await Store.Ledger.UnfinishedFilesAsync(Stopping));

        var item = new MatchItem("p1", MatchOutcome.OnlyHere, new(5), null, new(1), null, null, null);
        var one = new Reconciliation(
            "r.csv", PaymentChannel.Bank, Sample.Day0, Sample.Cny, Sample.Clerk, Sample.T0, 3, new(70), 4, new(75),
            [item], null, null);
        var added = await Store.Ledger.AddReconciliationAsync(one, Stopping);
        Assert.Equal(one with { Items = added.Items }, added);
        Assert.Equal([item], added.Items);
        await Store.Ledger.AddReconciliationAsync(one with { Matched = 9 }, Stopping);
        Assert.Equal(3, (await Store.Ledger.FindReconciliationAsync("r.csv", Stopping))!.Matched);
        Assert.False(await Store.Ledger.SignAsync(one, Chief, Sample.Hour(2), Stopping));
        Assert.Empty(await Store.Ledger.LocksAsync(Sample.Day0, Stopping));
        Assert.True(await Store.Ledger.ResolveAsync("r.csv", "p1", "refunded", Chief, Sample.Hour(1), Stopping));
        Assert.False(await Store.Ledger.ResolveAsync("r.csv", "p1", "again", Chief, Sample.Hour(1), Stopping));
        Assert.True(await Store.Ledger.SignAsync(one, Chief, Sample.Hour(2), Stopping));
        Assert.False(await Store.Ledger.SignAsync(one, Chief, Sample.Hour(3), Stopping));
        Assert.Equal([(PaymentChannel.Bank, Sample.Day0)], await Store.Ledger.LocksAsync(Sample.Day0, Stopping));
        Assert.Empty(await Store.Ledger.LocksAsync(Sample.Day0.AddDays(1), Stopping));
        Assert.Equal(Chief, Assert.Single(await Store.Ledger.ReconciliationsAsync(10, Stopping)).SignedBy);
    }

    /// <summary>A reversal of payment p1 of account 1, with everything that an operation can have.</summary>
    private static OperationRecord Operation(string key, OperationState state) => new(
        new(key, OperationKind.Reversal, new(1), new(100), Sample.Cny, Sample.Clerk)
        {
            Other = new AccountId(2),
            Sub = LedgerAccount.CustomerDebt,
            Target = "p1",
            Note = "更正",
        },
        state,
        0,
        Sample.T0);
}
