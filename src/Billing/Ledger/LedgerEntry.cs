using Meters.Units;

namespace Meters.Billing.Ledger;

/// <summary>The chart of accounts, as far as prepayment needs it. Stored: never renumber.</summary>
public enum LedgerAccount : short
{
    /// <summary>What the utility owes the customer: the prepaid balance, one sub-account per customer.</summary>
    CustomerPrepayment = 1,

    /// <summary>Cash taken at counters.</summary>
    CashCounter = 2,

    /// <summary>Money received through banks.</summary>
    CashBank = 3,

    /// <summary>Money received through mobile or web payment.</summary>
    CashMobile = 4,

    /// <summary>Money collected by agents.</summary>
    CashAgent = 5,

    /// <summary>Energy sold.</summary>
    EnergyRevenue = 10,
}

/// <summary>What an entry is about. Stored: never renumber.</summary>
public enum EntryKind : byte
{
    Payment = 1,
    EnergyCharge = 2,
}

/// <summary>
/// One immutable double entry: the same amount on two accounts, so that the ledger is zero-sum by its very shape.
/// A correction is a further entry, with the sides changed.
/// </summary>
/// <param name="Id">Rises within a shard; unique over the store together with <paramref name="Shard"/>.</param>
/// <param name="Shard">The shard whose writer posted it.</param>
/// <param name="PostedAt">Program's clock at posting.</param>
/// <param name="Day">The service day that it belongs to.</param>
/// <param name="Account">The customer whose sub-account is one of the sides.</param>
/// <param name="Debit">Account debited.</param>
/// <param name="Credit">Account credited.</param>
/// <param name="Amount">Positive, minor units.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="PaymentKey">The caller's key, for a payment.</param>
public sealed record LedgerEntry(
    long Id,
    int Shard,
    Instant PostedAt,
    ServiceDay Day,
    AccountId Account,
    LedgerAccount Debit,
    LedgerAccount Credit,
    Money Amount,
    EntryKind Kind,
    string? PaymentKey)
{
    /// <summary>What the entry does to the customer's prepaid balance, signed.</summary>
    public Money ToCustomer =>
        (Credit == LedgerAccount.CustomerPrepayment ? Amount : Money.Zero)
        - (Debit == LedgerAccount.CustomerPrepayment ? Amount : Money.Zero);
}
