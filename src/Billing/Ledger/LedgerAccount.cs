namespace Meters.Billing.Ledger;

/// <summary>
/// The chart of accounts. Stored: never renumber. Customer accounts have one sub-account per customer, the rest one per
/// shard.
/// </summary>
public enum LedgerAccount : short
{
    /// <summary>Customer's: what the utility owes the customer, the prepaid balance.</summary>
    CustomerPrepayment = 1,

    /// <summary>Cash taken at counters.</summary>
    CashCounter = 2,

    /// <summary>Money received through banks.</summary>
    CashBank = 3,

    /// <summary>Money received through mobile or web payment.</summary>
    CashMobile = 4,

    /// <summary>Money collected by agents and not yet handed over.</summary>
    CashAgent = 5,

    /// <summary>Cheques taken and not yet cleared.</summary>
    ChequesInHand = 6,

    /// <summary>Energy sold.</summary>
    EnergyRevenue = 10,

    /// <summary>Standing charges, per day, per month or per kW of sanctioned load.</summary>
    StandingRevenue = 11,

    /// <summary>Demand charges.</summary>
    DemandRevenue = 12,

    /// <summary>Fuel, levies and other surcharges.</summary>
    SurchargeRevenue = 13,

    /// <summary>What is given: subsidies, free quota, rebates.</summary>
    RebatesGiven = 14,

    /// <summary>Late fees, reconnection fees and the like.</summary>
    FeeRevenue = 15,

    /// <summary>What customers fed in, bought by the utility.</summary>
    EnergyBought = 16,

    /// <summary>Differences of rounding a bill to its unit.</summary>
    Rounding = 17,

    /// <summary>Taxes collected and owed to the state.</summary>
    TaxPayable = 20,

    /// <summary>Money whose owner is not known yet.</summary>
    Suspense = 30,

    /// <summary>Counterpart of balances brought in from an earlier system.</summary>
    OpeningBalance = 31,

    /// <summary>Between two shards: each writes its own half.</summary>
    InTransit = 32,

    /// <summary>What a till had too much or too little.</summary>
    CashDifference = 33,

    /// <summary>Given up as not recoverable.</summary>
    WriteOff = 34,

    /// <summary>Refunds agreed and not yet paid out.</summary>
    RefundPayable = 35,

    /// <summary>Customer's: old arrears that purchases pay off by shares.</summary>
    CustomerDebt = 40,

    /// <summary>Customer's: emergency credit lent and not yet repaid.</summary>
    EmergencyCredit = 41,

    /// <summary>Customer's: credit lent over friendly hours and not yet repaid.</summary>
    FriendlyCredit = 42,

    /// <summary>
    /// Customer's: charges due that are not taken from the prepaid balance, such as those of skipped months.
    /// </summary>
    Receivable = 43,
}
