using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// The load limit before a cut. No relay protocol spoken here can limit a load (DL/T 645 1C trips and closes only), so
/// people set it and record that they did: the record is what counts.
/// </summary>
internal static class LimitRule
{
    /// <summary>Since when the limit has been in force, as recorded in this run; null when it is not.</summary>
    public static Instant? InForceSince(CaseFacts facts)
    {
        var latest = facts.Contacts
            .Where(contact => contact.Channel is ContactChannel.LimitSet or ContactChannel.LimitLifted)
            .MaxBy(contact => contact.At);
        if (latest is not { Channel: ContactChannel.LimitSet }) return null;

        // Recorded twice, it is in force since the first record after it was lifted last.
        var lifted = facts.Contacts.Where(contact => contact.Channel == ContactChannel.LimitLifted)
            .Select(contact => contact.At).DefaultIfEmpty(Instant.Epoch).Max();
        return facts.Contacts.Where(contact => contact.Channel == ContactChannel.LimitSet && contact.At >= lifted)
            .Min(contact => contact.At);
    }

    /// <summary>The limit rung among the first rungs that concerns the customer; null when there is none.</summary>
    public static PolicyRung? Of(CaseFacts facts, int upTo) => facts.Policy.Rungs.Take(upTo).LastOrDefault(
        rung => rung.Does(RungActions.Limit) && rung.AppliesTo(facts.Customer.Classes));

    /// <summary>
    /// When the limit will have been in force for long enough; <see cref="Instant.Never"/> while it is not in force.
    /// </summary>
    public static Instant OverAt(CaseFacts facts, PolicyRung limit) => InForceSince(facts) is { } since
        ? PolicyTime.AddDays(facts.Policy.Zone, since, limit.LimitDays)
        : Instant.Never;

    /// <summary>The ladder falls back: a limit that is in force and not due any more is to be taken away.</summary>
    public static void LiftAt(LadderDraft draft, int rung)
    {
        if (InForceSince(draft.Facts) is null || Of(draft.Facts, rung) is not null) return;
        draft.Say("fieldwork", "The limit of the load is to be taken away and that recorded.");
    }

    public static void AddGate(CaseFacts facts, int upTo, List<ClosedGate> closed)
    {
        if (Of(facts, upTo) is not { } limit) return;
        var over = OverAt(facts, limit);
        if (over <= facts.Now) return;
        var sentence = over >= Instant.Never
            ? $"The limit of {limit.LimitWatts} W is not recorded as set."
            : $"The limit of {limit.LimitWatts} W must be in force for {limit.LimitDays} days, until "
                + $"{Notices.LocalText.DateAndTime(facts.Policy.Zone, over)}.";
        closed.Add(new(Gate.NoticesUnproven, sentence, over));
    }
}
