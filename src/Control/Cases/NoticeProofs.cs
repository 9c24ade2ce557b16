using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// Whether the customer was told: each earlier rung's message delivered, or the alarm at the meter instead.
/// </summary>
internal static class NoticeProofs
{
    /// <summary>
    /// What a rung's message is about: a warning where the meter sounds too or where the cut comes next.
    /// </summary>
    public static NoticeKind KindOf(Policy policy, int rung) =>
        policy.Rungs[rung].Does(RungActions.Alarm)
            || (rung + 1 < policy.Rungs.Count && policy.Rungs[rung + 1].Does(RungActions.Cut))
                ? NoticeKind.Warn
                : NoticeKind.Remind;

    public static void AddGate(CaseFacts facts, List<ClosedGate> closed)
    {
        var (missing, awaitedUntil) = Missing(facts);
        if (missing.Count == 0) return;

        // The alarm replaces a message that failed, not one that may still arrive.
        if (awaitedUntil is null && facts.Case.AlarmOn) return;
        closed.Add(new(Gate.NoticesUnproven, string.Join(' ', missing), awaitedUntil ?? Instant.Never));
    }

    /// <summary>
    /// For the explanation of a cut: what replaced a message that did not arrive; null when all arrived.
    /// </summary>
    public static string? FallbackUsed(CaseFacts facts)
    {
        var (missing, _) = Missing(facts);
        var said = facts.Notices.Where(ByAnotherWay).OrderBy(notice => notice.CreatedAt)
            .Select(notice => $"The {ControlTags.Tag(notice.Kind)} message did not go by SMS: it was delivered by "
                + $"{ControlTags.Tag(notice.Channel)}.").ToList();
        if (missing.Count > 0) said.Add($"{string.Join(' ', missing)} The alarm at the meter was confirmed instead.");
        return said.Count == 0 ? null : string.Join(' ', said);
    }

    private static bool ByAnotherWay(Notice notice) =>
        notice is { State: NoticeState.Delivered, Kind: NoticeKind.Remind or NoticeKind.Warn }
        && notice.Channel != NoticeChannel.Sms;

    /// <summary>
    /// Messages of earlier rungs that did not arrive; and when the last one still awaited counts as failed.
    /// </summary>
    private static (List<string> Sentences, Instant? AwaitedUntil) Missing(CaseFacts facts)
    {
        var sentences = new List<string>();
        Instant? awaitedUntil = null;
        foreach (var kind in new[] { NoticeKind.Remind, NoticeKind.Warn })
        {
            var wanted = Enumerable.Range(0, facts.Policy.Rungs.Count - 1)
                .Count(i => facts.Policy.Rungs[i].Does(RungActions.Sms) && KindOf(facts.Policy, i) == kind);
            var latest = facts.Notices.Where(notice => notice.Kind == kind)
                .OrderByDescending(notice => notice.CreatedAt).Take(wanted).ToList();
            var word = ControlTags.Tag(kind);
            if (latest.Count < wanted) sentences.Add($"No {word} message could be sent.");
            foreach (var notice in latest)
            {
                var until = notice.AwaitedFrom + facts.Policy.NoticeProof;
                if (notice.State == NoticeState.Delivered) continue;
                if (notice.State == NoticeState.Failed)
                {
                    sentences.Add($"The {word} message was not delivered.");
                }
                else if (facts.Now >= until)
                {
                    var since = LocalText.DateAndTime(facts.Policy.Zone, notice.CreatedAt);
                    sentences.Add($"Nothing was heard of the {word} message since {since}.");
                }
                else
                {
                    sentences.Add($"The delivery of the {word} message is awaited.");
                    awaitedUntil = awaitedUntil > until ? awaitedUntil : until;
                }
            }
        }

        return (sentences, awaitedUntil);
    }
}
