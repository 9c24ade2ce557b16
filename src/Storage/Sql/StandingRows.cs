using Meters.Control.Customers;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>What is known of customers, as rows of two tables.</summary>
internal static class StandingRows
{
    public const string Log = "account, field, old_value, new_value, by_person, at, reason";

    private const string Select =
        """
        SELECT a.id, k.value_class, k.volume, k.classed_at, k.flags, c.email, c.wrong_phone, c.wrong_reports,
            c.wrong_since, c.wrong_detail, a.phone
        FROM account a
        LEFT JOIN customer_class k ON k.account = a.id
        LEFT JOIN customer_contact c ON c.account = a.id
        """;

    public const string All = $"{Select} WHERE k.account IS NOT NULL OR c.account IS NOT NULL ORDER BY a.id";

    /// <summary>Marks of a number that the account has no longer are none.</summary>
    public const string Wrong =
        $"{Select} WHERE c.wrong_since IS NOT NULL AND c.wrong_phone = a.phone ORDER BY c.wrong_since, a.id LIMIT $1";

    public const string One = $"{Select} WHERE a.id = $1";

    /// <summary>With the account's own number behind it.</summary>
    public static (CustomerStanding Record, string Phone) Of(SqlRow row) => (
        new(new(row.Long(0)))
        {
            Class = row.IsNull(1) || row.Byte(1) == 0 ? null : (ValueClass)row.Byte(1),
            Volume = row.LongOrNull(2) ?? 0,
            ClassedAt = row.InstantOrNull(3),
            Flags = (CustomerFlags)(row.IntOrNull(4) ?? 0),
            Email = row.TextOrNull(5) ?? "",
            WrongPhone = row.TextOrNull(6) ?? "",
            WrongReports = row.IntOrNull(7) ?? 0,
            WrongSince = row.InstantOrNull(8),
            WrongDetail = row.TextOrNull(9) ?? "",
        },
        row.Text(10));

    public static async Task<(CustomerStanding Record, string Phone)?> FindAsync(SqlSession session, AccountId account)
    {
        var found = await session.QueryAsync(One, Of, account.Value);
        return found.Count == 0 ? null : found[0];
    }

    public static Task<int> KeepContactAsync(SqlSession session, CustomerStanding record) => session.InsertAsync(
        "INSERT INTO customer_contact (account, email, wrong_phone, wrong_reports, wrong_since, wrong_detail)",
        [
            [
                record.Account.Value, record.Email, record.WrongPhone, record.WrongReports, record.WrongSince,
                record.WrongDetail,
            ],
        ],
        """
        ON CONFLICT (account) DO UPDATE SET
            email = excluded.email, wrong_phone = excluded.wrong_phone, wrong_reports = excluded.wrong_reports,
            wrong_since = excluded.wrong_since, wrong_detail = excluded.wrong_detail
        """);

    public static object?[] LogLine(StandingChange change, StandingField field, string before, string after) =>
        [change.Account.Value, (short)field, before, after, change.By.Value, change.At, change.Reason];
}
