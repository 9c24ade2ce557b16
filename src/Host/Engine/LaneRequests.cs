using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Control.Cases;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Work that goes before frames in a shard's writer.</summary>
public abstract class LaneRequest
{
    /// <summary>
    /// The lane stopped before it could be done, or before it was known to be: the caller is told to come again.
    /// </summary>
    public abstract void Abandon();

    protected static StoreUnavailableException Stopped() => new("The shard's writer has stopped.");
}

public sealed class PaymentRequest(PaymentOrder order) : LaneRequest
{
    private readonly TaskCompletionSource<(PaymentStatus, PaymentRecord?)> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PaymentOrder Order => order;

    public Task<(PaymentStatus Status, PaymentRecord? Record)> AnswerAsync(CancellationToken stopping) =>
        _done.WaitAsync(stopping);

    public void Complete(PaymentStatus status, PaymentRecord? record) => _done.TrySetResult((status, record));

    public override void Abandon() => _done.TrySetException(Stopped());
}

/// <summary>How far an operation shall go.</summary>
public enum OperationStep
{
    /// <summary>A new one: posted, or kept until a second person has decided.</summary>
    Post,
    Approve,
    Decline,

    /// <summary>The receiving shard's half.</summary>
    SecondHalf,
}

/// <param name="order">The operation; of a stored one, only its key counts.</param>
/// <param name="step">What to do with it.</param>
/// <param name="by">Who decides; null for a new one and for a second half.</param>
public sealed class OperationRequest(LedgerOrder order, OperationStep step, PersonId? by = null) : LaneRequest
{
    private readonly TaskCompletionSource<(OperationStatus, OperationRecord?)> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LedgerOrder Order => order;

    public OperationStep Step => step;

    public PersonId? By => by;

    public Task<(OperationStatus Status, OperationRecord? Record)> AnswerAsync(CancellationToken stopping) =>
        _done.WaitAsync(stopping);

    public void Complete(OperationStatus status, OperationRecord? record) => _done.TrySetResult((status, record));

    public override void Abandon() => _done.TrySetException(Stopped());
}

/// <summary>
/// What does the book say of these accounts? Answered between two commits, so always committed state.
/// </summary>
public sealed class FactsRequest(IReadOnlyList<AccountId> accounts) : LaneRequest
{
    private readonly TaskCompletionSource<AccountFacts?[]> _done = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<AccountId> Accounts => accounts;

    public Task<AccountFacts?[]> AnswerAsync(CancellationToken stopping) => _done.WaitAsync(stopping);

    public void Complete(AccountFacts?[] facts) => _done.TrySetResult(facts);

    public override void Abandon() => _done.TrySetException(Stopped());
}

/// <summary>Work of the lane itself: registration, day close, snapshots.</summary>
public sealed class LaneCall(Func<ShardLane, CancellationToken, Task> work) : LaneRequest
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task DoneAsync(CancellationToken stopping) => _done.WaitAsync(stopping);

    public async Task RunAsync(ShardLane lane, CancellationToken stopping)
    {
        await work(lane, stopping);
        _done.TrySetResult(true);
    }

    public void Fail(Exception fault) => _done.TrySetException(fault);

    public override void Abandon() => _done.TrySetException(Stopped());
}

/// <summary>
/// A frame on its way through the lanes that own its meters; confirmed when the last of them has committed.
/// </summary>
public sealed class FrameTicket
{
    private readonly TaskCompletionSource<bool>? _home;
    private int _open;

    public FrameTicket(ReceivedFrame frame, int lanes, int home)
    {
        (Frame, Home, IsShared, _open) = (frame, home, lanes > 1, lanes);
        if (IsShared) _home = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public ReceivedFrame Frame { get; }

    /// <summary>The lane that keeps the raw frame and the faults.</summary>
    public int Home { get; }

    /// <summary>More than one lane takes part: each sees only its own meters' readings.</summary>
    public bool IsShared { get; }

    /// <summary>Of a shared frame: its raw bytes are durable, so that readings may refer to them.</summary>
    public Task HomeAsync(CancellationToken stopping) => _home?.WaitAsync(stopping) ?? Task.CompletedTask;

    /// <summary>This lane's part is durable.</summary>
    public void Done(int lane, FrameOutcome outcome)
    {
        if (lane == Home) _home?.TrySetResult(true);
        if (Interlocked.Decrement(ref _open) == 0) Frame.Complete(outcome);
    }
}
