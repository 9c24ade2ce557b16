using Meters.Billing.Validation;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>The part of a shard's commit that concerns the work queues of readings; rare, so row by row.</summary>
internal static class WorkCommit
{
    public static Task AddFindingsAsync(SqlSession session, IReadOnlyList<Finding> findings, Instant at) =>
        session.InsertAsync(
            $"INSERT INTO finding ({WorkRows.NewFinding})",
            findings.DistinctBy(one => (one.Check, one.Channel, one.From)).Select(one => WorkRows.Values(one, at)),
            """
            ON CONFLICT (check_kind, channel, from_at) DO UPDATE SET
                to_at = excluded.to_at, figures = excluded.figures, sentence = excluded.sentence
            WHERE finding.resolved_at IS NULL
            """);

    public static async Task WriteAsync(SqlSession session, ReadingWork work, Instant at)
    {
        if (work.IsEmpty) return;
        if (work.Findings.Count > 0) await AddFindingsAsync(session, work.Findings, at);
        foreach (var conflict in work.Conflicts) await RaiseAsync(session, conflict);
        foreach (var decision in work.Decisions)
        {
            await session.ExecuteAsync(
                """
                UPDATE reading_conflict SET choice = $1, chosen = $2, resolved_by = $3, resolved_at = $4, note = $5
                WHERE channel = $6 AND at = $7 AND resolved_at IS NULL
                """,
                (short)decision.Choice,
                decision.Chosen?.TenthsWh,
                decision.Closed.By.Value,
                decision.Closed.At,
                decision.Closed.Note,
                decision.Channel.Value,
                decision.At);
        }

        // Lifts first: a person may lift a hold and the engine find the next fault in one commit.
        foreach (var lift in work.Lifts)
        {
            await session.ExecuteAsync(
                """
                UPDATE billing_hold SET lifted_by = $1, lifted_at = $2, note = $3
                WHERE meter = $4 AND lifted_at IS NULL
                """,
                lift.Closed.By.Value,
                lift.Closed.At,
                lift.Closed.Note,
                lift.Meter.Value);
        }

        await session.InsertAsync(
            $"INSERT INTO billing_hold ({WorkRows.NewHold})",
            work.Holds.Select(WorkRows.Values),
            "ON CONFLICT DO NOTHING");
        await session.InsertAsync(
            $"INSERT INTO quarantine_release ({WorkRows.Release})",
            work.Releases.Select(WorkRows.Values),
            "ON CONFLICT DO NOTHING");
        await session.InsertAsync(
            $"INSERT INTO estimate ({WorkRows.Estimate})",
            work.Estimates.DistinctBy(one => (one.Channel, one.From)).Select(WorkRows.Values),
            """
            ON CONFLICT (channel, from_at) DO UPDATE SET
                to_at = excluded.to_at, hours = excluded.hours, method = excluded.method, made_at = excluded.made_at,
                frame_id = excluded.frame_id
            """);
    }

    /// <summary>The two values are one conflict whichever came first.</summary>
    private static async Task RaiseAsync(SqlSession session, ReadingConflict conflict)
    {
        var known = await session.NumberAsync(
            """
            SELECT count(*) FROM reading_conflict
            WHERE channel = $1 AND at = $2 AND (first_value = $3 AND second_value = $4
                OR first_value = $4 AND second_value = $3)
            """,
            conflict.Channel.Value,
            conflict.At,
            conflict.FirstValue.TenthsWh,
            conflict.SecondValue.TenthsWh);
        if (known > 0) return;
        await session.InsertAsync(
            $"INSERT INTO reading_conflict ({WorkRows.NewConflict})", [WorkRows.Values(conflict)]);
    }
}
