using System.Globalization;
using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Money;

/// <summary>
/// Books every payment and operation once more, from their own records, the policy's and the tariff's documents, and
/// compares the ledger and the splits with it; then each balance with the sum of all that.
/// </summary>
internal sealed class MoneyCheck
{
    private const string Check = "money";

    /// <summary>A policy's next version is taken up at a day's close or a start, not at its very instant.</summary>
    private const long LateMicros = 2 * Instant.MicrosPerDay;

    private readonly Findings _findings;
    private readonly ILookup<string, PlainPolicy?> _policies;
    private readonly Dictionary<long, AccountRecord> _accounts;
    private readonly Dictionary<long, List<AuditOperation>> _halves;
    private readonly BigInteger _onTheWay;
    private BigInteger _inTransit;

    public MoneyCheck(RegistryImage registry, IReadOnlyList<AuditOperation> twoHalves, Findings findings)
    {
        _findings = findings;
        _policies = registry.Policies.ToLookup(p => p.Id, PlainPolicy.Read, StringComparer.Ordinal);
        _accounts = registry.Accounts.ToDictionary(a => a.Id.Value);
        _halves = twoHalves.Where(o => o is { State: (long)OperationState.Posted, Other: not null })
            .GroupBy(o => o.Other!.Value).ToDictionary(group => group.Key, group => group.ToList());
        _onTheWay = twoHalves.Where(o => o.State == (long)OperationState.InTransit)
            .Aggregate(BigInteger.Zero, (sum, o) => sum + o.Amount);
    }

    /// <summary>Payments divided anew.</summary>
    public long Payments { get; private set; }

    /// <summary>Operations booked anew.</summary>
    public long Operations { get; private set; }

    /// <summary>Groups of entries that were not booked anew, by reason.</summary>
    public SortedDictionary<string, long> NotRecomputed { get; } = new(StringComparer.Ordinal);

    /// <param name="account">Its rows; account 0 is the house.</param>
    /// <param name="history">Its tariff; null where it is not understood.</param>
    public void Run(AuditAccount account, PlainHistory? history)
    {
        var run = new AccountMoney(account, _halves.GetValueOrDefault(account.Id) ?? []);
        foreach (var group in run.Groups)
        {
            var first = group[0];
            // What closed days come to is compared with the days themselves.
            if (first.Kind is not ((long)EntryKind.EnergyCharge or (long)EntryKind.Correction))
            {
                Book(run, group, history);
            }

            foreach (var entry in group) Pass(run, entry);
        }

        foreach (var (where, what) in run.Missing()) _findings.Add(Check, where, what);
        Total(run);
    }

    private void Book(AccountMoney run, List<AuditEntry> group, PlainHistory? history)
    {
        var first = group[0];
        if (first is { Kind: (long)EntryKind.Payment, PaymentKey: { } key }) Pay(run, group, key, history);
        else if (run.OperationOf(first) is { } operation) Operate(run, group, operation);
        else if (first.Debit == (long)LedgerAccount.InTransit) TakeHalf(run, group, history);
        else Unexplained(run, group);
    }

    /// <summary>After the last account.</summary>
    public void End()
    {
        if (_inTransit == _onTheWay) return;
        _findings.Add(
            Check, "ledger account InTransit",
            $"{_inTransit} minor units lie between two shards; the operations on their way come to {_onTheWay}.");
    }

    private void Pass(AccountMoney run, AuditEntry entry)
    {
        run.Owed.Take(entry);
        if (entry.Credit == (long)LedgerAccount.InTransit) _inTransit += entry.Amount;
        if (entry.Debit == (long)LedgerAccount.InTransit) _inTransit -= entry.Amount;
    }

    private void Pay(AccountMoney run, List<AuditEntry> group, string key, PlainHistory? history)
    {
        if (run.PaymentOf(key) is not { } payment)
        {
            run.Take(group); // Named where payments and ledger are counted.
            return;
        }

        var (first, where) = (group[0], Places.Payment(key));
        if (_accounts.TryGetValue(payment.Account, out var record) && run.Account.Id != 0
            && record.Currency != payment.Currency)
        {
            _findings.Add(Check, where, $"It is in {payment.Currency}, its account in {record.Currency}.");
        }

        if (payment.Receipt != string.Create(CultureInfo.InvariantCulture, $"{first.Shard}-{first.Id}"))
        {
            _findings.Add(Check, where, $"Its receipt is {payment.Receipt}; its entry {first.Shard}-{first.Id}.");
        }

        if (payment.Day is { } day && day != first.Day)
        {
            _findings.Add(Check, where, $"It is booked to {Places.Day(day)}, its entry to {Places.Day(first.Day)}.");
        }

        if (payment.Tender is < 0 or > byte.MaxValue || !Enum.IsDefined((Tender)payment.Tender))
        {
            _findings.Add(Check, where, $"There is no tender {payment.Tender}.");
        }

        var into = run.Account.Id == 0 ? LedgerAccount.Suspense : LedgerAccount.CustomerPrepayment;
        var entry = new PlainEntry(CashOf(payment), (long)into, payment.Amount, (long)EntryKind.Payment, null);
        var whole = string.Create(CultureInfo.InvariantCulture, $"{(long)into}:{payment.Amount}");
        Divided(run, group, where, entry, history, payment.Split, run.Account.Id == 0 ? whole : null);
    }

    /// <summary>The second half of a transfer; of a release, the money is divided as the payment that it is.</summary>
    private void TakeHalf(AccountMoney run, List<AuditEntry> group, PlainHistory? history)
    {
        var first = group[0];
        if (run.TakeHalf(first) is not { } operation)
        {
            _findings.Add(Check, Places.Entry(first.Shard, first.Id), "No transfer and no release stands behind it.");
            return;
        }

        Operations++;
        var entry = OperationSides.SecondHalfOf(operation);
        var where = Places.Operation(operation.Key);
        if (operation.Kind == (long)OperationKind.SuspenseRelease)
        {
            Divided(run, group, where, entry, history, null, null);
        }
        else Compare(run, group, where, [entry]);
    }

    /// <param name="entry">The money itself.</param>
    /// <param name="split">As stored; null for none to compare.</param>
    /// <param name="whole">The split where nothing is divided; null where the waterfall divides.</param>
    private void Divided(
        AccountMoney run, List<AuditEntry> group, string where, PlainEntry entry, PlainHistory? history,
        string? split, string? whole)
    {
        if (whole is not null)
        {
            Payments++;
            Compare(run, group, where, [entry]);
            if (split is not null && split != whole) TellSplit(where, group[0], split, whole);
            return;
        }

        if (history is null || !PostingDays.IsDay(group[0].Day))
        {
            Leave(run, group, "payments of a tariff that is not understood");
            return;
        }

        Payments++;
        var watts = _accounts.TryGetValue(run.Account.Id, out var record) ? record.SanctionedWatts : 0;
        var due = new PurchaseCharges(history, watts).On(
            PostingDays.DayOf(group[0].Day),
            run.Owed.LastCharged is { } last ? PostingDays.DayOf(last) : null,
            entry.Amount);
        var results = PoliciesAt(run.Account.Policy, group[0].PostedAt).Select(policy =>
        {
            var entries = new List<PlainEntry> { entry };
            var text = PlainWaterfall.Divide(policy, entry.Amount, group[0].Day, run.Owed, due, entries);
            return (Entries: entries, Split: text);
        }).ToList();
        if (results.Count == 0)
        {
            Leave(run, group, "payments of a policy that is not understood");
            return;
        }

        var result = results.Find(one => Same(one.Entries, group));
        if (result.Entries is null) result = results[0];
        Compare(run, group, where, result.Entries);
        if (split is not null && split != result.Split) TellSplit(where, group[0], split, result.Split);
    }

    private void TellSplit(string where, AuditEntry first, string split, string computed) => _findings.Add(
        Check, where,
        $"Account {first.Account}, {Places.Day(first.Day)}: its split says {Spaced(split)}; computed anew it is "
        + $"{Spaced(computed)}.");

    private void Operate(AccountMoney run, List<AuditEntry> group, AuditOperation operation)
    {
        Operations++;
        var where = Places.Operation(operation.Key);
        if (operation.State is not ((long)OperationState.Posted or (long)OperationState.InTransit))
        {
            _findings.Add(Check, where, "It is not approved, and stands in the ledger.");
        }

        if (OperationSides.Of(operation) is { } entry) Compare(run, group, where, [entry]);
        else if (!OperationSides.TakesBack(operation)) Leave(run, group, $"operations of kind {operation.Kind}");
        else if (run.GroupOfPayment(operation.Target) is { } target)
        {
            var back = target.Where(one => one.Kind != (long)EntryKind.PurchaseCharge)
                .Select(one => new PlainEntry(one.Credit, one.Debit, one.Amount, (long)EntryKind.Reversal, one.Line))
                .ToList();
            if (operation.Kind == (long)OperationKind.BouncedCheque && operation.Amount > 0)
            {
                back.Add(OperationSides.FeeOf(operation));
            }

            Compare(run, group, where, back);
        }
        else _findings.Add(Check, where, $"The payment {operation.Target} that it takes back is not the account's.");
    }

    private void Unexplained(AccountMoney run, List<AuditEntry> group)
    {
        var first = group[0];
        if (!IsKnown(first.Kind))
        {
            Leave(run, group, FormattableString.Invariant($"entries of kind {first.Kind}"));
            return;
        }

        run.Take(group);
        if (first is { Kind: (long)EntryKind.Fee, Line: not null }) return; // Of the tariff: its days say what is due.
        _findings.Add(
            Check, Places.Entry(first.Shard, first.Id), "No payment and no operation stands behind it.");
    }

    /// <summary>Entry by entry, in whatever order, by sides, kind and line.</summary>
    private void Compare(AccountMoney run, List<AuditEntry> group, string where, List<PlainEntry> expected)
    {
        run.Take(expected);
        if (Same(expected, group)) return;
        var left = Sums(expected);
        foreach (var (name, sum) in Sums(group.Select(PlainOf)))
        {
            if (left.Remove(name, out var was) && was == sum) continue;
            Tell(name, sum, was);
        }

        foreach (var (name, was) in left) Tell(name, BigInteger.Zero, was);

        void Tell((long Debit, long Credit, long Kind, string? Line) of, BigInteger sum, BigInteger was)
        {
            var line = of.Line is null ? "" : $", line '{of.Line}'";
            _findings.Add(
                Check, where,
                $"Account {group[0].Account}, {Places.Day(group[0].Day)}: the ledger has {sum} from "
                + $"{(LedgerAccount)of.Debit} to {(LedgerAccount)of.Credit}{line}; computed anew it is {was}.",
                Places.Entry(group[0].Shard, group[0].Id));
        }
    }

    /// <summary>What the account's records come to, and what its ledger says.</summary>
    private void Total(AccountMoney run)
    {
        var charges = run.Account.Lines.Aggregate(BigInteger.Zero, (sum, line) => sum + line.Posted)
            + run.Account.Corrections.Aggregate(BigInteger.Zero, (sum, one) => sum + one.Posted);
        var ledger = run.Account.Entries.Aggregate(
            BigInteger.Zero, (sum, entry) => sum + BalanceCheck.ToCustomer(entry));
        if (run.Came - charges == ledger) return;
        _findings.Add(
            Check, Places.Account(run.Account.Id),
            $"Its payments and operations come to {run.Came} minor units and its closed days to {charges}, which "
            + $"leaves {run.Came - charges}; its ledger says {ledger}.");
    }

    private void Leave(AccountMoney run, List<AuditEntry> group, string why)
    {
        run.Take(group);
        NotRecomputed[why] = NotRecomputed.GetValueOrDefault(why) + 1;
    }

    /// <summary>The version in force, and the one before it where it has only just begun.</summary>
    private IEnumerable<PlainPolicy> PoliciesAt(string id, long at)
    {
        var versions = _policies[id].OfType<PlainPolicy>().OrderBy(p => p.From).ToList();
        if (versions.Count == 0 || versions.Count < _policies[id].Count()) yield break;
        var now = Math.Max(0, versions.FindLastIndex(p => p.From <= at));
        yield return versions[now];
        if (now > 0 && versions[now].From > at - LateMicros) yield return versions[now - 1];
    }

    private static bool IsKnown(long kind) => kind is >= byte.MinValue and <= byte.MaxValue
        && Enum.IsDefined((EntryKind)kind);

    private static bool Same(List<PlainEntry> expected, List<AuditEntry> group) =>
        expected.SequenceEqual(group.Select(PlainOf));

    private static PlainEntry PlainOf(AuditEntry entry) =>
        new(entry.Debit, entry.Credit, entry.Amount, entry.Kind, entry.Line);

    private static Dictionary<(long, long, long, string?), BigInteger> Sums(IEnumerable<PlainEntry> entries) => entries
        .GroupBy(entry => (entry.Debit, entry.Credit, entry.Kind, entry.Line))
        .ToDictionary(
            group => group.Key, group => group.Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Amount));

    private static long CashOf(AuditPayment payment) => (long)(payment.Tender == (long)Tender.Cheque
        ? LedgerAccount.ChequesInHand
        : payment.Channel switch
        {
            (long)PaymentChannel.Counter => LedgerAccount.CashCounter,
            (long)PaymentChannel.Bank => LedgerAccount.CashBank,
            (long)PaymentChannel.Mobile => LedgerAccount.CashMobile,
            (long)PaymentChannel.Agent => LedgerAccount.CashAgent,
            _ => 0,
        });

    private static string Spaced(string split) => split.Replace('\n', ' ');
}
