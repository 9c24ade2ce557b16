using Meters.Control.Cases;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>What policies ask about customers: two statements, three more for those on the ladder.</summary>
internal static class CaseTerms
{
    private const int RowsMax = 100;

    /// <summary>Kind of a ledger entry that reverses a payment.</summary>
    private const int Reversal = 4;

    /// <param name="session">One unchanging state.</param>
    /// <param name="images">To fill.</param>
    /// <param name="now">Null: moratoria that begin later or have run out too, but none that was ended.</param>
    public static async Task<IReadOnlyList<CaseImage>> FillAsync(
        SqlSession session, List<CaseImage> images, Instant? now)
    {
        var any = session.Dialect.AnyOf(1);
        var accounts = images.Select(image => image.Case.Account.Value).ToArray();
        var customers = (await session.QueryAsync(
            $"SELECT {CustomerRows.Terms} FROM customer WHERE account {any}",
            row => (Account: new AccountId(row.Long(0)), Terms: CustomerRows.TermsOf(row)),
            accounts)).ToDictionary(row => row.Account, row => row.Terms);
        var moratoria = await session.QueryAsync(
            $"""
            SELECT {CustomerRows.Moratorium} FROM moratorium WHERE ended_at IS NULL AND until_at > $1 ORDER BY id
            """,
            CustomerRows.MoratoriumOf,
            now ?? Instant.Epoch);
        var onLadder = images.Where(image => image.Case.Rung > 0).Select(image => image.Case.Account.Value).ToArray();
        var (contacts, approvals, payments) = onLadder.Length == 0
            ? ([], [], [])
            : (
                await ContactsAsync(session, onLadder),
                await ApprovalsAsync(session, onLadder),
                await PaymentsAsync(session, onLadder));
        var (contactsOf, approvalsOf) = (contacts.ToLookup(one => one.Account), approvals.ToLookup(one => one.Account));
        var paymentsOf = payments.ToLookup(one => one.Account, one => one.Payment);
        return
        [
            .. images.Select(image => image with
            {
                Customer = customers.GetValueOrDefault(image.Case.Account, CustomerTerms.None),
                Moratoria = moratoria,
                Contacts = [.. contactsOf[image.Case.Account]],
                Approvals = [.. approvalsOf[image.Case.Account]],
                Payments = [.. paymentsOf[image.Case.Account]],
            }),
        ];
    }

    private static Task<List<Contact>> ContactsAsync(SqlSession session, long[] accounts) => session.QueryAsync(
        $"""
        SELECT {CustomerRows.Contact} FROM (
            SELECT r.*, row_number() OVER (PARTITION BY r.account ORDER BY r.at DESC, r.id DESC) AS age
            FROM contact r JOIN control_case c ON c.account = r.account
            WHERE r.account {session.Dialect.AnyOf(1)} AND r.at >= c.ladder_from
        ) AS recent WHERE age <= $2 ORDER BY account, age
        """,
        CustomerRows.ContactOf,
        accounts,
        RowsMax);

    private static Task<List<CutApproval>> ApprovalsAsync(SqlSession session, long[] accounts) => session.QueryAsync(
        $"""
        SELECT a.account, a.by_person, a.at, a.until_at FROM cut_approval a
        JOIN control_case c ON c.account = a.account
        WHERE a.account {session.Dialect.AnyOf(1)} AND a.at >= c.ladder_from ORDER BY a.id
        """,
        CustomerRows.ApprovalOf,
        accounts);

    private static Task<List<(AccountId Account, PaymentFact Payment)>> PaymentsAsync(
        SqlSession session, long[] accounts) => session.QueryAsync(
        $"""
        SELECT account, posted_at, amount FROM (
            SELECT p.account, p.posted_at, p.amount,
                row_number() OVER (PARTITION BY p.account ORDER BY p.posted_at DESC, p.key) AS age
            FROM payment p JOIN control_case c ON c.account = p.account
            WHERE p.account {session.Dialect.AnyOf(1)} AND p.posted_at >= c.ladder_from AND p.amount > 0
                AND NOT EXISTS (
                    SELECT 1 FROM ledger l
                    WHERE l.account = p.account AND l.payment_key = p.key AND l.kind = {Reversal})
        ) AS recent WHERE age <= $2 ORDER BY account, age
        """,
        row => (new AccountId(row.Long(0)), new PaymentFact(row.Instant(1), row.Money(2))),
        accounts,
        RowsMax);
}
