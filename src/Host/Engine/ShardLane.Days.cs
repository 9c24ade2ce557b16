using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>The end of service days.</summary>
public sealed partial class ShardLane
{
    /// <summary>
    /// Posts the journal lines of the open day and opens the next; snapshots of the whole shard go with it.
    /// </summary>
    public async Task CloseDayAsync(CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        var day = Book.ClosedThrough.AddDays(1);
        var end = Book.OpenEnd;
        Book.CloseDay(new(day, _commit.At, _commit.DayCharges, _commit.DayLines, _commit.Entries));
        (_commit.ClosesDay, _commit.ClosesThrough) = (day, end);
        foreach (var account in Book.Accounts) AddSnapshots(account);
        await CommitAsync(stopping);
        _setup.Registry.RefreshThresholds(Book, _commit.At);
        Volatile.Write(ref _openEnd, Book.OpenEnd.UnixMicros);
        _log.DayClosed(Shard, day.ToString(), _commit.Entries.Count);
        BeginCommit(_commit.At);
    }
}
