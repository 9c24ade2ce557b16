using System.Globalization;
using Meters.Billing.Journal;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>Names of rows, for people and for comparing; total, whatever the numbers are.</summary>
internal static class Places
{
    public static string Entry(long shard, object? id) => Text($"ledger {shard}/{id}");

    public static string Payment(object? key) => Text($"payment {key}");

    public static string Line(object? account, object? day) => Text($"day_charge account {account} day {Day(day)}");

    public static string Correction(object? account, object? day) =>
        Text($"accrual_correction account {account} day {Day(day)}");

    public static string DayRows(object? account, object? day) => Text($"readings account {account} day {Day(day)}");

    public static string Link(int shard, long seq) => Text($"journal {shard}/{seq}");

    public static string Shard(int shard) => Text($"shard {shard}");

    public static string Account(long account) => Text($"account {account}");

    public static string Reading(long channel, long at) =>
        Text($"reading {channel >> 4}/{(RegisterKind)(channel & 15)} at {At(at)}");

    /// <summary>The row that a link names.</summary>
    public static string Of(int shard, StoredLink link) => (JournalKind)link.Kind switch
    {
        JournalKind.LedgerEntry => Entry(shard, link.Subject),
        JournalKind.Payment => Payment(link.Key),
        JournalKind.DayLine => Line(link.Subject, link.Day),
        JournalKind.AccrualCorrection => Correction(link.Subject, link.Day),
        _ => DayRows(link.Subject, link.Day),
    };

    public static string Of(AuditRow row) => (JournalKind)row.Kind switch
    {
        JournalKind.LedgerEntry => Entry(row.Shard, row.Values[0]),
        JournalKind.Payment => Payment(row.Values[0]),
        JournalKind.DayLine => Line(row.Values[0], row.Values[1]),
        _ => Correction(row.Values[0], row.Values[1]),
    };

    public static string Day(object? day) => day is long days && Math.Abs(days) < 1_000_000
        ? DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : Text($"{day}");

    public static string At(long micros) =>
        Math.Abs(micros) < 200_000_000_000_000_000 && new Instant(micros) is var at
            && at > Instant.Utc(1, 1, 2) && at < Instant.Never
            ? at.ToString()
            : Text($"{micros} us");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
