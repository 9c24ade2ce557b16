using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>The end of service days.</summary>
public sealed partial class ShardLane
{
    /// <summary>How far after its end a reading may stand that still says where the register was at it.</summary>
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
            var use = new PeriodUse { Months = months };
            if (need.PeriodFrom is { } from)
            {
                var (start, end) = (Book.StartOf(need.Account, from), Book.StartOf(need.Account, day.AddDays(1)));
                use = use with
                {
                    Active = await UsedAsync(need.Account, RegisterKind.ForwardActive, start, end, stopping),
                    Reactive = await UsedAsync(need.Account, RegisterKind.ForwardReactive, start, end, stopping),
                    DemandWattsByBand = await DemandAsync(need.Account, start, end, stopping),
                    EarlierDemandWattsByBand = need.DemandFrom is { } earlier
                        ? await DemandAsync(need.Account, Book.StartOf(need.Account, earlier), start, stopping)
                        : [],
                    ActiveByBand = need.ByBand ? await UsedByBandAsync(need.Account, start, end, stopping) : [],
                };
            }

            found.Add(need.Account, use);
        }

        return found;
    }

    private async Task<Energy> UsedInAsync(AccountId account, ServiceDay month, CancellationToken stopping)
    {
        if (_monthUse.TryGetValue((account, month), out var known)) return known;
        var next = ServiceDay.Of(month.ToDateOnly().AddMonths(1));
        var (start, end) = (Book.StartOf(account, month), Book.StartOf(account, next));
        var used = await UsedAsync(account, RegisterKind.ForwardActive, start, end, stopping);
        _monthUse.Add((account, month), used);
        return used;
    }

    /// <summary>Its readings changed.</summary>
    private void ForgetUse(AccountId account)
    {
        foreach (var key in _monthUse.Keys.Where(key => key.Account == account).ToList()) _monthUse.Remove(key);
    }

    private async Task<Energy> UsedAsync(
        AccountId account, RegisterKind register, Instant start, Instant end, CancellationToken stopping)
    {
        var sum = Energy.Zero;
        foreach (var channel in Book.ChannelsOf(account, register))
        {
            var rows = await _shard!.ReadChannelAsync(channel, start, end + NextReadingMax, stopping);
            sum += Book.UsedBetween(channel, rows, start, end);
        }

        return sum;
    }

    private async Task<IReadOnlyList<Energy>> UsedByBandAsync(
        AccountId account, Instant start, Instant end, CancellationToken stopping)
    {
        Energy[] sum = [];
        foreach (var channel in Book.ChannelsOf(account, RegisterKind.ForwardActive))
        {
            var rows = await _shard!.ReadChannelAsync(channel, start, end + NextReadingMax, stopping);
            var used = Book.UsedByBand(channel, rows, start, end);
            sum = sum.Length == 0 ? used : [.. sum.Zip(used, (a, b) => a + b)];
        }

        return sum;
    }

    /// <summary>Several meters of one account have no common demand: the greatest of them counts.</summary>
    private async Task<IReadOnlyList<long>> DemandAsync(
        AccountId account, Instant start, Instant end, CancellationToken stopping)
    {
        long[] most = [];
        foreach (var channel in Book.ChannelsOf(account, RegisterKind.ForwardActive))
        {
            var rows = await _shard!.ReadChannelAsync(channel, start, end, stopping);
            var watts = Book.DemandBetween(channel, rows, start, end);
            most = most.Length == 0 ? watts : [.. most.Zip(watts, Math.Max)];
        }

        return most;
    }
}
