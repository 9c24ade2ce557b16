using System.Globalization;
using System.Text;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>An explanation in plain sentences, for whoever talks to the customer. Times are local.</summary>
public static class ExplanationText
{
    private const int Column = 68;

    /// <param name="explanation">What to tell.</param>
    /// <param name="hours">Each hour by itself; otherwise a day's energy by its prices.</param>
    public static string Of(Explanation explanation, bool hours)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        _ = LocalZone.TryParse(explanation.Zone, out var zone);
        var text = new StringBuilder();
        var c = explanation.Currency;
        text.Append(CultureInfo.InvariantCulture,
            $"Account {explanation.Account}, tariff {explanation.Tariff}, {explanation.From} to {explanation.To}, ");
        text.Append(CultureInfo.InvariantCulture, $"times in {explanation.Zone}\n\n");
        Line(text, "Balance before", explanation.BalanceBefore, c);
        foreach (var day in explanation.Days) AddDay(text, day, c, zone, hours);
        text.Append('\n');
        Line(text, "Balance of the journal", explanation.Close.Journal, c);
        Line(text, "  less charges not yet posted, exact", explanation.Close.NotYetPosted, c);
        Line(text, explanation.Close.IsNow ? "Balance now" : $"Balance at the end of {explanation.To}",
            explanation.Close.Balance, c);
        text.Append('\n');
        AddTies(text, explanation);
        return text.ToString();
    }

    private static void AddDay(StringBuilder text, ExplainedDay day, string currency, LocalZone zone, bool hours)
    {
        text.Append('\n').Append(day.Day).Append(day.IsClosed ? "\n" : " (not closed yet)\n");
        if (day.Readings.Count > 0)
        {
            Line(text, $"  {day.UsedKwh} kWh in {Count(day.Readings.Count, "reading")}", day.Charge.Readings, currency);
            foreach (var reading in day.Readings) AddMeter(text, reading, zone);
            if (hours) AddHours(text, day, currency, zone);
            else AddPrices(text, day, currency);
        }

        if (day.Period is { } period) AddPeriod(text, period);
        foreach (var line in day.DayLines) Line(text, $"  {line.Line}", line.Charge, currency);
        foreach (var correction in day.Corrections)
        {
            Line(text, $"  a late reading changed {correction.Day}; taken up on {correction.TakenUpOn}",
                correction.Change, currency);
        }

        if (day.Charge.Rounded is { } rounded)
        {
            Line(text, "  rounding carried from the day before", day.Charge.CarriedIn, currency);
            Line(text, "  together, exact", day.Charge.Exact, currency);
            Line(text, "  rounded: taken from the balance", rounded, currency);
        }

        foreach (var fee in day.LateFees)
        {
            Line(text, $"  overdue since {fee.Since}, {Count(fee.Days, "day")}", fee.Overdue, currency);
            Line(text, $"    {fee.Line} for it so far", fee.FeeSoFar, currency);
        }

        foreach (var posting in day.Postings) AddPosting(text, posting, currency, zone);
        Line(text, "  balance of the journal after the day", day.BalanceAfter, currency);
    }

    /// <summary>What happened to the meter before a reading.</summary>
    private static void AddMeter(StringBuilder text, ExplainedReading reading, LocalZone zone)
    {
        var meter = reading.Meter;
        if (reading.Replacement is { } change)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"    {Local(change.At, zone)} meter {meter} took the place of meter {change.OldMeter}, which closed ");
            text.Append(CultureInfo.InvariantCulture, $"at {change.ClosingKwh} kWh; it opened at {change.OpeningKwh} ");
            text.Append(CultureInfo.InvariantCulture, $"kWh, and tiers go on from {change.PositionKwh} kWh\n");
        }

        foreach (var to in reading.MultiplierChanges)
        {
            var shown = to.Kwh is { } kwh ? $"at {kwh} kWh" : "on the line between its readings";
            text.Append(CultureInfo.InvariantCulture,
                $"    {Local(to.From, zone)} meter {meter} counts times {to.Multiplier} from then on, {shown}\n");
        }

        if (!reading.RolledOver) return;
        text.Append(CultureInfo.InvariantCulture,
            $"    {Local(reading.At, zone)} the register of meter {meter} had started again at zero\n");
    }

    private static void AddPeriod(StringBuilder text, ExplainedPeriod period)
    {
        text.Append(CultureInfo.InvariantCulture, $"  the bill period from {period.From} ends: ");
        text.Append(CultureInfo.InvariantCulture, $"{period.Kwh} kWh, {period.Kvarh} kvarh\n");
        AddDemand(text, "demand", period.Demand);
        AddDemand(text, "demand of earlier months", period.EarlierDemand);
        foreach (var used in period.KwhByBand)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {used.Band} {used.Kwh} kWh\n");
        }
    }

    private static void AddDemand(StringBuilder text, string what, IReadOnlyList<ExplainedDemand> all)
    {
        foreach (var demand in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {what} {demand.Band} {demand.Watts} W\n");
        }
    }

    /// <summary>A day's energy by version, band and tier: what a customer can follow with a pencil.</summary>
    private static void AddPrices(StringBuilder text, ExplainedDay day, string currency)
    {
        var pieces = day.Readings.SelectMany(reading => reading.Pieces).ToList();
        foreach (var same in pieces.GroupBy(p => (p.Tariff, p.TariffVersion, p.Band, p.Tier, p.TierUpToKwh)))
        {
            var used = Sum(same.Select(piece => piece.UsedKwh));
            text.Append(CultureInfo.InvariantCulture, $"    {used} kWh {PlaceOf(same.First())}\n");
            foreach (var line in same.SelectMany(piece => piece.Lines).GroupBy(line => (line.Line, line.PricePerKwh)))
            {
                var step = line.Any(one => one.Fixed is not null) ? ", with what the tier itself adds" : "";
                Line(text, $"      {line.Key.Line} at {line.Key.PricePerKwh} a kWh{step}",
                    Sum(line.Select(one => one.Charge)), currency);
            }
        }
    }

    private static void AddHours(StringBuilder text, ExplainedDay day, string currency, LocalZone zone)
    {
        foreach (var reading in day.Readings)
        {
            var quality = reading.Quality == "actual" ? "" : $" ({reading.Quality})";
            var since = reading.From is { } from ? $"{Local(from, zone)} to " : "first reading, ";
            Line(
                text,
                $"    {since}{Local(reading.At, zone)}, meter {reading.Meter} shows {reading.Kwh}{quality}"
                    + $"{(reading.Multiplier == 1 ? "" : $" times {reading.Multiplier}")}: {reading.UsedKwh} kWh",
                reading.Charge,
                currency);
            foreach (var piece in reading.Pieces)
            {
                text.Append(CultureInfo.InvariantCulture, $"      {piece.UsedKwh} kWh {PlaceOf(piece)}, from ");
                text.Append(CultureInfo.InvariantCulture, $"{piece.PositionFromKwh} to {piece.PositionToKwh} kWh\n");
                foreach (var line in piece.Lines)
                {
                    var step = line.Fixed is { } rest ? $" and {rest}" : "";
                    Line(text, $"        {line.Line} at {line.PricePerKwh} a kWh{step}", line.Charge, currency);
                }
            }
        }
    }

    private static void AddPosting(StringBuilder text, ExplainedPosting posting, string currency, LocalZone zone)
    {
        var what = posting.Kind.Replace('_', ' ');
        if (posting.Payment is { } payment)
        {
            what += $" {payment.Channel}, receipt {payment.Receipt}, taken by {payment.TakenBy}";
        }

        Line(text, $"  {Local(posting.At, zone)} {what}", posting.ToBalance, currency);
        foreach (var part in posting.Parts)
        {
            if (posting.Parts.Count == 1 && part is { Reverses: null, CorrectsDay: null, Line: null }) continue;
            var why = (part.Line is { } line ? $", {line}" : "")
                + (part.Reverses is { } reversed ? $", takes back entry {reversed}" : "")
                + (part.CorrectsDay is { } corrected ? $", corrects {corrected}" : "");
            Line(text, $"      from {Plain(part.Debit)} to {Plain(part.Credit)}{why}", part.Amount, currency);
        }
    }

    private static void AddTies(StringBuilder text, Explanation explanation)
    {
        var wrong = explanation.Ties.Where(tie => !tie.Holds).ToList();
        foreach (var tie in wrong)
        {
            text.Append(CultureInfo.InvariantCulture, $"NOT EQUAL: {tie.What}: {tie.Expected}, found {tie.Found}\n");
        }

        text.Append(wrong.Count == 0
            ? $"All {explanation.Ties.Count} sums agree with the journal.\n"
            : $"{wrong.Count} of {explanation.Ties.Count} sums do not agree: tell the billing office.\n");
    }

    private static string PlaceOf(ExplainedPiece piece)
    {
        var band = piece.Band.Length > 0 ? $"{piece.Band}, " : "";
        var end = piece.TierUpToKwh is { } upTo ? $"tier {piece.Tier} up to {upTo} kWh" : $"tier {piece.Tier}";
        var tariff = piece.Tariff is { } id ? $"tariff {id}, " : "tariff ";
        return $"({band}{end}, {tariff}version {piece.TariffVersion})";
    }

    private static void Line(StringBuilder text, string what, string amount, string currency) =>
        text.Append(what.PadRight(Column)).Append(' ').Append(Short(amount).PadLeft(12)).Append(' ').Append(currency)
            .Append('\n');

    /// <summary>An exact amount without the zeros at its end, two decimals at least; money as it is.</summary>
    private static string Short(string amount)
    {
        const int Shown = 2;
        const int CurrencyDecimalsMax = 4;
        var point = amount.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 || amount.Length - point - 1 <= CurrencyDecimalsMax) return amount;
        var end = amount.Length;
        while (end > point + 1 + Shown && amount[end - 1] == '0') end--;
        return amount[..end];
    }

    private static string Local(string instant, LocalZone zone) =>
        zone.ToLocal(Instant.From(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)))
            .ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Of decimals with equally many places.</summary>
    private static string Sum(IEnumerable<string> amounts)
    {
        Int128 sum = 0;
        var places = 0;
        foreach (var amount in amounts)
        {
            var point = amount.IndexOf('.', StringComparison.Ordinal);
            places = point < 0 ? 0 : amount.Length - point - 1;
            sum += Int128.Parse(amount.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }

        return Decimals.Format(sum, places);
    }

    private static string Plain(string tag) => tag.Replace('_', ' ');

    private static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";
}
