using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Cases with what a decision needs: a handful of statements for any number of cases.</summary>
internal static class CaseImages
{
    private const int NoticesMax = 50;

    public static async Task<IReadOnlyList<CaseImage>> DueAsync(SqlSession session, Instant now, int max)
    {
        var cases = await session.QueryAsync(
            $"SELECT {ControlRows.Case} FROM control_case WHERE due_at <= $1 ORDER BY due_at, account LIMIT $2",
            ControlRows.CaseOf,
            now,
            max);
        return await FillAsync(session, cases, now);
    }

    public static async Task<CaseImage?> FindAsync(SqlSession session, AccountId account)
    {
        var found = await session.QueryAsync(
            $"SELECT {ControlRows.Case} FROM control_case WHERE account = $1", ControlRows.CaseOf, account.Value);
        return found.Count == 0 ? null : (await FillAsync(session, found, now: null))[0];
    }

    public static async Task<IReadOnlyList<CaseImage>> FindManyAsync(
        SqlSession session, IReadOnlyList<AccountId> accounts)
    {
        var found = await session.QueryAsync(
            $"SELECT {ControlRows.Case} FROM control_case WHERE account {session.Dialect.AnyOf(1)} ORDER BY account",
            ControlRows.CaseOf,
            accounts.Select(account => account.Value).Distinct().ToArray());
        return await FillAsync(session, found, now: null);
    }

    private static async Task<IReadOnlyList<CaseImage>> FillAsync(
        SqlSession session, List<ControlCase> cases, Instant? now)
    {
        if (cases.Count == 0) return [];
        var accounts = cases.Select(found => found.Account.Value).ToArray();
        var any = session.Dialect.AnyOf(1);
        var active = await session.QueryAsync(
            $"""
            SELECT {ControlRows.Command} FROM command
            WHERE account {any} AND state NOT IN {ControlRows.Final} ORDER BY id
            """,
            ControlRows.CommandOf,
            accounts);
        var final = await session.QueryAsync(
            $"""
            SELECT {ControlRows.Command} FROM (
                SELECT command.*, row_number() OVER (PARTITION BY account, kind ORDER BY id DESC) AS age
                FROM command WHERE account {any} AND state IN {ControlRows.Final}
            ) AS latest WHERE age = 1 ORDER BY id
            """,
            ControlRows.CommandOf,
            accounts);
        var notices = await NoticesAsync(session, accounts);
        var holds = await HoldsAsync(session, accounts, now);

        var (activeOf, finalOf) = (active.ToLookup(row => row.Account), final.ToLookup(row => row.Account));
        var (noticesOf, holdsOf) = (notices.ToLookup(row => row.Account), holds.ToLookup(row => row.Account));
        List<CaseImage> images =
        [
            .. cases.Select(found => new CaseImage(
                found,
                [.. activeOf[found.Account]],
                [.. finalOf[found.Account]],
                [.. noticesOf[found.Account]],
                [.. holdsOf[found.Account]])),
        ];
        return await CaseTerms.FillAsync(session, images, now);
    }

    private static Task<List<Notice>> NoticesAsync(SqlSession session, long[] accounts) => session.QueryAsync(
        $"""
        SELECT {ControlRows.Notice} FROM (
            SELECT n.*, row_number() OVER (PARTITION BY n.account ORDER BY n.created_at DESC, n.id DESC) AS age
            FROM notice n JOIN control_case c ON c.account = n.account
            WHERE n.account {session.Dialect.AnyOf(1)} AND n.created_at >= c.ladder_from
        ) AS recent WHERE age <= $2 ORDER BY account, age
        """,
        ControlRows.NoticeOf,
        accounts,
        NoticesMax);

    /// <param name="now">Null: also those that begin later or have run out, but none that was lifted.</param>
    private static Task<List<Hold>> HoldsAsync(SqlSession session, long[] accounts, Instant? now) => now is null
        ? session.QueryAsync(
            $"""
            SELECT {ControlRows.Hold} FROM hold
            WHERE account {session.Dialect.AnyOf(1)} AND lifted_at IS NULL ORDER BY id
            """,
            ControlRows.HoldOf,
            accounts)
        : session.QueryAsync(
            $"""
            SELECT {ControlRows.Hold} FROM hold
            WHERE account {session.Dialect.AnyOf(1)} AND lifted_at IS NULL AND from_at <= $2 AND until_at > $2
            ORDER BY id
            """,
            ControlRows.HoldOf,
            accounts,
            now);
}
