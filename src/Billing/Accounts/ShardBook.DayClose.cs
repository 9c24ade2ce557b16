using System.Runtime.InteropServices;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    private const int AverageDays = 7;

    /// <summary>
    /// Closes the open day: one line for each account, one entry for each line that is not zero. Balances do not
    /// change; thresholds in days of own use may. Account snapshots belong into the same commit, or the average of the
    /// day is lost.
    /// </summary>
    /// <exception cref="InvalidOperationException">The day is not the one after the last closed.</exception>
    public void CloseDay(ServiceDay day, Instant at, List<DayCharge> lines, List<LedgerEntry> entries)
    {
        if (day != ClosedThrough.AddDays(1))
        {
            throw new InvalidOperationException($"The open day is {ClosedThrough.AddDays(1)}, not {day}.");
        }

        lines.EnsureCapacity(lines.Count + _accounts.Count);
        foreach (ref var account in CollectionsMarshal.AsSpan(_accounts))
        {
            var exact = account.AccruedOpen;
            var posted = new ExactCharge(exact).RoundHalfUp();
            var carry = exact - (posted.Minor * ExactCharge.PerMinor);
            account.Journal -= posted;
            account.AccruedOpen = carry + account.AccruedNext;
            account.AccruedNext = 0;
            account.AverageDay = Average(account.AverageDay, posted);
            Watch(ref account);
            lines.Add(new(account.Id, day, exact, posted, carry, account.AverageDay));
            if (posted != Money.Zero) entries.Add(ChargeEntry(account.Id, day, at, posted));
        }

        _nextOfSnapshot.Clear();
        SetClosedThrough(day);
    }

    /// <summary>
    /// A seventh of the newest day; the first day that costs something is the first average. Never negative.
    /// </summary>
    private static Money Average(Money average, Money posted)
    {
        if (average == Money.Zero) return posted < Money.Zero ? Money.Zero : posted;
        var next = ((Int128)average.Minor * (AverageDays - 1)) + posted.Minor;
        return next < 0 ? Money.Zero : new((long)(next / AverageDays));
    }

    private LedgerEntry ChargeEntry(AccountId account, ServiceDay day, Instant at, Money posted)
    {
        var (debit, credit) = (LedgerAccount.CustomerPrepayment, LedgerAccount.EnergyRevenue);
        if (posted < Money.Zero) (debit, credit, posted) = (credit, debit, -posted);
        return new(++LastEntryId, shard, at, day, account, debit, credit, posted, EntryKind.EnergyCharge, null);
    }
}
