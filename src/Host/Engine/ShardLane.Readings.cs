using Meters.Billing.Accounts;
using Meters.Billing.Validation;
using Meters.Host.Readings;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Readings that came on no session, decisions of persons, and what becomes an item of a work queue.</summary>
public sealed partial class ShardLane
{
    private readonly List<Reading> _disputed = [];

    /// <summary>
    /// Takes readings of one channel: the newer ones as they come, the late ones between their stored neighbours.
    /// </summary>
    public async Task<IReadOnlyList<ReadingStatus>> EnterAsync(EnteredReadings entered, CancellationToken stopping)
    {
        var now = _clock.Now();
        BeginCommit(now);
        await KeepDocumentAsync(entered.Document, stopping);
        var outcomes = new ReadingStatus[entered.Readings.Count];
        var late = new List<int>();
        for (var i = 0; i < outcomes.Length; i++)
        {
            var reading = entered.Readings[i];
            outcomes[i] = Book.Apply(reading, now, out var charge);
            while (outcomes[i] == ReadingStatus.DayMustCloseFirst)
            {
                await CommitAsync(stopping);
                await CloseDayAsync(stopping);
                BeginCommit(now);
                outcomes[i] = Book.Apply(reading, now, out charge);
            }

            _metrics.ReadingTaken(outcomes[i]);
            if (outcomes[i] is ReadingStatus.Rated or ReadingStatus.First) _commit.Readings.Add(new(reading, charge));
            else if (outcomes[i] == ReadingStatus.NeedsHistory) late.Add(i);
        }

        if (late.Count > 0) await EnterLateAsync(entered, late, outcomes, now, stopping);
        entered.Also?.Invoke(_commit.Work, outcomes);
        await CommitAsync(stopping);
        return outcomes;
    }

    /// <summary>
    /// THE CALL INTO THE BOOK FOR A PERSON'S WORD. As a late reading of quality Edited it fills an empty instant and
    /// replaces an estimate; where an actual value stands, the book answers Outranked.
    /// </summary>
    public async Task<ReadingStatus> EditAsync(EnteredEdit edit, CancellationToken stopping)
    {
        if (edit.Register is not { } register) return ReadingStatus.Outranked;
        var reading = new Reading(edit.Channel, edit.At, register, ReadingQuality.Edited, edit.Frame);
        var outcomes = await EnterAsync(
            new(edit.Channel, [reading], edit.Document) { Also = (work, all) => edit.Also?.Invoke(work, all[0]) },
            stopping);
        return outcomes[0];
    }

    public async Task HoldAsync(BillingHold hold, CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        if (HoldsOf(Book) is { } holds) holds.Hold(hold.Meter);
        _commit.Work.Holds.Add(hold);
        await CommitAsync(stopping);
    }

    public async Task LiftAsync(HoldLift lift, CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        if (HoldsOf(Book) is { } holds) holds.Lift(lift.Meter);
        _commit.Work.Lifts.Add(lift);
        await CommitAsync(stopping);
    }

    /// <summary>At a load: the holds that stand. Those of other shards' meters are passed over.</summary>
    private async Task RestoreHoldsAsync(ShardBook book, CancellationToken stopping)
    {
        if (HoldsOf(book) is not { } holds) return;
        foreach (var one in await _store.Work.HoldsAsync(null, standingOnly: true, int.MaxValue, stopping))
        {
            holds.Hold(one.Hold.Meter);
        }
    }

    /// <summary>The book, where it keeps holds.</summary>
    private static IBillingHolds? HoldsOf(object book) => book as IBillingHolds;

    private async Task EnterLateAsync(
        EnteredReadings entered, List<int> late, ReadingStatus[] outcomes, Instant now, CancellationToken stopping)
    {
        if (_commit.Readings.Count > 0)
        {
            await CommitAsync(stopping); // What is rated anew must be stored.
            BeginCommit(now);
        }

        var readings = late.ConvertAll(i => entered.Readings[i]);
        var result = await RerateAsync(entered.Channel, readings, now, stopping);
        _metrics.LateRerated(
            result.Inserted.Count + result.Replaced.Count, result.Changed.Count, result.Duplicates);
        _commit.Readings.AddRange(result.Inserted);
        _commit.Replacements.AddRange(result.Replaced);
        _commit.ChargeChanges.AddRange(result.Changed);
        _commit.Corrections.AddRange(result.Corrections);
        var taken = result.Inserted.Concat(result.Replaced).Select(row => row.Reading.At).ToHashSet();
        foreach (var i in late)
        {
            var reading = entered.Readings[i];
            var rejected = result.Rejected.FindIndex(one => one.Reading == reading);
            outcomes[i] = rejected >= 0 ? result.Rejected[rejected].Status
                : taken.Contains(reading.At) ? ReadingStatus.Rated : ReadingStatus.Duplicate;
        }

        if (taken.Count + result.Changed.Count > 0
            && _setup.Registry.TryMeter(entered.Channel.Meter, out var meter)) AddSnapshots(meter.Account);
    }

    private async Task<RerateResult> RerateAsync(
        ChannelId channel, List<Reading> late, Instant now, CancellationToken stopping)
    {
        var from = Book.HistoryFrom(channel, late.Min(reading => reading.At));
        while (true)
        {
            var stored = await _shard!.ReadChannelAsync(channel, from, Instant.Never, stopping);
            var result = Book.Rerate(channel, stored, late, now);
            if (result.NeedsHistoryFrom is not { } further) return result;
            from = further;
        }
    }

    /// <summary>Once, also when the same work is done again after a commit of unknown outcome.</summary>
    private async Task KeepDocumentAsync(RawFrame? document, CancellationToken stopping)
    {
        if (document is not { } frame) return;
        if (_outcomeUnknown && (await _shard!.FindKeptAsync([frame.Id], stopping)).Frames.Count > 0) return;
        _commit.Frames.Add(frame);
    }

    /// <summary>Values that stood against another in this commit become conflicts with what they met.</summary>
    private async Task RaiseConflictsAsync(CancellationToken stopping)
    {
        foreach (var second in _disputed)
        {
            if (await StandingAsync(second, stopping) is not { } first || first.Register == second.Register) continue;
            _commit.Work.Conflicts.Add(new(
                second.Channel, second.At, second.Quality, first.Register, first.Frame, second.Register, second.Frame,
                _commit.At));
        }

        _disputed.Clear();
    }

    private async Task<Reading?> StandingAsync(Reading at, CancellationToken stopping)
    {
        foreach (var row in _commit.Readings.Concat(_commit.Replacements))
        {
            if (row.Reading.Channel == at.Channel && row.Reading.At == at.At) return row.Reading;
        }

        var stored = await _shard!.ReadChannelAsync(at.Channel, at.At, at.At, stopping);
        return stored.Count > 0 && stored[^1].Reading.At == at.At ? stored[^1].Reading : null;
    }
}
