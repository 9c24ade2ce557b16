using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>
/// Computes an account's balance and day lines again from entries, stored charges and corrections, in big integers and
/// from the beginning, and compares lines, snapshots and the SQL view with it.
/// </summary>
internal sealed class BalanceCheck(Findings findings)
{
    private const string Check = "balance";

    private readonly Dictionary<long, BigInteger> _balances = [];

    public int Balances => _balances.Count;

    /// <param name="account">Its rows.</param>
    /// <param name="closed">Where the last closed day of its shard ends.</param>
    /// <param name="rating">Knows what days cost by themselves; null where its tariff is not understood.</param>
    public void Run(AuditAccount account, Instant? closed, AccountRating? rating)
    {
        CheckEntries(account);
        CheckPayments(account);
        var charges = new ChargeSums(account.Readings);
        if (rating is not null) CheckLines(account, rating, charges);
        var through = account.Lines.Count > 0 ? account.Lines[^1].ClosesThrough : closed?.UnixMicros ?? long.MinValue;
        var lastDay = account.Lines.Count > 0 ? account.Lines[^1].Day : long.MinValue;
        var carry = account.Lines.Count > 0 ? account.Lines[^1].Carry : 0;
        BigInteger perMinor = account.PerMinor;
        var pending = Left(account, account.Corrections.Where(c => c.ClosedThrough >= lastDay));
        var posted = Sum(account.Lines.Select(l => l.Posted)) + Sum(account.Corrections.Select(c => c.Posted));
        var ofDays = rating is null ? 0 : Sum(account.Lines.SelectMany(l => rating.OfDay(l.Day)));
        var closedCharges = charges.Between(long.MinValue, through) + ofDays;
        if (rating is not null && (posted * perMinor) + carry + pending != closedCharges)
        {
            findings.Add(
                Check, Places.Account(account.Id),
                $"Its charges of closed days are {closedCharges}, its journal lines and corrections "
                + $"{(posted * perMinor) + carry + pending}, of which {perMinor} are a minor unit.");
        }

        var journal = Sum(account.Entries.Select(ToCustomer));
        var unposted = carry + pending + charges.Between(through, long.MaxValue);
        _balances[account.Id] = journal - RoundHalfUp(unposted, perMinor);
        if (rating is not null) CheckSnapshot(account, rating);
    }

    /// <summary>Entries and payments that belong to no customer.</summary>
    public void RunHouse(AuditAccount house)
    {
        CheckEntries(house);
        CheckPayments(house);
        foreach (var entry in house.Entries.Where(entry => entry.Account != house.Id))
        {
            findings.Add("ledger", Places.Entry(entry.Shard, entry.Id), $"There is no account {entry.Account}.");
        }
    }

    /// <param name="view">Balances by the SQL view.</param>
    public void CompareView(IReadOnlyDictionary<long, long> view)
    {
        foreach (var (account, balance) in _balances)
        {
            if (view.TryGetValue(account, out var shown) && shown == balance) continue;
            var what = view.ContainsKey(account) ? $"The view says {shown}" : "The view does not have it";
            findings.Add(Check, Places.Account(account), $"{what}; its rows give {balance} minor units.");
        }
    }

    private void CheckEntries(AuditAccount account)
    {
        foreach (var entry in account.Entries)
        {
            if (entry.Amount > 0 && entry.Debit != entry.Credit
                && Enum.IsDefined((LedgerAccount)Short(entry.Debit))
                && Enum.IsDefined((LedgerAccount)Short(entry.Credit)))
            {
                continue;
            }

            findings.Add(
                "ledger", Places.Entry(entry.Shard, entry.Id),
                $"{entry.Amount} from account {entry.Debit} to {entry.Credit} is no double entry.");
        }
    }

    /// <summary>
    /// Each payment is in the ledger with its whole amount, and no payment there is without its record.
    /// </summary>
    private void CheckPayments(AuditAccount account)
    {
        var posted = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (var entry in account.Entries)
        {
            if (entry.Kind != (long)EntryKind.Payment || entry.PaymentKey is not { } key) continue;
            posted[key] = posted.GetValueOrDefault(key) + entry.Amount;
        }

        foreach (var payment in account.Payments)
        {
            if (posted.Remove(payment.Key, out var sum) && sum == payment.Amount) continue;
            findings.Add(
                "payment", Places.Payment(payment.Key), $"It is {payment.Amount}; the ledger has {sum} of it.");
        }

        foreach (var key in posted.Keys)
        {
            findings.Add("payment", Places.Payment(key), "The ledger has it, and there is no such payment.");
        }
    }

    private void CheckLines(AuditAccount account, AccountRating rating, ChargeSums sums)
    {
        BigInteger perMinor = account.PerMinor;
        var (carry, previousDay, from) = (0L, long.MinValue, long.MinValue);
        foreach (var line in account.Lines)
        {
            var charges = sums.Between(from, line.ClosesThrough) + Sum(rating.OfDay(line.Day));
            var late = Sum(account.Corrections
                .Where(c => c.Day == line.Day || (from == long.MinValue && c.Day < line.Day)).Select(c => c.Delta));
            var taken = Left(
                account,
                account.Corrections.Where(c => c.ClosedThrough < line.Day && c.ClosedThrough >= previousDay));
            var exact = carry + charges - late + taken;
            var energy = account.Entries.Where(e => e.Kind == (long)EntryKind.EnergyCharge && e.Day == line.Day);
            var entries = -Sum(energy.Select(ToCustomer));
            var what = exact != line.Exact ? $"its charges are {exact}, not {line.Exact}"
                : line.Exact - (line.Posted * perMinor) != line.Carry ? $"the carry is not {line.Carry}"
                : entries != line.Posted ? $"{line.Posted} was posted, the ledger has {entries}"
                : null;
            if (what is not null) findings.Add("day_line", Places.Line(account.Id, line.Day), $"Wrong: {what}.");
            (carry, previousDay, from) = (line.Carry, line.Day, line.ClosesThrough);
        }
    }

    /// <summary>A snapshot is a cache: it says what rows and entries up to it say.</summary>
    private void CheckSnapshot(AuditAccount account, AccountRating rating)
    {
        if (account.Snapshot is not { } snapshot) return;
        var entries = account.Entries.Where(e => e.Id <= snapshot.EntryId).ToList();
        var journal = Sum(entries.Select(ToCustomer));
        var posted = -Sum(entries
            .Where(e => e.Kind is (long)EntryKind.EnergyCharge or (long)EntryKind.Correction).Select(ToCustomer));
        var upTo = account.ChannelSnapshots.ToDictionary(c => c.Channel, c => c.LastAt);
        var charges = Sum(account.Readings
            .Where(r => upTo.TryGetValue(r.Channel, out var last) && r.At <= last).Select(r => r.Charge));
        var closed = account.Lines.Where(l => l.Day <= snapshot.ClosedThrough);
        var ofDays = Sum(closed.SelectMany(l => rating.OfDay(l.Day)));
        var accrued = charges + ofDays - (posted * account.PerMinor);
        if (journal == snapshot.Journal && accrued == (BigInteger)snapshot.AccruedOpen + snapshot.AccruedNext) return;
        findings.Add(
            "snapshot", Places.Account(account.Id),
            $"Its snapshot says journal {snapshot.Journal}, accrued {snapshot.AccruedOpen} + {snapshot.AccruedNext}; "
            + $"the rows up to it give {journal} and {accrued}.");
    }

    /// <summary>What corrections put in and did not post at once.</summary>
    private static BigInteger Left(AuditAccount account, IEnumerable<AuditCorrection> corrections) => Sum(
        corrections.Select(c => c.Delta - ((BigInteger)c.Posted * account.PerMinor)));

    internal static BigInteger ToCustomer(AuditEntry entry) =>
        (entry.Credit == (long)LedgerAccount.CustomerPrepayment ? entry.Amount : BigInteger.Zero)
        - (entry.Debit == (long)LedgerAccount.CustomerPrepayment ? entry.Amount : BigInteger.Zero);

    private static BigInteger RoundHalfUp(BigInteger exact, BigInteger perMinor)
    {
        var quotient = BigInteger.DivRem((2 * exact) + perMinor, 2 * perMinor, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    private static short Short(long value) => value is >= 0 and <= short.MaxValue ? (short)value : (short)0;

    private static BigInteger Sum(IEnumerable<long> values) =>
        values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);

    private static BigInteger Sum(IEnumerable<BigInteger> values) => values.Aggregate(BigInteger.Zero, BigInteger.Add);

    /// <summary>Charges of import and export, summed once.</summary>
    private sealed class ChargeSums
    {
        private readonly long[] _at;
        private readonly BigInteger[] _upTo;

        public ChargeSums(IEnumerable<AuditReading> readings)
        {
            var rows = readings
                .Where(r => (r.Channel & 15) is (long)RegisterKind.ForwardActive or (long)RegisterKind.ReverseActive)
                .OrderBy(r => r.At).ToList();
            _at = [.. rows.Select(r => r.At)];
            _upTo = new BigInteger[rows.Count + 1];
            for (var i = 0; i < rows.Count; i++) _upTo[i + 1] = _upTo[i] + rows[i].Charge;
        }

        /// <summary>After the one, up to and including the other.</summary>
        public BigInteger Between(long after, long through) => _upTo[CountUpTo(through)] - _upTo[CountUpTo(after)];

        private int CountUpTo(long at)
        {
            var (low, high) = (0, _at.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_at[middle] <= at) low = middle + 1;
                else high = middle;
            }

            return low;
        }
    }
}
