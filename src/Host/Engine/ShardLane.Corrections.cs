using Meters.Billing.Accounts;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Rating anew what is stored: late readings, a person's edits, multipliers and tariffs put right.</summary>
public sealed partial class ShardLane
{
    private readonly RowsInHand _inHand = new();

    /// <summary>
    /// Rates anew what a change of terms reaches, after the book has the new ones, and posts the difference: one
    /// account in a commit. Again is harmless: what is as it should be stays so.
    /// </summary>
    /// <param name="accounts">Whose charges the change may touch: some at a time, so that payments do not wait.</param>
    /// <param name="from">From this instant on.</param>
    /// <param name="stopping">Gives it up.</param>
    public async Task ReRateAsync(IReadOnlyList<AccountId> accounts, Instant from, CancellationToken stopping)
    {
        var now = _clock.Now();
        foreach (var account in accounts)
        {
            BeginCommit(now);
            var touched = new HashSet<AccountId> { account };
            foreach (var channel in Book.ChannelsFrom(account, from))
            {
                await RerateAsync(new(channel) { From = from }, from, touched, now, stopping);
            }

            Book.MarkReckoning(account, from);
            foreach (var one in touched) AddSnapshots(one);
            await CommitAsync(stopping);
        }
    }

    /// <summary>
    /// Accounts with several lines of which rows or terms changed: their closed days are reckoned anew, from the rows
    /// as this commit will leave them.
    /// </summary>
    private async Task ReckonAsync(ShardBook book, CancellationToken stopping)
    {
        foreach (var work in book.TakeReckonings())
        {
            var days = await _shard!.ReadDaysAsync(work.Account, work.DaysFrom, stopping);
            Instant? from = work.RowsFrom;
            while (from is { } at)
            {
                var rows = new Dictionary<ChannelId, IReadOnlyList<RatedReading>>();
                foreach (var channel in work.Channels) rows.Add(channel, await RowsAsync(channel, at, stopping));
                from = book.Reckon(work, rows, days);
            }

            ForgetUse(work.Account);
            AddSnapshots(work.Account);
        }
    }

    /// <summary>
    /// Rates one channel anew, and what hangs on it: the meter that took its place goes on from its tier position. The
    /// rows are in the commit that is being made.
    /// </summary>
    private async Task<RerateResult> RerateAsync(
        RerateWork work, Instant earliest, HashSet<AccountId> touched, Instant now, CancellationToken stopping)
    {
        var from = Book.HistoryFrom(work.Channel, earliest);
        RerateResult result;
        while (true)
        {
            var stored = await RowsAsync(work.Channel, from, stopping);
            result = Book.Rerate(work, stored, now);
            if (result.NeedsHistoryFrom is not { } further)
            {
                _inHand.Take(result, stored);
                break;
            }

            from = further;
        }

        TakeOver(work, result, touched);
        if (result.AlsoRerate is { From: { } first } next) await RerateAsync(next, first, touched, now, stopping);
        return result;
    }

    /// <summary>
    /// Rows as this commit will leave them. A channel that it has touched already is read as a whole where the row that
    /// the store begins with may not be the right one any more.
    /// </summary>
    private async Task<IReadOnlyList<RatedReading>> RowsAsync(
        ChannelId channel, Instant from, CancellationToken stopping)
    {
        var stored = await _shard!.ReadChannelAsync(channel, from, Instant.Never, stopping);
        if (!_inHand.Has(channel)) return stored;
        if (stored.Count > 0 && stored[0].Reading.At < from)
        {
            var begin = stored[0].Reading.At;
            IReadOnlyList<RatedReading> rows =
                [.. _inHand.Over(channel, stored).SkipWhile(row => row.Reading.At < begin)];
            if (rows[0].Reading.Quality.IsRated()) return rows;
        }

        return _inHand.Over(
            channel, await _shard!.ReadChannelAsync(channel, Instant.Epoch, Instant.Never, stopping));
    }

    private void TakeOver(RerateWork work, RerateResult result, HashSet<AccountId> touched)
    {
        _metrics.LateRerated(
            result.Inserted.Count + result.Replaced.Count, result.Changed.Count, result.Duplicates);
        foreach (var row in result.Inserted.Concat(result.Replaced)) KeepLate(row.Reading.Frame);
        foreach (var (reading, status) in result.Rejected)
        {
            // What a person or the estimator entered has its answer, and no frame of a session.
            if (_lateFrames.TryGetValue(reading.Frame, out var frame)) Quarantine(frame, reading, status);
        }

        if (!result.HasChanges || !_setup.Registry.TryMeter(work.Channel.Meter, out var meter)) return;
        touched.Add(meter.Account);
        ForgetUse(meter.Account);
    }
}
