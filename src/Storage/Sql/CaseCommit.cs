using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>Stores what was decided, for those cases that have not changed since.</summary>
internal static class CaseCommit
{
    public static async Task<int> RunAsync(SqlSession session, IReadOnlyList<CaseDecision> decisions)
    {
        foreach (var (_, to) in decisions.SelectMany(decision => decision.Cancelled))
        {
            if (to is CommandState.Cancelled or CommandState.Superseded or CommandState.Expired) continue;
            throw new ArgumentException(
                $"A command can be cancelled, superseded or expired, not {to}.", nameof(decisions));
        }

        var current = await CurrentAsync(session, decisions);
        if (current.Count == 0) return 0;
        await session.InsertAsync(
            """
            INSERT INTO control_case (account, rung, rung_at, ladder_from, desired, actual, actual_at, alarm_on,
                manual_off, due_at, revision, told, relief_until, late_told, policy)
            """,
            current.Select(Values),
            """
            ON CONFLICT (account) DO UPDATE SET
                rung = excluded.rung, rung_at = excluded.rung_at, desired = excluded.desired, actual = excluded.actual,
                actual_at = excluded.actual_at, alarm_on = excluded.alarm_on, manual_off = excluded.manual_off,
                due_at = excluded.due_at, revision = excluded.revision, told = excluded.told,
                relief_until = excluded.relief_until, late_told = excluded.late_told, policy = excluded.policy,
                ladder_from = CASE WHEN excluded.rung = 0 THEN excluded.ladder_from ELSE control_case.ladder_from END
            """);
        foreach (var group in current
            .SelectMany(decision => decision.Cancelled)
            .GroupBy(item => item.To, item => item.Id.Value))
        {
            await session.ExecuteAsync(
                $"UPDATE command SET state = $1 WHERE id {session.Dialect.AnyOf(2)} AND state IN {ControlRows.Unsent}",
                (short)group.Key,
                group.ToArray());
        }

        // The index of active commands leaves out a second one of the same meter and kind.
        await session.InsertAsync(
            $"INSERT INTO command ({ControlRows.NewCommand})",
            current.SelectMany(decision => decision.Commands).Select(ControlRows.Values),
            "ON CONFLICT DO NOTHING");
        await session.InsertAsync(
            $"INSERT INTO notice ({ControlRows.NewNotice})",
            current.SelectMany(decision => decision.Notices).Select(ControlRows.Values));
        await session.InsertAsync(
            $"INSERT INTO decision ({ControlRows.Decision})",
            current.Select(decision => decision.Decision).OfType<Decision>().Select(ControlRows.Values));
        return current.Count;
    }

    /// <summary>
    /// Those decisions whose case still has the revision that they were made on; their rows are locked.
    /// </summary>
    private static async Task<List<CaseDecision>> CurrentAsync(
        SqlSession session, IReadOnlyList<CaseDecision> decisions)
    {
        var accounts = decisions.Select(decision => decision.After.Account.Value).Distinct().ToArray();
        var locked = await session.QueryAsync(
            $"""
            SELECT account, revision FROM control_case WHERE account {session.Dialect.AnyOf(1)}
            ORDER BY account{session.Dialect.ForUpdate}
            """,
            row => (Account: row.Long(0), Revision: row.Long(1)),
            accounts);
        var revisions = locked.ToDictionary(row => row.Account, row => row.Revision);
        var current = new List<CaseDecision>();
        foreach (var decision in decisions.OrderBy(decision => decision.After.Account))
        {
            var account = decision.After.Account.Value;
            if (!revisions.TryGetValue(account, out var revision) || revision != decision.Before) continue;
            current.Add(decision);
            revisions.Remove(account); // A second decision on the same case is on an old revision by now.
        }

        return current;
    }

    private static object?[] Values(CaseDecision decision)
    {
        var after = decision.After;
        return
        [
            after.Account.Value, after.Rung, after.RungAt, after.RungAt, (short)after.Desired, (short)after.Actual,
            after.ActualAt, after.AlarmOn, after.ManualOff, after.DueAt, decision.Before + 1, after.Told,
            after.ReliefUntil, after.LateTold, after.Policy,
        ];
    }
}
