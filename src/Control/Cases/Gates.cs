using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// What must be open before a command may leave. Declared in the order in which an explanation names them.
/// </summary>
public enum Gate
{
    /// <summary>The customer may never be cut.</summary>
    NeverCut,

    /// <summary>A hold stands.</summary>
    Held,

    /// <summary>A season without cuts, or a declared moratorium of the area.</summary>
    Moratorium,

    /// <summary>No meter of the account has a relay.</summary>
    NoRelay,

    /// <summary>A person cut the supply: only a person puts it back on.</summary>
    ManualOff,

    /// <summary>The case does not want the supply off (any more).</summary>
    NotWanted,

    /// <summary>The balance is not below the cut level; for a reconnect: it has fallen below it again.</summary>
    Balance,

    /// <summary>Delays and grace are not over.</summary>
    Grace,

    /// <summary>A partial payment has given days.</summary>
    Relief,

    /// <summary>There is no reading.</summary>
    ReadingMissing,
    ReadingNotActual,
    ReadingTooOld,

    /// <summary>Notices were neither delivered nor replaced by a recorded fallback.</summary>
    NoticesUnproven,
    ContactsTooFew,
    ApprovalMissing,

    /// <summary>The authority has no copy of the coming cut.</summary>
    AuthorityNotTold,

    /// <summary>A payment came in since the cut was decided.</summary>
    FenceMoved,
    Expired,
    OutsideWindow,
    PaymentsUnhealthy,
    SmsUnhealthy,
    IngestUnhealthy,
    ClockUnhealthy,
    StoreUnhealthy,
}

/// <summary>A gate that is shut.</summary>
/// <param name="Gate">Which.</param>
/// <param name="Sentence">Why, in plain words.</param>
/// <param name="OpensAt">
/// When time alone opens it; <see cref="Instant.Never"/> when only an event does that wakes the case (a payment, a
/// lifted hold, a delivery report); null when it is worth looking again (a reading, health).
/// </param>
public sealed record ClosedGate(Gate Gate, string Sentence, Instant? OpensAt);

/// <param name="Closed">The gates that are shut, by order of <see cref="Gate"/>.</param>
public sealed record GateResult(IReadOnlyList<ClosedGate> Closed)
{
    public bool IsOpen => Closed.Count == 0;
}

/// <summary>The gates of promise 6, as pure decisions. In doubt a gate is shut.</summary>
public static class Gates
{
    /// <summary>
    /// Everything again, immediately before a command leaves. A cut passes all gates. What gives power back passes
    /// expiry, manual cut and balance only; a person's reconnect only expiry. A person's cut is not about money: it
    /// passes expiry, never-cut, holds, clock and store. Alarms and keep-power pass expiry.
    /// </summary>
    public static GateResult AtDispatch(Command command, CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(facts);
        var closed = new List<ClosedGate>();
        var byPolicy = command.Origin == CommandOrigin.Policy;
        switch (command.Kind)
        {
            case CommandKind.Trip when byPolicy:
                AddCutGates(facts, closed);
                if (facts.Case.Desired != Supply.Off)
                {
                    closed.Add(new(Gate.NotWanted, "The cut is no longer wanted.", Instant.Never));
                }

                if (command.Fence != facts.Case.Fence)
                {
                    closed.Add(new(Gate.FenceMoved, "A payment came in since the cut was decided.", Instant.Never));
                }

                break;
            case CommandKind.Trip:
                AddPersonalGates(facts, closed);
                AddHealthGates(facts.Health, closed, onlyEssential: true);
                break;
            case CommandKind.Close or CommandKind.PermitClose when byPolicy:
                AddReconnectGates(facts, closed);
                break;
        }

        if (facts.Now >= command.ExpiresAt)
        {
            closed.Add(new(Gate.Expired, $"The command expired at {command.ExpiresAt}.", Instant.Never));
        }

        return Ordered(closed);
    }

    /// <summary>
    /// The gates of a cut that is about to be decided; fence, expiry and the case's own wish do not exist yet.
    /// </summary>
    public static GateResult ForCut(CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var closed = new List<ClosedGate>();
        AddCutGates(facts, closed);
        return Ordered(closed);
    }

    /// <summary>The gates of a reconnect by policy.</summary>
    public static GateResult ForReconnect(CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var closed = new List<ClosedGate>();
        AddReconnectGates(facts, closed);
        return Ordered(closed);
    }

    private static GateResult Ordered(List<ClosedGate> closed) => new([.. closed.OrderBy(gate => gate.Gate)]);

    private static void AddCutGates(CaseFacts facts, List<ClosedGate> closed)
    {
        AddPersonalGates(facts, closed);
        if (facts.Case.ManualOff) closed.Add(new(Gate.ManualOff, "A person cut the supply.", Instant.Never));
        var cut = facts.Policy.CutRung;
        if (cut is null || !cut.Threshold.IsBelow(facts.Account))
        {
            closed.Add(new(
                Gate.Balance,
                $"The balance of {facts.Policy.Currency.Format(facts.Account.Balance)} is not below the cut level.",
                Instant.Never));
        }

        ProtectionGates.AddMoratoria(facts, closed);
        GraceRules.AddGates(facts, closed);
        AddReadingGates(facts, closed);
        if (cut is not null)
        {
            NoticeProofs.AddGate(facts, closed);
            LimitRule.AddGate(facts, facts.Policy.Rungs.Count - 1, closed);
        }

        ProtectionGates.AddContacts(facts, closed);
        ProtectionGates.AddApproval(facts, closed);
        if (!facts.Policy.CutWindows.IsOpen(facts.Now, out _))
        {
            var opens = facts.Policy.CutWindows.NextOpen(facts.Now);
            var why = facts.Policy.CutWindows.WhyClosed(facts.Now) is { } day ? $" ({day})" : "";
            closed.Add(
                new(Gate.OutsideWindow, $"Outside the hours for cuts{why}; {NextWindow(facts.Policy, opens)}.", opens));
        }

        AddHealthGates(facts.Health, closed, onlyEssential: false);
    }

    private static string NextWindow(Policy policy, Instant opens) => opens >= Instant.Never
        ? "no further hours are set"
        : $"they begin again at {LocalText.DateAndTime(policy.Zone, opens)}";

    private static void AddPersonalGates(CaseFacts facts, List<ClosedGate> closed)
    {
        ProtectionGates.AddNeverCut(facts, closed);
        if (facts.Customer.Relay is null) closed.Add(new(Gate.NoRelay, "No meter of the account has a relay.", null));
        var standing = facts.Holds.Where(hold => hold.From <= facts.Now && facts.Now < hold.Until).ToList();
        if (standing.Count == 0) return;
        var until = standing.Max(hold => hold.Until);
        var kinds = string.Join(
            ", ", standing.Select(hold => ControlTags.Tag(hold.Kind)).Distinct().Order(StringComparer.Ordinal));
        var end = until >= Instant.Never ? "until lifted" : $"until {LocalText.DateAndTime(facts.Policy.Zone, until)}";
        closed.Add(new(Gate.Held, $"On hold ({kinds}) {end}.", until));
    }

    private static void AddReadingGates(CaseFacts facts, List<ClosedGate> closed)
    {
        if (facts.Account.LastReadingAt is not { } readAt)
        {
            closed.Add(new(Gate.ReadingMissing, "The meter has not been read yet.", null));
            return;
        }

        if (facts.Account.LastReadingQuality != ReadingQuality.Actual)
        {
            var quality = ControlTags.Tag(facts.Account.LastReadingQuality);
            closed.Add(new(Gate.ReadingNotActual, $"The last reading is {quality}, not actual.", null));
        }

        // A reading from the future says that a clock is wrong: as bad as an old one.
        var age = facts.Now - readAt;
        if (age > facts.Policy.ReadingAgeMax || age < -facts.Policy.ReadingAgeMax)
        {
            var at = LocalText.DateAndTime(facts.Policy.Zone, readAt);
            closed.Add(new(
                Gate.ReadingTooOld,
                $"The last reading is of {at}; at most {facts.Policy.ReadingAgeMax.TotalHours} hours are allowed.",
                null));
        }
    }

    private static void AddReconnectGates(CaseFacts facts, List<ClosedGate> closed)
    {
        if (facts.Case.ManualOff)
        {
            closed.Add(new(Gate.ManualOff, "A person cut the supply: only a person puts it back on.", Instant.Never));
        }

        if (facts.Customer.Relay is null) closed.Add(new(Gate.NoRelay, "No meter of the account has a relay.", null));
        var allowed = facts.Account.Balance >= facts.Policy.Reconnect.AtLeast
            || facts.Policy.CutRung?.Threshold.IsBelow(facts.Account) != true
            || GraceRules.BringsBack(facts, facts.Case);
        if (!allowed)
        {
            var balance = facts.Policy.Currency.Format(facts.Account.Balance);
            closed.Add(new(Gate.Balance, $"The balance of {balance} is below the cut level.", Instant.Never));
        }
    }

    private static void AddHealthGates(HealthFacts health, List<ClosedGate> closed, bool onlyEssential)
    {
        if (!health.Clock) closed.Add(new(Gate.ClockUnhealthy, "The clock is not trusted: cuts pause.", null));
        if (!health.Store) closed.Add(new(Gate.StoreUnhealthy, "The store is not healthy: cuts pause.", null));
        if (onlyEssential) return;
        if (!health.Payments) closed.Add(new(Gate.PaymentsUnhealthy, "Payments may be delayed: cuts pause.", null));
        if (!health.Sms) closed.Add(new(Gate.SmsUnhealthy, "Messages may be delayed: cuts pause.", null));
        if (!health.Ingest) closed.Add(new(Gate.IngestUnhealthy, "Readings may be delayed: cuts pause.", null));
    }
}
