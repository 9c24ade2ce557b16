using Meters.Units;

namespace Meters.Billing.Ledger;

/// <summary>What an entry is about. Stored: never renumber.</summary>
public enum EntryKind : byte
{
    /// <summary>Money taken from or for a customer; every part of its split.</summary>
    Payment = 1,

    /// <summary>
    /// A day's charges, one entry for each line of the tariff: the only kind that uses up accrued charges.
    /// </summary>
    EnergyCharge = 2,

    /// <summary>What a late reading or another correction changed in closed days.</summary>
    Correction = 3,

    /// <summary>Takes back an earlier entry.</summary>
    Reversal = 4,

    /// <summary>From one customer to another.</summary>
    Transfer = 5,

    /// <summary>Money given back.</summary>
    Refund = 6,

    /// <summary>Money in suspense that found its owner.</summary>
    SuspenseRelease = 7,

    /// <summary>A balance brought in from an earlier system.</summary>
    OpeningBalance = 8,

    /// <summary>Emergency or friendly credit lent.</summary>
    CreditLent = 9,

    /// <summary>Debt or lent credit repaid out of a purchase.</summary>
    Recovery = 10,

    /// <summary>Charges taken with a purchase: monthly charges on the first one, arrears of skipped months.</summary>
    PurchaseCharge = 11,

    /// <summary>A rebate on a purchase.</summary>
    Rebate = 12,

    /// <summary>Late and other fees.</summary>
    Fee = 13,

    /// <summary>Given up as not recoverable.</summary>
    WriteOff = 14,

    /// <summary>A till's difference at its close.</summary>
    CashDifference = 15,
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
    /// <summary>Id of the first of the entries that were posted for one reason; its own id when alone.</summary>
    public long Group { get; init; } = Id;

    /// <summary>The entry that this one takes back, in the same shard.</summary>
    public long? Reverses { get; init; }

    /// <summary>The closed day whose charges this one corrects.</summary>
    public ServiceDay? CorrectsDay { get; init; }

    /// <summary>The tariff's line that it posts: "energy", "vat".</summary>
    public string? Line { get; init; }

    /// <summary>What the entry does to the customer's prepaid balance, signed.</summary>
    public Money ToCustomer =>
        (Credit == LedgerAccount.CustomerPrepayment ? Amount : Money.Zero)
        - (Debit == LedgerAccount.CustomerPrepayment ? Amount : Money.Zero);
}
