using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Small statements on case rows that several transactions share.</summary>
internal static class Cases
{
    private const string Wake =
        """
        UPDATE control_case
        SET revision = revision + 1, told = 0, due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END
        """;

    /// <summary>Makes a case due at this instant at the latest and raises its revision; locks its row.</summary>
    public static Task WakeAsync(SqlSession session, AccountId account, Instant at) =>
        session.ExecuteAsync($"{Wake} WHERE account = $1", account.Value, at);

    /// <summary>The same for many, locked in order of account.</summary>
    public static async Task WakeManyAsync(SqlSession session, IEnumerable<long> accounts, Instant at)
    {
        var all = accounts.Distinct().Order().ToArray();
        if (all.Length == 0) return;
        var any = session.Dialect.AnyOf(1);
        await session.NumberAsync(
            $"SELECT account FROM control_case WHERE account {any} ORDER BY account{session.Dialect.ForUpdate}", all);
        await session.ExecuteAsync($"{Wake} WHERE account {any}", all, at);
    }
}
