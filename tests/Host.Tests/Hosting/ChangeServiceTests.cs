using Meters.Host.Access;
using Meters.Host.Demo;
using Meters.Host.Tests.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace Meters.Host.Tests.Hosting;

public class ChangeServiceTests
{
    private static readonly string Json = DemoPlan.TariffJson["flat"]
        .Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)
        .Replace("2012-07-01", "2025-12-01", StringComparison.Ordinal)
        .Replace("0.5573", "0.6", StringComparison.Ordinal);

    private static readonly string Change = $$"""{"kind":"tariff","id":"flat","version":2,"document":{{Json}}}""";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_tariff_in_use_is_changed_by_two_persons_over_the_api()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var direct = $$"""
            {"id":"flat","version":2,"effectiveFrom":"2025-11-30T16:00:00Z","document":{{Json}}}
            """;
        (await service.PostAsync("/tariffs", Role.Billing, direct)).IsProblem(409, "approval-required");

        var proposed = await service.PostAsync("/changes", Role.Billing, Change);
        Assert.Equal(201, proposed.Status);
        Assert.Equal("proposed", proposed.Json.GetProperty("state").GetString());
        Assert.Equal("2025-11-30T16:00:00Z", proposed.Json.GetProperty("effectiveFrom").GetString());
        var id = proposed.Json.GetProperty("change").GetInt64();
        var own = await service.PostAsync($"/changes/{id}/approve", Role.Billing, "{}");
        own.IsProblem(403, "same-person");

        var approved = await SecondAsync(service, id, """{"note":"Read."}""");
        Assert.Equal((200, "scheduled"), (approved.Status, approved.Json.GetProperty("state").GetString()));
        (await SecondAsync(service, id, "{}")).IsProblem(409, "change-not-open");
        var detail = (await service.GetAsync($"/changes/{id}")).Json;
        Assert.Equal(
            ["proposed person.billing ", "scheduled chen.yu Read."],
            detail.GetProperty("history").EnumerateArray().Select(step =>
                $"{step.GetProperty("state").GetString()} {step.GetProperty("by").GetString()} "
                + step.GetProperty("note").GetString()));
        Assert.Equal(2, (await service.GetAsync("/tariffs/flat")).Items.Length);
        Assert.Single((await service.GetAsync("/changes?state=scheduled")).Items);
        Assert.Empty((await service.GetAsync("/changes?state=proposed")).Items);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_account_moves_to_another_tariff_by_two_persons_over_the_api()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var account = service.Plan.Customers[0].Account;
        var (own, other) = (service.Plan.Customers[0].Tariff, service.Plan.Customers[1].Tariff);
        var from = "2026-03-01T00:00:00+08:00";
        var path = $"/accounts/{account}/tariff";
        (await service.PostAsync("/accounts/5/tariff", Role.Billing, $$"""{"tariff":"{{other}}","from":"{{from}}"}"""))
            .IsProblem(404, "account-unknown");
        (await service.PostAsync(path, Role.Cashier, $$"""{"tariff":"{{other}}","from":"{{from}}"}"""))
            .IsProblem(403, "role-missing");
        (await service.PostAsync(path, Role.Billing, """{"tariff":"a b","from":"tomorrow"}"""))
            .IsProblem(422, "content-refused");
        (await service.PostAsync(path, Role.Billing, $$"""{"tariff":"none","from":"{{from}}"}"""))
            .IsProblem(422, "version-refused");
        (await service.PostAsync(path, Role.Billing, $$"""{"tariff":"{{other}}","from":"2025-01-01T00:00:00Z"}"""))
            .IsProblem(422, "reason-missing");

        var proposed = await service.PostAsync(path, Role.Billing, $$"""{"tariff":"{{other}}","from":"{{from}}"}""");
        Assert.Equal((201, "account_tariff"), (proposed.Status, proposed.Json.GetProperty("kind").GetString()));
        var id = proposed.Json.GetProperty("change").GetInt64();
        (await service.PostAsync($"/changes/{id}/approve", Role.Billing, "{}")).IsProblem(403, "same-person");
        Assert.Equal(200, (await SecondAsync(service, id, "{}")).Status);

        var tariffs = (await service.GetAsync($"/accounts/{account}/tariffs")).Json.EnumerateArray().ToList();
        Assert.Equal([own, other], tariffs.Select(one => one.GetProperty("tariff").GetString()));
        Assert.Equal("2026-02-28T16:00:00Z", tariffs[1].GetProperty("from").GetString());
        var many = $$"""
            [{"account":{{account}},"tariff":"{{own}}","from":"2026-04-01T00:00:00+08:00"},
             {"account":{{account}},"tariff":"none","from":"{{from}}"}]
            """;
        var refused = await service.PostAsync("/account-tariffs", Role.Billing, many);
        refused.IsProblem(422, "content-refused");
        Assert.Empty((await service.GetAsync("/changes?state=proposed")).Items);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/changes?state=open", "", 400, "query-malformed")]
    [InlineData("/changes/77", "", 404, "change-unknown")]
    [InlineData("/changes/77/approve", "{}", 404, "change-unknown")]
    [InlineData("/changes/77/reject", "{}", 422, "content-refused")] // A rejection says why.
    [InlineData("/changes/77/reject", """{"note":"a\nb"}""", 422, "content-refused")]
    [InlineData("/changes/77/withdraw", """{"person":"x"}""", 400, "body-malformed")]
    [InlineData("/changes", """{"kind":"tax","id":"a b","version":0,"document":[]}""", 422, "content-refused")]
    [InlineData("/changes", """{"kind":"policy","id":"p","version":1,"document":{}}""", 422, "content-refused")]
    [InlineData("/changes", """{"kind":"tariff","id":"t","version":1,"document":{}}""", 422, "version-refused")]
    [InlineData("/changes", """{"kind":"tariff"}""", 400, "body-malformed")]
    public async Task A_bad_request_is_refused_with_a_stable_tag(string path, string body, int status, string tag)
    {
        await using var service = await RunningService.StartAsync();
        var answer = body.Length == 0
            ? await service.GetAsync(path)
            : await service.PostAsync(path, Role.Billing, body);
        answer.IsProblem(status, tag);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_of_the_past_is_refused_without_a_reason()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var past = Change.Replace("2025-12-01", "2025-10-01", StringComparison.Ordinal);
        (await service.PostAsync("/changes", Role.Billing, past)).IsProblem(422, "reason-missing");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_import_of_a_version_in_use_becomes_a_proposal_and_says_so()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "flat-2.json");
        await File.WriteAllTextAsync(file, Json, Stopping);

        var ended = await ProgramRun.RunAsync(
            folder.Path, "import", "tariff", file, "--reason", "decree 12",
            "--api", service.Host.Api.ToString(), "--key", service.Key(Role.Billing));

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.Contains("proposed as change 1", ended.Out, StringComparison.Ordinal);
        var change = Assert.Single((await service.GetAsync("/changes")).Items);
        Assert.Equal("decree 12", change.GetProperty("reason").GetString());
    }

    private static async Task<Api.ApiAnswer> SecondAsync(RunningService service, long change, string body)
    {
        var issuer = service.Host.Services.GetRequiredService<KeyIssuer>();
        var name = $"second {service.Clock.GetUtcNow().Ticks} {body.Length}";
        var (_, key) = await issuer.IssueAsync(name, new("chen.yu"), [Role.Billing], Stopping);
        using var http = new HttpClient { BaseAddress = service.Host.Api };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var path = new Uri($"changes/{change}/approve", UriKind.Relative);
        using var response = await http.PostAsync(path, content, Stopping);
        return new(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(Stopping),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers);
    }
}
