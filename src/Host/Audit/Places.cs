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

    public static string Operation(string key) => Text($"operation {key}");

    public static string Line(object? account, object? day) => Text($"day_charge account {account} day {Day(day)}");

    public static string Correction(object? account, object? day) =>
        Text($"accrual_correction account {account} day {Day(day)}");

    public static string TariffLine(object? account, object? day, object? line) =>
        Text($"day_line account {account} day {Day(day)} line {line}");

    public static string DayRows(object? account, object? day) => Text($"readings account {account} day {Day(day)}");

    public static string Link(int shard, long seq) => Text($"journal {shard}/{seq}");

    public static string Shard(int shard) => Text($"shard {shard}");

    public static string Account(long account) => Text($"account {account}");

    public static string Reading(long channel, long at) =>
        Text($"reading {channel >> 4}/{(RegisterKind)(channel & 15)} at {At(at)}");

    /// <summary>The row that a link names.</summary>
    public static string Of(int shard, StoredLink link) => link.Kind switch
    {
        (long)JournalKind.LedgerEntry => Entry(shard, link.Subject),
        (long)JournalKind.Payment => Payment(link.Key),
        (long)JournalKind.DayLine => Line(link.Subject, link.Day),
        (long)JournalKind.AccrualCorrection => Correction(link.Subject, link.Day),
        (long)JournalKind.TariffLine => TariffLine(link.Subject, link.Day, link.Key),
        _ => DayRows(link.Subject, link.Day),
    };

    public static string Of(AuditRow row) => row.Kind switch
    {
        (long)JournalKind.LedgerEntry => Entry(row.Shard, row.Values[0]),
        (long)JournalKind.Payment => Payment(row.Values[0]),
        (long)JournalKind.DayLine => Line(row.Values[0], row.Values[1]),
        (long)JournalKind.TariffLine => TariffLine(row.Values[0], row.Values[1], row.Values[2]),
        _ => Correction(row.Values[0], row.Values[1]),
    };

    public static string Day(object? day) => day is long and > -700_000 and < 2_900_000 and var days
        ? DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : Text($"{day}");

    public static string At(long micros) =>
        IsInstant(micros) ? new Instant(micros).ToString() : Text($"{micros} us");

    /// <summary>Within the years that have a name.</summary>
    public static bool IsInstant(long micros) =>
        micros > Instant.Utc(1, 1, 3).UnixMicros && micros < Instant.Never.UnixMicros;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
