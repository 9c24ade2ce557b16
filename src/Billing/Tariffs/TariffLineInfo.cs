using Meters.Billing.Ledger;

namespace Meters.Billing.Tariffs;

/// <summary>A named component of a tariff: accrued, rounded and posted on its own.</summary>
/// <param name="Name">As the tariff writes it: "energy", "vat".</param>
/// <param name="Account">
/// The side that stands against <see cref="LedgerAccount.CustomerPrepayment"/>.
/// </param>
public sealed record TariffLineInfo(string Name, LedgerAccount Account);
