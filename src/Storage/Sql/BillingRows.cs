using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// Billing's and ingest's records read from rows: columns and mapping beside each other, in the same order.
/// </summary>
internal static class BillingRows
{
    public const string Reading = "channel, at, register, charge, quality, frame_id";

    public const string Frame = "id, terminal, received_at, bytes";

    public const string Quarantine =
        "frame_id, terminal, received_at, kind, point, function, channel, at, value, detail";

    public const string Payment =
        "key, account, amount, currency, channel, taken_by, reference, receipt, posted_at, balance_after, tender, "
        + "split, day, shift";

    public const string Entry =
        "id, shard, posted_at, day, account, debit, credit, amount, kind, payment_key, group_id, reverses, "
        + "corrects_day, line";

    public const string Crossing = "account, threshold, arm, at, balance, level, direction";

    public const string LateFee = "account, day, line, since, overdue, overdue_days, most, fee, unpaid";

    public const string DayCharge = "account, day, exact, posted, carry, average_day";

    public const string DayLine = "account, day, line, exact, posted";

    public const string Correction = "account, day, closed_through, delta, posted, lines";

    public const string ChannelSnapshot =
        "channel, first_at, last_at, last_register, last_usage, last_quality, period_start, period_base, seen_hours";

    public static RatedReading ReadingOf(SqlRow row) => new(
        new(new(row.Long(0)), row.Instant(1), new(row.Long(2)), (ReadingQuality)row.Byte(4), new(row.Long(5))),
        row.Long(3));

    public static RawFrame FrameOf(SqlRow row) =>
        new(new(row.Long(0)), new(checked((uint)row.Long(1))), row.Instant(2), row.Bytes(3));

    public static QuarantineItem QuarantineOf(SqlRow row) => new(
        new(row.Long(0)), new(checked((uint)row.Long(1))), row.Instant(2), row.Text(3), row.IntOrNull(4),
        row.IntOrNull(5), row.LongOrNull(6) is { } channel ? new ChannelId(channel) : null,
        row.InstantOrNull(7), row.LongOrNull(8), row.Text(9));

    public static PaymentRecord PaymentOf(SqlRow row) => new(
        new(
            row.Text(0), new(row.Long(1)), row.Money(2), Currency.Parse(row.Text(3)), (PaymentChannel)row.Byte(4),
            new(row.Text(5)), row.TextOrNull(6))
        {
            Tender = (Tender)row.Byte(10),
        },
        row.Text(7),
        row.Instant(8),
        row.Money(9))
    {
        Split = row.TextOrNull(11) is { } split ? PaymentSplit.Parse(split) : PaymentSplit.Whole(row.Money(2)),
        Day = row.DayOrNull(12),
        Shift = row.LongOrNull(13),
    };

    public static LedgerEntry EntryOf(SqlRow row) => new(
        row.Long(0), row.Int(1), row.Instant(2), row.Day(3), new(row.Long(4)), (LedgerAccount)row.Short(5),
        (LedgerAccount)row.Short(6), row.Money(7), (EntryKind)row.Byte(8), row.TextOrNull(9))
    {
        Group = row.Long(10),
        Reverses = row.LongOrNull(11),
        CorrectsDay = row.DayOrNull(12),
        Line = row.TextOrNull(13),
    };

    public static Crossing CrossingOf(SqlRow row) => new(
        new(row.Long(0)), row.Byte(1), row.Int(2), row.Instant(3), row.Money(4), row.Money(5),
        (CrossingDirection)row.Byte(6));

    public static DayLine DayLineOf(SqlRow row) => new(
        new(row.Long(0)), row.Day(1), row.Text(2), row.Long(3), row.Money(4));

    public static AccrualCorrection CorrectionOf(SqlRow row) => new(
        new(row.Long(0)), row.Day(1), row.Day(2), row.Long(3), row.Money(4), row.Text(5));

    public static DayCharge DayChargeOf(SqlRow row) => new(
        new(row.Long(0)), row.Day(1), row.Long(2), row.Money(3), row.Long(4), row.Money(5));

    public static LateFee LateFeeOf(SqlRow row) => new(
        new(row.Long(0)), row.Day(1), row.Text(2), row.Day(3), row.Money(4), row.Long(5), row.Money(6), row.Money(7),
        row.Money(8));

    public static ChannelSnapshot ChannelSnapshotOf(SqlRow row) => new(
        new(row.Long(0)), row.Instant(1), row.Instant(2), new(row.Long(3)), new(row.Long(4)),
        (ReadingQuality)row.Byte(5), row.Instant(6), new(row.Long(7)), unchecked((ulong)row.Long(8)));
}
