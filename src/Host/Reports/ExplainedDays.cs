using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Host.Api;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>Builds one explanation from one account's history. Pure.</summary>
internal sealed class ExplainedDays(
    ReportPort port,
    AccountRecord account,
    TariffHistory tariff,
    AccountMeters meters,
    AccountHistory history,
    ServiceDay from,
    ServiceDay to)
{
    private readonly ExplainedAmounts _text = new(tariff);
    private readonly List<ExplainedTie> _ties = [];

    public Explanation Make()
    {
        var series = meters.SeriesOf(history);
        var readings = new ExplainedReadings(port, tariff, _text, from, to).Of(series ?? [], _ties);
        var postings = new ExplainedPostings(_text, history.Payments);
        var replay = new TariffReplay(port, tariff, account);
        if (series is null || !replay.TryRun(history, from, to)) Fault("the readings can be rated in order");
        var journal = history.JournalBefore;
        var carry = history.LastDayBefore?.Carry ?? 0;
        var lastClosed = history.LastDayBefore?.Day;
        Int128 open = 0;
        var days = new List<ExplainedDay>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var rows = readings.GetValueOrDefault(day) ?? [];
            var entries = history.Entries.Where(entry => entry.Day == day).ToList();
            journal = entries.Aggregate(journal, (sum, entry) => sum + entry.ToCustomer);
            var line = history.Days.Where(d => d.Day == day).Select(d => (DayCharge?)d).FirstOrDefault();
            var sums = new DaySums(
                carry,
                rows.Aggregate((Int128)0, (sum, row) => sum + row.Charge),
                DayLinesOf(replay, day).Aggregate((Int128)0, (sum, one) => sum + one.Charge),
                Unposted(history.Corrections.Where(c => c.ClosedThrough == day.AddDays(-1))),
                Sum(history.Corrections.Where(c => c.Day == day && c.ClosedThrough >= day)));
            if (line is { } closed)
            {
                Compare(closed, sums, entries);
                (carry, lastClosed) = (closed.Carry, day);
            }
            else
            {
                open += sums.Readings - sums.ChangedLater;
            }

            var corrections = history.Corrections
                .Where(c => c.Day == day || c.ClosedThrough == day.AddDays(-1)).Select(CorrectionOf).ToList();
            var late = history.LateFees.Where(fee => fee.Day == day && fee.Overdue > Money.Zero).ToList();
            var nothing = rows.Count + entries.Count + corrections.Count + late.Count == 0;
            if (nothing && line is null or { Exact: 0 }) continue;
            days.Add(new(
                day.ToString(),
                line is not null,
                Texts.Kwh(rows.Aggregate(Energy.Zero, (sum, row) => sum + row.Used)),
                [.. rows.Select(row => row.Text)],
                [.. DayLinesOf(replay, day).Select(one => new ExplainedDayLine(one.Line, _text.Exact(one.Charge)))],
                ChargeOf(line, sums),
                corrections,
                postings.Of(entries),
                _text.Money(journal))
            {
                LateFees = [.. late.Select(LateFeeOf)],
                Period = replay.Periods.TryGetValue(day, out var use) ? PeriodOf(day, use) : null,
            });
        }

        return new(
            account.Id.Value,
            tariff.Currency.Code,
            tariff.Id,
            port.Zone.Id,
            from.ToString(),
            to.ToString(),
            _text.Money(history.JournalBefore),
            days,
            CloseOf(journal, carry + open + (history.IsLatest ? NotTakenUp(lastClosed) : 0)),
            _ties);
    }

    /// <summary>Corrections that no journal line has taken up yet.</summary>
    private Int128 NotTakenUp(ServiceDay? lastClosed) => lastClosed is { } last
        ? Unposted(history.Corrections.Where(correction => correction.ClosedThrough >= last))
        : 0;

    private ExplainedPeriod PeriodOf(ServiceDay day, PeriodUse use)
    {
        var bands = tariff.VersionOn(day).Calendar.Bands;
        return new(
            Billing.Bills.DayLines.BillPeriodStart(tariff, day).ToString(),
            Texts.Kwh(use.Active),
            Texts.Kwh(use.Reactive),
            [.. use.DemandWattsByBand.Select((watts, b) => new ExplainedDemand(bands[b].Name, watts))],
            [.. use.EarlierDemandWattsByBand.Select((watts, b) => new ExplainedDemand(bands[b].Name, watts))],
            [.. use.ActiveByBand.Select((used, b) => new ExplainedBandUse(bands[b].Name, Texts.Kwh(used)))]);
    }

    private IEnumerable<(string Line, long Charge)> DayLinesOf(TariffReplay replay, ServiceDay day) =>
        replay.DayLines.TryGetValue(day, out var lines)
            ? tariff.Lines.Select((line, i) => (line.Name, lines[i])).Where(one => one.Item2 != 0)
            : [];

    /// <param name="closed">The day's journal line.</param>
    /// <param name="sums">What it should be made of.</param>
    /// <param name="entries">The day's entries.</param>
    private void Compare(DayCharge closed, DaySums sums, List<LedgerEntry> entries)
    {
        Tie($"{closed.Day}: carry, readings, day lines and corrections are the day's exact charge",
            closed.Exact, sums.Exact);
        var posted = -entries.Where(entry => entry.Kind == EntryKind.EnergyCharge)
            .Aggregate(Money.Zero, (sum, entry) => sum + entry.ToCustomer);
        _ties.Add(new(
            $"{closed.Day}: the rounded charge is what the journal took",
            _text.Money(closed.Posted),
            _text.Money(posted),
            closed.Posted == posted));
        Tie(
            $"{closed.Day}: exact charge less rounded charge is carried on",
            closed.Carry,
            closed.Exact - ((Int128)closed.Posted.Minor * tariff.PerMinor));
    }

    private void Fault(string what) => _ties.Add(new(what, "yes", "no", Holds: false));

    private void Tie(string what, Int128 expected, Int128 found) =>
        _ties.Add(new(what, _text.Exact(expected), _text.Exact(found), expected == found));

    private ExplainedCharge ChargeOf(DayCharge? line, DaySums sums) => new(
        _text.Exact(sums.CarriedIn),
        _text.Exact(sums.Readings),
        _text.Exact(sums.DayLines),
        _text.Exact(sums.TakenUp),
        _text.Exact(sums.ChangedLater),
        _text.Exact(line?.Exact ?? sums.Exact),
        line is { } closed ? _text.Money(closed.Posted) : null,
        line is { } carried ? _text.Exact(carried.Carry) : null);

    private ExplainedClose CloseOf(Money journal, Int128 unposted)
    {
        var balance = journal - ExplainedAmounts.RoundHalfUp(unposted, tariff.PerMinor);
        if (history.IsLatest)
        {
            _ties.Add(new(
                "the explained balance is the account's balance",
                _text.Money(history.Balance),
                _text.Money(balance),
                history.Balance == balance));
        }

        return new(_text.Money(journal), _text.Exact(unposted), _text.Money(balance), history.IsLatest);
    }

    private ExplainedCorrection CorrectionOf(AccrualCorrection correction) => new(
        correction.Day.ToString(), correction.ClosedThrough.AddDays(1).ToString(), _text.Exact(correction.Delta),
        _text.Money(correction.Posted));

    private ExplainedLateFee LateFeeOf(LateFee fee) =>
        new(fee.Line, fee.Since.ToString(), fee.Days, _text.Money(fee.Overdue), _text.Money(fee.Fee));

    private static Int128 Sum(IEnumerable<AccrualCorrection> corrections) =>
        corrections.Aggregate((Int128)0, (sum, correction) => sum + correction.Delta);

    /// <summary>What is left of corrections after their own entries.</summary>
    private Int128 Unposted(IEnumerable<AccrualCorrection> corrections) => corrections.Aggregate(
        (Int128)0, (sum, correction) => sum + correction.Delta - ((Int128)correction.Posted.Minor * tariff.PerMinor));

    /// <summary>Exact charges of one day.</summary>
    private readonly record struct DaySums(
        Int128 CarriedIn, Int128 Readings, Int128 DayLines, Int128 TakenUp, Int128 ChangedLater)
    {
        public Int128 Exact => CarriedIn + Readings + DayLines + TakenUp - ChangedLater;
    }
}
