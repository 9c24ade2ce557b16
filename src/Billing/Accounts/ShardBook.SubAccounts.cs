using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>The largest payment that a quote thinks of, minor units.</summary>
    private const long QuoteMinorMax = 1_000_000_000_000_000;

    /// <summary>Of accounts that have any: most have none, and cost nothing here.</summary>
    private readonly Dictionary<int, SubAccounts> _subs = [];
    private readonly Dictionary<int, Waterfall> _waterfalls = [];

    /// <summary>
    /// Charges that come due with a purchase: account, day, the last day on which some did, the payment. Asked for
    /// quotes too: it must change nothing. Null for those of the account's tariff.
    /// </summary>
    public Func<AccountId, ServiceDay, ServiceDay?, Money, IReadOnlyList<DueCharge>>? DueCharges { get; set; }

    /// <summary>How payments of a policy's accounts are divided; the policy's thresholds are defined before.</summary>
    public void DefineWaterfall(string policyId, Waterfall waterfall) =>
        _waterfalls[_policies.IndexOf(policyId)] = waterfall;

    /// <summary>What an account owes beside its balance; false for an unknown account.</summary>
    public bool TrySubAccounts(AccountId account, out SubAccounts subs)
    {
        subs = default;
        return _accountIndex.TryGetValue(account.Value, out var index)
            && (_subs.TryGetValue(index, out subs) || index >= 0);
    }

    /// <summary>At start: the sums of an account's entries, without what was recovered in this week.</summary>
    public void Restore(AccountId account, SubAccounts subs)
    {
        if (_accountIndex.TryGetValue(account.Value, out var index)) _subs[index] = subs;
    }

    /// <summary>At start, after the sums: debt recovered on a day, in order of days.</summary>
    public void RestoreRecovered(AccountId account, ServiceDay day, Money recovered)
    {
        if (!_accountIndex.TryGetValue(account.Value, out var index)) return;
        var subs = _subs.GetValueOrDefault(index);
        var sum = subs.RecoveredIn(day) + recovered;
        _subs[index] = subs with { Week = SubAccounts.WeekOf(day), RecoveredInWeek = sum };
    }

    /// <summary>What is owed and what payments would do; null for an unknown account.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="at">Program's clock.</param>
    /// <param name="reconnectsAt">The balance that reconnects.</param>
    /// <param name="amount">A payment to divide; null for none.</param>
    public Quote? Quote(AccountId account, Instant at, Money reconnectsAt, Money? amount)
    {
        if (!_accountIndex.TryGetValue(account.Value, out var index)) return null;
        var (day, subs) = (DayOf(at), _subs.GetValueOrDefault(index));
        var balance = BalanceOf(AccountAt(index));
        var waterfall = WaterfallOf(index);
        IReadOnlyList<DueCharge> Due(Money paid) => DueOf(index, day, subs.LastCharged, paid);
        WaterfallResult Divided(Money paid) => waterfall.Divide(paid, day, subs, Due(paid));

        var due = Due(amount ?? Money.Zero);
        var dueSum = new Money(due.Where(charge => charge.Amount > Money.Zero).Sum(charge => charge.Amount.Minor));
        var below = balance < Money.Zero ? -balance : Money.Zero;
        return new(
            account,
            CurrencyOf(index),
            balance,
            subs,
            due,
            subs.Owed + dueSum + below,
            amount is { } asked ? Divided(asked).Split : null,
            LeastPayment.Of(
                paid => balance + (paid == Money.Zero ? paid : Divided(paid).Split.ToBalance) >= reconnectsAt,
                QuoteMinorMax),
            LeastPayment.Of(paid => IsClear(paid, balance, subs, dueSum, Divided), QuoteMinorMax));
    }

    internal long NextEntryId() => ++LastEntryId;

    /// <summary>Balance and sub-accounts follow the entry.</summary>
    internal void Apply(LedgerEntry entry)
    {
        if (!_accountIndex.TryGetValue(entry.Account.Value, out var index)) return;
        ref var account = ref AccountAt(index);
        var change = entry.ToCustomer;
        NoteLater(entry);
        if (change != Money.Zero)
        {
            account.Journal += change;
            Watch(ref account);
        }

        if (SubAccounts.Concerns(entry)) _subs[index] = _subs.GetValueOrDefault(index).With(entry);
    }

    private static bool IsClear(
        Money paid, Money balance, SubAccounts subs, Money due, Func<Money, WaterfallResult> divide)
    {
        if (paid == Money.Zero) return subs.Owed + due == Money.Zero && balance >= Money.Zero;
        var (split, raised) = divide(paid);
        return raised.Count == 0 && balance + split.ToBalance >= Money.Zero
            && split.SumOf(LedgerAccount.CustomerDebt) >= subs.Debt
            && split.SumOf(LedgerAccount.EmergencyCredit) >= subs.Emergency
            && split.SumOf(LedgerAccount.FriendlyCredit) >= subs.Friendly
            && split.SumOf(LedgerAccount.Receivable) >= subs.Receivable;
    }

    private IReadOnlyList<DueCharge> DueOf(int index, ServiceDay day, ServiceDay? last, Money paid)
    {
        ref readonly var account = ref AccountAt(index);
        if (DueCharges is { } given) return given(account.Id, day, last, paid);
        var lines = PurchaseLines.Of(_tariffs[account.Tariff], day, last, new(account.SanctionedWatts), paid);
        return lines.Count == 0
            ? []
            : [.. lines.Select(line => new DueCharge(line.Name, line.Account, line.Amount, line.Month))];
    }

    private Waterfall WaterfallOf(int account) =>
        _waterfalls.GetValueOrDefault(AccountAt(account).Policy) ?? Waterfall.Default;

    /// <summary>Posts what the waterfall takes out of money that has come into the prepaid balance.</summary>
    private PaymentSplit Divide(EntryGroup group, int index, Money amount)
    {
        var subs = _subs.GetValueOrDefault(index);
        var due = DueOf(index, group.Day, subs.LastCharged, amount);
        var (split, raised) = WaterfallOf(index).Divide(amount, group.Day, subs, due);
        foreach (var part in split.Parts)
        {
            if (part.Account == LedgerAccount.CustomerPrepayment) continue;
            if (part.Amount < Money.Zero)
            {
                group.Add(
                    part.Account, LedgerAccount.CustomerPrepayment, -part.Amount, EntryKind.Rebate, part.Line);
                continue;
            }

            var kind = SubAccounts.IsSub(part.Account) ? EntryKind.Recovery
                : part.Line == Waterfall.TaxLine ? EntryKind.Payment
                : EntryKind.PurchaseCharge;
            group.Add(LedgerAccount.CustomerPrepayment, part.Account, part.Amount, kind, part.Line);
        }

        foreach (var charge in raised)
        {
            group.Add(LedgerAccount.Receivable, charge.Account, charge.Amount, EntryKind.PurchaseCharge, charge.Name);
        }

        return split;
    }
}
