using Meters.Billing.Ledger;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed partial class LedgerStore
{
    public Task<MoneyFile> AddFileAsync(MoneyFile file, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await session.InsertAsync(
                $"INSERT INTO money_file ({LedgerRows.File})", [LedgerRows.Values(file)], "ON CONFLICT DO NOTHING");
            return (await session.FindAsync(
                $"SELECT {LedgerRows.File} FROM money_file WHERE name = $1", LedgerRows.FileOf, file.Name))!;
        },
        stopping);

    public async Task<IReadOnlyList<MoneyFile>> UnfinishedFilesAsync(CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {LedgerRows.File} FROM money_file WHERE done_at IS NULL ORDER BY at, name",
            LedgerRows.FileOf,
            stopping);

    public Task FinishFileAsync(string name, Instant at, CancellationToken stopping) => database.WriteAsync(
        session => session.ExecuteAsync("UPDATE money_file SET done_at = $2 WHERE name = $1", name, at), stopping);

    public async Task<IReadOnlyList<PaymentRecord>> PaymentsOfDayAsync(
        PaymentChannel channel, ServiceDay day, Currency currency, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {BillingRows.Payment} FROM payment p
            WHERE channel = $1 AND day = $2 AND currency = $3 AND {LedgerRows.Stands}
            ORDER BY key
            """,
            BillingRows.PaymentOf,
            stopping,
            (short)channel,
            day,
            currency.Code);

    public Task<Reconciliation> AddReconciliationAsync(Reconciliation reconciliation, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                var added = await session.InsertAsync(
                    $"INSERT INTO reconciliation ({LedgerRows.Reconciliation})",
                    [LedgerRows.Values(reconciliation)],
                    "ON CONFLICT DO NOTHING");
                if (added == 1)
                {
                    await session.InsertAsync(
                        $"INSERT INTO reconciliation_item (reconciliation, {LedgerRows.Item})",
                        reconciliation.Items.Select(item => LedgerRows.Values(reconciliation.Name, item)));
                }

                return (await FindAsync(session, reconciliation.Name))!;
            },
            stopping);

    public Task<Reconciliation?> FindReconciliationAsync(string name, CancellationToken stopping) =>
        database.SnapshotAsync(session => FindAsync(session, name), stopping);

    public async Task<IReadOnlyList<Reconciliation>> ReconciliationsAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {LedgerRows.Reconciliation} FROM reconciliation ORDER BY at DESC, name LIMIT $1",
            LedgerRows.ReconciliationOf,
            stopping,
            max);

    public async Task<bool> ResolveAsync(
        string reconciliation, string key, string note, PersonId by, Instant at, CancellationToken stopping) =>
        await database.WriteAsync(
            session => session.ExecuteAsync(
                """
                UPDATE reconciliation_item SET note = $3, resolved_by = $4, resolved_at = $5
                WHERE reconciliation = $1 AND key = $2 AND resolved_at IS NULL
                """,
                reconciliation,
                key,
                note,
                by.Value,
                at),
            stopping) == 1;

    public Task<bool> SignAsync(Reconciliation reconciliation, PersonId by, Instant at, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                var signed = await session.ExecuteAsync(
                    """
                    UPDATE reconciliation SET signed_by = $2, signed_at = $3
                    WHERE name = $1 AND signed_at IS NULL AND NOT EXISTS (
                        SELECT 1 FROM reconciliation_item i WHERE i.reconciliation = $1 AND i.resolved_at IS NULL)
                    """,
                    reconciliation.Name,
                    by.Value,
                    at);
                if (signed != 1) return false;
                object?[] row = [(short)reconciliation.Channel, reconciliation.Day, reconciliation.Name];
                await session.InsertAsync(
                    "INSERT INTO day_lock (channel, day, reconciliation)", [row], "ON CONFLICT DO NOTHING");
                return true;
            },
            stopping);

    public async Task<IReadOnlyList<(PaymentChannel Channel, ServiceDay Day)>> LocksAsync(
        ServiceDay from, CancellationToken stopping) => await database.QueryAsync<(PaymentChannel, ServiceDay)>(
        "SELECT channel, day FROM day_lock WHERE day >= $1 ORDER BY channel, day",
        row => ((PaymentChannel)row.Byte(0), row.Day(1)),
        stopping,
        from);

    private static async Task<Reconciliation?> FindAsync(SqlSession session, string name)
    {
        var found = await session.FindAsync(
            $"SELECT {LedgerRows.Reconciliation} FROM reconciliation WHERE name = $1",
            LedgerRows.ReconciliationOf,
            name);
        if (found is null) return null;
        var items = await session.QueryAsync(
            $"SELECT {LedgerRows.Item} FROM reconciliation_item WHERE reconciliation = $1 ORDER BY key",
            LedgerRows.ItemOf,
            name);
        return found with { Items = items };
    }
}
