using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Meters.Billing.Bills;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Tests;

namespace Meters.Billing.Tests.Tariffs;

public partial class PublishedTariffTests
{
    private const int Limit = 60_000;

    // What has no complete figures, is a rule in words, or is printed in another unit.
    private static readonly string[] NotCompared =
    [
        "other", "source", "note", "rules", "effective", "_confidence", "regional_standing_and_rate", "bpl_fixed",
        "proration",
    ];

    // Sums of the source's own: The_price_of_a_kWh_in_Assam has them.
    private static readonly string[] Sums = ["7.30", "8.20"];

    public static TheoryData<string> Ids => [.. Published.All.Select(json => Published.Read(json).Id)];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Ids))]
    public void Every_published_tariff_loads_rates_a_month_and_gives_the_bill_computed_once(string id)
    {
        var version = Published.Of(id);
        var tariff = new TariffHistory(version);
        var period = version.Period.Months == 0 ? AccumulationPeriod.Month : version.Period;
        var first = ServiceDay.Of(period.StartOf(new(2026, 7, 15)));
        var last = ServiceDay.Of(period.NextStart(new(2026, 7, 15))).AddDays(-1);
        var (from, to) = (version.Zone.StartOf(first), version.Zone.StartOf(last.AddDays(1)));
        var readings = new List<(Instant At, Energy Usage)>();
        for (var at = from; at <= to; at += TimeSpan.FromHours(1))
        {
            readings.Add((at, new((at - from).Ticks / TimeSpan.TicksPerSecond * 17 / 8)));
        }

        var explained = CanonicalRater.Explain(readings, RegisterKind.ForwardActive, tariff);
        var uses = explained.SelectMany(pieces => pieces).Select(piece => new BandUse(
            piece.UsageTo - piece.UsageFrom, piece.Band, version.Zone.ToLocal(piece.From).Month)).ToList();
        var bill = BillCalculator.Compute(version, new()
        {
            Uses = uses,
            InOrder = true,
            From = first,
            To = last,
            PurchaseMonths = 0,
            Months = period.Months,
        });
        var lines = new long[tariff.Lines.Count];
        var periodBase = Energy.Zero;
        foreach (var (before, next) in readings.Zip(readings.Skip(1)))
        {
            Assert.True(Rater.TryRate(
                tariff,
                RegisterKind.ForwardActive,
                before.At,
                before.Usage,
                next.At,
                next.Usage,
                ref periodBase,
                lines,
                out _));
        }

        for (var day = first; day <= last; day = day.AddDays(1)) DayLines.AddDay(tariff, day, new(0), lines);
        var facts = new PeriodFacts { Lines = lines.ToArray(), Active = readings[^1].Usage };
        DayLines.AddPeriodEnd(tariff, last, new(0), facts, lines);
        var sums = tariff.Lines.Select((line, l) => new Ratio(lines[l], tariff.PerMinor));
        Assert.Equal(
            tariff.Lines.Select(line => bill.Lines.FirstOrDefault(one => one.Name == line.Name)?.Exact ?? 0), sums);
        Assert.True(bill.Total > Money.Zero);
    }

    [Theory(Timeout = Limit)]
    [InlineData("CN-ZJ-RES-TOU", "07-15", "07:45 valley", "08:00 peak", "21:45 peak", "22:00 valley")]
    [InlineData("CN-SH-RES-TOU", "01-01", "00:00 valley", "05:45 valley", "06:00 peak", "22:00 valley")]
    [InlineData("CN-JS-CI-TOU-2025", "07-15", "13:45 flat", "14:00 sharp", "15:00 peak", "19:15 peak", "19:30 sharp",
        "21:15 sharp", "21:30 peak", "22:00 flat", "10:45 flat", "11:00 valley", "12:45 valley", "13:00 flat")]
    [InlineData("CN-JS-CI-TOU-2025", "10-01", "09:45 flat", "10:00 deep", "13:45 deep", "14:00 flat", "15:00 peak")]
    [InlineData("CN-JS-CI-TOU-2025", "02-18", "09:45 flat", "10:00 deep", "12:00 deep", "13:45 deep", "14:00 peak")]
    [InlineData("CN-JS-CI-TOU-2025", "12-31", "17:45 peak", "18:00 sharp", "19:45 sharp", "20:00 peak")]
    [InlineData("CN-GD-CI-TOU-2021", "09-30", "10:00 peak", "11:00 sharp", "12:00 flat", "14:45 peak", "15:00 sharp",
        "16:45 sharp", "17:00 peak", "19:00 flat", "00:00 valley", "07:45 valley", "08:00 flat")]
    [InlineData("CN-GD-CI-TOU-2021", "10-01", "11:00 peak", "15:00 peak")]
    [InlineData("CN-ZJ-CI-TOU-2026", "10-02", "08:45 flat", "09:00 deep", "14:45 deep", "15:00 flat", "16:00 peak")]
    [InlineData("CN-ZJ-CI-TOU-2026", "07-15", "16:00 peak", "18:00 sharp", "21:45 sharp", "22:00 peak", "23:00 flat",
        "23:45 flat", "00:00 valley", "11:00 valley", "14:00 flat")]
    [InlineData("CN-SD-CI-TOU-2026", "01-15", "10:45 valley", "11:00 deep", "14:00 valley", "15:00 flat", "15:45 flat",
        "16:00 sharp", "18:45 sharp", "19:00 peak", "21:00 flat", "07:00 peak", "09:00 flat")]
    [InlineData("CN-SD-CI-TOU-2026", "06-15", "07:00 valley", "11:45 valley", "12:00 flat", "16:00 peak", "17:00 sharp",
        "22:00 peak", "23:00 flat")]
    [InlineData("TW-RES-2021", "05-31", "23:45 other")]
    [InlineData("TW-RES-2021", "06-01", "00:00 summer")]
    [InlineData("TW-RES-2021", "09-30", "23:45 summer")]
    public void Windows_begin_and_end_at_their_edges(string id, string day, params string[] times)
    {
        var tariff = new TariffHistory(Published.Of(id));
        foreach (var time in times)
        {
            var local = DateTime.ParseExact(
                $"2026-{day} {time[..5]}", "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            Assert.Equal(time, $"{time[..5]} {tariff.BandAt(tariff.Zone.ToInstant(local))}");
            var last = new Instant(tariff.Zone.ToInstant(local.AddMinutes(15)).UnixMicros - 1);
            Assert.Equal(time[6..], tariff.BandAt(last));
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("IN-AS-JEEVAN", 0, 435)]
    [InlineData("IN-AS-DOMESTIC-A", 119, 525)]
    [InlineData("IN-AS-DOMESTIC-A", 120, 730)]
    [InlineData("IN-AS-DOMESTIC-A", 240, 820)]
    [InlineData("IN-AS-DOMESTIC-B", 0, 815)]
    [InlineData("IN-AS-COMMERCIAL", 0, 860)]
    [InlineData("IN-AS-SMALL", 0, 650)]
    public void The_price_of_a_kWh_in_Assam_is_base_less_subsidy_and_fuel(string id, int before, int paise)
    {
        var bill = BillCalculator.Compute(
            Published.Of(id), BillInput.Of(Energy.FromKwh(1)) with { UsedBefore = Energy.FromKwh(before) });
        Assert.Equal(paise, bill.Total.Minor);
    }

    [Theory(Timeout = Limit)]
    [InlineData(90, 72_840)] // 456.00 of energy, 40 percent, 90.
    [InlineData(91, 98_280)] // One more unit at 21, and 315 in place of 90.
    [InlineData(30, 14_250)]
    [InlineData(31, 18_785)] // 35 percent of all of it from here on, and 60.
    public void Sri_Lanka_jumps_where_its_blocks_end(int units, int cents)
    {
        // Thirty days: blocks as they stand.
        var bill = BillCalculator.Compute(Published.Of("LK-2011"), BillInput.Of(Energy.FromKwh(units)));
        Assert.Equal(cents, bill.Total.Minor);
    }

    [Theory(Timeout = Limit)]
    [InlineData("2026-03-08", 23)]
    [InlineData("2026-11-01", 25)]
    [InlineData("2026-07-01", 24)]
    public void Days_of_23_and_25_hours_have_their_bands_by_the_wall_clock(string day, int hours)
    {
        var tariff = Published.History(Published.Json("T", "USD", "America/New_York", "2020-01-01", """
            "bands":[{"name":"night","when":[{"windows":["00:00-06:00"]}]},{"name":"day"}],
            "energy":{"prices":{"night":"0.01","day":"1"}}
            """));
        var start = tariff.Zone.StartOf(ServiceDay.Of(DateOnly.ParseExact(day, "yyyy-MM-dd")));
        var periodBase = Energy.Zero;
        Assert.True(Rater.TryRate(
            tariff,
            RegisterKind.ForwardActive,
            start,
            Energy.Zero,
            start + TimeSpan.FromHours(hours),
            Energy.FromKwh(hours),
            ref periodBase,
            [],
            out var charge));
        // The night has an hour less or more; the day always 18.
        Assert.Equal((hours - 18 + (18 * 100)) * tariff.PerMinor, charge);
    }

    [Fact(Timeout = Limit)]
    public void The_figures_are_those_of_the_reference_file()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Needs.Data("tariffs.json")));
        var (compared, unknown) = (0, new List<string>());
        foreach (var entry in file.RootElement.EnumerateArray())
        {
            var id = entry.GetProperty("id").GetString()!;
            var ours = string.Concat(Published.All.Where(json => IsOf(Published.Read(json).Id, id)));
            if (ours.Length == 0) continue;
            foreach (var figure in FiguresOf(entry).Except(Sums))
            {
                if (!Knows(ours, figure)) unknown.Add($"{id}: {figure}");
                compared++;
            }
        }

        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
        Assert.InRange(compared, 150, 2_000); // Nobody lost the list.
    }

    /// <summary>Country and place: one entry of the file may be several of our tariffs.</summary>
    private static bool IsOf(string ours, string theirs) => ours.StartsWith(theirs[..5], StringComparison.Ordinal);

    private static bool Knows(string ours, string figure) =>
        ours.Contains($"\"{figure}\"", StringComparison.Ordinal)
        || ours.Contains($"\"-{figure}\"", StringComparison.Ordinal)
        || (Decimals.TryParse(figure, 6, out var value) && NumberPattern().Matches(ours)
            .Any(match => Decimals.TryParse(match.Value, 6, out var our) && (our == value || our * 100 == value)));

    /// <summary>Prices, ratios and windows, wherever they stand.</summary>
    private static IEnumerable<string> FiguresOf(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return element.EnumerateObject().Where(property => !NotCompared.Contains(property.Name))
                    .SelectMany(property => FiguresOf(property.Value));
            case JsonValueKind.Array:
                return element.EnumerateArray().SelectMany(FiguresOf);
            case JsonValueKind.String when FigurePattern().IsMatch(element.GetString()!):
                return [element.GetString()!];
            default:
                return [];
        }
    }

    [GeneratedRegex(@"^(\d+\.\d+|\d\d:\d\d-\d\d:\d\d)$")]
    private static partial Regex FigurePattern();

    [GeneratedRegex(@"\d+\.\d+|\d+")]
    private static partial Regex NumberPattern();
}
