using Meters.Billing.Accounts;
using Meters.Billing.Estimation;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>
/// What persons and the estimator do with readings: each request becomes one piece of work of the shard's writer, which
/// stores the reading and the end of the queue's item in one commit. Asked again, it changes nothing.
/// </summary>
public sealed partial class ReadingDesk(
    IStore store, IReadingLane lane, LiveRegistry registry, IFrameIds frames, TimeProvider clock)
{
    public async Task<DeskOutcome> ResolveAsync(ResolveConflict request, CancellationToken stopping)
    {
        if (await store.Work.FindConflictAsync(request.Conflict, stopping) is not { } found)
        {
            return new(DeskStatus.Unknown);
        }

        if (found.Closed is not null) return new(DeskStatus.ClosedBefore);
        var conflict = found.Conflict;
        var document = DocumentOf("edit", request.By, request.Note, conflict.Channel, [(conflict.At, request.Value)]);
        var (value, frame) = request.Choice switch
        {
            ConflictChoice.First => (conflict.FirstValue, conflict.FirstFrame),
            ConflictChoice.Second => (conflict.SecondValue, conflict.SecondFrame),
            ConflictChoice.Edited => (request.Value, document.Id),
            ConflictChoice.Neither => ((Energy?)null, document.Id),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Choice, "Not a person's choice."),
        };
        var closing = new Closing(request.By, clock.Now(), request.Note);
        var edit = new EnteredEdit(conflict.Channel, conflict.At, value, frame, document)
        {
            Also = (work, status) =>
            {
                if (!IsTaken(status)) return;
                work.Decisions.Add(new(conflict.Channel, conflict.At, request.Choice, value, closing));
            },
        };
        return OutcomeOf(await lane.EditAsync(edit, stopping));
    }

    /// <summary>
    /// Nothing of the meter that is newer than its last stored value is rated until a person lifts the hold.
    /// </summary>
    public async Task<DeskOutcome> HoldAsync(BillingHoldOrder request, CancellationToken stopping)
    {
        if (!registry.TryMeter(request.Meter, out _)) return new(DeskStatus.Unknown);
        if (await StandingAsync(request.Meter, stopping) is not null) return new(DeskStatus.ClosedBefore);
        var now = clock.Now();
        var hold = new BillingHold(request.Meter, now, "by_person", request.Note, request.By, now);
        return new(await lane.HoldAsync(hold, stopping) ? DeskStatus.Done : DeskStatus.Unknown);
    }

    /// <summary>Lifts the standing hold and lets the readings go on that waited for it.</summary>
    public async Task<DeskOutcome> LiftAsync(BillingHoldOrder request, CancellationToken stopping)
    {
        if (await StandingAsync(request.Meter, stopping) is null) return new(DeskStatus.Unknown);
        var closing = new Closing(request.By, clock.Now(), request.Note);
        if (!await lane.LiftAsync(new(request.Meter, closing), stopping)) return new(DeskStatus.Unknown);
        return new(DeskStatus.Done, Released: await FeedHeldAsync(request.Meter, closing, stopping));
    }

    /// <summary>An estimate for the book, as readings of quality Estimated: any better value replaces them.</summary>
    /// <returns>Values that stand now; 0 where the book took none.</returns>
    public async Task<int> EstimateAsync(GapEstimate estimate, CancellationToken stopping)
    {
        var document = DocumentOf(
            "estimate",
            PersonId.System,
            estimate.Method.Tag(),
            estimate.Channel,
            [.. estimate.Values.Select(one => (one.At, (Energy?)one.Register))]);
        var readings = estimate.Values
            .Select(one => new Reading(
                estimate.Channel, one.At, one.Register, ReadingQuality.Estimated, document.Id))
            .ToList();
        var taken = 0;
        await lane.EnterAsync(
            new(estimate.Channel, readings, document)
            {
                Also = (work, outcomes) =>
                {
                    taken = outcomes.Count(IsTaken);
                    if (taken == 0) return;
                    work.Estimates.Add(new(
                        estimate.Channel, estimate.From, estimate.To, taken, estimate.Method.Tag(), clock.Now(),
                        document.Id));
                },
            },
            stopping);
        return taken;
    }

    private static bool IsTaken(ReadingStatus status) =>
        status is ReadingStatus.Rated or ReadingStatus.First or ReadingStatus.Duplicate;

    private static DeskOutcome OutcomeOf(ReadingStatus status) =>
        new(IsTaken(status) ? DeskStatus.Done : DeskStatus.Refused, status);

    private async Task<StoredHold?> StandingAsync(MeterId meter, CancellationToken stopping)
    {
        var holds = await store.Work.HoldsAsync(meter, standingOnly: true, 1, stopping);
        return holds.Count == 0 ? null : holds[0];
    }

    private RawFrame DocumentOf(
        string kind,
        PersonId by,
        string note,
        ChannelId channel,
        IReadOnlyList<(Instant At, Energy? Register)> values)
    {
        var terminal = registry.TryMeter(channel.Meter, out var meter) ? meter.Terminal : default;
        return new EnteredDocument(
            kind,
            by.Value,
            note,
            channel.Meter.Value,
            (int)channel.Register,
            [.. values.Select(one => new EnteredValue(one.At.ToString(), one.Register?.TenthsWh))])
            .ToFrame(frames.Next(), terminal, clock.Now());
    }
}
