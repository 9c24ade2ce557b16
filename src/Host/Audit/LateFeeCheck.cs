using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;

namespace Meters.Host.Audit;

/// <summary>
/// Computes from entries and tariff documents alone what each closed day should have posted for paying late, and
/// compares the ledger with it.
/// </summary>
internal sealed class LateFeeCheck(Findings findings)
{
    private const string Check = "late_fees";

    public void Run(AuditAccount account, AccountRating rating)
    {
        var names = rating.History.Versions.SelectMany(version => version.Lines).OfType<PlainLateFee>()
            .Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0) return;
        bool IsFee(AuditEntry entry) =>
            entry.Kind == (long)EntryKind.Fee && entry.Line is { } line && names.Contains(line);
        var fees = account.Entries.Where(IsFee).ToList();
        var others = account.Entries.Where(entry => !IsFee(entry)).OrderBy(entry => entry.Day).ToList();
        var (balance, receivable, unpaid, next) = (BigInteger.Zero, BigInteger.Zero, BigInteger.Zero, 0);
        var arrears = new Dictionary<string, Arrears>(StringComparer.Ordinal);
        var days = new HashSet<long>();
        foreach (var line in account.Lines.Where(line => PostingDays.IsDay(line.Day)))
        {
            days.Add(line.Day);
            for (; next < others.Count && others[next].Day <= line.Day; next++)
            {
                balance += BalanceCheck.ToCustomer(others[next]);
                receivable += ToReceivable(others[next]);
            }

            var lines = rating.History.VersionOn(PostingDays.DayOf(line.Day)).Lines.OfType<PlainLateFee>().ToList();
            if (lines.Count == 0) unpaid = 0; // A tariff without late fees knows nothing of earlier ones.
            unpaid = BigInteger.Max(BigInteger.Min(unpaid, receivable), 0);
            var overdue = BigInteger.Max(receivable, 0) - unpaid + BigInteger.Max(-balance, 0);
            var now = new Dictionary<string, Arrears>(StringComparer.Ordinal);
            foreach (var fee in lines)
            {
                var before = arrears.GetValueOrDefault(fee.Name);
                var after = before.Next(fee, line.Day, overdue);
                if (overdue > 0) now[fee.Name] = after;
                var due = overdue > 0 ? after.Fee - before.Fee : BigInteger.Zero;
                Compare(account, fees, fee, line.Day, due);
                (receivable, unpaid) = (receivable + due, unpaid + due);
            }

            arrears = now;
        }

        foreach (var entry in fees.Where(entry => !days.Contains(entry.Day)))
        {
            findings.Add(Check, Places.Entry(entry.Shard, entry.Id), "Its day is not closed, or has no such fee.");
        }
    }

    private void Compare(AuditAccount account, List<AuditEntry> fees, PlainLateFee fee, long day, BigInteger due)
    {
        var posted = BigInteger.Zero;
        foreach (var entry in fees.Where(entry => entry.Day == day && entry.Line == fee.Name))
        {
            posted += ToReceivable(entry);
            if (entry.Debit == (long)LedgerAccount.Receivable && entry.Credit == (long)fee.Account) continue;
            findings.Add(Check, Places.Entry(entry.Shard, entry.Id), $"It is not from Receivable to {fee.Account}.");
        }

        if (posted == due) return;
        findings.Add(
            Check, Places.Line(account.Id, day), $"The ledger has {posted} of late fee '{fee.Name}', due is {due}.");
    }

    private static BigInteger ToReceivable(AuditEntry entry) =>
        (entry.Debit == (long)LedgerAccount.Receivable ? entry.Amount : BigInteger.Zero)
        - (entry.Credit == (long)LedgerAccount.Receivable ? entry.Amount : BigInteger.Zero);

    /// <summary>Arrears of one line that are not over.</summary>
    private readonly record struct Arrears(long? Since, BigInteger OverdueDays, BigInteger Most, BigInteger Fee)
    {
        public Arrears Next(PlainLateFee line, long day, BigInteger overdue)
        {
            var since = Since ?? day;
            var sum = OverdueDays + (day - since > line.GraceDays ? overdue : 0);
            var most = BigInteger.Max(Most, overdue);
            var fee = sum.IsZero ? Fraction.Zero : Greater(line.Minimum, line.SharePerDay * sum);
            if (line.Cap is { } cap) fee = Lesser(fee, cap);
            if (line.CapShare is { } share) fee = Lesser(fee, share * most);
            return new(since, sum, most, BigInteger.Max(Fee, fee.HalfUp()));
        }

        private static Fraction Greater(Fraction a, Fraction b) => a.CompareTo(b) >= 0 ? a : b;

        private static Fraction Lesser(Fraction a, Fraction b) => a.CompareTo(b) <= 0 ? a : b;
    }
}
