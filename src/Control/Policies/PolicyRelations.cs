using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>What must hold between the parts of a policy.</summary>
internal static class PolicyRelations
{
    public static void Check(Policy policy, JsonPart root)
    {
        CheckRungs(policy.Rungs, root);
        for (var i = 1; i < policy.Rungs.Count; i++) CheckFalls(policy.Rungs, i, root);
        CheckPartialPayments(policy, root);
        if (policy.Rungs.Count == 0 || policy.CutRung is not { } cut) return;

        // Windows that could not be read have been named already.
        if (policy.CutWindows.Windows.Count == 0 && !root.HasEntries("cutWindows"))
        {
            root.Fault("cutWindows", "the policy cuts, so it must say when: at least one window.");
        }

        if (cut.Threshold.Kind == PolicyThresholdKind.Amount && policy.Reconnect.AtLeast.Minor < cut.Threshold.Value)
        {
            root.Fault("reconnect.atLeast", "below the cut level: the supply would be cut again at once.");
        }
    }

    /// <summary>Who comes back for a part of the dues needs the time that the part gives.</summary>
    private static void CheckPartialPayments(Policy policy, JsonPart root)
    {
        if (policy.Reconnect.PercentOfDues is not { } share || share == 100) return;
        if (policy.PartialPayments.Count > 0 && policy.PartialPayments[0].FromPercent <= share) return;
        root.Fault(
            "reconnect.percentOfDues", "no partial payment of that share gives days: it would be cut again at once.");
    }

    private static void CheckRungs(IReadOnlyList<PolicyRung> rungs, JsonPart root)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rungs.Count; i++)
        {
            var (path, rung) = ($"rungs[{i}]", rungs[i]);
            if (rung.Name.Length > 0 && !names.Add(rung.Name))
            {
                root.Fault($"{path}.name", $"'{rung.Name}' is used twice.");
            }
            if (i == 0 && (rung.DelayAfterPrevious != TimeSpan.Zero || rung.DelayDays + rung.DelayWorkingDays > 0))
            {
                root.Fault($"{path}", "the first rung has no previous one to wait after.");
            }

            CheckOrder(rungs, i, root);
            if (rung.Does(RungActions.Limit) && rung.Actions != RungActions.Limit)
            {
                root.Fault($"{path}.do", "a limit stands alone: warn on an earlier rung.");
            }

            if (!rung.Does(RungActions.Cut)) continue;
            if (rung.Classes.Count > 0) root.Fault($"{path}.classes", "a cut is for all: protect classes instead.");
            if (i != rungs.Count - 1) root.Fault($"{path}.do", "a cut must be the last rung.");
            if (i == 0) root.Fault($"{path}.do", "nobody is cut without a word: a cut needs an earlier rung.");
            if (rung.Actions != RungActions.Cut)
            {
                root.Fault($"{path}.do", "a cut stands alone: warn on an earlier rung.");
            }
        }
    }

    /// <summary>Info, remind, warn, final, limit, cut: what a rung means must not become milder.</summary>
    private static void CheckOrder(IReadOnlyList<PolicyRung> rungs, int i, JsonPart root)
    {
        if (rungs[i].Kind is not { } kind) return;
        var before = rungs.Take(i).LastOrDefault(earlier => earlier.Kind is not null)?.Kind;
        if (before is null || kind >= before) return;
        root.Fault($"rungs[{i}].kind", "milder than the rung before it.");
    }

    /// <summary>
    /// Levels of one kind must not rise; a share of a purchase or of use is never below zero, an amount may be.
    /// </summary>
    private static void CheckFalls(IReadOnlyList<PolicyRung> rungs, int later, JsonPart root)
    {
        var threshold = rungs[later].Threshold;
        for (var i = 0; i < later; i++)
        {
            var earlier = rungs[i].Threshold;
            var rises = earlier.Kind == threshold.Kind
                ? threshold.Value > earlier.Value
                : earlier.Kind == PolicyThresholdKind.Amount && earlier.Value < 0;
            if (!rises) continue;
            root.Fault(
                $"rungs[{later}].threshold",
                $"above the level of '{rungs[i].Name}': levels must fall from rung to rung.");
            return;
        }
    }
}
