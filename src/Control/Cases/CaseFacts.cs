using System.Collections.Frozen;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>The meter whose relay switches an account's supply, and the way to it.</summary>
public sealed record RelayFacts(MeterId Meter, MeterAddress Address, TerminalAddress Terminal);

/// <param name="Name">For the message; may be empty.</param>
/// <param name="Phone">For SMS; empty when there is none.</param>
/// <param name="Language">BCP 47: "en" or "zh"; anything else is answered in English.</param>
/// <param name="NeverCut">Life support, hospital, water works.</param>
/// <param name="Relay">Null when no meter of the account has a relay.</param>
public sealed record CustomerFacts(string Name, string Phone, string Language, bool NeverCut, RelayFacts? Relay)
{
    /// <summary>Classes and marks that policies speak of: <c>a</c>, <c>social</c>, <c>medical</c>.</summary>
    public IReadOnlySet<string> Classes { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Where the customer lives, parts from large to small: <c>up.lucknow</c>; empty when not known.</summary>
    public string Region { get; init; } = "";

    /// <summary>When the account became prepaid; null when it always was.</summary>
    public Instant? ConvertedAt { get; init; }
}

/// <summary>Whether the parts that a fair cut depends on work; one that does not pauses every cut.</summary>
/// <param name="Payments">Payments come in and are posted.</param>
/// <param name="Sms">The gateway takes messages.</param>
/// <param name="Ingest">Readings arrive and are stored without a backlog.</param>
/// <param name="Clock">The program's clock agrees with its reference.</param>
/// <param name="Store">The store answers.</param>
public sealed record HealthFacts(bool Payments, bool Sms, bool Ingest, bool Clock, bool Store)
{
    public static readonly HealthFacts Good = new(true, true, true, true, true);

    /// <summary>When the last long interruption of any of them was over; the epoch when there was none.</summary>
    public Instant BacklogEndedAt { get; init; } = Instant.Epoch;
}

/// <summary>
/// Everything that a decision on one account looks at. Nothing else is looked at, so the same facts give the same
/// decision.
/// </summary>
/// <param name="Case">Where the account stands.</param>
/// <param name="Active">Its commands that are not final.</param>
/// <param name="LastFinal">The latest final command of each kind.</param>
/// <param name="Notices">Notices of this run of the ladder, newest first.</param>
/// <param name="Holds">Holds on it; those that do not stand at <paramref name="Now"/> are ignored.</param>
/// <param name="Account">Committed balance and thresholds.</param>
/// <param name="Customer">Who is told and which relay switches.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Now">Program's clock.</param>
/// <param name="Health">State of the system.</param>
public sealed record CaseFacts(
    ControlCase Case,
    IReadOnlyList<Command> Active,
    IReadOnlyList<Command> LastFinal,
    IReadOnlyList<Notice> Notices,
    IReadOnlyList<Hold> Holds,
    AccountFacts Account,
    CustomerFacts Customer,
    Policy Policy,
    Instant Now,
    HealthFacts Health)
{
    /// <summary>Contacts recorded in this run of the ladder, newest first.</summary>
    public IReadOnlyList<Contact> Contacts { get; init; } = [];

    /// <summary>Payments in this run of the ladder, newest first; reversed ones are not among them.</summary>
    public IReadOnlyList<PaymentFact> Payments { get; init; } = [];

    /// <summary>Moratoria that are declared; those of other areas and times are ignored.</summary>
    public IReadOnlyList<Moratorium> Moratoria { get; init; } = [];

    /// <summary>Approvals of this run of the ladder.</summary>
    public IReadOnlyList<CutApproval> Approvals { get; init; } = [];
}
