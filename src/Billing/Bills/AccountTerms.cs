namespace Meters.Billing.Bills;

/// <summary>What an account's day charges depend on beside its tariff.</summary>
/// <param name="SanctionedWatts">Sanctioned (contracted) load, in watts; not negative.</param>
public sealed record AccountTerms(int SanctionedWatts);
