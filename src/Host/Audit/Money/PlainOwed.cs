using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;

namespace Meters.Host.Audit.Money;

/// <summary>What a customer owes beside the balance, entry by entry.</summary>
public sealed class PlainOwed
{
    private const int DaysOfWeek = 7;
    private const int MondayBefore = 3; // January 1st 1970 was a Thursday.

    private readonly Dictionary<long, BigInteger> _owed = [];
    private readonly Dictionary<long, BigInteger> _recovered = [];

    /// <summary>The last day on which a charge came with a purchase, days since 1970.</summary>
    public long? LastCharged { get; private set; }

    /// <summary>Minor units owed on a sub-account.</summary>
    public BigInteger this[LedgerAccount account] => _owed.GetValueOrDefault((long)account);

    /// <summary>Debt repaid in the week from Monday of a day, less what was taken back.</summary>
    public BigInteger RecoveredInWeekOf(long day) => _recovered.GetValueOrDefault(WeekOf(day));

    /// <summary>True for the number of a sub-account.</summary>
    public static bool Is(long account) => account is >= (long)LedgerAccount.CustomerDebt
        and <= (long)LedgerAccount.Receivable;

    public void Take(AuditEntry entry)
    {
        if (Is(entry.Debit)) _owed[entry.Debit] = _owed.GetValueOrDefault(entry.Debit) + entry.Amount;
        if (Is(entry.Credit)) _owed[entry.Credit] = _owed.GetValueOrDefault(entry.Credit) - entry.Amount;
        if (entry.Kind == (long)EntryKind.PurchaseCharge) LastCharged = Math.Max(LastCharged ?? entry.Day, entry.Day);
        if (entry.Kind is not ((long)EntryKind.Recovery or (long)EntryKind.Reversal)) return;
        var repaid = entry.Credit == (long)LedgerAccount.CustomerDebt ? entry.Amount
            : entry.Debit == (long)LedgerAccount.CustomerDebt ? -(BigInteger)entry.Amount : BigInteger.Zero;
        _recovered[WeekOf(entry.Day)] = RecoveredInWeekOf(entry.Day) + repaid;
    }

    private static long WeekOf(long day) => (long)Math.Floor((day + MondayBefore) / (decimal)DaysOfWeek);
}
