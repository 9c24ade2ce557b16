using System.Text.Json;
using Meters.Host.Access;
using Meters.Ingest.Dlt645;

namespace Meters.Host.Tests.Hosting;

/// <summary>The program's parts together: real listeners, real engine, real store, and a field on TCP.</summary>
public sealed class ServiceTests
{
    private static readonly string[] Secured = ["get", "post", "put", "delete", "patch"];

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Nothing_answers_without_a_key_but_health()
    {
        await using var service = await RunningService.StartAsync();
        var paths = (await service.GetAsync("/openapi/v1.json")).Json.GetProperty("paths");
        var asked = 0;
        foreach (var path in paths.EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject().Where(m => Secured.Contains(m.Name)))
            {
                var at = path.Name.Replace("{id}", "1", StringComparison.Ordinal)
                    .Replace("{address}", "4403-00001", StringComparison.Ordinal)
                    .Replace("{kind}", "dispute", StringComparison.Ordinal)
                    .Replace("{name}", "x", StringComparison.Ordinal);
                var answer = await service.SendAsync(
                    new(method.Name), at, null, method.Name == "post" ? "{}" : null);
                if (at.StartsWith("/health/", StringComparison.Ordinal)) Assert.Equal(200, answer.Status);
                else answer.IsProblem(401, "key-missing");
                asked++;
            }
        }

        Assert.InRange(asked, 100, 300);
        (await service.GetAsync("/openapi/v1.json", null)).IsProblem(401, "key-missing");
    }

    [Fact(Timeout = 60_000)]
    public async Task Wrong_method_body_type_size_and_address_have_their_own_answer()
    {
        await using var service = await RunningService.StartAsync();

        (await service.SendAsync(HttpMethod.Put, "/payments", Role.Cashier, "{}")).IsProblem(405, "method-not-allowed");
        (await service.SendAsync(HttpMethod.Post, "/payments", Role.Cashier, "a=b", "text/plain"))
            .IsProblem(415, "media-type-unsupported");
        (await service.PostAsync("/payments", Role.Cashier, new string(' ', 300_000) + "{}"))
            .IsProblem(413, "body-too-large");
        (await service.PostAsync("/payments", Role.Cashier, "{")).IsProblem(400, "body-malformed");
        (await service.GetAsync("/nothing")).IsProblem(404, "not-found");
        (await service.GetAsync("/accounts/1")).IsProblem(404, "account-unknown");
        (await service.PostAsync("/payments", Role.Reader, "{}")).IsProblem(403, "role-missing");
        (await service.PostAsync("/accounts", Role.Admin,
            """
            {"id":1,"name":"A","currency":"CNY","tariff":"none","policy":"none","sanctionedWatts":8000}
            """)).IsProblem(422, "reference-unknown");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_payment_is_taken_once_and_never_rounded()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        const string Body =
            """{"key":"till/1","account":800001,"amount":"50.00","currency":"CNY","channel":"counter"}""";
        var before = await BalanceAsync(service, 800_001);

        var posted = await service.PostAsync("/payments", Role.Cashier, Body);
        var again = await service.PostAsync("/payments", Role.Cashier, Body);
        var other = await service.PostAsync(
            "/payments", Role.Cashier, Body.Replace("50.00", "60.00", StringComparison.Ordinal));
        var fine = await service.PostAsync(
            "/payments", Role.Cashier, Body.Replace("50.00", "1.234", StringComparison.Ordinal));

        Assert.Equal((201, 200), (posted.Status, again.Status));
        Assert.Equal(posted.Text, again.Text);
        other.IsProblem(409, "key-reused-with-other-content");
        fine.IsProblem(422, "amount-too-fine");
        Assert.Equal(before + 50m, await BalanceAsync(service, 800_001));
        Assert.Equal("person.cashier", posted.Json.GetProperty("takenBy").GetString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Readings_pushed_by_the_field_are_read_back_as_exact_decimals()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 3);
        var meter = service.Field.Meter(4);

        var answer = await service.GetAsync($"/meters/{meter.Id}/readings?from=2025-11-01T00:00:00Z");

        var sent = service.Field.Truth.ReadingsOf(4);
        Assert.Equal(
            sent.Select(reading => (reading.At.ToString(), Decimals.Format(reading.Register.TenthsWh, 4))),
            answer.Items.Select(row => (row.GetProperty("at").GetString()!, row.GetProperty("kwh").GetString()!)));
        Assert.Equal(4, sent.Count);
        var frame = answer.Items[0].GetProperty("frame").GetString();
        var raw = await service.GetAsync($"/frames/{frame}", Role.Auditor);
        Assert.StartsWith("68", raw.Json.GetProperty("hex").GetString(), StringComparison.Ordinal);
        var totals = (await service.GetAsync("/totals")).Json;
        Assert.Equal(service.Field.Truth.ReadingsSent, totals.GetProperty("readings").GetInt64());
        Assert.Equal(2, totals.GetProperty("sessions").GetInt32());
        var live = (await service.GetAsync("/concentrators")).Items;
        Assert.All(live, concentrator => Assert.True(concentrator.GetProperty("live").GetBoolean()));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_person_cuts_and_closes_over_the_api_and_the_relay_follows()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 2);
        const string Commands = "/accounts/800003/commands";

        var cut = await service.PostAsync(Commands, Role.Control, """{"kind":"trip","reason":"works at the riser"}""");
        await service.AdvanceAsync(TimeSpan.FromMinutes(20));
        var relayAfterCut = service.Field.Truth.RelayOf(2);
        var close = await service.PostAsync(Commands, Role.Control, """{"kind":"close","reason":"works are done"}""");
        await service.AdvanceAsync(TimeSpan.FromMinutes(20));

        Assert.Equal((202, 202), (cut.Status, close.Status));
        Assert.Equal(RelayState.Open, relayAfterCut);
        Assert.Equal(RelayState.Closed, service.Field.Truth.RelayOf(2));
        var rows = (await service.GetAsync(Commands)).Items.Where(row => Text(row, "origin") == "manual").ToArray();
        Assert.Equal(["close", "trip"], rows.Select(row => Text(row, "kind")));
        Assert.All(rows, row => Assert.Equal("confirmed", Text(row, "state")));
        Assert.All(rows, row => Assert.Equal("person.control", Text(row, "requestedBy")));
        (await service.PostAsync(Commands, Role.Control, """{"kind":"explode","reason":"x"}"""))
            .IsProblem(422, "content-refused");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_household_that_does_not_pay_is_explained_in_its_decisions_and_a_hold_can_be_set_and_lifted()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(hours: 12);
        var poorest = 0L;
        foreach (var customer in service.Plan.Customers)
        {
            var decisions = (await service.GetAsync($"/accounts/{customer.Account}/decisions")).Items;
            if (decisions.Length > 0) poorest = customer.Account.Value;
        }

        Assert.True(poorest > 0, "Nobody crossed a threshold: the field uses too little.");
        var decision = (await service.GetAsync($"/accounts/{poorest}/decisions")).Items[0];
        Assert.NotEqual(JsonValueKind.Undefined, decision.ValueKind);
        var holds = $"/accounts/{poorest}/holds";
        var hold = await service.PostAsync(
            holds, Role.Control, """{"kind":"dispute","until":"2025-12-01T00:00:00+08:00","note":"meter is tested"}""");
        var standing = (await service.GetAsync(holds)).Items;
        var lifted = await service.SendAsync(HttpMethod.Delete, holds + "/dispute", Role.Control);
        Assert.Equal((201, 204), (hold.Status, lifted.Status));
        Assert.Equal("person.control", Text(Assert.Single(standing), "by"));
        Assert.Empty((await service.GetAsync(holds)).Items);
        (await service.SendAsync(HttpMethod.Delete, holds + "/dispute", Role.Control)).IsProblem(404, "hold-unknown");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_an_unregistered_concentrator_sends_is_kept_where_an_operator_finds_it()
    {
        await using var service = await RunningService.StartAsync(homes: 10);
        await service.Field.StartAsync(Stopping);
        // Its frames stay unconfirmed, so the push does not end by itself.
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        var pushing = service.Field.PushHourAsync(RunningService.Start, giveUp.Token);

        var kept = await service.GetAsync("/quarantine/unregistered", Role.Auditor);
        while (kept.Items.Length == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stopping);
            kept = await service.GetAsync("/quarantine/unregistered", Role.Auditor);
        }

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pushing);
        Assert.Equal(service.Field.Concentrators[0].Address.ToString(), Text(kept.Items[0], "concentrator"));
        Assert.Empty((await service.GetAsync("/quarantine?kind=unknown_fn", Role.Billing)).Items);
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "";

    private static async Task<decimal> BalanceAsync(RunningService service, long account)
    {
        var answer = await service.GetAsync($"/accounts/{account}/balance");
        var text = answer.Json.GetProperty("balance").GetProperty("amount").GetString()!;
        return decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
