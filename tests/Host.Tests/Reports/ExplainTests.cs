using Meters.Host.Access;
using Meters.Host.Reports;
using Meters.Host.Tests.Cli;
using Meters.Host.Tests.Engine;
using Meters.Host.Tests.Hosting;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Reports;

public class ExplainTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Every_sum_agrees_with_the_journal_for_all_tariffs_over_closed_and_open_days()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 54);
        foreach (var customer in service.Plan.Customers)
        {
            var explanation = await ExplainAsync(service, customer.Account, "2025-11-03", "2025-11-05");

            Assert.DoesNotContain(explanation.Ties, tie => !tie.Holds);
            Assert.True(explanation.Close.IsNow);
            var balance = (await service.Host.Store.Queries.BalanceAsync(customer.Account, Stopping))!.Value.Balance;
            Assert.Equal(Decimals.Format(balance.Minor, 2), explanation.Close.Balance);
            Assert.Equal([true, true, false], explanation.Days.Select(day => day.IsClosed));
            Assert.Equal("payment", explanation.Days[0].Postings[0].Kind);
            // Each charge is made of its pieces, and each day of its readings: nothing is rounded on the way.
            foreach (var day in explanation.Days)
            {
                Assert.Equal(Exact(day.Charge.Readings), day.Readings.Sum(reading => Exact(reading.Charge)));
                foreach (var reading in day.Readings)
                {
                    Assert.Equal(
                        Exact(reading.Charge),
                        reading.Pieces.Sum(piece => piece.Lines.Sum(line => Exact(line.Charge))));
                    Assert.Equal(
                        Exact(reading.UsedKwh), reading.Pieces.Sum(piece => Exact(piece.UsedKwh)));
                }
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_part_of_the_days_begins_and_ends_where_the_whole_does()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 54);
        var account = service.Plan.Customers[1].Account; // Monthly tiers.
        var whole = await ExplainAsync(service, account, "2025-11-03", "2025-11-05");

        var second = await ExplainAsync(service, account, "2025-11-04", "2025-11-04");

        Assert.False(second.Close.IsNow);
        Assert.True(second.Holds);
        Assert.Equal(whole.Days[0].BalanceAfter, second.BalanceBefore);
        Assert.Equal(whole.Days[1].BalanceAfter, second.Close.Journal);
        Assert.Equivalent(whole.Days[1], Assert.Single(second.Days), strict: true);
        // An open day is told with all that is open: here it alone.
        var open = await ExplainAsync(service, account, "2025-11-05", "2025-11-05");
        Assert.Equal(("2025-11-05", true), (open.From, open.Holds));
        Assert.Equal(whole.Close, open.Close);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_charge_that_was_tampered_with_is_named()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 30);
        var account = service.Plan.Customers[0].Account;
        var port = await PortAsync(service);
        var tampered = port with { Histories = new Tampered(port.Histories) };

        var (status, explanation) = await new Explainer(tampered).ExplainAsync(
            account, Day(2025, 11, 3), Day(2025, 11, 4), Stopping);

        Assert.Equal(ReportStatus.Done, status);
        var wrong = explanation!.Ties.Where(tie => !tie.Holds).ToList();
        Assert.Contains(wrong, tie => tie.What.StartsWith("reading of meter", StringComparison.Ordinal));
        Assert.Contains(wrong, tie => tie.What.StartsWith("2025-11-03: carry", StringComparison.Ordinal));
        Assert.Contains("NOT EQUAL", ExplanationText.Of(explanation, hours: false), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_command_says_the_same_from_the_service_and_from_the_store()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 30);
        var account = $"{service.Plan.Customers[2].Account}";
        using var folder = new Meters.Host.Demo.ScratchFolder();
        string[] days = ["explain", account, "--from", "2025-11-03", "--to", "2025-11-04"];
        string[] api = ["--api", service.Host.Api.ToString(), "--key", service.Key(Role.Reader)];
        string[] store = ["--store", service.Store];

        var told = await ProgramRun.RunAsync(folder.Path, [.. days, .. api]);
        Assert.Equal((0, ""), (told.Code, told.Error));
        Assert.Equal(told.Out, (await ProgramRun.RunAsync(folder.Path, [.. days, .. store])).Out);
        Assert.Contains("sums agree with the journal", told.Out, StringComparison.Ordinal);
        Assert.Contains("energy at 0.538 a kWh", told.Out, StringComparison.Ordinal);
        var json = await ProgramRun.RunAsync(folder.Path, [.. days, .. api, "--json"]);
        Assert.Equal(json.Out, (await ProgramRun.RunAsync(folder.Path, [.. days, .. store, "--json"])).Out);
        Assert.Equal(2, (await ProgramRun.RunAsync(folder.Path, "explain", account, "--from", "monday")).Code);
        var unknown = await ProgramRun.RunAsync(folder.Path, ["explain", "5", "--from", "2025-11-03", .. api]);
        Assert.Equal(1, unknown.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_late_reading_of_a_closed_day_is_told_on_both_days()
    {
        await using var service = await SmallService.StartAsync();
        await service.ConnectAsync();
        var sequence = 2;
        foreach (var (hour, kwh) in ((int, int)[])[(22, 100), (23, 101), (25, 107), (29, 108), (24, 102), (54, 110)])
        {
            var at = SmallService.Start + TimeSpan.FromHours(hour);
            if (at > service.Clock.Now()) service.Clock.MoveTo(at);
            await service.Engine.DrainAsync(Stopping);
            await service.PushAsync(1, at, Energy.FromKwh(kwh), sequence);
            await service.HeardAsync(Ingest.Gdw3761.Afn.Confirm, sequence++);
        }

        await service.Engine.DrainAsync(Stopping);
        var image = await service.Inner.Registry.LoadAsync(Stopping);
        var index = new Host.Api.RegistryIndex(image, service.Clock.Now(), 0);
        var port = RegistryReports.Over(index, service.Inner.Histories, LocalZone.China, new());
        var (_, explanation) = await new Explainer(port).ExplainAsync(
            SmallService.Account, Day(2025, 11, 3), Day(2025, 11, 5), Stopping);

        Assert.DoesNotContain(explanation!.Ties, tie => !tie.Holds);
        Assert.Equal([true, true, false], explanation.Days.Select(day => day.IsClosed));
        var moved = new ExplainedCorrection("2025-11-03", "2025-11-04", "0.557300000000", "0.56");
        Assert.Equal(moved, Assert.Single(explanation.Days[0].Corrections));
        Assert.Equal(moved, Assert.Single(explanation.Days[1].Corrections));
        Assert.Equal("0.557300000000", explanation.Days[0].Charge.ChangedLater);
        Assert.Equal("-0.002700000000", explanation.Days[1].Charge.TakenUp);
        Assert.True(explanation.Close.IsNow);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/accounts/5/explain?from=2025-11-03", 404, "account-unknown")]
    [InlineData("/accounts/800001/explain", 400, "query-malformed")]
    [InlineData("/accounts/800001/explain?from=2025-11-31", 400, "query-malformed")]
    [InlineData("/accounts/800001/explain?from=2025-11-03&to=tomorrow", 400, "query-malformed")]
    [InlineData("/accounts/800001/explain?from=2025-11-03&to=2025-11-02", 400, "days-reversed")]
    [InlineData("/accounts/800001/explain?from=2025-01-01&to=2025-12-31", 422, "too-many-days")]
    public async Task A_bad_question_is_refused_with_a_stable_tag(string path, int status, string tag)
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        (await service.GetAsync(path)).IsProblem(status, tag);
    }

    private static async Task<Explanation> ExplainAsync(
        RunningService service, AccountId account, string from, string to)
    {
        var answer = await service.GetAsync($"/accounts/{account}/explain?from={from}&to={to}");
        Assert.True(answer.Status == 200, answer.Text);
        return System.Text.Json.JsonSerializer.Deserialize<Explanation>(answer.Text, Host.Cli.ServiceClient.Form)!;
    }

    private static async Task<ReportPort> PortAsync(RunningService service) => RegistryReports.Over(
        new(await service.Host.Store.Registry.LoadAsync(Stopping), RunningService.Start, 0),
        service.Host.Store.Histories,
        LocalZone.China,
        new());

    private static ServiceDay Day(int year, int month, int day) => ServiceDay.Of(new(year, month, day));

    private static decimal Exact(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One stored charge is another.</summary>
    private sealed class Tampered(IHistoryStore inner) : IHistoryStore
    {
        public async Task<AccountHistory?> ReadAsync(HistoryQuery query, CancellationToken stopping)
        {
            var history = (await inner.ReadAsync(query, stopping))!;
            var readings = history.Readings.ToDictionary(
                pair => pair.Key,
                IReadOnlyList<RatedReading> (pair) =>
                    [.. pair.Value.Select((row, i) => i == 5 ? row with { Charge = row.Charge + 1 } : row)]);
            return history with { Readings = readings };
        }
    }
}
