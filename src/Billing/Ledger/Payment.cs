using Meters.Billing.Payments;
using Meters.Units;

namespace Meters.Billing.Ledger;

/// <summary>Where money came from. Stored: never renumber.</summary>
public enum PaymentChannel : byte
{
    Counter = 1,
    Bank = 2,
    Mobile = 3,
    Agent = 4,
}

/// <summary>What was handed over. Stored: never renumber.</summary>
public enum Tender : byte
{
    /// <summary>Cash at a counter, or the channel's own way.</summary>
    Plain = 0,

    /// <summary>May come back.</summary>
    Cheque = 1,
    Card = 2,
}

/// <summary>A payment as its caller sends it.</summary>
/// <param name="Key">The caller's idempotency key, 1 to 100 characters, unique for ever.</param>
/// <param name="Account">Whose.</param>
/// <param name="Amount">Minor units; must be positive.</param>
/// <param name="Currency">Must be the account's.</param>
/// <param name="Channel">Where the money came from.</param>
/// <param name="TakenBy">The cashier or machine behind the API key.</param>
/// <param name="Reference">The caller's own text, at most 200 characters.</param>
public sealed record PaymentOrder(
    string Key,
    AccountId Account,
    Money Amount,
    Currency Currency,
    PaymentChannel Channel,
    PersonId TakenBy,
    string? Reference)
{
    public Tender Tender { get; init; }

    /// <summary>
    /// The money has left the payer's hands: where its account is not known, it is kept in suspense. At a counter it
    /// is handed back.
    /// </summary>
    public bool MayWait => Channel != PaymentChannel.Counter;
}

/// <summary>A posted payment: what the receipt prints.</summary>
/// <param name="Order">What was asked.</param>
/// <param name="Receipt">Receipt number: shard, dash, entry.</param>
/// <param name="PostedAt">Program's clock at posting.</param>
/// <param name="BalanceAfter">The account's balance right after it, minor units.</param>
public sealed record PaymentRecord(PaymentOrder Order, string Receipt, Instant PostedAt, Money BalanceAfter)
{
    /// <summary>How it was divided; all to the balance unless said otherwise.</summary>
    public PaymentSplit Split { get; init; } = PaymentSplit.Whole(Order.Amount);

    /// <summary>The day that it is booked to; null in rows of an earlier version.</summary>
    public ServiceDay? Day { get; init; }

    /// <summary>The cashier's shift in which it was taken.</summary>
    public long? Shift { get; init; }
}

/// <summary>
/// How a payment ended; declared in order of precedence. The same words go to logs, metrics and problem types.
/// </summary>
public enum PaymentStatus
{
    /// <summary>Now posted and durable.</summary>
    Posted,

    /// <summary>Same key, same content: the first answer again.</summary>
    AlreadyPosted,

    /// <summary>Same key, other content: a conflict, nothing posted.</summary>
    KeyReusedWithOtherContent,
    KeyMalformed,
    AmountNotPositive,

    /// <summary>Above <c>PaymentMinorMax</c>: a slip of the keyboard, nothing posted.</summary>
    AmountTooLarge,
    AccountUnknown,
    CurrencyMismatch,

    /// <summary>The cashier has no open shift, and the settings ask for one.</summary>
    ShiftNotOpen,

    /// <summary>The agent would hold more cash than allowed.</summary>
    AgentCeilingReached,
}
