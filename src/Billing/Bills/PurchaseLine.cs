using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>Something that is taken or given with a purchase.</summary>
/// <param name="Name">The tariff's name of it.</param>
/// <param name="Account">The counter side.</param>
/// <param name="Amount">Positive: taken from the customer; negative: given.</param>
/// <param name="Month">First day of the month that it is for.</param>
public sealed record PurchaseLine(string Name, LedgerAccount Account, Money Amount, ServiceDay Month);
