using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

/// <summary>What the desk is made from.</summary>
public sealed record DeskSetup(
    IStore Store, LiveRegistry Registry, IReadOnlyList<ShardLane> Lanes, MoneyState Money, TimeProvider Clock);

/// <summary>
/// Everything about money that is not a plain payment: it finds the shard whose writer does it, and takes what needs
/// two shards from one to the other, also after a crash between them.
/// </summary>
public sealed class LedgerDesk(DeskSetup setup)
{
    private ILedgerStore Rows => setup.Store.Ledger;

    public ShiftDesk Shifts { get; } = new(setup);

    public ReconciliationDesk Reconciliations { get; } = new(setup);

    public FileDesk Files => new(setup, this);

    public AgentCash Agents => setup.Money.Agents;

    public ILedgerStore Store => Rows;

    /// <summary>Committed state; null for an unknown account.</summary>
    public async Task<Quote?> QuoteAsync(AccountId account, Money? amount, CancellationToken stopping)
    {
        if (!setup.Registry.TryAccount(account, out var record)) return null;
        Quote? quote = null;
        await setup.Lanes[record.Shard].CallAsync(
            (lane, _) =>
            {
                var now = setup.Clock.Now();
                var reconnects = setup.Registry.PolicyOf(record, now).Reconnect.AtLeast;
                quote = lane.Book.Quote(account, now, reconnects, amount);
                return Task.CompletedTask;
            },
            stopping);
        return quote;
    }

    /// <summary>Durable when it returns Done, AlreadyDone or AwaitsApproval.</summary>
    public async Task<(OperationStatus Status, OperationRecord? Record)> PostAsync(
        LedgerOrder order, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(order);
        return await RunAsync(new(order, OperationStep.Post), ShardOf(order.Account), stopping);
    }

    /// <summary>Takes a payment back; a bounced cheque may cost a fee.</summary>
    /// <param name="kind">Reversal or BouncedCheque.</param>
    /// <param name="key">Key of the operation.</param>
    /// <param name="payment">Key of the payment.</param>
    /// <param name="fee">Of a bounced cheque, minor units; zero for none.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="note">Why.</param>
    /// <param name="stopping">Breaks off the waiting, not the work.</param>
    public async Task<(OperationStatus Status, OperationRecord? Record)> TakeBackAsync(
        OperationKind kind,
        string key,
        string payment,
        Money fee,
        PersonId by,
        string note,
        CancellationToken stopping)
    {
        if (await Rows.FindPaymentAsync(payment, stopping) is not { } target)
        {
            return (OperationStatus.PaymentUnknown, null);
        }

        var account = target.Split.IsSuspense ? LedgerOrder.House : target.Order.Account;
        if (kind == OperationKind.Reversal && await Rows.FindOperationAsync(key, stopping) is null
            && await Duties.HasLiftedAsync(setup.Store, account, by, setup.Clock.Now(), stopping))
        {
            return (OperationStatus.SamePerson, null);
        }

        var amount = kind == OperationKind.Reversal ? target.Order.Amount : fee;
        var order = new LedgerOrder(key, kind, account, amount, target.Order.Currency, by)
        {
            Target = payment,
            Note = note,
        };
        return await RunAsync(new(order, OperationStep.Post), ShardOf(target), stopping);
    }

    /// <summary>Money in suspense goes to its owner.</summary>
    public async Task<(OperationStatus Status, OperationRecord? Record)> ReleaseAsync(
        string key, string payment, AccountId owner, PersonId by, string note, CancellationToken stopping)
    {
        if (await Rows.FindPaymentAsync(payment, stopping) is not { } target)
        {
            return (OperationStatus.PaymentUnknown, null);
        }

        var order = new LedgerOrder(
            key, OperationKind.SuspenseRelease, LedgerOrder.House, target.Order.Amount, target.Order.Currency, by)
        {
            Other = owner,
            Target = payment,
            Note = note,
        };
        return await RunAsync(new(order, OperationStep.Post), ShardOf(target), stopping);
    }

    /// <summary>Lends what the policy offers now.</summary>
    public async Task<(OperationStatus Status, OperationRecord? Record)> LendAsync(
        string key, AccountId account, LedgerAccount sub, PersonId by, string note, CancellationToken stopping)
    {
        if (!setup.Registry.TryAccount(account, out var record)) return (OperationStatus.AccountUnknown, null);
        var policy = setup.Registry.PolicyOf(record, setup.Clock.Now());
        var terms = sub == LedgerAccount.EmergencyCredit ? policy.Emergency : policy.Friendly;
        if (terms is null) return (OperationStatus.CreditNotOffered, null);
        var order = new LedgerOrder(
            key, OperationKind.CreditLent, account, terms.Amount, Currency.Parse(record.Currency), by)
        {
            Sub = sub,
            Note = note,
        };
        return await PostAsync(order, stopping);
    }

    /// <summary>The second person's word.</summary>
    public async Task<(OperationStatus Status, OperationRecord? Record)> DecideAsync(
        string key, bool approve, PersonId by, CancellationToken stopping)
    {
        if (await Rows.FindOperationAsync(key, stopping) is not { } known)
        {
            return (OperationStatus.OperationUnknown, null);
        }

        if (approve && known is { Order.Kind: OperationKind.Reversal, State: OperationState.Pending }
            && await Duties.HasLiftedAsync(setup.Store, known.Order.Account, by, setup.Clock.Now(), stopping))
        {
            return (OperationStatus.SamePerson, null);
        }

        var step = approve ? OperationStep.Approve : OperationStep.Decline;
        return await RunAsync(new(known.Order, step, by), known.Shard, stopping);
    }

    /// <summary>At start: second halves and lines of files that a crash left out; credit that a policy lends.</summary>
    public async Task RecoverAsync(CancellationToken stopping)
    {
        foreach (var half in await Rows.InTransitAsync(stopping)) await FinishAsync(half, stopping);
        foreach (var file in await Rows.UnfinishedFilesAsync(stopping)) await Files.ApplyAsync(file, stopping);
        foreach (var lane in setup.Lanes) await lane.CallAsync((l, token) => l.LendWhereOfferedAsync(token), stopping);
    }

    private async Task<(OperationStatus Status, OperationRecord? Record)> RunAsync(
        OperationRequest request, int shard, CancellationToken stopping)
    {
        await setup.Lanes[shard].EnqueueAsync(request, stopping);
        var (status, record) = await request.AnswerAsync(stopping);
        return record?.State == OperationState.InTransit
            ? (status, await FinishAsync(record, stopping))
            : (status, record);
    }

    private async Task<OperationRecord> FinishAsync(OperationRecord half, CancellationToken stopping)
    {
        var second = new OperationRequest(half.Order, OperationStep.SecondHalf);
        await setup.Lanes[ShardOf(half.Order.Other!.Value)].EnqueueAsync(second, stopping);
        return (await second.AnswerAsync(stopping)).Record ?? half;
    }

    private int ShardOf(AccountId account) =>
        setup.Registry.TryAccount(account, out var record) ? record.Shard : 0;

    /// <summary>The shard that posted a payment: its receipt says so.</summary>
    private int ShardOf(PaymentRecord payment)
    {
        var dash = payment.Receipt.IndexOf('-', StringComparison.Ordinal);
        return int.TryParse(payment.Receipt.AsSpan(0, Math.Max(0, dash)), NumberStyles.None,
            CultureInfo.InvariantCulture, out var shard) && shard < setup.Lanes.Count
            ? shard
            : ShardOf(payment.Order.Account);
    }
}
