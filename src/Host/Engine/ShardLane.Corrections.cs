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
    /// account in a commit. Again is harmless: rows that have their new charge already stay as they are.
    /// </summary>
    /// <param name="accounts">Whose charges the change may touch: some at a time, so that payments do not wait.</param>
    /// <param name="from">From this instant on.</param>
    /// <param name="before">The terms that the stored charges came about by.</param>
    /// <param name="stopping">Gives it up.</param>
    public async Task ReRateAsync(
        IReadOnlyList<AccountId> accounts,
        Instant from,
        Func<ChannelId, EarlierTerms> before,
        CancellationToken stopping)
    {
        var now = _clock.Now();
        foreach (var account in accounts)
        {
            BeginCommit(now);
            var touched = new HashSet<AccountId> { account };
            foreach (var channel in Book.ChannelsFrom(account, from))
            {
                var work = new RerateWork(channel) { From = from, Before = before(channel) };
                await RerateAsync(work, from, touched, now, stopping);
            }

            foreach (var one in touched) AddSnapshots(one);
            await CommitAsync(stopping);
        }
    }

    /// <summary>
    /// Rates one channel anew, and what hangs on it: the meter that took its place goes on from its tier position. The
    /// rows are in the commit that is being made.
    /// </summary>
    private async Task<RerateResult> RerateAsync(
        RerateWork work, Instant earliest, HashSet<AccountId> touched, Instant now, CancellationToken stopping)
    {
        var from = Book.HistoryFrom(work.Channel, earliest, work.Before);
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
    /// Rows as this commit will leave them. A channel that it has touched already is read as a whole: the row that the
    /// store would begin with may not be the right one any more.
    /// </summary>
    private async Task<IReadOnlyList<RatedReading>> RowsAsync(
        ChannelId channel, Instant from, CancellationToken stopping)
    {
        var touched = _inHand.Has(channel);
        var stored = await _shard!.ReadChannelAsync(
            channel, touched ? Instant.Epoch : from, Instant.Never, stopping);
        return touched ? _inHand.Over(channel, stored) : stored;
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

    /// <summary>What corrections posted is in no reading's charge: recovery takes it from the snapshot.</summary>
    private void SnapshotCorrected()
    {
        var there = _commit.AccountSnapshots.Select(snapshot => snapshot.Account).ToHashSet();
        foreach (var account in _commit.Corrections.Select(correction => correction.Account).Distinct())
        {
            if (there.Add(account)) AddSnapshots(account);
        }
    }
}
