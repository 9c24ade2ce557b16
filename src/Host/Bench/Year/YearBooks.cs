using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>
/// The books of one life of the process, one for each region: readings and payments in, crossings to Control's store
/// in the same commit. What a database would keep of the ledger is kept by <see cref="Snapshot"/>.
/// </summary>
internal sealed class YearBooks
{
    private static readonly TimeSpan CloseAfter = TimeSpan.FromHours(4);
    private static readonly PersonId Till = new("year");

    private readonly LiveRegistry _registry;
    private readonly IReadOnlyList<Region> _regions;
    private readonly ShardBook[] _books;
    private readonly IShardStore[] _shards;
    private readonly ShardCommit _commit = new();

    public YearBooks(
        IStore store, LiveRegistry registry, IReadOnlyList<Region> regions, YearLedger? ledger, Instant now)
    {
        (_registry, _regions) = (registry, regions);
        _shards = [.. regions.Select(region => Sync.Of(store.TakeShardAsync(region.Index, default)))];
        _books = [.. regions.Select(region => NewBook(region, ledger, now))];
    }

    /// <summary>What is durable of all accounts.</summary>
    public YearLedger Snapshot()
    {
        var days = _books.Select(book => (book.ClosedThrough, book.LastEntryId)).ToArray();
        var accounts = new List<(AccountSnapshot, ThresholdState, List<ChannelSnapshot>)>();
        foreach (var book in _books)
        {
            foreach (var account in book.Accounts)
            {
                book.TryPosition(account, out var position);
                accounts.Add((
                    book.Snapshot(account),
                    new(account, position.CrossedMask, position.Arm),
                    [.. book.ChannelsOf(account)]));
            }
        }

        return new(days, accounts);
    }

    public Task<AccountFacts?[]> FactsAsync(IReadOnlyList<AccountId> accounts, CancellationToken stopping) =>
        Task.FromResult(accounts.Select(FactsOf).ToArray());

    public bool TryPosition(Home home, out AccountPosition position) =>
        _books[home.Region.Index].TryPosition(home.Account, out position);

    /// <summary>Takes a reading into the book; nothing is committed yet. False: it was not accepted.</summary>
    public bool Take(Home home, Instant at, long registerWh, ReadingQuality quality, Instant now)
    {
        var book = _books[home.Region.Index];
        var reading = new Reading(home.Channel, at, new(registerWh * 10), quality, new(1));
        var status = book.Apply(reading, now, out var charge);
        if (status is ReadingStatus.Rated or ReadingStatus.First)
        {
            Keep(home, new(reading, charge), now);
            return true;
        }

        if (status == ReadingStatus.NeedsHistory && home.Rows is not null) return Rerate(book, home, reading, now);
        if (status == ReadingStatus.Held) book.Lift(home.Meter); // Somebody looks at it; the next reading shows.
        return false;
    }

    public void Pay(Home home, string key, long minor, Instant now)
    {
        var book = _books[home.Region.Index];
        Begin(now);
        var order = new PaymentOrder(
            key, home.Account, new(minor), home.Region.Currency, PaymentChannel.Mobile, Till, null);
        if (book.Check(order) is var status and not PaymentStatus.Posted)
        {
            throw new InvalidOperationException($"The payment {key} of {minor} is {status}.");
        }

        _commit.Payments.Add(book.Post(order, now, _commit.Entries));
        Commit(home.Region);
    }

    /// <summary>Commits what was taken: crossings wake their cases.</summary>
    public void CommitReadings(Instant now)
    {
        foreach (var region in _regions)
        {
            Begin(now);
            Commit(region);
        }
    }

    /// <summary>The regions of which a day was closed: averages have moved, and levels with them.</summary>
    public IReadOnlyList<Region> CloseDue(Instant now)
    {
        var closed = new List<Region>();
        foreach (var region in _regions)
        {
            var book = _books[region.Index];
            while (book.OpenEnd + CloseAfter <= now)
            {
                Begin(now);
                book.CloseDay(new(
                    book.ClosedThrough.AddDays(1), now, _commit.DayCharges, _commit.DayLines, _commit.Entries));
                Commit(region);
                _registry.RefreshThresholds(book, now);
                if (!closed.Contains(region)) closed.Add(region);
            }
        }

        return closed;
    }

    private ShardBook NewBook(Region region, YearLedger? ledger, Instant now)
    {
        var book = new ShardBook(region.Index, region.Zone, new());
        var today = book.DayOf(now);
        var (closed, last) = ledger is null ? (today.AddDays(-1), 0) : ledger.Days[region.Index];
        book.SetProgress(closed, last);
        _registry.FillBook(book, now);
        foreach (var (account, thresholds, channels) in ledger?.Accounts ?? [])
        {
            if (!_registry.TryAccount(account.Account, out var record) || record.Shard != region.Index) continue;
            book.Restore(account.Account, account, Money.Zero, Money.Zero, null, thresholds);
            foreach (var channel in channels) book.Restore(channel);
        }

        return book;
    }

    private AccountFacts? FactsOf(AccountId account) => _registry.TryAccount(account, out var record)
        ? AccountDirectory.FactsOf(_books[record.Shard], account)
        : null;

    private void Begin(Instant now)
    {
        _commit.Clear();
        _commit.At = now;
    }

    private void Commit(Region region)
    {
        var book = _books[region.Index];
        book.TakeCrossings(_commit.At, _commit.Crossings, _commit.Thresholds);
        book.TakeCorrections(_commit.At, _commit.Corrections, _commit.Entries);
        foreach (var crossing in _commit.Crossings) _commit.Wake.Add(crossing.Account);
        foreach (var correction in _commit.Corrections) _commit.Wake.Add(correction.Account);
        if (!_commit.IsEmpty) Sync.Of(_shards[region.Index].CommitAsync(_commit, default));
    }

    private static void Keep(Home home, RatedReading row, Instant now)
    {
        if (home.Rows is not { } rows) return;
        rows.Add(row);
        if (rows.Count > 300 && rows[150].Reading.At < now - TimeSpan.FromDays(4)) rows.RemoveRange(0, 150);
    }

    private static bool Rerate(ShardBook book, Home home, Reading late, Instant now)
    {
        var rows = home.Rows!;
        if (rows.Count == 0 || late.At <= rows[0].Reading.At) return false; // Behind what is kept.
        var result = book.Rerate(home.Channel, rows, [late], now);
        if (result.NeedsHistoryFrom is not null) return false;
        rows.AddRange(result.Inserted);
        foreach (var row in result.Replaced) rows[rows.FindIndex(old => old.Reading.At == row.Reading.At)] = row;
        foreach (var change in result.Changed)
        {
            var place = rows.FindIndex(old => old.Reading.At == change.At);
            rows[place] = rows[place] with { Charge = change.Charge };
        }

        rows.Sort(static (a, b) => a.Reading.At.CompareTo(b.Reading.At));
        return result.Rejected.Count == 0;
    }
}

/// <summary>What a restart finds: days and last entries by region, and each account with its registers.</summary>
internal sealed record YearLedger(
    (ServiceDay ClosedThrough, long LastEntryId)[] Days,
    IReadOnlyList<(AccountSnapshot Account, ThresholdState Thresholds, List<ChannelSnapshot> Channels)> Accounts);

/// <summary>In memory everything is done when it returns; what is not is a fault of the simulation.</summary>
internal static class Sync
{
    public static T Of<T>(Task<T> done) => done.IsCompleted
        ? done.GetAwaiter().GetResult()
        : throw new InvalidOperationException("Something waits where nothing may.");

    public static void Of(Task done)
    {
        if (!done.IsCompleted) throw new InvalidOperationException("Something waits where nothing may.");
        done.GetAwaiter().GetResult();
    }
}
