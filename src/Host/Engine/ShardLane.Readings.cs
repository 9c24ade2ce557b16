using Meters.Billing.Accounts;
using Meters.Host.Readings;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Readings that came on no session, decisions of persons, and what becomes an item of a work queue.</summary>
public sealed partial class ShardLane
{
    private readonly List<Reading> _disputed = [];
    private readonly List<MeterHold> _holds = [];

    /// <summary>
    /// Takes readings of one channel: the newer ones as they come, the late ones between their stored neighbours.
    /// </summary>
    public async Task<IReadOnlyList<ReadingStatus>> EnterAsync(EnteredReadings entered, CancellationToken stopping)
    {
        var now = _clock.Now();
        BeginEntering(now);
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

    /// <summary>A person's word for one instant: it outranks every reading.</summary>
    public async Task<ReadingStatus> EditAsync(EnteredEdit edit, CancellationToken stopping)
    {
        while (true)
        {
            var now = _clock.Now();
            BeginEntering(now);
            await KeepDocumentAsync(edit.Document, stopping);
            var accounts = new HashSet<AccountId>();
            var work = new RerateWork(edit.Channel) { Edits = [new(edit.At, edit.Register, edit.Frame)] };
            var result = await RerateAsync(work, edit.At, accounts, now, stopping);
            var status = result.Refused.Count == 0 ? ReadingStatus.Rated : result.Refused[0].Status;
            if (status == ReadingStatus.DayMustCloseFirst)
            {
                await CloseDayAsync(stopping);
                continue;
            }

            edit.Also?.Invoke(_commit.Work, status);
            foreach (var account in accounts) AddSnapshots(account);
            await CommitAsync(stopping);
            return status;
        }
    }

    public async Task HoldAsync(BillingHold hold, CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        Book.Hold(hold.Meter);
        _commit.Work.Holds.Add(hold);
        await CommitAsync(stopping);
    }

    public async Task LiftAsync(HoldLift lift, CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        Book.Lift(lift.Meter);
        _commit.Work.Lifts.Add(lift);
        await CommitAsync(stopping);
    }

    /// <summary>At a load: the holds that stand. Those of other shards' meters are passed over.</summary>
    private async Task RestoreHoldsAsync(ShardBook book, CancellationToken stopping)
    {
        foreach (var one in await _store.Work.HoldsAsync(null, standingOnly: true, int.MaxValue, stopping))
        {
            book.Hold(one.Hold.Meter);
        }
    }

    private void BeginEntering(Instant now)
    {
        BeginCommit(now);
        _lateFrames.Clear(); // Frames of sessions: what is entered has its own.
    }

    private async Task EnterLateAsync(
        EnteredReadings entered, List<int> late, ReadingStatus[] outcomes, Instant now, CancellationToken stopping)
    {
        if (_commit.Readings.Count > 0)
        {
            await CommitAsync(stopping); // What is rated anew must be stored.
            BeginCommit(now);
        }

        var readings = late.ConvertAll(i => entered.Readings[i]);
        var accounts = new HashSet<AccountId>();
        var result = await RerateAsync(
            new(entered.Channel) { Late = readings }, readings.Min(reading => reading.At), accounts, now, stopping);
        foreach (var account in accounts) AddSnapshots(account);
        var taken = result.Inserted.Concat(result.Replaced).Select(row => row.Reading.At).ToHashSet();
        foreach (var i in late)
        {
            var reading = entered.Readings[i];
            var rejected = result.Rejected.FindIndex(one => one.Reading == reading);
            outcomes[i] = rejected >= 0 ? result.Rejected[rejected].Status
                : taken.Contains(reading.At) ? ReadingStatus.Rated : ReadingStatus.Duplicate;
            if (outcomes[i] == ReadingStatus.Conflict) _disputed.Add(reading);
        }
    }

    /// <summary>Once, also when the same work is done again after a commit of unknown outcome.</summary>
    private async Task KeepDocumentAsync(RawFrame? document, CancellationToken stopping)
    {
        if (document is not { } frame) return;
        if (_outcomeUnknown && (await _shard!.FindKeptAsync([frame.Id], stopping)).Frames.Count > 0) return;
        _commit.Frames.Add(frame);
    }

    /// <summary>What the rows of this commit mean for the work queues; before they are stored.</summary>
    private async Task TakeWorkAsync(CancellationToken stopping)
    {
        Book.TakeHolds(_holds);
        foreach (var hold in _holds)
        {
            _commit.Work.Holds.Add(new(
                hold.Meter, hold.Since, ReadingStatus.RegisterFell.Tag(), hold.Reason, PersonId.System, _commit.At));
        }

        _holds.Clear();
        SettleBetter();
        if (_disputed.Count > 0) await RaiseConflictsAsync(stopping);
    }

    /// <summary>A value of better rank ends a conflict that no person has decided in this commit.</summary>
    private void SettleBetter()
    {
        if (_commit.RatedAgain.Count == 0) return;
        var decided = _commit.Work.Decisions.Select(one => (one.Channel, one.At)).ToHashSet();
        var values = _commit.Replacements.ToLookup(
            row => (row.Reading.Channel, row.Reading.At), row => row.Reading.Register);
        foreach (var place in _commit.RatedAgain.Where(decided.Add))
        {
            _commit.Work.Decisions.Add(new(
                place.Channel, place.At, ConflictChoice.Better, values[place].LastOrDefault(),
                new(PersonId.System, _commit.At, "A value of better rank came.")));
        }
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
