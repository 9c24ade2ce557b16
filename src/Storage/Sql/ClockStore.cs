using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class ClockStore(SqlDatabase database) : IClockStore
{
    private const string Columns = "terminal, state, drift_ms, read_at, flagged_at, set_at, set_by, due_at";

    public async Task<IReadOnlyList<TerminalClock>> LoadAsync(CancellationToken stopping) => await database.QueryAsync(
        $"SELECT {Columns} FROM terminal_clock ORDER BY terminal", ClockOf, stopping);

    public async Task<TerminalClock?> FindAsync(TerminalAddress terminal, CancellationToken stopping)
    {
        var rows = await database.QueryAsync(
            $"SELECT {Columns} FROM terminal_clock WHERE terminal = $1", ClockOf, stopping, (long)terminal.Raw);
        return rows.Count == 0 ? null : rows[0];
    }

    public Task KeepAsync(TerminalClock clock, CancellationToken stopping) => database.WriteAsync(
        session => session.InsertAsync(
            $"INSERT INTO terminal_clock ({Columns})",
            [
                [
                    (long)clock.Terminal.Raw,
                    (short)clock.State,
                    clock.Drift.Ticks / TimeSpan.TicksPerMillisecond,
                    clock.ReadAt,
                    clock.FlaggedAt,
                    clock.SetAt,
                    clock.SetBy?.Value,
                    clock.DueAt,
                ],
            ],
            """
            ON CONFLICT (terminal) DO UPDATE SET
                state = excluded.state, drift_ms = excluded.drift_ms, read_at = excluded.read_at,
                flagged_at = excluded.flagged_at, set_at = excluded.set_at, set_by = excluded.set_by,
                due_at = excluded.due_at
            """),
        stopping);

    private static TerminalClock ClockOf(SqlRow row) => new(
        new(checked((uint)row.Long(0))),
        (ClockState)row.Byte(1),
        TimeSpan.FromMilliseconds(row.Long(2)),
        row.InstantOrNull(3),
        row.InstantOrNull(4),
        row.InstantOrNull(5),
        row.TextOrNull(6) is { } person ? new PersonId(person) : null,
        row.Instant(7));
}
