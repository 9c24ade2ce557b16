using System.Globalization;
using Meters.Billing.Tariffs;
using Meters.Host.Reports;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Reports;

/// <summary>Explanations and dry runs of a tariff with everything that a bill can show.</summary>
public class FullTariffTests
{
    private const int Limit = 60_000;

    /// <summary>Bands, monthly tiers, a standing charge by the day, a surcharge paid a month later, a tax.</summary>
    private const string Json = """
        {"id":"full","version":3,"effectiveFrom":"2020-01-01","currency":"CNY","zone":"+08:00","accumulate":"month",
         "bands":[{"name":"peak","when":[{"windows":["08:00-22:00"]}]},
                  {"name":"valley","when":[{"windows":["22:00-08:00"]}]}],
         "energy":{"tiers":[{"upToKwh":10,"prices":{"peak":"0.568","valley":"0.288"}},
                            {"prices":{"peak":"0.868","valley":"0.588"}}]},
         "lines":[{"kind":"standing","name":"fixed","perKw":"7"},
                  {"kind":"spread","name":"fuel","perKwh":"0.02","lagMonths":1,"overMonths":1},
                  {"kind":"percent","name":"vat","percent":"7","of":["energy","fixed"]}]}
        """;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Each_debit_is_told_by_band_tier_line_and_day_and_the_sums_agree()
    {
        var history = new MemoryHistory(HistoryOf(Json), 25, hour => hour * 1_700L);
        var last = MemoryHistory.First.AddDays(24);
        var (status, explanation) = await new Explainer(history.Port).ExplainAsync(
            SmallService.Account, MemoryHistory.First, last, Stopping);

        Assert.Equal(ReportStatus.Done, status);
        Assert.DoesNotContain(explanation!.Ties, tie => !tie.Holds);
        Assert.True(explanation.Close.IsNow);
        var first = explanation.Days[0];
        var pieces = explanation.Days.SelectMany(day => day.Readings).SelectMany(reading => reading.Pieces).ToList();
        Assert.Equal(["peak", "valley"], pieces.Select(piece => piece.Band).Distinct().Order());
        Assert.Equal([1, 2], pieces.Select(piece => piece.Tier).Distinct().Order());
        Assert.All(pieces, piece => Assert.Equal(["energy", "vat"], piece.Lines.Select(line => line.Line)));
        Assert.All(pieces, piece => Assert.Equal(3, piece.TariffVersion));
        foreach (var line in pieces.SelectMany(piece => piece.Lines.Select(line => (piece, line))))
        {
            Assert.Null(line.line.Fixed);
            Assert.Equal(
                Exact(line.line.Charge), Exact(line.line.PricePerKwh) * Exact(line.piece.UsedKwh));
        }

        Assert.Equal(["fixed", "vat"], first.DayLines.Select(line => line.Line));
        // March's energy is paid for in April: the surcharge is there, and is that of March.
        var april = explanation.Days.Single(day => day.Day == "2026-04-01");
        Assert.Contains(april.DayLines, line => line.Line == "fuel");
        // The tier begins anew with the month.
        Assert.Contains("0.0000", april.Readings[0].Pieces[0].PositionFromKwh, StringComparison.Ordinal);
        var text = ExplanationText.Of(explanation, hours: false);
        Assert.Contains("(peak, tier 1 up to 10.0000 kWh, tariff version 3)", text, StringComparison.Ordinal);
        Assert.Contains("vat at 0.03976 a kWh", text, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(5, 5)]
    [InlineData(11, 13)] // Over the end of the month.
    [InlineData(13, 20)]
    public async Task A_part_says_of_its_days_what_the_whole_says(int from, int to)
    {
        var history = new MemoryHistory(HistoryOf(Json), 25, hour => hour * 1_700L);
        var explainer = new Explainer(history.Port);
        var whole = await explainer.ExplainAsync(
            SmallService.Account, MemoryHistory.First, MemoryHistory.First.AddDays(24), Stopping);
        var part = await explainer.ExplainAsync(
            SmallService.Account, MemoryHistory.First.AddDays(from), MemoryHistory.First.AddDays(to), Stopping);

        Assert.True(part.Explanation!.Holds);
        Assert.Equivalent(
            whole.Explanation!.Days.Skip(from).Take(to - from + 1), part.Explanation.Days, strict: true);
    }

    [Fact(Timeout = Limit)]
    public async Task A_dry_run_takes_day_charges_and_taxes_into_account()
    {
        var history = new MemoryHistory(HistoryOf(Json), 25, hour => hour * 1_700L);
        var run = new DryRun(history.Port);
        var order = new DryRunOrder(
            ChangeKind.Tariff, Json, MemoryHistory.First, MemoryHistory.First.AddDays(24), null, null);

        var same = (await run.RunAsync(order, Stopping)).Result!;
        Assert.Equal((same.Totals.Old, "0.00"), (same.Totals.New, same.Totals.Change));
        Assert.InRange(Minor(same.Totals.Old) - history.Posted.Minor, 0, 1);

        // Without the standing charge of 7 a month for each of 12 kW: 25 days, with the tax on it.
        var without = Json.Replace("\"perKw\":\"7\"", "\"perKw\":\"0\"", StringComparison.Ordinal);
        var cheaper = (await run.RunAsync(order with { Json = without }, Stopping)).Result!;
        const long March = 8_400 * 107 * 12 / 31, April = 8_400 * 107 * 13 / 30;
        Assert.InRange(-Minor(cheaper.Totals.Change) - ((March + April) / 100), -2, 2);
        // Dearer in the valley alone: half the hours but not half the energy's price.
        var dearer = Json.Replace("\"valley\":\"0.588\"", "\"valley\":\"0.688\"", StringComparison.Ordinal);
        Assert.True(Minor((await run.RunAsync(order with { Json = dearer }, Stopping)).Result!.Totals.Change) > 0);
    }

    [Fact(Timeout = Limit)]
    public async Task An_account_whose_energy_does_not_fit_is_left_out_and_named()
    {
        var history = new MemoryHistory(HistoryOf(Json), 5, hour => hour * 80_000_000L);
        var port = history.Port with
        {
            MultipliersOf = meter =>
                [new(meter, Instant.MinValue, int.MaxValue, null, SmallService.Tester, default, "")],
        };
        var order = new DryRunOrder(
            ChangeKind.Tariff, Json, MemoryHistory.First, MemoryHistory.First.AddDays(4), null, null);

        var result = (await new DryRun(port).RunAsync(order, Stopping)).Result!;
        Assert.Equal([SmallService.Account.Value], result.Skipped);
        Assert.Empty(result.Accounts);
        var (_, explanation) = await new Explainer(port).ExplainAsync(
            SmallService.Account, order.From, order.To, Stopping);
        Assert.False(explanation!.Holds);
    }

    private static TariffHistory HistoryOf(string json)
    {
        Assert.True(TariffJson.TryParse(json, out var version, out var faults), string.Join('\n', faults));
        return new(version!);
    }

    private static decimal Exact(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static long Minor(string amount) => Decimals.TryParse(amount, 2, out var minor)
        ? minor
        : throw new FormatException(amount);
}
