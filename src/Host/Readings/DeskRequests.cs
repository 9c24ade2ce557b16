using Meters.Billing.Accounts;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>A person settles a conflict.</summary>
/// <param name="Conflict">Its number.</param>
/// <param name="Choice">One of the two, a value entered, or neither.</param>
/// <param name="Value">For <see cref="ConflictChoice.Edited"/>, on the meter's own side; else null.</param>
/// <param name="By">Who.</param>
/// <param name="Note">Why.</param>
public sealed record ResolveConflict(
    long Conflict, ConflictChoice Choice, Energy? Value, PersonId By, string Note);

/// <summary>A person holds a meter's billing, or lifts the hold.</summary>
/// <param name="Meter">Whose.</param>
/// <param name="By">Who.</param>
/// <param name="Note">Why.</param>
public sealed record BillingHoldOrder(MeterId Meter, PersonId By, string Note);

/// <summary>A person lets an item of the quarantine go on.</summary>
/// <param name="Item">Its number.</param>
/// <param name="By">Who.</param>
/// <param name="Note">Why.</param>
public sealed record ReleaseItem(long Item, PersonId By, string Note);

public enum DeskStatus
{
    Done,

    /// <summary>There is no such item, meter or hold.</summary>
    Unknown,

    /// <summary>Somebody did it before; nothing changed.</summary>
    ClosedBefore,

    /// <summary>It holds no register value that could go on, or another queue decides about it.</summary>
    NotReleasable,

    /// <summary>The book did not take the value; the item stays open.</summary>
    Refused,
}

/// <param name="Status">How it ended.</param>
/// <param name="Book">What the book said, where it was asked.</param>
/// <param name="Released">Held readings that went on after a lift.</param>
public sealed record DeskOutcome(DeskStatus Status, ReadingStatus? Book = null, int Released = 0);
