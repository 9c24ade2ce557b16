using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>Seasons, declared moratoria, protected classes, contacts and approvals.</summary>
internal static class ProtectionGates
{
    public static void AddNeverCut(CaseFacts facts, List<ClosedGate> closed)
    {
        if (facts.Customer.NeverCut)
        {
            closed.Add(new(Gate.NeverCut, "This customer may never be cut.", Instant.Never));
            return;
        }

        if (First(facts.Policy.Protection.NeverCut, facts) is not { } word) return;
        closed.Add(new(Gate.NeverCut, $"This customer may never be cut: class {word}.", Instant.Never));
    }

    public static void AddMoratoria(CaseFacts facts, List<ClosedGate> closed)
    {
        var today = PolicyTime.DayOf(facts.Policy.Zone, facts.Now);
        foreach (var season in facts.Policy.Moratoria)
        {
            if (!season.Concerns(facts.Customer.Classes) || !season.Covers(today.ToDateOnly())) continue;
            var after = today;
            for (var i = 0; i < 366 && season.Covers(after.ToDateOnly()); i++) after = after.AddDays(1);
            var opens = facts.Policy.Zone.StartOf(after);
            var sentence = $"No cuts in the season '{season.Name}', up to {after.AddDays(-1)}.";
            closed.Add(new(Gate.Moratorium, sentence, opens));
        }

        var standing = facts.Moratoria
            .Where(one => one.From <= facts.Now && facts.Now < one.Until && one.Covers(facts.Customer.Region))
            .OrderByDescending(one => one.Until).ToList();
        if (standing.Count == 0) return;
        var last = standing[0];
        closed.Add(new(
            Gate.Moratorium,
            $"No cuts in the area {last.Area} ({ControlTags.Tag(last.Kind)}) until "
                + $"{LocalText.DateAndTime(facts.Policy.Zone, last.Until)}.",
            last.Until));
    }

    public static void AddContacts(CaseFacts facts, List<ClosedGate> closed)
    {
        if (facts.Policy.ContactsMin == 0) return;
        var count = ContactsOf(facts);
        if (count >= facts.Policy.ContactsMin) return;
        closed.Add(new(
            Gate.ContactsTooFew,
            $"{count} contacts with the customer; at least {facts.Policy.ContactsMin} come first.",
            Instant.Never));
    }

    /// <summary>Messages of the ladder that were delivered, and what people recorded.</summary>
    public static int ContactsOf(CaseFacts facts) => facts.Contacts.Count(contact => contact.ReachesCustomer)
        + facts.Notices.Count(notice => notice.State == NoticeState.Delivered
            && notice.Kind is not (NoticeKind.CutDone or NoticeKind.Reconnected));

    public static void AddApproval(CaseFacts facts, List<ClosedGate> closed)
    {
        var protection = facts.Policy.Protection;
        if (First(protection.NeedsApproval, facts) is { } word)
        {
            var approved = Approvers(facts);
            if (approved < protection.Approvers)
            {
                closed.Add(new(
                    Gate.ApprovalMissing,
                    $"A cut of class {word} needs the approval of {protection.Approvers} people; {approved} gave it.",
                    Instant.Never));
            }
        }

        if (First(protection.CopyToAuthority, facts) is { } told
            && !facts.Contacts.Any(contact => contact.Channel == ContactChannel.Authority))
        {
            closed.Add(new(
                Gate.AuthorityNotTold, $"The authority has no copy yet: class {told}.", Instant.Never));
        }
    }

    /// <summary>Different people whose approval stands now.</summary>
    public static int Approvers(CaseFacts facts) => facts.Approvals
        .Where(approval => approval.At <= facts.Now && facts.Now < approval.Until)
        .Select(approval => approval.By.Value.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).Count();

    private static string? First(IReadOnlySet<string> classes, CaseFacts facts) =>
        facts.Customer.Classes.Where(classes.Contains).Order(StringComparer.Ordinal).FirstOrDefault();
}
