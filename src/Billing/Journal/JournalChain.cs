using System.Security.Cryptography;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Journal;

/// <summary>
/// The end of one shard's chain: each record that becomes history extends it. Columns and their order are those of
/// docs/journal.md; a new kind of record is one more method here.
/// </summary>
/// <param name="shard">Whose chain.</param>
/// <param name="seq">Position of the last link, 0 before the first.</param>
/// <param name="head">Hash of the last link; <see cref="Start"/> before the first.</param>
public sealed class JournalChain(int shard, long seq, byte[] head)
{
    private readonly RecordWriter _record = new();

    /// <summary>The hash before the first link: 32 zero bytes.</summary>
    public static byte[] Start => new byte[SHA256.HashSizeInBytes];

    public long Seq => seq;

    public byte[] Head => head;

    public JournalLink Add(LedgerEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Begin(JournalKind.LedgerEntry)
            .Add(entry.Id).Add(entry.PostedAt).Add(entry.Day).Add(entry.Account.Value)
            .Add((long)entry.Debit).Add((long)entry.Credit).Add(entry.Amount).Add((long)entry.Kind)
            .Add(entry.PaymentKey).Add(entry.Group).Add(entry.Reverses)
            .Add((long?)entry.CorrectsDay?.DaysSinceEpoch).Add(entry.Line);
        return End(JournalKind.LedgerEntry, entry.Id, null, null, null);
    }

    public JournalLink Add(PaymentRecord payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        var order = payment.Order;
        Begin(JournalKind.Payment)
            .Add(order.Key).Add(order.Account.Value).Add(order.Amount).Add(order.Currency.Code)
            .Add((long)order.Channel).Add(order.TakenBy.Value).Add(order.Reference).Add(payment.Receipt)
            .Add(payment.PostedAt).Add(payment.BalanceAfter);
        return End(JournalKind.Payment, order.Account.Value, null, order.Key, null);
    }

    /// <param name="line">The line.</param>
    /// <param name="through">End of its day.</param>
    /// <param name="proof">Of the day's readings.</param>
    public JournalLink Add(in DayCharge line, Instant through, DayProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var bytes = proof.ToBytes();
        Begin(JournalKind.DayLine)
            .Add(line.Account.Value).Add(line.Day).Add(through).Add(line.Exact).Add(line.Posted).Add(line.Carry)
            .Add(line.AverageDay).Add(bytes.AsSpan());
        return End(JournalKind.DayLine, line.Account.Value, line.Day, null, bytes);
    }

    public JournalLink Add(in AccrualCorrection correction)
    {
        Begin(JournalKind.AccrualCorrection)
            .Add(correction.Account.Value).Add(correction.Day).Add(correction.ClosedThrough).Add(correction.Delta)
            .Add(correction.Posted);
        return End(JournalKind.AccrualCorrection, correction.Account.Value, correction.Day, null, null);
    }

    public JournalLink Add(in DayLine line)
    {
        Begin(JournalKind.TariffLine)
            .Add(line.Account.Value).Add(line.Day).Add(line.Line).Add(line.Exact).Add(line.Posted);
        return End(JournalKind.TariffLine, line.Account.Value, line.Day, line.Line, null);
    }

    /// <summary>The readings of a closed day as they are from now on.</summary>
    public JournalLink Add(AccountId account, ServiceDay day, DayProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var bytes = proof.ToBytes();
        Begin(JournalKind.DayRows).Add(account.Value).Add(day).Add(bytes.AsSpan());
        return End(JournalKind.DayRows, account.Value, day, null, bytes);
    }

    private RecordWriter Begin(JournalKind kind) => _record.Begin(kind, shard, seq + 1);

    private JournalLink End(JournalKind kind, long subject, ServiceDay? day, string? key, byte[]? proof)
    {
        head = _record.HashAfter(head);
        return new(++seq, kind, subject, day, key, proof, _record.Tag, head);
    }
}
