using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Engine;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

public enum ShiftStatus
{
    Done,

    /// <summary>The same as before: the first answer again.</summary>
    AlreadyDone,

    /// <summary>The till or the cashier has an open shift.</summary>
    AlreadyOpen,
    Unknown,

    /// <summary>Only the cashier counts and closes his own.</summary>
    NotYours,
    Closed,

    /// <summary>A shift is closed against a count.</summary>
    NotCounted,
}

/// <summary>Shifts of cashiers: open, take, count, close with the difference booked.</summary>
public sealed class ShiftDesk(DeskSetup setup)
{
    private ILedgerStore Rows => setup.Store.Ledger;

    public async Task<(ShiftStatus Status, ShiftRecord? Shift)> OpenAsync(
        string till, PersonId person, Currency currency, Money laid, CancellationToken stopping)
    {
        var shift = new ShiftRecord(0, till, person, currency, setup.Clock.Now(), laid, null, null, null);
        if (await Rows.OpenShiftAsync(shift, stopping) is not { } id) return (ShiftStatus.AlreadyOpen, null);
        shift = shift with { Id = id };
        setup.Money.Shifts.Open(shift);
        return (ShiftStatus.Done, shift);
    }

    public async Task<(ShiftStatus Status, ShiftRecord? Shift)> CountAsync(
        long id, PersonId person, Money counted, CancellationToken stopping)
    {
        var (status, shift) = await FindAsync(id, person, stopping);
        if (status != ShiftStatus.Done) return (status, shift);
        return await Rows.CountShiftAsync(id, counted, stopping)
            ? (ShiftStatus.Done, shift! with { Counted = counted })
            : (ShiftStatus.Closed, null);
    }

    /// <summary>
    /// Closes against the last count. From the first moment no payment is added; what was on its way is waited for;
    /// the difference is booked before the shift counts as closed, so that a crash only makes it come again.
    /// </summary>
    public async Task<(ShiftStatus Status, ShiftRecord? Shift)> CloseAsync(
        long id, PersonId person, CancellationToken stopping)
    {
        var (status, shift) = await FindAsync(id, person, stopping);
        if (status == ShiftStatus.Closed) return (ShiftStatus.AlreadyDone, shift);
        if (status != ShiftStatus.Done) return (status, shift);
        if (shift!.Counted is not { } counted) return (ShiftStatus.NotCounted, null);
        setup.Money.Shifts.Close(shift);
        foreach (var lane in setup.Lanes) await lane.CallAsync((_, _) => Task.CompletedTask, stopping);
        var expected = shift.Float + await Rows.TakingsAsync(id, stopping);
        if (counted != expected) await BookAsync(shift, counted - expected, stopping);
        await Rows.CloseShiftAsync(id, expected, setup.Clock.Now(), stopping);
        return (ShiftStatus.Done, await Rows.FindShiftAsync(id, stopping));
    }

    private async Task BookAsync(ShiftRecord shift, Money difference, CancellationToken stopping)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"shift-{shift.Id}-difference");
        var order = new LedgerOrder(
            key, OperationKind.CashDifference, LedgerOrder.House, difference, shift.Currency, shift.Person)
        {
            Party = shift.Till,
            Note = $"Till {shift.Till} at the close of its shift.",
        };
        var request = new OperationRequest(order, OperationStep.Post);
        await setup.Lanes[0].EnqueueAsync(request, stopping);
        var (status, _) = await request.AnswerAsync(stopping);
        if (status is OperationStatus.Done or OperationStatus.AlreadyDone) return;
        throw new InvalidOperationException($"The difference of shift {shift.Id} was not booked: {status}.");
    }

    private async Task<(ShiftStatus Status, ShiftRecord? Shift)> FindAsync(
        long id, PersonId person, CancellationToken stopping)
    {
        if (await Rows.FindShiftAsync(id, stopping) is not { } shift) return (ShiftStatus.Unknown, null);
        if (shift.Person != person) return (ShiftStatus.NotYours, null);
        return (shift.ClosedAt is null ? ShiftStatus.Done : ShiftStatus.Closed, shift);
    }
}
