using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>Who rates nothing more of a meter while it is held: the shard's book.</summary>
public interface IBillingHolds
{
    /// <returns>False for a meter that is not here.</returns>
    bool Hold(MeterId meter);

    /// <returns>False for a meter that is not here.</returns>
    bool Lift(MeterId meter);
}
