using System.Runtime.InteropServices;
using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    private const int AverageDays = 7;
    private static readonly PeriodUse NoUse = new();
    private static readonly TariffLineInfo RoundingLine = new("rounding", LedgerAccount.Rounding);

    /// <summary>
    /// Closes the open day: one line for each account, one entry for each of its tariff's lines that is not zero.
    /// Balances change by what the tariff asks for the day itself; thresholds in days of own use may move. Account
    /// snapshots belong into the same commit, or the average of the day is lost, and what was posted of each line.
    /// </summary>
    /// <param name="close">The day and what it gives.</param>
    /// <exception cref="InvalidOperationException">The day is not the one after the last closed.</exception>
    public void CloseDay(DayClose close)
    {
        if (close.Day != ClosedThrough.AddDays(1))
        {
            throw new InvalidOperationException($"The open day is {ClosedThrough.AddDays(1)}, not {close.Day}.");
        }

        close.Charges.EnsureCapacity(close.Charges.Count + _accounts.Count);
        foreach (ref var account in CollectionsMarshal.AsSpan(_accounts))
        {
            var tariff = _tariffs[account.Tariff];
            if (account.LineSlot >= 0) AddDayLines(ref account, tariff, close);
            var exact = account.AccruedOpen;
            var posted = account.LineSlot < 0 ? PostLine(account, tariff, close) : PostLines(account, tariff, close);
            var carry = exact - (posted.Minor * tariff.PerMinor);
            account.Journal -= posted;
            account.AccruedOpen = carry + account.AccruedNext;
            account.AccruedNext = 0;
            account.AverageDay = Average(account.AverageDay, posted);
            Watch(ref account);
            close.Charges.Add(new(account.Id, close.Day, exact, posted, carry, account.AverageDay));
        }

        PostLateFees(close);
        SetClosedThrough(close.Day);
    }

    /// <summary>What the day itself costs, and the end of a bill period where it is one.</summary>
    private void AddDayLines(ref AccountState account, TariffHistory tariff, DayClose close)
    {
        var open = _slab.Open(account.LineSlot);
        var period = _slab.Period(account.LineSlot);
        var before = Sum(open);
        var use = close.Use.GetValueOrDefault(account.Id, NoUse);
        var terms = new AccountTerms(account.SanctionedWatts) { Usage = use.Months };
        DayLines.AddDay(tariff, close.Day, terms, open);
        if (DayLines.EndsBillPeriod(tariff, close.Day) && DayLines.HasPeriodEnd(tariff, close.Day))
        {
            var inPeriod = new long[open.Length];
            for (var i = 0; i < open.Length; i++) inPeriod[i] = period[i] + open[i];
            var facts = new PeriodFacts
            {
                Lines = inPeriod,
                MaxDemandWatts = use.DemandWattsByBand.DefaultIfEmpty().Max(),
                DemandWattsByBand = use.DemandWattsByBand.ToArray(),
                Active = use.Active,
                Reactive = use.Reactive,
                ActiveByBand = use.ActiveByBand.ToArray(),
                EarlierDemandWattsByBand = use.EarlierDemandWattsByBand.ToArray(),
            };
            DayLines.AddPeriodEnd(tariff, close.Day, terms, facts, open);
        }

        account.AccruedOpen += (long)(Sum(open) - before);
    }

    private static Int128 Sum(ReadOnlySpan<long> lines)
    {
        Int128 sum = 0;
        foreach (var line in lines) sum += line;
        return sum;
    }

    private Money PostLine(in AccountState account, TariffHistory tariff, DayClose close)
    {
        var posted = Rounding.HalfUp(account.AccruedOpen, tariff.PerMinor);
        if (posted == Money.Zero) return posted;
        close.Entries.Add(
            ChargeEntry(account.Id, close.Day, close.At, tariff.Lines[0], posted, EntryKind.EnergyCharge));
        return posted;
    }

    /// <summary>
    /// Each line rounded on its own, to the tariff's unit; or, where the whole bill is rounded, each to the minor unit
    /// and a further entry for the rest.
    /// </summary>
    private Money PostLines(in AccountState account, TariffHistory tariff, DayClose close)
    {
        var rule = DayLines.RoundingRuleOn(tariff, close.Day);
        var open = _slab.Open(account.LineSlot);
        var next = _slab.Next(account.LineSlot);
        var period = _slab.Period(account.LineSlot);
        var (total, group) = (Money.Zero, LastEntryId + 1);
        for (var i = 0; i < open.Length; i++)
        {
            var exact = open[i];
            var posted = Rounding.Of(exact, tariff.PerMinor, rule.PerBill ? RoundingRule.Plain : rule);
            if (exact != 0) close.Lines.Add(new(account.Id, close.Day, tariff.Lines[i].Name, exact, posted));
            var steps = posted.Minor * tariff.PerMinor;
            open[i] = exact - steps;
            period[i] += steps;
            if (DayLines.EndsBillPeriod(tariff, close.Day)) period[i] = -open[i];
            open[i] += next[i];
            next[i] = 0;
            total += posted;
            PostLine(account.Id, tariff.Lines[i], posted, group, close);
        }

        if (!rule.PerBill) return total;
        var whole = Rounding.Of(account.AccruedOpen, tariff.PerMinor, rule);
        PostLine(account.Id, RoundingLine, whole - total, group, close);
        return whole;
    }

    private void PostLine(AccountId account, TariffLineInfo line, Money posted, long group, DayClose close)
    {
        if (posted == Money.Zero) return;
        close.Entries.Add(
            ChargeEntry(account, close.Day, close.At, line, posted, EntryKind.EnergyCharge) with { Group = group });
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

    private LedgerEntry ChargeEntry(
        AccountId account, ServiceDay day, Instant at, TariffLineInfo line, Money posted, EntryKind kind)
    {
        var (debit, credit) = (LedgerAccount.CustomerPrepayment, line.Account);
        if (posted < Money.Zero) (debit, credit, posted) = (credit, debit, -posted);
        return new(++LastEntryId, shard, at, day, account, debit, credit, posted, kind, null) { Line = line.Name };
    }
}
