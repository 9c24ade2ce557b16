using System.Text.Json;
using Meters.Control.Customers;
using Meters.Control.Notices;
using Meters.Host.Access;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Hosting;

public class StandingServiceTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_hospital_is_flagged_with_a_reason_and_is_never_cut_from_then_on()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var id = service.Plan.Customers[0].Account.Value;
        var path = $"/accounts/{id}/flags";
        var answer = await PutAsync(service, path, Role.Control, """{"flags":["hospital"],"reason":"Ward 3."}""");
        Assert.Equal(200, answer.Status);
        Assert.True(answer.Json.GetProperty("neverCut").GetBoolean());
        var account = (await service.GetAsync($"/accounts/{id}")).Json.GetProperty("account");
        Assert.Equal(["hospital"], account.GetProperty("flags").EnumerateArray().Select(one => one.GetString()));
        Assert.True(account.GetProperty("neverCut").GetBoolean());
        (await service.PostAsync($"/accounts/{id}/commands", Role.Control, """{"kind":"trip","reason":"x"}"""))
            .IsProblem(409, "command-refused");

        var line = Assert.Single((await service.GetAsync($"/accounts/{id}/standing/log")).Items);
        Assert.Equal(
            ("flags", "", "hospital", "person.control", "Ward 3."),
            (Of(line, "field"), Of(line, "old"), Of(line, "new"), Of(line, "by"), Of(line, "reason")));
        await PutAsync(service, path, Role.Control, """{"flags":[],"reason":"Closed."}""");
        Assert.False((await service.GetAsync($"/accounts/{id}/standing")).Json.GetProperty("neverCut").GetBoolean());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("flags", """{"flags":["hospital"]}""", 400, "body-malformed")]
    [InlineData("flags", """{"flags":["hospital"],"reason":" "}""", 422, "content-refused")]
    [InlineData("flags", """{"flags":["palace"],"reason":"x"}""", 422, "content-refused")]
    [InlineData("flags", """{"flags":["social","social"],"reason":"x"}""", 422, "content-refused")]
    [InlineData("reach", """{"reason":"x","phone":"12"}""", 422, "content-refused")]
    [InlineData("reach", """{"reason":"x","email":"nobody"}""", 422, "content-refused")]
    [InlineData("reach", """{"reason":"","phone":"+8613800000001"}""", 422, "content-refused")]
    public async Task A_faulty_change_is_refused_and_nothing_changes(string part, string body, int status, string tag)
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var id = service.Plan.Customers[0].Account.Value;
        var role = part == "flags" ? Role.Control : Role.Billing;
        (await PutAsync(service, $"/accounts/{id}/{part}", role, body)).IsProblem(status, tag);
        Assert.Empty((await service.GetAsync($"/accounts/{id}/standing/log")).Items);
        (await PutAsync(service, $"/accounts/999999/{part}", role,
            part == "flags" ? """{"flags":[],"reason":"x"}""" : """{"reason":"x"}"""))
            .IsProblem(404, "account-unknown");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_number_is_work_for_the_office_until_it_changes()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var account = service.Plan.Customers[0].Account;
        Assert.True(service.Engine.TryFindAccount(account, out var record));
        for (var i = 0; i < 2; i++)
        {
            await service.Engine.Standings.ReportPhoneAsync(
                account, record.Phone, delivered: false, "report 2 NACK/", Stopping);
        }

        var listed = Assert.Single((await service.GetAsync("/wrong-numbers")).Items);
        Assert.Equal(account.Value, listed.GetProperty("account").GetInt64());
        var mark = listed.GetProperty("wrongNumber");
        Assert.Equal(
            (record.Phone, RunningService.Start.ToString(), 2, "report 2 NACK/"),
            (Of(mark, "phone"), Of(mark, "since"), mark.GetProperty("reports").GetInt32(), Of(mark, "detail")));

        var changed = await PutAsync(
            service, $"/accounts/{account.Value}/reach", Role.Billing,
            """{"reason":"She called.","phone":"+86 139-0000-0009","email":"ann@home.example"}""");
        Assert.Equal(("+8613900000009", "ann@home.example"), (Of(changed.Json, "phone"), Of(changed.Json, "email")));
        Assert.Equal(JsonValueKind.Null, changed.Json.GetProperty("wrongNumber").ValueKind);
        Assert.Empty((await service.GetAsync("/wrong-numbers")).Items);
        var shown = (await service.GetAsync($"/accounts/{account.Value}")).Json.GetProperty("account");
        Assert.Equal("+8613900000009", Of(shown, "phone"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Classes_are_made_once_a_month_from_what_was_bought()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync(); // Everybody bought, this month.
        Assert.Equal(service.Plan.Customers.Count, await service.Engine.Standings.MakeClassesAsync(Stopping));
        Assert.Null(await service.Engine.Standings.MakeClassesAsync(Stopping));
        Assert.All(service.Plan.Customers, one =>
            Assert.Equal(ValueClass.C, service.Engine.Registry.StandingOf(one.Account).Class));

        service.Clock.SetUtcNow(LocalZone.China.ToInstant(new DateTime(2025, 12, 1)).ToDateTimeOffset());
        Assert.True(await service.Engine.Standings.MakeClassesAsync(Stopping) > 0);
        var volumes = await service.Host.Store.Standings.VolumesAsync(
            RunningService.Start, RunningService.Start + TimeSpan.FromDays(1), Stopping);
        var best = volumes.OrderByDescending(one => one.Volume).ThenBy(one => one.Account).First();
        Assert.True(best.Volume > 0);
        var shown = (await service.GetAsync($"/accounts/{best.Account.Value}")).Json.GetProperty("account");
        Assert.Equal("A", Of(shown, "valueClass"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Texts_are_listed_with_their_length_and_a_new_one_is_checked_before_it_is_proposed()
    {
        await using var service = await RunningService.StartAsync();
        var texts = (await service.GetAsync("/notice-templates")).Items;
        Assert.Equal(12, texts.Length);
        var chinese = texts.Single(one => Of(one, "id") == "warn.zh");
        Assert.Equal(("ucs2", 2), (Of(chinese, "coding"), chinese.GetProperty("parts").GetInt32()));
        const string Document =
            """
            {"id":"warn.en","version":2,"kind":"warn","language":"en","text":"{account} {balance}{next}",
             "cutAhead":" Cut from {cutNotBefore}."}
            """;
        var preview = await service.PostAsync(
            "/notice-templates/preview", Role.Billing, $$"""{"document":{{Document}}}""");
        Assert.Equal(("gsm7", 1), (Of(preview.Json, "coding"), preview.Json.GetProperty("parts").GetInt32()));
        Assert.Contains("9999999999", Of(preview.Json, "longest"), StringComparison.Ordinal);
        (await service.PostAsync("/notice-templates/preview", Role.Billing, """{"document":{"id":"x"}}"""))
            .IsProblem(422, "content-refused");
        var proposed = await service.PostAsync(
            "/changes", Role.Billing,
            "{\"kind\":\"notice_template\",\"id\":\"warn.en\",\"version\":2,"
            + "\"effectiveFrom\":\"2026-01-01T00:00:00Z\",\"document\":" + Document + "}");
        Assert.Equal((201, "notice_template"), (proposed.Status, Of(proposed.Json, "kind")));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_customer_with_a_concentrator_of_his_own_reads_the_warning_on_its_display()
    {
        await using var service = await RunningService.StartAsync(
            1, 0, null, ("Notices:TerminalText", "1"), ("Notices:Channels", "terminal_text,sms"));
        await service.RunAsync(hours: 1);
        var account = service.Plan.Customers[0].Account;
        var store = service.Host.Store;
        var image = (await store.Control.FindCaseAsync(account, Stopping))!;
        var notice = new Notice(
            default, account, NoticeKind.Warn, "+8613800000001", "zh", "余额不足", NoticeState.Queued, service.Now,
            service.Now, 0, null, null);
        await store.Control.CommitAsync([new(image.Case.Revision, image.Case, [], [], [notice], null)], Stopping);
        await service.Engine.DrainAsync(Stopping);

        var shown = (await service.GetAsync($"/accounts/{account.Value}/notices")).Items[0];
        Assert.Equal(
            ("delivered", "terminal_text", 1),
            (Of(shown, "state"), Of(shown, "channel"), shown.GetProperty("attempts").GetInt32()));
        var tried = Assert.Single(shown.GetProperty("tried").EnumerateArray());
        Assert.Equal(("terminal_text", "delivered"), (Of(tried, "channel"), Of(tried, "outcome")));
        Assert.Equal("余额不足", service.Field.Concentrators[0].Texts[1].Text);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_display_that_others_see_shows_nothing()
    {
        await using var service = await RunningService.StartAsync(5, 0, null, ("Notices:TerminalText", "1"));
        await service.RunAsync(hours: 1);
        var account = service.Plan.Customers[0].Account;
        Assert.True(service.Engine.Registry.TryRelay(account, out var relay));
        Assert.False(service.Engine.Registry.ServesOnly(relay.Terminal, account));
        var facts = (await service.Engine.Cases.FactsAsync(account, Stopping))!;
        Assert.False(facts.Customer.ReachableOtherwise);
    }

    private static Task<Api.ApiAnswer> PutAsync(RunningService service, string path, Role role, string body) =>
        service.SendAsync(HttpMethod.Put, path, role, body);

    private static string? Of(JsonElement element, string name) => element.GetProperty(name).GetString();
}
