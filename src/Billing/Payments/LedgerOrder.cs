using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Payments;

/// <summary>What is done in the ledger other than a payment or a charge. Stored: never renumber.</summary>
public enum OperationKind : byte
{
    /// <summary>Takes a payment back.</summary>
    Reversal = 1,

    /// <summary>A cheque that its bank did not pay: the payment is taken back, a fee may be raised.</summary>
    BouncedCheque = 2,

    /// <summary>From one customer to another.</summary>
    Transfer = 3,
    Refund = 4,

    /// <summary>Money in suspense goes to its owner.</summary>
    SuspenseRelease = 5,
    WriteOff = 6,
    OpeningBalance = 7,

    /// <summary>Emergency or friendly credit is lent.</summary>
    CreditLent = 8,

    /// <summary>A fee is raised, to be paid with a later purchase.</summary>
    Fee = 9,

    /// <summary>An agent hands over cash.</summary>
    AgentSettlement = 10,

    /// <summary>A cheque's money has come.</summary>
    ChequeCleared = 11,

    /// <summary>A refund agreed before has left the bank.</summary>
    RefundPaid = 12,

    /// <summary>A till's difference at its close.</summary>
    CashDifference = 13,
}

/// <summary>Stored: never renumber.</summary>
public enum OperationState : byte
{
    /// <summary>Waits for a second person; nothing is booked.</summary>
    Pending = 1,

    /// <summary>The first shard's half is booked, the second's follows.</summary>
    InTransit = 2,
    Posted = 3,

    /// <summary>The second person said no.</summary>
    Declined = 4,
}

/// <summary>An operation as its caller asks for it; equal content is the same order.</summary>
/// <param name="Key">The caller's idempotency key, as for payments; unique for ever among operations.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Account">Whose; <see cref="House"/> where no customer is concerned.</param>
/// <param name="Amount">
/// Minor units, positive; signed for opening balances and cash differences; the fee of a bounced cheque, or zero.
/// </param>
/// <param name="Currency">Must be the account's.</param>
/// <param name="By">Who asks.</param>
public sealed record LedgerOrder(
    string Key, OperationKind Kind, AccountId Account, Money Amount, Currency Currency, PersonId By)
{
    /// <summary>Stands in entries that concern no customer.</summary>
    public static readonly AccountId House;

    public const int NoteCharsMax = 500;

    /// <summary>The receiving customer, of a transfer or a release.</summary>
    public AccountId? Other { get; init; }

    /// <summary>Which sub-account is meant, or by which way money comes or goes.</summary>
    public LedgerAccount? Sub { get; init; }

    /// <summary>Key of the payment that it is about.</summary>
    public string? Target { get; init; }

    /// <summary>The agent who settles.</summary>
    public string? Party { get; init; }

    /// <summary>Why, in plain words.</summary>
    public string Note { get; init; } = "";

    /// <summary>Two shards may take part, each with its own half.</summary>
    public bool HasTwoHalves => Kind is OperationKind.Transfer or OperationKind.SuspenseRelease;
}

/// <summary>An operation as it is stored.</summary>
/// <param name="Order">What was asked.</param>
/// <param name="State">How far it is.</param>
/// <param name="Shard">Where its first entry is or will be.</param>
/// <param name="RequestedAt">Program's clock.</param>
public sealed record OperationRecord(LedgerOrder Order, OperationState State, int Shard, Instant RequestedAt)
{
    /// <summary>Who approved or declined; null while nobody did, or where nobody has to.</summary>
    public PersonId? ApprovedBy { get; init; }

    /// <summary>When it was booked or declined.</summary>
    public Instant? DoneAt { get; init; }

    /// <summary>Its first entry in <see cref="Shard"/>.</summary>
    public long? Group { get; init; }

    /// <summary>The customer's balance right after it, minor units.</summary>
    public Money? BalanceAfter { get; init; }
}

/// <summary>How an operation ended; declared in order of precedence. The same words go to logs and problems.</summary>
public enum OperationStatus
{
    /// <summary>Booked and durable.</summary>
    Done,

    /// <summary>Same key, same content: the first answer again.</summary>
    AlreadyDone,

    /// <summary>Durable, and waits for a second person.</summary>
    AwaitsApproval,
    Declined,

    /// <summary>Same key, other content: a conflict, nothing booked.</summary>
    KeyReusedWithOtherContent,
    KeyMalformed,

    /// <summary>There is no operation of that key to approve.</summary>
    OperationUnknown,

    /// <summary>It was decided already, in the other way or by somebody else.</summary>
    NotPending,

    NoteMissing,
    AccountUnknown,
    CurrencyMismatch,
    AmountNotPositive,
    AmountTooLarge,

    /// <summary>The sub-account, or the way of the money, is none that this operation knows.</summary>
    SubAccountWrong,

    /// <summary>There is no such payment.</summary>
    PaymentUnknown,

    /// <summary>The payment was reversed, has bounced or was released already.</summary>
    AlreadyTakenBack,
    NotACheque,

    /// <summary>The payment is not in suspense; or it is, where it must not be.</summary>
    SuspenseMismatch,
    SameAccount,

    /// <summary>The balance without lent credit does not cover it.</summary>
    BalanceTooLow,

    /// <summary>More than is owed there.</summary>
    MoreThanOwed,

    /// <summary>Credit of this kind is lent already and not yet repaid.</summary>
    CreditNotRepaid,

    /// <summary>The policy lends none, or not at this balance.</summary>
    CreditNotOffered,

    /// <summary>Who approves has asked for it, or who reverses has taken the payment.</summary>
    SamePerson,
}
