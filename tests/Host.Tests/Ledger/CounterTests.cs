using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Ledger;
using Meters.Storage.Contract;
using static Meters.Host.Tests.Ledger.LedgerService;

namespace Meters.Host.Tests.Ledger;

public class CounterTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_shift_is_opened_counted_and_closed_and_its_difference_is_booked()
    {
        await using var service = await LedgerService.StartAsync(configure: options => options.RequireShift = 1);
        Assert.Equal(PaymentStatus.ShiftNotOpen, (await service.TryPayAsync("p0", 1, 100)).Status);
        await service.PayAsync("m0", 1, 100, PaymentChannel.Mobile); // No counter, no shift.
        var shifts = service.Desk.Shifts;
        var (opened, shift) = await shifts.OpenAsync("till-1", Cashier, Yuan, new(10_000), Stopping);
        Assert.Equal(ShiftStatus.Done, opened);
        foreach (var (till, person) in new[] { ("till-1", Clerk), ("till-2", Cashier) })
        {
            var (again, _) = await shifts.OpenAsync(till, person, Yuan, new(0), Stopping);
            Assert.Equal(ShiftStatus.AlreadyOpen, again);
        }

        Assert.Equal(shift!.Id, (await service.PayAsync("p1", 1, 5_000)).Shift);
        await service.RestartAsync();
        shifts = service.Desk.Shifts;
        await service.PayAsync("p2", 2, 3_000);
        await service.PayAsync("p3", 3, 700);
        await service.ReverseAsync("r3", "p3", Chief);
        Assert.Equal(ShiftStatus.NotCounted, (await shifts.CloseAsync(shift.Id, Cashier, Stopping)).Status);
        Assert.Equal(ShiftStatus.NotYours, (await shifts.CountAsync(shift.Id, Clerk, new(1), Stopping)).Status);
        Assert.Equal(ShiftStatus.Unknown, (await shifts.CountAsync(99, Cashier, new(1), Stopping)).Status);
        await shifts.CountAsync(shift.Id, Cashier, new(1), Stopping);
        await shifts.CountAsync(shift.Id, Cashier, new(17_950), Stopping);
        var (status, closed) = await shifts.CloseAsync(shift.Id, Cashier, Stopping);
        Assert.Equal((ShiftStatus.Done, 18_000), (status, closed!.Expected!.Value.Minor));
        Assert.Equal(ShiftStatus.AlreadyDone, (await shifts.CloseAsync(shift.Id, Cashier, Stopping)).Status);
        Assert.Equal(ShiftStatus.Closed, (await shifts.CountAsync(shift.Id, Cashier, new(1), Stopping)).Status);
        Assert.Equal(PaymentStatus.ShiftNotOpen, (await service.TryPayAsync("p4", 1, 100)).Status);
        var difference = Assert.Single(await service.EntriesAsync(new(0)));
        Assert.Equal(
            (LedgerAccount.CashDifference, LedgerAccount.CashCounter, 50),
            (difference.Debit, difference.Credit, difference.Amount.Minor));
        await service.CheckAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Refunds_by_cash_are_in_the_count_of_the_shift_in_which_they_are_approved()
    {
        await using var service = await LedgerService.StartAsync();
        var shifts = service.Desk.Shifts;
        var (_, shift) = await shifts.OpenAsync("till-1", Cashier, Yuan, new(1_000), Stopping);
        await service.PayAsync("p1", 1, 5_000);
        foreach (var (key, by, sub) in new[]
        {
            ("f1", Cashier, LedgerAccount.CashCounter), ("f2", Cashier, LedgerAccount.RefundPayable),
            ("f3", Clerk, LedgerAccount.CashCounter),
        })
        {
            await service.PostAsync(service.Order(key, OperationKind.Refund, 1, 700, sub) with { By = by });
            Assert.Equal(OperationStatus.Done, await service.DecideAsync(key, Chief));
        }

        await service.PostAsync(
            service.Order("f4", OperationKind.Refund, 1, 100, LedgerAccount.CashCounter) with { By = Cashier });
        await shifts.CountAsync(shift!.Id, Cashier, new(5_300), Stopping);
        var (status, closed) = await shifts.CloseAsync(shift.Id, Cashier, Stopping);
        Assert.Equal((ShiftStatus.Done, 5_300), (status, closed!.Expected!.Value.Minor));
        Assert.Empty(await service.EntriesAsync(new(0))); // No difference.
    }

    [Fact(Timeout = 60_000)]
    public async Task A_day_without_a_payment_is_compared_and_signed()
    {
        await using var service = await LedgerService.StartAsync();
        var result = await CompareAsync(service, "empty.csv");
        Assert.Equal((0, 0), (result.Matched, result.Items.Count));
        Assert.Equal(ReconciliationStatus.Done, await SignAsync(service, "empty.csv", Chief));
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_lifted_a_hold_does_not_reverse_a_payment_of_the_account()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("p1", 1, 5_000);
        await service.PayAsync("p2", 2, 5_000);
        var hold = new Control.Cases.Hold(
            new(1), Control.Cases.HoldKind.Dispute, Start, Instant.Never, Clerk, "disputed");
        await service.Inner.Control.AddHoldAsync(hold, Stopping);
        var lifter = new PersonId(" ZHAO.min");
        await service.Inner.Control.LiftHoldAsync(new(1), hold.Kind, lifter, Start, Stopping);
        Assert.Equal(OperationStatus.SamePerson, await service.ReverseAsync("r1", "p1", Chief));
        Assert.Equal(OperationStatus.Done, await service.ReverseAsync("r2", "p2", Chief));
        Assert.True(await Duties.HasReversedAsync(service.Inner, new(2), lifter, Start, Stopping));
        Assert.False(await Duties.HasReversedAsync(service.Inner, new(1), lifter, Start, Stopping));
        service.Clock.MoveTo(Start + TimeSpan.FromDays(Duties.ApartDays + 1));
        await service.ReverseAsync("r1", "p1", Chief);
        Assert.NotNull(await service.Inner.Ledger.FindOperationAsync("r1", Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_day_is_compared_resolved_and_signed_by_another_and_locked()
    {
        await using var service = await LedgerService.StartAsync();
        await service.PayAsync("m1", 1, 1_000, PaymentChannel.Mobile);
        await service.PayAsync("m2", 2, 2_000, PaymentChannel.Mobile);
        await service.PayAsync("m3", 3, 3_000, PaymentChannel.Mobile);
        await service.PayAsync("c1", 3, 3_000);
        var result = await CompareAsync(service, "m-03.csv", ("m1", 1_000), ("m2", 2_500), ("m9", 400));
        Assert.Equal((1, 1_000), (result.Matched, result.MatchedTotal.Minor));
        Assert.Equal(
            [
                ("m2", MatchOutcome.AmountDiffers, 2_000, 2_500), ("m3", MatchOutcome.OnlyHere, 3_000, null),
                ("m9", MatchOutcome.OnlyThere, (long?)null, (long?)400),
            ],
            result.Items.Select(item => (item.Key, item.Outcome, item.Here?.Minor, item.There?.Minor)));
        Assert.Equal(ReconciliationStatus.SamePerson, await SignAsync(service, "m-03.csv", Clerk));
        Assert.Equal(ReconciliationStatus.NotResolved, await SignAsync(service, "m-03.csv", Chief));
        Assert.Equal(ReconciliationStatus.Unknown, await SignAsync(service, "none.csv", Chief));
        foreach (var item in result.Items)
        {
            Assert.Equal(ReconciliationStatus.Done, await ResolveAsync(service, item.Key));
            Assert.Equal(ReconciliationStatus.ItemNotOpen, await ResolveAsync(service, item.Key));
        }

        Assert.Equal(Today, (await service.PayAsync("m4", 1, 50, PaymentChannel.Mobile)).Day);
        Assert.Equal(ReconciliationStatus.DayMoved, await SignAsync(service, "m-03.csv", Chief));
        Assert.Equal(Today, (await service.PayAsync("m5", 1, 50, PaymentChannel.Mobile)).Day); // Not locked after all.
        var again = await CompareAsync(
            service, "m-03b.csv", ("m1", 1_000), ("m2", 2_000), ("m3", 3_000), ("m4", 50), ("m5", 50));
        Assert.Equal((5, 0), (again.Matched, again.Items.Count));
        Assert.Equal(ReconciliationStatus.Done, await SignAsync(service, "m-03b.csv", Chief));
        Assert.Equal(ReconciliationStatus.Signed, await SignAsync(service, "m-03b.csv", Chief));
        Assert.Equal(Today.AddDays(1), (await service.PayAsync("m6", 1, 50, PaymentChannel.Mobile)).Day);
        Assert.Equal(Today, (await service.PayAsync("c2", 1, 50)).Day);
        await service.RestartAsync();
        Assert.Equal(Today.AddDays(1), (await service.PayAsync("m7", 1, 50, PaymentChannel.Mobile)).Day);
        var m7 = (await service.EntriesAsync(new(1)))[0];
        Assert.Equal(Today.AddDays(1), m7.Day);
        Assert.Equal(Today.AddDays(1), await ReversedOnAsync(service, "m1"));
        await service.CheckAsync();
    }

    private static async Task<ServiceDay> ReversedOnAsync(LedgerService service, string payment)
    {
        await service.ReverseAsync("r-" + payment, payment, Chief);
        return (await service.EntriesAsync(new(1)))[0].Day;
    }

    private static async Task<Reconciliation> CompareAsync(
        LedgerService service, string name, params (string Key, long Minor)[] lines)
    {
        var there = lines.Select(line => new PaymentOrder(
            line.Key, new(1), new(line.Minor), Yuan, PaymentChannel.Mobile, Clerk, null)).ToList();
        var (status, result) = await service.Desk.Reconciliations.CompareAsync(
            name, PaymentChannel.Mobile, Today, Yuan, there, Clerk, Stopping);
        Assert.Equal(ReconciliationStatus.Done, status);
        var (repeated, same) = await service.Desk.Reconciliations.CompareAsync(
            name, PaymentChannel.Mobile, Today, Yuan, there, Clerk, Stopping);
        Assert.Equal((ReconciliationStatus.AlreadyDone, result!.Items.Count), (repeated, same!.Items.Count));
        return result;
    }

    private static async Task<ReconciliationStatus> SignAsync(LedgerService service, string name, PersonId by) =>
        (await service.Desk.Reconciliations.SignAsync(name, by, Stopping)).Status;

    private static Task<ReconciliationStatus> ResolveAsync(LedgerService service, string key) =>
        service.Desk.Reconciliations.ResolveAsync("m-03.csv", key, "looked at", Clerk, Stopping);
}
