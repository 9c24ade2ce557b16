using Meters.Control.Commands;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// Another policy, or another version, while an account stands on the ladder. Rungs are counted, so a rung of the new
/// ladder could pass for done that never was: the last notice before a cut is said again, and the delays count anew.
/// </summary>
internal static class PolicyChange
{
    public static void Adopt(LadderDraft draft)
    {
        var before = draft.Case.Policy;
        if (before == draft.Policy.Label) return;
        draft.Case = draft.Case with { Policy = draft.Policy.Label };
        if (before.Length == 0 || draft.Case.Rung == 0 || draft.Case.ManualOff) return;
        var rungs = draft.Policy.Rungs.Count;
        if (draft.Case.Desired == Supply.Off && !SupplySteps.TryWithdrawUnsent(draft))
        {
            // Off, or perhaps off: it stays the cut of this ladder until it is back on.
            draft.Case = draft.Case with { Rung = rungs };
            return;
        }

        var top = draft.Policy.CutRung is null ? rungs : Math.Max(0, rungs - 2);
        var rung = Math.Min(draft.Case.Rung, top);
        draft.Case = draft.Case with { Rung = rung, RungAt = draft.Now };
        draft.Say("none", $"Policy {draft.Policy.Label} takes the place of {before}: delays count anew.");
    }
}
