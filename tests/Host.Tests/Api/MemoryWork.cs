using Meters.Billing.Validation;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>The work queues in memory: lists that a test fills, answered newest first.</summary>
public sealed class MemoryWork : IReadingWorkStore
{
    public List<StoredFinding> Findings { get; } = [];

    public List<StoredConflict> Conflicts { get; } = [];

    public List<StoredHold> Holds { get; } = [];

    public List<QuarantineRow> Quarantine { get; } = [];

    public List<ProlongedEstimate> Prolonged { get; } = [];

    public Task<int> RaiseAsync(IReadOnlyList<Finding> findings, Instant at, CancellationToken stopping)
    {
        var fresh = findings.Where(one => Findings.TrueForAll(known =>
            (known.Finding.Check, known.Finding.Channel, known.Finding.From) != (one.Check, one.Channel, one.From)));
        var count = 0;
        foreach (var one in fresh.ToList())
        {
            Findings.Add(new(Findings.Count + 1, one, at, null));
            count++;
        }

        return Task.FromResult(count);
    }

    public Task<IReadOnlyList<StoredFinding>> FindingsAsync(
        CheckKind? check, MeterId? meter, bool openOnly, int max, CancellationToken stopping) => Rows(
        Findings.Where(one => (check is null || one.Finding.Check == check)
            && (meter is null || one.Finding.Channel.Meter == meter) && (!openOnly || one.Closed is null)),
        max);

    public Task<WorkStatus> CloseFindingAsync(long id, Closing closing, CancellationToken stopping)
    {
        var at = Findings.FindIndex(one => one.Id == id);
        if (at < 0) return Task.FromResult(WorkStatus.Unknown);
        if (Findings[at].Closed is not null) return Task.FromResult(WorkStatus.ClosedBefore);
        Findings[at] = Findings[at] with { Closed = closing };
        return Task.FromResult(WorkStatus.Done);
    }

    public Task<IReadOnlyList<StoredConflict>> ConflictsAsync(
        MeterId? meter, bool openOnly, int max, CancellationToken stopping) => Rows(
        Conflicts.Where(one => (meter is null || one.Conflict.Channel.Meter == meter)
            && (!openOnly || one.Closed is null)),
        max);

    public Task<StoredConflict?> FindConflictAsync(long id, CancellationToken stopping) =>
        Task.FromResult(Conflicts.Find(one => one.Id == id));

    public Task<IReadOnlyList<StoredHold>> HoldsAsync(
        MeterId? meter, bool standingOnly, int max, CancellationToken stopping) => Rows(
        Holds.Where(one => (meter is null || one.Hold.Meter == meter) && (!standingOnly || one.Lifted is null)), max);

    public Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(
        string? kind, MeterId? meter, bool openOnly, int max, CancellationToken stopping) => Rows(
        Quarantine.Where(one => (kind is null || one.Item.Kind == kind)
            && (meter is null || one.Item.Channel?.Meter == meter) && (!openOnly || one.Release is null)),
        max);

    public Task<QuarantineRow?> FindQuarantineAsync(long id, CancellationToken stopping) =>
        Task.FromResult(Quarantine.Find(one => one.Id == id));

    public Task<IReadOnlyList<ProlongedEstimate>> ProlongedAsync(
        Instant since, int hoursMin, int max, CancellationToken stopping) =>
        Rows(Prolonged.Where(one => one.Hours >= hoursMin), max);

    private static Task<IReadOnlyList<T>> Rows<T>(IEnumerable<T> rows, int max) =>
        Task.FromResult<IReadOnlyList<T>>([.. rows.Reverse().Take(max)]);
}
