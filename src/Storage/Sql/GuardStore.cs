using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class GuardStore(SqlDatabase database) : IGuardStore
{
    private const string Release =
        "id, action, state, asked_by, asked_at, note, cuts, decided_by, decided_at, decided_note, moved";

    public async Task<GuardSwitch?> SwitchAsync(CancellationToken stopping) =>
        await SwitchesAsync(1, stopping) is [var latest, ..] ? latest : null;

    public Task<bool> TurnAsync(GuardSwitch to, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            // The same row that every dispatch of a cut locks: a cut is before it or not at all.
            var turned = await session.ExecuteAsync(
                "UPDATE trip_guard SET stopped = $1 WHERE stopped <> $1", to.Stopped);
            if (turned == 0) return false;
            await session.InsertAsync(
                "INSERT INTO trip_switch (stopped, by_person, at, note)", [[to.Stopped, to.By.Value, to.At, to.Note]]);
            return true;
        },
        stopping);

    public async Task<IReadOnlyList<GuardSwitch>> SwitchesAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(
            "SELECT stopped, by_person, at, note FROM trip_switch ORDER BY id DESC LIMIT $1",
            row => new GuardSwitch(row.Bool(0), new(row.Text(1)), row.Instant(2), row.Text(3)),
            stopping,
            max);

    public async Task<IReadOnlyList<GuardAlarm>> AlarmsAsync(bool openOnly, int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT id, line, scope, name, sentence, first_at, last_at, times, seen_by, seen_at FROM guard_alarm
            {(openOnly ? "WHERE seen_at IS NULL" : "")} ORDER BY last_at DESC, id DESC LIMIT $1
            """,
            row => new GuardAlarm(
                row.Long(0), (GuardLine)row.Byte(1), new((GuardScope)row.Byte(2), row.Text(3)), row.Text(4),
                row.Instant(5), row.Instant(6), row.Long(7), PersonOrNull(row, 8), row.InstantOrNull(9)),
            stopping,
            max);

    public Task<bool> SeenAsync(long alarm, PersonId by, Instant at, CancellationToken stopping) =>
        database.WriteAsync(
            async session => await session.ExecuteAsync(
                "UPDATE guard_alarm SET seen_by = $2, seen_at = $3 WHERE id = $1 AND seen_at IS NULL",
                alarm,
                by.Value,
                at) == 1,
            stopping);

    public async Task<IReadOnlyList<Command>> QuarantinedAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {ControlRows.Command} FROM command WHERE state = 14 ORDER BY id DESC LIMIT $1",
            ControlRows.CommandOf,
            stopping,
            max);

    public async Task<long> QuarantinedCountAsync(CancellationToken stopping) =>
        (await database.QueryAsync("SELECT count(*) FROM command WHERE state = 14", row => row.Long(0), stopping))[0];

    public Task<GuardRelease?> AskAsync(GuardAsk ask, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            var id = await session.NumberAsync(
                """
                INSERT INTO guard_release (action, state, asked_by, asked_at, note, cuts)
                VALUES ($1, $2, $3, $4, $5, 0) RETURNING id
                """,
                (short)ask.Action,
                (short)GuardReleaseState.Asked,
                ask.By.Value,
                ask.At,
                ask.Note);
            var cuts = await AddCutsAsync(session, id!.Value, ask);
            if (cuts == 0)
            {
                session.Discard();
                return null;
            }

            await session.ExecuteAsync("UPDATE guard_release SET cuts = $2 WHERE id = $1", id, cuts);
            return await FindAsync(session, id.Value);
        },
        stopping);

    public Task<GuardRelease?> FindReleaseAsync(long id, CancellationToken stopping) =>
        database.ReadAsync(session => FindAsync(session, id), stopping);

    public async Task<IReadOnlyList<GuardRelease>> ReleasesAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {Release} FROM guard_release ORDER BY id DESC LIMIT $1", ReleaseOf, stopping, max);

    public async Task<IReadOnlyList<PersonId>> RequestersAsync(long release, CancellationToken stopping) =>
        await database.QueryAsync(
            """
            SELECT DISTINCT c.requested_by FROM guard_release_cut r JOIN command c ON c.id = r.command
            WHERE r.release = $1 ORDER BY c.requested_by
            """,
            row => new PersonId(row.Text(0)),
            stopping,
            release);

    public Task<GuardRelease?> DecideAsync(GuardDecision decision, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            var decided = await session.ExecuteAsync(
                """
                UPDATE guard_release SET state = $2, decided_by = $3, decided_at = $4, decided_note = $5
                WHERE id = $1 AND state = 1
                """,
                decision.Release,
                (short)(decision.Approved ? GuardReleaseState.Done : GuardReleaseState.Rejected),
                decision.By.Value,
                decision.At,
                decision.Note);
            if (decided == 0) return null;
            var release = (await FindAsync(session, decision.Release))!;
            if (!decision.Approved) return release;
            var moved = await MoveAsync(session, release, decision.At);
            await session.ExecuteAsync("UPDATE guard_release SET moved = $2 WHERE id = $1", release.Id, moved);
            return release with { Moved = moved };
        },
        stopping);

    public async Task<long> ProposedAsync(Instant from, Instant to, CancellationToken stopping) =>
        (await database.QueryAsync(
            "SELECT count(*) FROM command WHERE kind = 1 AND created_at >= $1 AND created_at < $2",
            row => row.Long(0),
            stopping,
            from,
            to))[0];

    public async Task<Instant?> FirstProposedAsync(CancellationToken stopping) =>
        (await database.QueryAsync(
            "SELECT min(created_at) FROM command WHERE kind = 1", row => row.InstantOrNull(0), stopping))[0];

    public async Task<IReadOnlyList<(GuardKey Key, Instant At, TripLoad Load)>> TripsSinceAsync(
        Instant after, CancellationToken stopping) => await database.QueryAsync(
        """
        SELECT t.scope, t.name, t.at, t.watts - coalesce((
            SELECT b.watts FROM trip_spent b
            WHERE b.scope = t.scope AND b.name = t.name AND b.at <= t.at AND b.trips < t.trips
            ORDER BY b.at DESC, b.trips DESC LIMIT 1), 0)
        FROM trip_spent t WHERE t.at > $1 ORDER BY t.at, t.trips
        """,
        row => (new GuardKey((GuardScope)row.Byte(0), row.Text(1)), row.Instant(2), new TripLoad(1, row.Long(3))),
        stopping,
        after);

    public async Task<IReadOnlyList<(GuardKey Key, TripLoad Spent)>> SpentAsync(
        Instant now, TimeSpan window, CancellationToken stopping) => await database.QueryAsync(
        """
        SELECT w.scope, w.name, w.trips, w.watts - coalesce((
            SELECT b.watts FROM trip_spent b WHERE b.scope = w.scope AND b.name = w.name AND b.at <= $1
            ORDER BY b.at DESC, b.trips DESC LIMIT 1), 0)
        FROM (
            SELECT scope, name, count(*) AS trips, max(watts) AS watts FROM trip_spent
            WHERE at > $1 GROUP BY scope, name
        ) AS w ORDER BY w.scope, w.name
        """,
        row => (new GuardKey((GuardScope)row.Byte(0), row.Text(1)), new TripLoad(row.Long(2), row.Long(3))),
        stopping,
        now - window);

    private static async Task<long> AddCutsAsync(SqlSession session, long release, GuardAsk ask)
    {
        var of = ask.RequestedBy?.Value;
        const string Insert = "INSERT INTO guard_release_cut (release, command) SELECT $1, id FROM command";
        const string Where = "WHERE state = 14 AND (coalesce($2, '') = '' OR requested_by = $2)";
        return ask.Commands is { } commands
            ? await session.ExecuteAsync(
                $"{Insert} {Where} AND id {session.Dialect.AnyOf(3)}",
                release,
                of ?? "",
                commands.Select(command => command.Value).Distinct().ToArray())
            : await session.ExecuteAsync($"{Insert} {Where}", release, of ?? "");
    }

    /// <summary>Cases first, then commands, as everywhere: none waits for another in a circle.</summary>
    private static async Task<long> MoveAsync(SqlSession session, GuardRelease release, Instant at)
    {
        const string Mine = "SELECT command FROM guard_release_cut WHERE release = $1";
        if (release.Action == GuardAction.Delete)
        {
            var accounts = await session.QueryAsync(
                $"SELECT DISTINCT account FROM command WHERE state = 14 AND id IN ({Mine})",
                row => row.Long(0),
                release.Id);
            if (accounts.Count > 0) await Cases.WakeManyAsync(session, accounts, at);
        }

        return release.Action == GuardAction.Release
            ? await session.ExecuteAsync(
                $"""
                UPDATE command SET state = 4, released = $2, due_at = $3, detail = 'Released from quarantine.'
                WHERE state = 14 AND id IN ({Mine})
                """,
                release.Id,
                true,
                at)
            : await session.ExecuteAsync(
                $"UPDATE command SET state = 12, detail = 'Deleted in quarantine.' WHERE state = 14 AND id IN ({Mine})",
                release.Id);
    }

    private static Task<GuardRelease?> FindAsync(SqlSession session, long id) =>
        session.FindAsync($"SELECT {Release} FROM guard_release WHERE id = $1", ReleaseOf, id);

    private static PersonId? PersonOrNull(SqlRow row, int column) =>
        row.TextOrNull(column) is { } person ? new PersonId(person) : null;

    private static GuardRelease ReleaseOf(SqlRow row) => new(
        row.Long(0), (GuardAction)row.Byte(1), (GuardReleaseState)row.Byte(2), new(row.Text(3)), row.Instant(4),
        row.Text(5), row.Long(6), PersonOrNull(row, 7), row.InstantOrNull(8), row.TextOrNull(9), row.Long(10));
}
