using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;

namespace Meters.Host.Bench.Year;

/// <summary>
/// The control store as one life of the process sees it: after the process has died nothing is answered any more. What
/// is decided goes into the hash.
/// </summary>
internal sealed class YearControlStore(IControlStore inner, YearWorld world) : AroundControlStore(inner)
{
    public bool IsDead { get; set; }

    protected override Task<T> Around<T>(Func<Task<T>> call) =>
        IsDead ? new TaskCompletionSource<T>().Task : call();

    protected override void Decided(IReadOnlyList<CaseDecision> decisions)
    {
        foreach (var decision in decisions) Note(decision);
    }

    protected override void Dispatched(DispatchAttempt attempt, DispatchStatus status)
    {
        world.Counts.Mix(attempt.Command.Value);
        world.Counts.Mix((long)status);
    }

    protected override void Moved(NoticeMove move)
    {
        if (move.To == NoticeState.Failed) world.People.Failed(move.Notice);
    }

    private void Note(CaseDecision decision)
    {
        var counts = world.Counts;
        counts.Decisions++;
        counts.Mix(world.Now.UnixMicros);
        counts.Mix(decision.After.Account.Value);
        counts.Mix(decision.After.Rung + ((long)decision.After.Desired << 8));
        counts.Mix(decision.After.DueAt.UnixMicros);
        foreach (var command in decision.Commands) counts.Mix((long)command.Kind);
        foreach (var notice in decision.Notices) counts.Mix(notice.Text);
        if (decision.Decision is { } explained) counts.Mix(explained.Outcome);
        if (decision.Commands.Any(command => command.Kind == CommandKind.Trip))
        {
            world.People.CutIsComing(world.HomeOf(decision.After.Account));
        }
    }
}
