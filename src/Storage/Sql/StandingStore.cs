using Meters.Control.Customers;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Customers' rows. Whatever changes one locks its case first, as all of Control does.</summary>
internal sealed class StandingStore(SqlDatabase database) : IStandingStore
{
    private const string InsertLog = $"INSERT INTO customer_flag_log ({StandingRows.Log})";

    public async Task<IReadOnlyList<CustomerStanding>> LoadAsync(CancellationToken stopping) =>
        await database.QueryAsync(StandingRows.All, row => StandingRows.Of(row).Record, stopping);

    public async Task<CustomerStanding?> FindAsync(AccountId account, CancellationToken stopping) =>
        (await database.QueryAsync(StandingRows.One, row => StandingRows.Of(row).Record, stopping, account.Value))
        .FirstOrDefault();

    public Task<CustomerStanding?> SetFlagsAsync(
        StandingChange change, CustomerFlags flags, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, change.Account, change.At);
            if (await StandingRows.FindAsync(session, change.Account) is not var (record, _))
            {
                session.Discard();
                return null;
            }

            if (record.Flags == flags)
            {
                session.Discard();
                return record;
            }

            await session.InsertAsync(
                "INSERT INTO customer_class (account, flags)",
                [[change.Account.Value, (int)flags]],
                "ON CONFLICT (account) DO UPDATE SET flags = excluded.flags");
            await session.InsertAsync(
                InsertLog,
                [StandingRows.LogLine(change, StandingField.Flags, WordsOf(record.Flags), WordsOf(flags))]);
            return record with { Flags = flags };
        },
        stopping);

    public Task<CustomerStanding?> SetContactAsync(
        StandingChange change, string? phone, string? email, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, change.Account, change.At);
            if (await StandingRows.FindAsync(session, change.Account) is not var (record, former))
            {
                session.Discard();
                return null;
            }

            var lines = new List<object?[]>();
            if (phone is not null && phone != former)
            {
                lines.Add(StandingRows.LogLine(change, StandingField.Phone, former, phone));
                await session.ExecuteAsync("UPDATE account SET phone = $2 WHERE id = $1", change.Account.Value, phone);
                record = Unmarked(record);
            }

            if (email is not null && email != record.Email)
            {
                lines.Add(StandingRows.LogLine(change, StandingField.Email, record.Email, email));
                record = record with { Email = email };
            }

            if (lines.Count == 0) return record;
            await StandingRows.KeepContactAsync(session, record);
            await session.InsertAsync(InsertLog, lines);
            return record;
        },
        stopping);

    public Task<CustomerStanding?> ReportPhoneAsync(PhoneReport report, int reportsMax, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                // Most reports say what is known already: nothing is locked for them.
                if (await StandingRows.FindAsync(session, report.Account) is not var (seen, _)) return null;
                if (After(seen, report, reportsMax) == seen) return seen;
                await Cases.WakeAsync(session, report.Account, report.At);
                if (await StandingRows.FindAsync(session, report.Account) is not var (before, _)) return null;
                var after = After(before, report, reportsMax);
                await StandingRows.KeepContactAsync(session, after);
                return after;
            },
            stopping);

    public async Task<IReadOnlyList<CustomerStanding>> WrongNumbersAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(StandingRows.Wrong, row => StandingRows.Of(row).Record, stopping, max);

    public async Task<IReadOnlyList<StandingLogLine>> LogAsync(
        AccountId account, int max, CancellationToken stopping) => await database.QueryAsync(
        $"SELECT id, {StandingRows.Log} FROM customer_flag_log WHERE account = $1 ORDER BY id DESC LIMIT $2",
        row => new StandingLogLine(
            row.Long(0), new(row.Long(1)), (StandingField)row.Byte(2), row.Text(3), row.Text(4), new(row.Text(5)),
            row.Instant(6), row.Text(7)),
        stopping,
        account.Value,
        max);

    public async Task<IReadOnlyList<PurchaseVolume>> VolumesAsync(
        Instant from, Instant to, CancellationToken stopping) => await database.QueryAsync(
        $"""
        SELECT a.id, a.currency, CAST(coalesce(sum(p.amount), 0) AS bigint)
        FROM account a
        LEFT JOIN payment p
            ON p.account = a.id AND p.posted_at >= $1 AND p.posted_at < $2 AND {LedgerRows.Stands}
        GROUP BY a.id, a.currency ORDER BY a.id
        """,
        row => new PurchaseVolume(new(row.Long(0)), Currency.Parse(row.Text(1)), row.Long(2)),
        stopping,
        from,
        to);

    public async Task<bool> HasClassesAsync(int month, CancellationToken stopping) =>
        (await database.QueryAsync(
            "SELECT count(*) FROM class_run WHERE month = $1", row => row.Long(0), stopping, month))[0] > 0;

    public Task<int?> SetClassesAsync(ClassRun run, CancellationToken stopping) => database.WriteAsync<int?>(
        async session =>
        {
            var first = await session.InsertAsync(
                "INSERT INTO class_run (month, at, accounts)",
                [[run.Month, run.At, (long)run.Classes.Count]],
                "ON CONFLICT DO NOTHING");
            if (first == 0) return null;
            var known = await session.QueryAsync(
                "SELECT account, value_class FROM customer_class", row => (row.Long(0), row.Byte(1)));
            var before = known.ToDictionary(row => row.Item1, row => row.Item2);
            await session.InsertAsync(
                "INSERT INTO customer_class (account, value_class, volume, classed_at)",
                run.Classes.Select(one =>
                    new object?[] { one.Account.Value, (short)one.Class, one.Volume, run.At }),
                """
                ON CONFLICT (account) DO UPDATE SET
                    value_class = excluded.value_class, volume = excluded.volume, classed_at = excluded.classed_at
                """);
            var changed = run.Classes
                .Where(one => before.GetValueOrDefault(one.Account.Value) != (byte)one.Class).ToList();
            await session.InsertAsync(InsertLog, changed.Select(one => StandingRows.LogLine(
                new(one.Account, PersonId.System, run.At, run.Reason),
                StandingField.ValueClass,
                WordOf(before.GetValueOrDefault(one.Account.Value)),
                WordOf((byte)one.Class))));
            return changed.Count;
        },
        stopping);

    /// <summary>What a report makes of the record. Failures of a former number count no more.</summary>
    private static CustomerStanding After(CustomerStanding before, PhoneReport report, int reportsMax)
    {
        if (report.Delivered) return before.WrongPhone == report.Phone ? Unmarked(before) : before;
        var reports = before.WrongPhone == report.Phone ? before.WrongReports + 1 : 1;
        var since = before.WrongPhone == report.Phone ? before.WrongSince : null;
        return before with
        {
            WrongPhone = report.Phone,
            WrongReports = reports,
            WrongSince = since ?? (reports >= reportsMax ? report.At : null),
            WrongDetail = report.Detail,
        };
    }

    private static CustomerStanding Unmarked(CustomerStanding record) =>
        record with { WrongPhone = "", WrongReports = 0, WrongSince = null, WrongDetail = "" };

    private static string WordsOf(CustomerFlags flags) => string.Join(',', CustomerFlagWords.Of(flags));

    private static string WordOf(byte valueClass) => valueClass == 0 ? "" : ((ValueClass)valueClass).ToString();
}
