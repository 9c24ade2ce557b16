using Meters.Billing.Accounts;
using Meters.Billing.Payments;
using Meters.Host.Ledger;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What a lane is made from.</summary>
public sealed record LaneSetup(LiveRegistry Registry, LocalZone BillingZone, TimeProvider Clock, TimeProvider Wire)
{
    /// <summary>What all lanes ask about counters, agents and locked days.</summary>
    public MoneyState Money { get; init; } = new();
}

/// <summary>Taking the shard and building the book from what is stored.</summary>
public sealed partial class ShardLane
{
    /// <summary>Becomes the shard's writer and loads its state; tries again while the store is away.</summary>
    public Task LoadAsync(CancellationToken stopping) => ReloadAsync(stopping);

    private async Task ReloadAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await LoadOnceAsync(stopping);
                IsHealthy = true;
                return;
            }
            catch (StoreUnavailableException fault)
            {
                IsHealthy = false;
                _log.StoreAway(Shard, fault.Message);
                await Task.Delay(TimeSpan.FromSeconds(_options.StoreRetrySeconds), _wire, stopping);
            }
        }
    }

    private async Task LoadOnceAsync(CancellationToken stopping)
    {
        if (_shard is not null) await _shard.DisposeAsync();
        _shard = await _store.TakeShardAsync(Shard, stopping);
        if (FirstEpoch == 0) FirstEpoch = _shard.Epoch;
        _book = null;
        BeginCommit(_clock.Now());
        _monthUse.Clear();
        var book = new ShardBook(Shard, _setup.BillingZone, new() { PaymentMinorMax = _options.PaymentMinorMax });
        var (closed, lastEntryId) = await _shard.LoadProgressAsync(stopping);
        if (closed is null) closed = await BeginAsync(stopping);
        book.SetProgress(closed.Value, lastEntryId);
        _setup.Registry.FillBook(book, _clock.Now());
        await LoadAccountsAsync(book, stopping);
        await LoadSubAccountsAsync(book, stopping);
        await foreach (var (channel, at) in _shard.LoadUnratedAsync(stopping)) book.RestoreUnrated(channel, at);
        await foreach (var channel in _shard.LoadChannelsAsync(stopping)) book.Restore(channel);
        await foreach (var reading in _shard.LoadReadingsAfterSnapshotAsync(stopping)) book.Replay(reading);
        foreach (var channel in book.TakeUnseated())
        {
            book.Reseat(channel, await _shard.ReadChannelAsync(channel, Instant.Epoch, Instant.Never, stopping));
        }

        await ReckonAsync(book, stopping);
        await RestoreHoldsAsync(book, stopping);
        _book = book;
        Volatile.Write(ref _openEnd, book.OpenEnd.UnixMicros);
        _log.ShardLoaded(Shard, _shard.Epoch, closed.Value.ToString());
    }

    private async Task LoadAccountsAsync(ShardBook book, CancellationToken stopping)
    {
        var withoutSnapshot = new List<AccountImage>();
        await foreach (var account in _shard!.LoadAccountsAsync(stopping))
        {
            if (!book.TryPosition(account.Account, out _)) continue; // Being registered: its call to the lane follows.
            if (account.NeedsDays) withoutSnapshot.Add(account);
            else Restore(book, account, null);
        }

        var open = book.ClosedThrough.AddDays(1);
        foreach (var account in withoutSnapshot)
        {
            Restore(book, account, await _shard.ReadDaysAsync(account.Account, open, stopping));
        }
    }

    private static void Restore(ShardBook book, AccountImage account, AccountDays? days) => book.Restore(
        account.Account,
        account.Snapshot,
        account.PaidAfter,
        account.ChargedAfter,
        account.LastPurchaseAfter,
        account.Thresholds,
        days);

    private async Task LoadSubAccountsAsync(ShardBook book, CancellationToken stopping)
    {
        var week = SubAccounts.WeekOf(book.DayOf(_clock.Now()));
        var images = await _shard!.LoadSubAccountsAsync(week, stopping);
        foreach (var (account, subs) in images.Sums) book.Restore(account, subs);
        foreach (var (account, day, amount) in images.Recovered) book.RestoreRecovered(account, day, amount);
        var late = await _shard.LoadLateFeesAsync(stopping);
        foreach (var fee in late.Fees) book.Restore(fee);
        foreach (var entries in late.Later) book.Restore(entries);
    }

    /// <summary>The first day of a new shard: everything up to the end of yesterday counts as closed.</summary>
    private async Task<ServiceDay> BeginAsync(CancellationToken stopping)
    {
        var today = ServiceDay.Of(DateOnly.FromDateTime(_setup.BillingZone.ToLocal(_clock.Now())));
        BeginCommit(_clock.Now());
        (_commit.ClosesDay, _commit.ClosesThrough) = (today.AddDays(-1), _setup.BillingZone.StartOf(today));
        await _shard!.CommitAsync(_commit, stopping);
        return today.AddDays(-1);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shard is not null) await _shard.DisposeAsync();
    }
}
