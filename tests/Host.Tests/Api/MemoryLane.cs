using Meters.Billing.Accounts;
using Meters.Host.Readings;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>A lane that answers as it is told to, and keeps what a commit would have kept.</summary>
public sealed class MemoryLane(MemoryWork queues) : IReadingLane
{
    /// <summary>The answer for a reading; Rated unless a test says otherwise.</summary>
    public Func<Reading, ReadingStatus> Book { get; set; } = _ => ReadingStatus.Rated;

    public List<Reading> Entered { get; } = [];

    public List<EnteredEdit> Edits { get; } = [];

    public List<RawFrame> Documents { get; } = [];

    public List<EstimateRecord> Estimates { get; } = [];

    public Task<IReadOnlyList<ReadingStatus>> EnterAsync(EnteredReadings entered, CancellationToken stopping)
    {
        Entered.AddRange(entered.Readings);
        if (entered.Document is { } document) Documents.Add(document);
        IReadOnlyList<ReadingStatus> outcomes = [.. entered.Readings.Select(Book)];
        var work = new ReadingWork();
        entered.Also?.Invoke(work, outcomes);
        Keep(work);
        return Task.FromResult(outcomes);
    }

    public Task<ReadingStatus> EditAsync(EnteredEdit edit, CancellationToken stopping)
    {
        Edits.Add(edit);
        Documents.Add(edit.Document);
        var outcome = Book(new(edit.Channel, edit.At, edit.Register ?? default, ReadingQuality.Edited, edit.Frame));
        var work = new ReadingWork();
        edit.Also?.Invoke(work, outcome);
        Keep(work);
        return Task.FromResult(outcome);
    }

    public Task<bool> HoldAsync(BillingHold hold, CancellationToken stopping)
    {
        queues.Holds.Add(new(queues.Holds.Count + 1, hold, null));
        return Task.FromResult(true);
    }

    public Task<bool> LiftAsync(HoldLift lift, CancellationToken stopping)
    {
        var at = queues.Holds.FindIndex(one => one.Hold.Meter == lift.Meter && one.Lifted is null);
        queues.Holds[at] = queues.Holds[at] with { Lifted = lift.Closed };
        return Task.FromResult(true);
    }

    private void Keep(ReadingWork work)
    {
        Estimates.AddRange(work.Estimates);
        foreach (var one in work.Decisions)
        {
            var at = queues.Conflicts.FindIndex(c => c.Conflict.Channel == one.Channel && c.Conflict.At == one.At);
            queues.Conflicts[at] = queues.Conflicts[at] with
            {
                Choice = one.Choice,
                Chosen = one.Chosen,
                Closed = one.Closed,
            };
        }

        foreach (var one in work.Releases)
        {
            var at = queues.Quarantine.FindIndex(row => row.Id == one.Item);
            queues.Quarantine[at] = queues.Quarantine[at] with { Release = one };
        }
    }
}
