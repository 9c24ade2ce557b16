using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// Whether the customer was told: each earlier rung's message delivered, or its recorded fallback instead.
/// </summary>
internal static class NoticeProofs
{
    /// <summary>
    /// What a rung's message is about: as the policy says; otherwise a warning where the meter sounds too or where the
    /// cut comes next.
    /// </summary>
    public static NoticeKind KindOf(Policy policy, int rung) => policy.Rungs[rung].Kind switch
    {
        RungKind.Info => NoticeKind.Info,
        RungKind.Remind => NoticeKind.Remind,
        RungKind.Warn => NoticeKind.Warn,
        RungKind.Final => NoticeKind.Final,
        _ => policy.Rungs[rung].Does(RungActions.Alarm)
            || (rung + 1 < policy.Rungs.Count && policy.Rungs[rung + 1].Does(RungActions.Cut))
                ? NoticeKind.Warn
                : NoticeKind.Remind,
    };

    /// <summary>The gate of a cut: every earlier rung that needs proof.</summary>
    public static void AddGate(CaseFacts facts, List<ClosedGate> closed) =>
        AddGate(Missing(facts, facts.Policy.Rungs.Count - 1, rung => rung.Proof != RungProof.None), closed);

    /// <summary>The gate of the rung after those done: only proof that is wanted before the next rung.</summary>
    public static void AddGateOfNext(CaseFacts facts, int done, List<ClosedGate> closed) =>
        AddGate(Missing(facts, done, rung => rung.Proof == RungProof.BeforeNext), closed);

    /// <summary>
    /// For the explanation of what comes next: what replaced messages that did not arrive; null when all arrived.
    /// </summary>
    public static string? FallbackUsed(CaseFacts facts, int done, bool isCut)
    {
        var missing = Missing(
            facts, done, rung => isCut ? rung.Proof != RungProof.None : rung.Proof == RungProof.BeforeNext);
        if (missing.Count == 0) return null;
        var instead = missing.Select(one => one.Instead).OfType<string>().Distinct();
        return $"{Sentences(missing)} {string.Join(' ', instead)}".TrimEnd();
    }

    private static void AddGate(List<Unproven> missing, List<ClosedGate> closed)
    {
        var awaited = missing.Where(one => one.AwaitedUntil is not null).ToList();

        // A fallback replaces a message that failed, not one that may still arrive.
        if (missing.TrueForAll(one => one.Instead is not null) && awaited.Count == 0) return;
        Instant? until = awaited.Count == 0 ? null : awaited.Max(one => one.AwaitedUntil!.Value);
        closed.Add(new(Gate.NoticesUnproven, Sentences(missing), until ?? Instant.Never));
    }

    private static string Sentences(List<Unproven> missing) =>
        string.Join(' ', missing.Select(one => one.Sentence).Distinct());

    /// <summary>What the first rungs told without proof, and what replaces it.</summary>
    private static List<Unproven> Missing(CaseFacts facts, int done, Func<PolicyRung, bool> needsProof)
    {
        var rungs = Enumerable.Range(0, Math.Min(done, facts.Policy.Rungs.Count))
            .Where(i => facts.Policy.Rungs[i].AppliesTo(facts.Customer.Classes)).ToList();
        var missing = new List<Unproven>();
        foreach (var group in rungs.Where(i => facts.Policy.Rungs[i].Does(RungActions.Sms))
            .GroupBy(i => KindOf(facts.Policy, i)))
        {
            AddMessages(facts, group.Key, [.. group.Select(i => facts.Policy.Rungs[i])], needsProof, missing);
        }

        AddRecords(facts, rungs, RungActions.Letter, ContactChannel.Letter, needsProof, missing);
        AddRecords(facts, rungs, RungActions.Visit, ContactChannel.Visit, needsProof, missing);
        return missing;
    }

    /// <summary>Messages of one kind belong to its rungs in order, the newest to the last.</summary>
    private static void AddMessages(
        CaseFacts facts, NoticeKind kind, List<PolicyRung> rungs, Func<PolicyRung, bool> needsProof,
        List<Unproven> missing)
    {
        var latest = facts.Notices.Where(notice => notice.Kind == kind)
            .OrderByDescending(notice => notice.CreatedAt).Take(rungs.Count).ToList();
        for (var i = 0; i < rungs.Count; i++)
        {
            var rung = rungs[rungs.Count - 1 - i];
            if (!needsProof(rung)) continue;
            var (sentence, until) = Judge(facts, kind, i < latest.Count ? latest[i] : null);
            if (sentence.Length == 0) continue;
            missing.Add(new(sentence, until, Instead(facts, rung)));
        }
    }

    /// <summary>An empty sentence when it is proven.</summary>
    private static (string Sentence, Instant? AwaitedUntil) Judge(CaseFacts facts, NoticeKind kind, Notice? notice)
    {
        var word = ControlTags.Tag(kind);
        if (notice is null) return ($"No {word} message could be sent.", null);
        if (notice.State == NoticeState.Delivered) return ("", null);
        if (notice.State == NoticeState.Failed) return ($"The {word} message was not delivered.", null);
        var until = notice.CreatedAt + facts.Policy.NoticeProof;
        if (facts.Now < until) return ($"The delivery of the {word} message is awaited.", until);
        var since = LocalText.DateAndTime(facts.Policy.Zone, notice.CreatedAt);
        return ($"Nothing was heard of the {word} message since {since}.", null);
    }

    /// <summary>Letters and visits of this run, one for each rung that asks for one.</summary>
    private static void AddRecords(
        CaseFacts facts, List<int> rungs, RungActions action, ContactChannel channel, Func<PolicyRung, bool> needsProof,
        List<Unproven> missing)
    {
        var wanted = rungs.Select(i => facts.Policy.Rungs[i]).Where(rung => rung.Does(action)).ToList();
        var recorded = facts.Contacts.Count(contact => contact.Channel == channel);
        foreach (var rung in wanted.Skip(recorded).Where(needsProof))
        {
            var sentence = $"The {ControlTags.Tag(channel)} of step '{rung.Name}' is not recorded yet.";

            // What replaces a letter is a visit and the other way round, never the letter itself.
            var other = action == RungActions.Letter ? RungFallbacks.Letter : RungFallbacks.Visit;
            missing.Add(new(sentence, null, Instead(facts, rung with { Fallbacks = rung.Fallbacks & ~other })));
        }
    }

    /// <summary>What is on record instead of a rung's message; null when nothing is.</summary>
    private static string? Instead(CaseFacts facts, PolicyRung rung)
    {
        bool Allows(RungFallbacks fallback) => (rung.Fallbacks & fallback) != 0;
        bool Recorded(ContactChannel channel) => facts.Contacts.Any(contact => contact.Channel == channel);
        if (Allows(RungFallbacks.Alarm) && facts.Case.AlarmOn) return "The alarm at the meter was confirmed instead.";
        if (Allows(RungFallbacks.Letter) && Recorded(ContactChannel.Letter)) return "A letter was sent instead.";
        if (Allows(RungFallbacks.Visit) && Recorded(ContactChannel.Visit)) return "The customer was visited instead.";
        return Allows(RungFallbacks.Record) ? "That is on record; the policy asks for no more." : null;
    }

    /// <param name="Sentence">What is missing.</param>
    /// <param name="AwaitedUntil">It may still arrive, until then.</param>
    /// <param name="Instead">What is on record instead; null when nothing is.</param>
    private sealed record Unproven(string Sentence, Instant? AwaitedUntil, string? Instead);
}
