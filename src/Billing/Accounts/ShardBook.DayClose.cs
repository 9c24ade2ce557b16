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
    /// Balances change by what the tariff asks for the day itself; thresholds in days of own use may move.
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
        var before = Sum(open);
        var use = close.Use.GetValueOrDefault(account.Id, NoUse);
        var terms = new AccountTerms(account.SanctionedWatts) { Usage = use.Months };
        DayLines.AddDay(tariff, close.Day, terms, open);
        if (DayLines.EndsBillPeriod(tariff, close.Day) && DayLines.HasPeriodEnd(tariff, close.Day))
        {
            AddPeriodEnd(tariff, close.Day, terms, use, PeriodOf(tariff, close.Day, use.Days, open), open);
        }

        account.AccruedOpen += (long)(Sum(open) - before);
    }

    /// <summary>What the bill period that ends with the open day came to, by line.</summary>
    private static Int128[] PeriodOf(
        TariffHistory tariff, ServiceDay lastDay, AccountDays stored, ReadOnlySpan<long> open)
    {
        var start = DayLines.BillPeriodStart(tariff, lastDay);
        var accounted = new AccountedDays(tariff, start, stored);
        var period = new Int128[open.Length];
        for (var i = 0; i < period.Length; i++) period[i] = open[i] - accounted.Carry[i];
        for (var day = start; day < lastDay; day = day.AddDays(1)) Add(period, accounted.OwnOf(day));
        return period;
    }

    private static void AddPeriodEnd(
        TariffHistory tariff, ServiceDay lastDay, AccountTerms terms, PeriodUse use, Int128[] period, Span<long> lines)
    {
        long[] inPeriod = [.. period.Select(sum => checked((long)sum))];
        DayLines.AddPeriodEnd(tariff, lastDay, terms, use.FactsOf(inPeriod), lines);
    }

    private static Int128 Sum(ReadOnlySpan<long> lines)
    {
        Int128 sum = 0;
        foreach (var line in lines) sum += line;
        return sum;
    }

    private static void Add(Int128[] sums, ReadOnlySpan<Int128> lines)
    {
        for (var i = 0; i < lines.Length; i++) sums[i] += lines[i];
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
    /// Each line rounded on its own, by its own rule or the tariff's; where the whole bill is rounded, a further entry
    /// for the rest.
    /// </summary>
    private Money PostLines(in AccountState account, TariffHistory tariff, DayClose close)
    {
        var open = _slab.Open(account.LineSlot);
        var next = _slab.Next(account.LineSlot);
        var (total, group) = (Money.Zero, LastEntryId + 1);
        var ofNoLine = account.AccruedOpen - Sum(open);
        for (var i = 0; i < open.Length; i++)
        {
            var (exact, line) = (open[i], tariff.Lines[i]);
            var posted = Rounding.Of(
                exact, tariff.PerMinor, DayLines.RoundingRuleOn(tariff, close.Day, line.Name));

            // The first one always: a day without any is one on which the tariff had no lines.
            if (exact != 0 || i == 0) close.Lines.Add(new(account.Id, close.Day, line.Name, exact, posted));
            open[i] = exact - (posted.Minor * tariff.PerMinor) + next[i];
            next[i] = 0;
            total += posted;
            PostLine(account.Id, line, posted, group, close);
        }

        var whole = WholeBill(tariff, close.Day, total, account.AccruedOpen, ofNoLine);
        PostLine(account.Id, RoundingLine, whole - total, group, close);
        return whole;
    }

    /// <summary>What is posted in all: more or less than the lines where the bill as a whole is rounded.</summary>
    /// <param name="tariff">The account's.</param>
    /// <param name="day">On which it is posted.</param>
    /// <param name="total">What the lines post.</param>
    /// <param name="exact">What is accrued in all.</param>
    /// <param name="ofNoLine">What is accrued and of no line: what such roundings moved before.</param>
    private static Money WholeBill(TariffHistory tariff, ServiceDay day, Money total, Int128 exact, Int128 ofNoLine)
    {
        var rule = DayLines.RoundingRuleOn(tariff, day);
        if (!rule.PerBill) return total;
        var sum = DayLines.AddsRoundedLines(tariff, day) ? (total.Minor * (Int128)tariff.PerMinor) + ofNoLine : exact;
        return Rounding.Of(sum, tariff.PerMinor, rule);
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
