using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>How a customer was reached beside messages, or what people did there. Stored: never renumber.</summary>
public enum ContactChannel : byte
{
    Call = 1,
    Letter = 2,
    Visit = 3,
    Email = 4,

    /// <summary>The authority had its copy of the coming cut.</summary>
    Authority = 5,

    /// <summary>A crew has limited the load at the meter.</summary>
    LimitSet = 6,

    /// <summary>A crew has taken the limit away.</summary>
    LimitLifted = 7,
}

/// <summary>A contact with a customer, recorded by a person.</summary>
public sealed record Contact(AccountId Account, ContactChannel Channel, Instant At, PersonId By, string Note)
{
    /// <summary>The customer was spoken to; what a crew or the authority has is no contact with them.</summary>
    public bool ReachesCustomer => Channel is ContactChannel.Call or ContactChannel.Letter or ContactChannel.Visit
        or ContactChannel.Email;
}

/// <summary>A person's word that this account may be cut, for a time.</summary>
public sealed record CutApproval(AccountId Account, PersonId By, Instant At, Instant Until);

/// <summary>A payment in this run of the ladder.</summary>
public readonly record struct PaymentFact(Instant At, Money Amount);
