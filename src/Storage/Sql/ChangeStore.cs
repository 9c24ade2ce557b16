using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class ChangeStore(SqlDatabase database) : IChangeStore
{
    private const string Columns =
        "id, kind, document, version, effective_from, json, reason, proposed_by, proposed_at, state";

    public Task<ChangeRecord?> ProposeAsync(ChangeProposal proposal, int openMax, CancellationToken stopping) =>
        database.WriteAsync(session => ProposeAsync(session, proposal, openMax), stopping);

    public async Task<ChangeRecord?> FindAsync(long id, CancellationToken stopping) =>
        (await database.QueryAsync(
            $"SELECT {Columns} FROM change_request WHERE id = $1", Map, stopping, id)).FirstOrDefault();

    public async Task<IReadOnlyList<ChangeRecord>> ListAsync(
        ChangeState? state, int max, CancellationToken stopping) =>
        state is { } one
            ? await database.QueryAsync(
                $"SELECT {Columns} FROM change_request WHERE state = $1 ORDER BY id DESC LIMIT $2",
                Map,
                stopping,
                (short)one,
                max)
            : await database.QueryAsync(
                $"SELECT {Columns} FROM change_request ORDER BY id DESC LIMIT $1", Map, stopping, max);

    public async Task<IReadOnlyList<ChangeStep>> StepsAsync(long id, CancellationToken stopping) =>
        await database.QueryAsync(
            "SELECT number, state, by_person, at, note FROM change_step WHERE change = $1 ORDER BY number",
            row => new ChangeStep(
                row.Int(0), (ChangeState)row.Byte(1), new(row.Text(2)), row.Instant(3), row.Text(4)),
            stopping,
            id);

    public async Task<IReadOnlyList<ChangeRecord>> ScheduledAsync(CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {Columns} FROM change_request WHERE state = $1 ORDER BY effective_from, id",
            Map,
            stopping,
            (short)ChangeState.Scheduled);

    public Task<bool> MoveAsync(ChangeMove move, CancellationToken stopping) =>
        database.WriteAsync(session => MoveAsync(session, move), stopping);

    public Task<ApprovalStatus> ApproveAsync(
        long id, VersionedDocument version, PersonId by, string note, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                await RegistryStore.LockAsync(session);
                var found = await session.FindAsync(
                    $"SELECT {Columns} FROM change_request WHERE id = $1", Map, id);
                var move = new ChangeMove(id, ChangeState.Proposed, ChangeState.Scheduled, by, version.At, note);
                if (found is null || !await MoveAsync(session, move)) return ApprovalStatus.NotProposed;
                if (await RegisterAsync(session, found.Proposal, version)) return ApprovalStatus.Scheduled;
                session.Discard();
                return ApprovalStatus.Conflict;
            },
            stopping);

    private static Task<bool> RegisterAsync(SqlSession session, ChangeProposal proposal, VersionedDocument version) =>
        proposal.Kind switch
        {
            ChangeKind.Tariff => RegistryStore.AddVersionsAsync(session, "tariff", [version]),
            ChangeKind.Policy => RegistryStore.AddVersionsAsync(session, "policy", [version]),
            _ => RegistryStore.AddAccountTariffAsync(session, AccountTariffRecord.Of(version, proposal.Reason)),
        };

    private static async Task<ChangeRecord?> ProposeAsync(SqlSession session, ChangeProposal proposal, int openMax)
    {
        await RegistryStore.LockAsync(session); // Or two at once would both find room.
        var open = await session.NumberAsync(
            "SELECT count(*) FROM change_request WHERE state = $1", (short)ChangeState.Proposed);
        if (open >= openMax) return null;
        var version = proposal.Version;
        var id = await session.NumberAsync(
            """
            INSERT INTO change_request
                (kind, document, version, effective_from, json, reason, proposed_by, proposed_at, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            RETURNING id
            """,
            (short)proposal.Kind,
            version.Id,
            version.Version,
            version.EffectiveFrom,
            version.Json,
            proposal.Reason,
            version.By.Value,
            version.At,
            (short)ChangeState.Proposed);
        await AddStepAsync(session, id!.Value, new(1, ChangeState.Proposed, version.By, version.At, proposal.Reason));
        return new(id.Value, proposal, ChangeState.Proposed);
    }

    private static async Task<bool> MoveAsync(SqlSession session, ChangeMove move)
    {
        var moved = await session.ExecuteAsync(
            "UPDATE change_request SET state = $3 WHERE id = $1 AND state = $2",
            move.Id,
            (short)move.From,
            (short)move.To);
        if (moved == 0) return false;
        var last = await session.NumberAsync("SELECT max(number) FROM change_step WHERE change = $1", move.Id) ?? 0;
        await AddStepAsync(session, move.Id, new((int)last + 1, move.To, move.By, move.At, move.Note));
        return true;
    }

    private static Task<int> AddStepAsync(SqlSession session, long change, ChangeStep step) => session.InsertAsync(
        "INSERT INTO change_step (change, number, state, by_person, at, note)",
        [[change, step.Number, (short)step.State, step.By.Value, step.At, step.Note]]);

    private static ChangeRecord Map(SqlRow row) => new(
        row.Long(0),
        new(
            (ChangeKind)row.Byte(1),
            new(row.Text(2), row.Int(3), row.Instant(4), row.Text(5), new(row.Text(7)), row.Instant(8)),
            row.Text(6)),
        (ChangeState)row.Byte(9));
}
