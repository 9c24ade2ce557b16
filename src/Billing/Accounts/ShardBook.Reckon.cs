using Meters.Billing.Bills;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// Corrections of accounts with several lines: what each closed day comes to, less what it was accounted with. So a
/// second time moves nothing, and nobody needs to know the terms of before.
/// </summary>
public sealed partial class ShardBook
{
    private readonly SortedDictionary<int, Instant> _toReckon = [];

    /// <summary>Terms of an account changed that hold after an instant; nothing for a tariff of one line.</summary>
    public void MarkReckoning(AccountId account, Instant after) => MarkReckoning(AccountIndexOf(account), after);

    /// <summary>What is to be reckoned anew since the last call, in order of the accounts.</summary>
    public IReadOnlyList<Reckoning> TakeReckonings()
    {
        if (_toReckon.Count == 0) return [];
        Reckoning[] found = [.. _toReckon.Select(mark => ReckoningOf(mark.Key, mark.Value))];
        _toReckon.Clear();
        return found;
    }

    /// <summary>For whoever has rows and days in memory: all that is to be reckoned anew.</summary>
    /// <param name="rows">Rows of a channel from the last rated one before an instant on.</param>
    /// <param name="days">What is stored of an account's days from the one before a day on.</param>
    public void ReckonAll(
        Func<ChannelId, Instant, IReadOnlyList<RatedReading>> rows, Func<AccountId, ServiceDay, AccountDays> days)
    {
        foreach (var work in TakeReckonings())
        {
            Instant? from = work.RowsFrom;
            while (from is { } at)
            {
                from = Reckon(
                    work,
                    work.Channels.ToDictionary(channel => channel, channel => rows(channel, at)),
                    days(work.Account, work.DaysFrom));
            }
        }
    }

    /// <summary>
    /// Reckons closed days anew, posts the difference to what they were accounted with as one group, and sets what is
    /// accrued since.
    /// </summary>
    /// <param name="work">What <see cref="TakeReckonings"/> gave.</param>
    /// <param name="rows">By channel, as the commit will leave them.</param>
    /// <param name="stored">From the day before the first needed on.</param>
    /// <returns>Null, or with nothing changed from where on rows are needed.</returns>
    /// <exception cref="OverflowException">A sum does not fit 64 bits.</exception>
    public Instant? Reckon(
        Reckoning work, IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows, AccountDays stored)
    {
        var index = AccountIndexOf(work.Account);
        if (AccountAt(index).LineSlot < 0) return null;
        var tariff = _tariffs[AccountAt(index).Tariff];
        var energy = new DaySums(ClosedEnd, OpenEnd, billingZone, tariff.Lines.Count);
        foreach (var channel in work.Channels.Where(channel => tariff.Bills(channel.Register)))
        {
            if (AddEnergy(channel, rows[channel], billingZone.StartOf(work.Day), energy) is { } need) return need;
        }

        var accounted = new AccountedDays(tariff, work.DaysFrom, stored);
        var moved = work.Day > ClosedThrough ? [] : MovedDays(index, work, rows, energy, accounted);
        Settle(index, moved, energy, accounted);
        return null;
    }

    private void MarkReckoning(int index, Instant after)
    {
        if (AccountAt(index).LineSlot < 0) return;
        if (!_toReckon.TryGetValue(index, out var there) || after < there) _toReckon[index] = after;
    }

    private Reckoning ReckoningOf(int index, Instant after)
    {
        var account = AccountAt(index);
        var tariff = _tariffs[account.Tariff];
        var open = ClosedThrough.AddDays(1);
        var first = after >= ClosedEnd ? open : billingZone.ServiceDayOfIntervalEnd(new(after.UnixMicros + 1));
        var changes = new Instant(billingZone.StartOf(first).UnixMicros + 1);
        var (daysFrom, rowsFrom) = (first, changes);
        var channels = ChannelsOf(account.Id).Select(channel => channel.Channel)
            .Where(channel => tariff.Bills(channel.Register) || Measures(tariff, channel.Register)).Order().ToList();
        foreach (var channel in channels.Where(channel => tariff.Bills(channel.Register)))
        {
            rowsFrom = Earlier(rowsFrom, HistoryFrom(channel, changes));
        }

        for (var day = first; day < open; day = day.AddDays(1))
        {
            foreach (var month in tariff.MeasuresUse ? DayLines.UsageMonths(tariff, day) : [])
            {
                rowsFrom = Earlier(rowsFrom, tariff.Zone.StartOf(month));
            }

            if (!DayLines.EndsBillPeriod(tariff, day)) continue;
            var start = DayLines.BillPeriodStart(tariff, day);
            if (start < daysFrom) daysFrom = start;
            var measured = DayLines.EarlierDemandFrom(tariff, day) ?? start;
            if (tariff.MeasuresUse) rowsFrom = Earlier(rowsFrom, tariff.Zone.StartOf(measured));
        }

        return new(account.Id, first, daysFrom, rowsFrom, channels);
    }

    private static Instant Earlier(Instant a, Instant b) => a < b ? a : b;

    /// <summary>
    /// Adds each interval of a channel after an instant, by line; or says from where on rows are needed.
    /// </summary>
    private Instant? AddEnergy(
        ChannelId channel, IReadOnlyList<RatedReading> stored, Instant after, DaySums sums)
    {
        var index = KnownChannel(channel);
        var points = PointsOf(stored);
        if (points.Count == 0) return null;
        var starts = ChannelAt(index).HasReadings && points[0].At <= ChannelAt(index).FirstAt;
        var carry = starts ? CarryOf(index, points[0].At) : Energy.Zero;
        var rated = Rate(
            TermsOf(index), points, new(after.UnixMicros + 1), starts, carry, channel.Register, out var need);
        if (need is not null) return need;
        if (rated is null) throw new OverflowException($"A charge of {channel} does not fit.");
        for (var i = 0; i < points.Count; i++)
        {
            if (rated.IsRatedAt(i) && points[i].At > after) sums.Add(points[i].At, rated.LinesOf(i));
        }

        return null;
    }

    /// <summary>What each closed day comes to now less what it was accounted with; only days that moved.</summary>
    private List<(ServiceDay Day, Int128[] Delta)> MovedDays(
        int index,
        Reckoning work,
        IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows,
        DaySums energy,
        AccountedDays accounted)
    {
        var account = AccountAt(index);
        var tariff = _tariffs[account.Tariff];
        var used = new Dictionary<ServiceDay, Energy>();
        var period = new Int128[tariff.Lines.Count];
        var moved = new List<(ServiceDay, Int128[])>();
        for (var day = work.DaysFrom; day <= ClosedThrough; day = day.AddDays(1))
        {
            var ends = DayLines.EndsBillPeriod(tariff, day);
            if (day < work.Day) Add(period, accounted.OwnOf(day));
            else
            {
                var own = new long[period.Length];
                if (energy.Closed.TryGetValue(day, out var parts)) own = [.. parts.Select(part => checked((long)part))];
                if (accounted.IsClosed(day)) AddDay(account, tariff, day, rows, used, own, period, ends);
                var delta = new Int128[own.Length];
                for (var i = 0; i < own.Length; i++) delta[i] = own[i] - accounted.OwnOf(day)[i];
                if (delta.AsSpan().IndexOfAnyExcept(Int128.Zero) >= 0) moved.Add((day, delta));
                if (!accounted.IsClosed(day)) Add(period, [.. own.Select(part => (Int128)part)]);
            }

            if (ends) period.AsSpan().Clear();
        }

        return moved;
    }

    /// <summary>The day's own charges, and those of the bill period where it ends.</summary>
    private void AddDay(
        in AccountState account,
        TariffHistory tariff,
        ServiceDay day,
        IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> rows,
        Dictionary<ServiceDay, Energy> used,
        long[] own,
        Int128[] period,
        bool ends)
    {
        foreach (var month in tariff.MeasuresUse ? DayLines.UsageMonths(tariff, day) : [])
        {
            if (!used.ContainsKey(month)) used.Add(month, MeasureMonth(account.Id, month, rows));
        }

        var terms = new AccountTerms(account.SanctionedWatts)
        {
            Usage = [.. used.Select(pair => new MonthUsage(pair.Key, pair.Value))],
        };
        DayLines.AddDay(tariff, day, terms, own);
        Add(period, [.. own.Select(part => (Int128)part)]);
        if (!ends || !DayLines.HasPeriodEnd(tariff, day)) return;
        var use = MeasurePeriod(NeedOn(account.Id, tariff, day, [], ends), day, rows);
        AddPeriodEnd(tariff, day, terms, use, period, own);
    }

    private void Settle(
        int index, List<(ServiceDay Day, Int128[] Delta)> moved, DaySums energy, AccountedDays accounted)
    {
        ref var account = ref AccountAt(index);
        var (carry, total) = (accounted.Carry, accounted.CarryTotal);
        var group = LastEntryId + 1;
        foreach (var (day, delta) in moved) total = Correct(ref account, day, delta, carry, total, group);
        for (var i = 0; i < carry.Length; i++)
        {
            _slab.Open(account.LineSlot)[i] = checked((long)(carry[i] + energy.Open[i]));
            _slab.Next(account.LineSlot)[i] = checked((long)energy.Next[i]);
            total += energy.Open[i];
        }

        account.AccruedOpen = checked((long)total);
        account.AccruedNext = checked((long)Sum(_slab.Next(account.LineSlot)));
        Watch(ref account);
    }

    /// <summary>
    /// Posts what a closed day moved by, line by line: in the open day and by its rules, as the rounded cumulative sum
    /// less what is posted of it.
    /// </summary>
    /// <returns>What stays accrued in all.</returns>
    private Int128 Correct(
        ref AccountState account, ServiceDay day, Int128[] delta, Int128[] carry, Int128 total, long group)
    {
        var tariff = _tariffs[account.Tariff];
        var (open, posted, moved) = (ClosedThrough.AddDays(1), Money.Zero, (Int128)0);
        var ofNoLine = total;
        for (var i = 0; i < carry.Length; i++) ofNoLine -= carry[i];
        var lines = new List<CorrectedLine>();
        for (var i = 0; i < delta.Length; i++)
        {
            if (delta[i] == 0) continue;
            var line = tariff.Lines[i];
            carry[i] += delta[i];
            moved += delta[i];
            var part = Rounding.Of(carry[i], tariff.PerMinor, DayLines.RoundingRuleOn(tariff, open, line.Name));
            carry[i] -= part.Minor * (Int128)tariff.PerMinor;
            posted += part;
            lines.Add(new(line.Name, checked((long)delta[i]), part));
            PostCorrection(account.Id, day, line, part, group);
        }

        var whole = WholeBill(tariff, open, posted, total + moved, ofNoLine);
        PostCorrection(account.Id, day, RoundingLine, whole - posted, group);
        account.Journal -= whole;
        _corrections.Add(new(
            account.Id, day, ClosedThrough, checked((long)moved), whole, CorrectedLine.Format(lines)));
        return total + moved - (whole.Minor * (Int128)tariff.PerMinor);
    }
}
