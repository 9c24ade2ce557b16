using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>The end of service days.</summary>
public sealed partial class ShardLane
{
    /// <summary>Within it after its end a reading stands, as a rule, that says where the register was at it.</summary>
    private static readonly TimeSpan NextReadingMax = TimeSpan.FromDays(2);

    /// <summary>
    /// Energy of closed months, which a spread surcharge asks for on each of its days. Only of accounts with one.
    /// </summary>
    private readonly Dictionary<(AccountId Account, ServiceDay Month), Energy> _monthUse = [];

    /// <summary>
    /// Posts the journal lines of the open day and opens the next; snapshots of the whole shard go with it.
    /// </summary>
    public async Task CloseDayAsync(CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        var day = Book.ClosedThrough.AddDays(1);
        var end = Book.OpenEnd;
        var use = await MeasureAsync(day, stopping);
        Book.CloseDay(new(day, _commit.At, _commit.DayCharges, _commit.DayLines, _commit.Entries)
        {
            Use = use,
            LateFees = _commit.LateFees,
        });
        (_commit.ClosesDay, _commit.ClosesThrough) = (day, end);
        foreach (var account in Book.Accounts) AddSnapshots(account);
        await CommitAsync(stopping);
        _setup.Registry.RefreshThresholds(Book, _commit.At);
        Volatile.Write(ref _openEnd, Book.OpenEnd.UnixMicros);
        _log.DayClosed(Shard, day.ToString(), _commit.Entries.Count);
        BeginCommit(_commit.At);
    }

    private async Task<IReadOnlyDictionary<AccountId, PeriodUse>> MeasureAsync(
        ServiceDay day, CancellationToken stopping)
    {
        var found = new Dictionary<AccountId, PeriodUse>();
        foreach (var need in Book.UseNeededOn(day).ToList())
        {
            var months = new List<MonthUsage>();
            foreach (var month in need.Months) months.Add(new(month, await UsedInAsync(need.Account, month, stopping)));
            var use = new PeriodUse();
            if (need.PeriodFrom is { } from)
            {
                if (need.IsMeasured) use = await UsedAsync(need, from, day, stopping);
                use = use with { Days = await _shard!.ReadDaysAsync(need.Account, from, stopping) };
            }

            found.Add(need.Account, use with { Months = months });
        }

        return found;
    }

    private async Task<Energy> UsedInAsync(AccountId account, ServiceDay month, CancellationToken stopping)
    {
        if (_monthUse.TryGetValue((account, month), out var known)) return known;
        var end = Book.StartOf(account, ServiceDay.Of(month.ToDateOnly().AddMonths(1)));
        var channels = Book.ChannelsOf(account, RegisterKind.ForwardActive);
        var rows = await MeasuredAsync(channels, Book.StartOf(account, month), end, stopping);
        var used = Book.MeasureMonth(account, month, rows);
        _monthUse.Add((account, month), used);
        return used;
    }

    private async Task<PeriodUse> UsedAsync(
        UseNeeded need, ServiceDay from, ServiceDay lastDay, CancellationToken stopping)
    {
        var start = Book.StartOf(need.Account, need.DemandFrom ?? from);
        var channels = Book.ChannelsOf(need.Account, RegisterKind.ForwardActive)
            .Concat(Book.ChannelsOf(need.Account, RegisterKind.ForwardReactive));
        var end = Book.StartOf(need.Account, lastDay.AddDays(1));
        return Book.MeasurePeriod(need, lastDay, await MeasuredAsync(channels, start, end, stopping));
    }

    /// <summary>Its readings or its terms changed.</summary>
    private void ForgetUse(AccountId account)
    {
        foreach (var key in _monthUse.Keys.Where(key => key.Account == account).ToList()) _monthUse.Remove(key);
    }

    /// <summary>Rows with a neighbour on either side, as far as there are: the ends lie on the line to it.</summary>
    private async Task<Dictionary<ChannelId, IReadOnlyList<RatedReading>>> MeasuredAsync(
        IEnumerable<ChannelId> channels, Instant start, Instant end, CancellationToken stopping)
    {
        var found = new Dictionary<ChannelId, IReadOnlyList<RatedReading>>();
        foreach (var channel in channels)
        {
            var rows = await _shard!.ReadChannelAsync(channel, start, end + NextReadingMax, stopping);
            var isWhole = rows.Any(row => row.Reading.At >= end && row.Reading.Quality.IsRated());
            if (!isWhole) rows = await _shard!.ReadChannelAsync(channel, start, Instant.Never, stopping);
            found.Add(channel, rows);
        }

        return found;
    }
}
