using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Small statements on case rows that several transactions share.</summary>
internal static class Cases
{
    /// <summary>Makes a case due at this instant at the latest and raises its revision; locks its row.</summary>
    public static Task WakeAsync(SqlSession session, AccountId account, Instant at) => session.ExecuteAsync(
        """
        UPDATE control_case
        SET revision = revision + 1, told = 0, due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END
        WHERE account = $1
        """,
        account.Value,
        at);
}
