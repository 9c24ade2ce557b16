using Meters.Control.Cases;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class CustomerStore(SqlDatabase database) : ICustomerStore
{
    public async Task<IReadOnlyList<(AccountId Account, CustomerTerms Terms)>> LoadAsync(CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {CustomerRows.Terms} FROM customer ORDER BY account",
            row => (new AccountId(row.Long(0)), CustomerRows.TermsOf(row)),
            stopping);

    public Task<bool> SetAsync(CustomerChange change, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, change.Account, change.At); // Its row is the lock.
            var before = await session.FindAsync(
                $"SELECT {CustomerRows.Terms} FROM customer WHERE account = $1",
                CustomerRows.TermsOf,
                change.Account.Value) ?? CustomerTerms.None;
            if (before.IsSame(change.Terms))
            {
                session.Discard();
                return false;
            }

            var classes = CustomerRows.TextOf(change.Terms.Classes);
            await session.InsertAsync(
                $"INSERT INTO customer ({CustomerRows.Terms})",
                [[change.Account.Value, classes, change.Terms.Region, change.Terms.ConvertedAt]],
                """
                ON CONFLICT (account) DO UPDATE SET
                    classes = excluded.classes, region = excluded.region, converted_at = excluded.converted_at
                """);
            await session.InsertAsync(
                $"INSERT INTO customer_change ({CustomerRows.Change})",
                [
                    [
                        change.Account.Value, change.At, change.By.Value, change.Note,
                        CustomerRows.TextOf(before.Classes), classes, before.Region, change.Terms.Region,
                        before.ConvertedAt, change.Terms.ConvertedAt,
                    ],
                ]);
            return true;
        },
        stopping);

    public async Task<IReadOnlyList<CustomerChangeRow>> ChangesAsync(
        AccountId account, int max, CancellationToken stopping) => await database.QueryAsync(
            $"SELECT {CustomerRows.Change} FROM customer_change WHERE account = $1 ORDER BY id DESC LIMIT $2",
            CustomerRows.ChangeOf,
            stopping,
            account.Value,
            max);

    public Task AddContactAsync(Contact contact, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, contact.Account, contact.At);
            return await session.InsertAsync(
                $"INSERT INTO contact ({CustomerRows.Contact})",
                [
                    [
                        contact.Account.Value, (short)contact.Channel, contact.At, contact.By.Value, contact.Note,
                    ],
                ]);
        },
        stopping);

    public async Task<IReadOnlyList<Contact>> ContactsAsync(
        AccountId account, int max, CancellationToken stopping) => await database.QueryAsync(
            $"SELECT {CustomerRows.Contact} FROM contact WHERE account = $1 ORDER BY at DESC, id DESC LIMIT $2",
            CustomerRows.ContactOf,
            stopping,
            account.Value,
            max);

    public Task AddApprovalAsync(CutApproval approval, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, approval.Account, approval.At);
            return await session.InsertAsync(
                $"INSERT INTO cut_approval ({CustomerRows.Approval})",
                [[approval.Account.Value, approval.By.Value, approval.At, approval.Until]]);
        },
        stopping);

    public Task<long> DeclareAsync(Moratorium moratorium, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await WakeAllAsync(session, moratorium.From);
            var id = await session.NumberAsync(
                """
                INSERT INTO moratorium (kind, area, from_at, until_at, by_person, note)
                VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
                """,
                (short)moratorium.Kind,
                moratorium.Area,
                moratorium.From,
                moratorium.Until,
                moratorium.By.Value,
                moratorium.Note);
            return id!.Value;
        },
        stopping);

    public Task<bool> EndAsync(long moratorium, PersonId by, Instant at, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                await WakeAllAsync(session, at);
                var ended = await session.ExecuteAsync(
                    """
                    UPDATE moratorium SET ended_at = $2, ended_by = $3
                    WHERE id = $1 AND ended_at IS NULL AND until_at > $2
                    """,
                    moratorium,
                    at,
                    by.Value);
                if (ended == 0) session.Discard();
                return ended > 0;
            },
            stopping);

    public async Task<IReadOnlyList<Moratorium>> MoratoriaAsync(Instant at, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {CustomerRows.Moratorium} FROM moratorium WHERE ended_at IS NULL AND until_at > $1 ORDER BY id
            """,
            CustomerRows.MoratoriumOf,
            stopping,
            at);

    public async Task<IReadOnlyList<VersionedDocument>> CalendarsAsync(CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {RegistryRows.Version} FROM calendar ORDER BY id, version", RegistryRows.VersionOf, stopping);

    public Task<bool> AddCalendarAsync(VersionedDocument calendar, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await RegistryStore.LockAsync(session);
            await WakeAllAsync(session, calendar.At);
            var added = await RegistryStore.AddVersionsAsync(session, "calendar", [calendar]);
            if (!added) session.Discard();
            return added;
        },
        stopping);

    /// <summary>
    /// Cases on the ladder, in order of account as every transaction locks them: nobody else has a cut to lose.
    /// </summary>
    private static Task<int> WakeAllAsync(SqlSession session, Instant at) => session.ExecuteAsync(
        $"""
        UPDATE control_case
        SET revision = revision + 1, told = 0, due_at = CASE WHEN due_at > $1 THEN $1 ELSE due_at END
        WHERE account IN (SELECT account FROM control_case WHERE rung > 0 ORDER BY account{session.Dialect.ForUpdate})
        """,
        at);
}
