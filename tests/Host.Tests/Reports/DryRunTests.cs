using System.Text.Json;
using Meters.Billing.Accounts;
using Meters.Control.Policies;
using Meters.Host.Access;
using Meters.Host.Cli;
using Meters.Host.Demo;
using Meters.Host.Reports;
using Meters.Host.Tests.Cli;
using Meters.Host.Tests.Hosting;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Reports;

public class DryRunTests
{
    private static readonly string Flat = DemoPlan.TariffJson["flat"];
    private static readonly string Policy = ShippedPolicies.Json(DemoPlan.Policy);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("flat")]
    [InlineData("bj-month")]
    [InlineData("zj-year")]
    public async Task The_tariff_in_force_changes_nothing(string id)
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 54);

        var result = await RunAsync(service, Order(DemoPlan.TariffJson[id]));

        Assert.Equal(result.Totals.Old, result.Totals.New);
        Assert.NotEqual("0.00", result.Totals.Old);
        Assert.Equal((0, 0, result.AccountsOn), (Pays(result).More, Pays(result).Less, Pays(result).Same));
        Assert.All(result.Rungs, rung => Assert.Equal((0, 0), (rung.OnlyOld, rung.OnlyNew)));
        Assert.Empty(result.RecordedOtherwise);
        Assert.Empty(result.Skipped);
        foreach (var account in result.Accounts)
        {
            var days = await service.Host.Store.Queries.DayChargesAsync(new(account.Account), 10, Stopping);
            Assert.Equal(Decimals.Format(days.Sum(day => day.Posted.Minor), 2), account.Old);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_price_twice_as_high_costs_everybody_twice_as_much_and_brings_them_down_the_ladder()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 54);

        var result = await RunAsync(service, Order(Flat.Replace("0.5573", "1.1146", StringComparison.Ordinal)));

        Assert.Equal((result.AccountsOn, 0, 0), (Pays(result).More, Pays(result).Less, Pays(result).Same));
        Assert.Equal(result.AccountsOn, result.Totals.Shares[^1].Accounts);
        foreach (var account in result.Accounts)
        {
            Assert.InRange(Minor(account.New) - (2 * Minor(account.Old)), -1, 1);
            Assert.Equal(Minor(account.New) - Minor(account.Old), Minor(account.Change));
        }

        // Added up exactly and rounded once: off from the sum of rounded amounts by less than half a cent each.
        Assert.InRange(
            (2 * result.Accounts.Sum(account => Minor(account.New))) - (2 * Minor(result.Totals.New)),
            -result.AccountsOn - 1,
            result.AccountsOn + 1);
        Assert.All(result.Rungs, rung => Assert.Equal((0, rung.New - rung.Old), (rung.OnlyOld, rung.OnlyNew)));
        Assert.Contains(result.Rungs, rung => rung.OnlyNew > 0);
        var rises = result.Totals.LargestRises.Select(account => Minor(account.Change)).ToList();
        Assert.Equal(rises.OrderDescending(), rises);
        Assert.Empty(result.Totals.LargestFalls);
    }

    [Fact(Timeout = 120_000)]
    public async Task As_it_is_the_replay_finds_the_crossings_that_there_were()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 70);
        var result = await RunAsync(service, Order(Policy) with { From = Day(2025, 11, 4), To = Day(2025, 11, 5) });

        var from = LocalZone.China.ToInstant(new DateTime(2025, 11, 4));
        var to = LocalZone.China.ToInstant(new DateTime(2025, 11, 6));
        var fell = new List<Crossing>();
        foreach (var customer in service.Plan.Customers)
        {
            var all = await service.Host.Store.Queries.CrossingsAsync(customer.Account, 100, Stopping);
            fell.AddRange(all.Where(c => c.Direction == CrossingDirection.Fell && c.At > from && c.At <= to));
        }

        Assert.NotEmpty(fell);
        foreach (var (i, rung) in result.Rungs.Index())
        {
            // A level in days of own use moves at the day's close, some hours after the day's end.
            if (rung.Rung != "warn") Assert.Equal(fell.Count(crossing => crossing.Threshold == i), rung.OldFalls);
        }

        Assert.All(result.Rungs, rung => Assert.Equal(rung.OldFalls, rung.NewFalls));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stricter_policy_warns_more_and_charges_the_same()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 54);
        var stricter = Policy.Replace(
            "{ \"percentOfLastPurchase\": 30 }", "{ \"percentOfLastPurchase\": 95 }", StringComparison.Ordinal);
        Assert.NotEqual(Policy, stricter);

        var result = await RunAsync(service, Order(stricter));

        Assert.Equal(("0.00", service.Plan.Customers.Count), (result.Totals.Change, Pays(result).Same));
        Assert.True(result.Rungs[0].OnlyNew > 0);
        Assert.Equal(result.Rungs[0].OnlyNew, result.Rungs[0].New - result.Rungs[0].Old);
        Assert.Equal(result.Rungs[^1].Old, result.Rungs[^1].New); // Nobody is cut who was not.
    }

    [Fact(Timeout = 120_000)]
    public async Task The_answer_is_the_same_each_time_over_the_service_and_from_the_store_and_nothing_is_changed()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 30);
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "flat.json");
        await File.WriteAllTextAsync(file, Flat.Replace("0.5573", "0.51", StringComparison.Ordinal), Stopping);
        string[] run = ["dry-run", file, "--from", "2025-11-03", "--to", "2025-11-04", "--json"];
        string[] api = ["--api", service.Host.Api.ToString(), "--key", service.Key(Role.Billing)];
        var before = await service.GetAsync("/totals");

        var first = await ProgramRun.RunAsync(folder.Path, [.. run, .. api]);
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Equal(first.Out, (await ProgramRun.RunAsync(folder.Path, [.. run, .. api])).Out);
        Assert.Equal(first.Out, (await ProgramRun.RunAsync(folder.Path, [.. run, "--store", service.Store])).Out);
        Assert.Equal(before.Text, (await service.GetAsync("/totals")).Text);
        Assert.Single((await service.GetAsync("/tariffs/flat")).Items);
        var text = await ProgramRun.RunAsync(folder.Path, [.. run[..^1], .. api, "--accounts", "2"]);
        Assert.Contains("2 of 7 accounts tried, an even sample", text.Out, StringComparison.Ordinal);
        Assert.Contains("0 pay more, 2 pay less, 0 the same", text.Out, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{}", "2025-11-03", "2025-11-04", 422, "version-refused")]
    [InlineData("{}", "2025-11-05", "2025-11-04", 400, "days-reversed")]
    [InlineData("{}", "2020-11-05", "2025-11-04", 422, "too-many-days")]
    [InlineData("{}", "yesterday", "2025-11-04", 422, "content-refused")]
    [InlineData("[]", "2025-11-03", "2025-11-04", 422, "content-refused")]
    [InlineData("other", "2025-11-03", "2025-11-04", 404, "nobody-on-it")]
    [InlineData("EUR", "2025-11-03", "2025-11-04", 422, "version-refused")]
    public async Task A_bad_question_is_refused_with_a_stable_tag(
        string document, string from, string to, int status, string tag)
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        document = document switch
        {
            "other" => Flat.Replace("\"flat\"", "\"other\"", StringComparison.Ordinal),
            "EUR" => Flat.Replace("CNY", "EUR", StringComparison.Ordinal),
            _ => document,
        };
        var body = $$"""{"kind":"tariff","document":{{document}},"from":"{{from}}","to":"{{to}}"}""";
        var answer = await service.PostAsync("/dry-runs", Role.Billing, body);
        answer.IsProblem(status, tag);
    }

    [Fact]
    public void A_sample_is_even_and_always_the_same()
    {
        var all = Enumerable.Range(1, 10).Select(i => Engine.SmallService.AccountOf(new(i))).ToList();
        Assert.Equal([1L, 4, 7], DryRun.SampleOf(all, 3).Select(account => account.Id.Value));
        Assert.Equal(all, DryRun.SampleOf(all, 10));
        Assert.Equal(all, DryRun.SampleOf(all, 99));
    }

    private static DryRunOrder Order(string json) => new(
        json.Contains("rungs", StringComparison.Ordinal) ? ChangeKind.Policy : ChangeKind.Tariff,
        json, Day(2025, 11, 3), Day(2025, 11, 4), null, null);

    private static async Task<DryRunResult> RunAsync(RunningService service, DryRunOrder order)
    {
        using var document = JsonDocument.Parse(order.Json);
        using var client = new ServiceClient(service.Host.Api, service.Key(Role.Billing));
        var answer = await client.PostAsync(
            "/dry-runs",
            new Host.Api.DryRunRequest(
                Host.Api.Tags.Of(order.Kind), document.RootElement, $"{order.From}", $"{order.To}"),
            Stopping);
        Assert.True(answer.IsGood, answer.Text);
        return JsonSerializer.Deserialize<DryRunResult>(answer.Text, ServiceClient.Form)!;
    }

    private static (int More, int Less, int Same) Pays(DryRunResult result) =>
        (result.Totals.PayMore, result.Totals.PayLess, result.Totals.PayTheSame);

    private static long Minor(string amount) => Decimals.TryParse(amount, 2, out var minor)
        ? minor
        : throw new FormatException(amount);

    private static ServiceDay Day(int year, int month, int day) => ServiceDay.Of(new(year, month, day));
}
