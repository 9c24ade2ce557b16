using System.Threading.Channels;
using Meters.Billing.Accounts;
using Meters.Control.Cases;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// The one writer of one shard: takes what has piled up while the last commit ran, applies it to the book in memory,
/// commits once, then confirms. Payments and questions go before frames. When a commit fails, its outcome is unknown:
/// the book is loaded anew and the same work is applied again, which changes nothing where it was stored.
/// </summary>
public sealed partial class ShardLane
{
    private readonly IStore _store;
    private readonly EngineOptions _options;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _wire;
    private readonly ILogger _log;
    private readonly EngineMetrics _metrics;
    private readonly LaneSetup _setup;
    private readonly Channel<FrameTicket> _frames;
    private readonly Channel<LaneRequest> _urgent;
    private readonly WorkSignal _work = new();
    private readonly ShardCommit _commit = new();
    private readonly List<FrameTicket> _taken = [];
    private readonly List<PaymentRequest> _payments = [];
    private IShardStore? _shard;
    private ShardBook? _book;
    private LaneRequest? _answering;
    private bool _outcomeUnknown;
    private long _openEnd;

    public ShardLane(
        int shard, IStore store, LaneSetup setup, EngineOptions options, EngineMetrics metrics, ILogger log)
    {
        Shard = shard;
        (_store, _setup, _options, _metrics, _log) = (store, setup, options, metrics, log);
        (_clock, _wire) = (setup.Clock, setup.Wire);
        _frames = Channel.CreateBounded<FrameTicket>(
            new BoundedChannelOptions(options.FramesWaitingMax) { SingleReader = true });
        _urgent = Channel.CreateBounded<LaneRequest>(
            new BoundedChannelOptions(options.UrgentWaitingMax) { SingleReader = true });
    }

    public int Shard { get; }

    /// <summary>The epoch of this run's first load: it rises with every start, so frame ids are made from it.</summary>
    public long FirstEpoch { get; private set; }

    /// <summary>The store answered the last time.</summary>
    public bool IsHealthy { get; private set; } = true;

    /// <summary>From the start of the writer to its end, whatever ended it.</summary>
    public bool IsRunning { get; private set; }

    public ShardBook Book => _book ?? throw new InvalidOperationException("The shard is not loaded yet.");

    /// <summary>End of the open service day.</summary>
    public Instant OpenEnd => new(Volatile.Read(ref _openEnd));

    /// <summary>Control work may be due: an account crossed a threshold or paid.</summary>
    public Action? Woken { get; set; }

    /// <summary>Awaiting is the back-pressure: a full queue lets the session stop reading.</summary>
    /// <exception cref="StoreUnavailableException">The writer has stopped.</exception>
    public ValueTask EnqueueAsync(FrameTicket frame, CancellationToken stopping) =>
        EnqueueAsync(_frames, frame, stopping);

    /// <exception cref="StoreUnavailableException">The writer has stopped.</exception>
    public ValueTask EnqueueAsync(LaneRequest request, CancellationToken stopping) =>
        EnqueueAsync(_urgent, request, stopping);

    /// <summary>Runs work in the lane, between two commits, and waits for it.</summary>
    public async Task CallAsync(Func<ShardLane, CancellationToken, Task> work, CancellationToken stopping)
    {
        var call = new LaneCall(work);
        await EnqueueAsync(call, stopping);
        await call.DoneAsync(stopping);
    }

    /// <summary>Runs until stopped, then until both queues are empty.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        IsRunning = true;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                while (await RunOnceAsync(stopping))
                {
                    // Go on while there is work; nothing waits for a timer.
                }

                await _work.WaitAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop. What is not committed is not confirmed, and will be sent again.
        }
        finally
        {
            IsRunning = false;
            _urgent.Writer.TryComplete();
            _frames.Writer.TryComplete();
            AbandonAll();
        }
    }

    /// <summary>
    /// Nobody waits for an answer that does not come: neither in the queue nor for what was being done.
    /// </summary>
    private void AbandonAll()
    {
        foreach (var payment in _payments) payment.Abandon();
        foreach (var operation in _operations) operation.Abandon();
        _answering?.Abandon();
        while (_urgent.Reader.TryRead(out var request)) request.Abandon();
    }

    private async ValueTask EnqueueAsync<T>(Channel<T> queue, T item, CancellationToken stopping)
    {
        try
        {
            if (!queue.Writer.TryWrite(item)) await queue.Writer.WriteAsync(item, stopping);
        }
        catch (ChannelClosedException)
        {
            throw new StoreUnavailableException($"The writer of shard {Shard} has stopped.");
        }

        _work.Set();
    }

    /// <summary>One round: everything urgent, then one commit of frames. False when there was nothing to do.</summary>
    private async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var did = await RunUrgentAsync(stopping);
        _taken.Clear();
        var readings = 0;
        while (readings < _options.CommitReadingsMax && _frames.Reader.TryRead(out var ticket))
        {
            _taken.Add(ticket);
            readings += Math.Max(1, ticket.Frame.Readings.Length);
        }

        if (_taken.Count == 0) return did;
        await UntilStoredAsync(StoreFramesAsync, stopping);
        foreach (var ticket in _taken)
        {
            ticket.Done(Shard, ticket.Frame.Registered ? FrameOutcome.Stored : FrameOutcome.NotStored);
        }

        _taken.Clear();
        return true;
    }

    private async Task<bool> RunUrgentAsync(CancellationToken stopping)
    {
        var did = false;
        for (var n = 0; n < _options.UrgentWaitingMax && _urgent.Reader.TryRead(out var request); n++)
        {
            did = true; // As many as the queue holds, then frames have their turn.
            _answering = request;
            switch (request)
            {
                case PaymentRequest payment:
                    await OperateAsync(stopping);
                    _payments.Add(payment);
                    if (_payments.Count >= _options.CommitPaymentsMax) await PayAsync(stopping);
                    break;
                case OperationRequest operation:
                    await PayAsync(stopping);
                    _operations.Add(operation);
                    if (_operations.Count >= _options.CommitPaymentsMax) await OperateAsync(stopping);
                    break;
                case FactsRequest question:
                    await SettleAsync(stopping); // In order: who asks after paying sees the payment.
                    question.Complete([.. question.Accounts.Select(FactsOf)]);
                    break;
                case LaneCall call:
                    await SettleAsync(stopping);
                    await RunCallAsync(call, stopping);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown request {request.GetType().Name}.");
            }

            _answering = null;
        }

        await SettleAsync(stopping);
        return did;
    }

    private async Task RunCallAsync(LaneCall call, CancellationToken stopping)
    {
        try
        {
            await UntilStoredAsync(token => call.RunAsync(this, token), stopping);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not ShardFencedException)
        {
            call.Fail(fault);
            await ReloadAsync(stopping); // It may have changed the book and not the store.
        }
    }

    /// <summary>Repeats work that the store could not take, on a book loaded anew, until it is stored.</summary>
    private async Task UntilStoredAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await work(stopping);
                (IsHealthy, _outcomeUnknown) = (true, false);
                return;
            }
            catch (StoreUnavailableException fault)
            {
                IsHealthy = false;
                _log.StoreAway(Shard, fault.Message);
            }
            catch (PaymentKeyRaceException)
            {
                _log.PaymentKeyRace(Shard);
            }

            _outcomeUnknown = true;
            await ReloadAsync(stopping);
        }
    }

    /// <summary>
    /// Adds the crossings of what was applied, commits, and tells Control if there is something for it.
    /// </summary>
    private async Task CommitAsync(CancellationToken stopping)
    {
        await ReckonAsync(Book, stopping);
        _inHand.WriteTo(_commit);
        Book.TakeCrossings(_commit.At, _commit.Crossings, _commit.Thresholds);
        LendByPolicy();
        Book.TakeCorrections(_commit.At, _commit.Corrections, _commit.Entries);
        foreach (var correction in _commit.Corrections) AddSnapshots(correction.Account);
        TakeSnapshots();
        await TakeWorkAsync(stopping);
        if (_commit.Corrections.Count > 0) await FindWrongfulCutsAsync(stopping);
        foreach (var crossing in _commit.Crossings) _commit.Wake.Add(crossing.Account);
        if (_commit.IsEmpty) return;
        MarkChangedDays();
        var started = _wire.GetTimestamp();
        await _shard!.CommitAsync(_commit, stopping);
        _metrics.Committed(_commit.Readings.Count, _wire.GetElapsedTime(started));
        if (_commit.Wake.Count + _commit.Payments.Count + _commit.Credited.Count > 0) Woken?.Invoke();
    }

    private AccountFacts? FactsOf(AccountId account) => AccountDirectory.FactsOf(Book, account);
}
