using Meters.Control.Notices;
using Meters.Host.Access;
using static Meters.Host.Tests.Api.Samples;

namespace Meters.Host.Tests.Api;

public sealed class ApiTests
{
    [Fact(Timeout = 30_000)]
    public async Task Accounts_meters_and_concentrators_are_added_and_shown()
    {
        await using var server = await Samples.StartAsync();

        var account = (await server.GetAsync("/accounts/1001")).Json;
        Assert.Equal("+8613800000001", account.GetProperty("account").GetProperty("phone").GetString());
        // Which shard is the engine's to decide at registration; the API names none.
        Assert.Equal(0, account.GetProperty("account").GetProperty("shard").GetInt32());
        Assert.Equal("-12.50", account.GetProperty("balance").GetProperty("balance").GetProperty("amount").GetString());
        Assert.Equal("2026-03-01T11:00:00Z", account.GetProperty("balance").GetProperty("asOf").GetString());
        Assert.Equal(9, account.GetProperty("meters")[0].GetInt64());
        Assert.Equal("unknown", account.GetProperty("supply").GetProperty("actual").GetString());
        Assert.Equal("000000000012", (await server.GetAsync("/meters/9")).Json.GetProperty("address").GetString());
        Assert.True((await server.GetAsync("/concentrators/4403-00004")).Json.GetProperty("live").GetBoolean());
        var balance = (await server.GetAsync("/accounts/1001/balance")).Json;
        Assert.Equal("CNY", balance.GetProperty("balance").GetProperty("currency").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bulk_addition_takes_an_array_and_a_list_is_bounded()
    {
        await using var server = await ApiServer.StartAsync();
        var many = string.Join(',', Enumerable.Range(1, 5).Select(i => Account.With("1001", $"{i}")));

        var added = await server.PostAsync("/accounts", Role.Billing, $"[{many}]");
        var first = await server.GetAsync("/accounts?max=2");
        var rest = await server.GetAsync("/accounts?after=2&max=3");

        Assert.Equal(5, added.Json.GetProperty("added").GetInt32());
        Assert.Equal([1L, 2L], first.Items.Select(item => item.GetProperty("id").GetInt64()));
        Assert.True(first.Json.GetProperty("more").GetBoolean());
        Assert.Equal([3L, 4L, 5L], rest.Items.Select(item => item.GetProperty("id").GetInt64()));
        Assert.False(rest.Json.GetProperty("more").GetBoolean());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bulk_addition_lists_all_faults_and_adds_nothing()
    {
        await using var server = await ApiServer.StartAsync();
        var bad = Account.With("CNY", "RMB").With("\"zh\"", "\"fr\"")
            .With("1001", "1002");

        var answer = await server.PostAsync("/accounts", Role.Billing, $"[{Account},{bad},{Account}]");

        answer.IsProblem(422, "content-refused");
        Assert.Equal(
            ["[1].language", "[1].currency", "[2].id"],
            answer.Json.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()!.Split(':')[0]));
        Assert.Empty(server.Store.Added.Accounts);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_registrys_refusals_have_their_own_types()
    {
        await using var server = await Samples.StartAsync();

        Assert.Equal(201, (await server.PostAsync("/accounts", Role.Billing, Account)).Status);
        (await server.PostAsync("/accounts", Role.Billing, Account.With("Wang", "Zhao"))).IsProblem(409,
            "registry-conflict");
        (await server.PostAsync("/meters", Role.Billing, Meter.With("1001", "4711"))).IsProblem(422,
            "reference-unknown");
        (await server.PostAsync("/meters", Role.Billing, "[]")).IsProblem(422, "content-refused");
    }

    [Fact(Timeout = 30_000)]
    public async Task The_place_of_a_fault_within_an_array_is_named()
    {
        await using var server = await ApiServer.StartAsync();

        var answer = await server.PostAsync("/accounts", Role.Billing, $$"""[{{Account}},{"id":2,"nick":"x"}]""");

        answer.IsProblem(400, "body-malformed");
        Assert.Equal("[1].nick", answer.Field);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ready_needs_the_engine_and_the_store_live_needs_neither()
    {
        await using var server = await ApiServer.StartAsync();
        server.IsReady = false;
        var loading = await server.GetAsync("/health/ready", null);
        server.IsReady = true;
        server.Store.IsAway = true;
        var away = await server.GetAsync("/health/ready", null);

        loading.IsProblem(503, "not-ready");
        away.IsProblem(503, "store-unavailable");
        Assert.NotNull(loading.Headers.RetryAfter);
        Assert.Equal(200, (await server.GetAsync("/health/live", null)).Status);
    }

    [Fact(Timeout = 30_000)]
    public async Task Readings_are_shown_in_kwh_with_their_exact_charge()
    {
        await using var server = await Samples.StartAsync();
        var channel = new ChannelId(new(9), RegisterKind.ForwardActive);
        for (var hour = 1; hour <= 3; hour++)
        {
            var at = Instant.Utc(2026, 3, 1, hour);
            var row = new Reading(channel, at, new(12_340_000 + hour), ReadingQuality.Actual, new(1L << 60));
            server.Store.Readings.Add(new(row, 2_690_000_000));
        }

        var all = (await server.GetAsync("/meters/9/readings")).Json;
        const string Span = "from=2026-03-01T02:00:00Z&to=2026-03-01T11:00:00%2B08:00";
        var some = (await server.GetAsync($"/meters/9/readings?{Span}&register=forward_active&max=1")).Json;
        var other = (await server.GetAsync("/meters/9/readings?register=reverse_active")).Json;

        Assert.Equal(3, all.GetProperty("items").GetArrayLength());
        var reading = Assert.Single(some.GetProperty("items").EnumerateArray());
        Assert.Equal("2026-03-01T02:00:00Z", reading.GetProperty("at").GetString());
        Assert.Equal("1234.0002", reading.GetProperty("kwh").GetString());
        Assert.Equal("0.002690000000", reading.GetProperty("charge").GetProperty("amount").GetString());
        Assert.Equal("1152921504606846976", reading.GetProperty("frame").GetString());
        Assert.True(some.GetProperty("more").GetBoolean());
        Assert.Equal(0, other.GetProperty("items").GetArrayLength());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("/meters/9/readings?register=heat", "register")]
    [InlineData("/meters/9/readings?from=yesterday", "from")]
    [InlineData("/meters/9/readings?to=2026-03-01", "to")]
    [InlineData("/meters/9/readings?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from")]
    [InlineData("/meters/9/readings?max=0", "max")]
    [InlineData("/meters/9/readings?max=10001", "max")]
    [InlineData("/meters/9/readings?max=ten", "max")]
    [InlineData("/accounts?after=x", "after")]
    public async Task A_bad_parameter_is_named(string path, string field)
    {
        await using var server = await Samples.StartAsync();

        var answer = await server.GetAsync(path);

        answer.IsProblem(400, "query-malformed");
        Assert.Equal(field, answer.Field);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("/accounts/4711", "account-unknown")]
    [InlineData("/accounts/4711/balance", "account-unknown")]
    [InlineData("/accounts/4711/payments", "account-unknown")]
    [InlineData("/accounts/4711/commands", "account-unknown")]
    [InlineData("/accounts/4711/decisions", "account-unknown")]
    [InlineData("/accounts/4711/notices", "account-unknown")]
    [InlineData("/accounts/4711/holds", "account-unknown")]
    [InlineData("/accounts/wang", "not-found")]
    [InlineData("/meters/4711", "meter-unknown")]
    [InlineData("/meters/4711/readings", "meter-unknown")]
    [InlineData("/concentrators/4403-00005", "concentrator-unknown")]
    [InlineData("/concentrators/x", "concentrator-unknown")]
    [InlineData("/tariffs/none", "tariff-unknown")]
    [InlineData("/policies/none", "policy-unknown")]
    public async Task What_is_not_there_is_404_with_its_own_type(string path, string tag)
    {
        await using var server = await Samples.StartAsync();

        (await server.GetAsync(path)).IsProblem(404, tag);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_tariff_version_keeps_its_document_and_its_poster()
    {
        await using var server = await ApiServer.StartAsync();
        const string Version =
            """
            {"id":"home","version":1,"effectiveFrom":"2026-01-01T00:00:00+08:00",
            "document":{"currency":"CNY", "price":"0.538"}}
            """;

        Assert.Equal(201, (await server.PostAsync("/tariffs", Role.Billing, Version)).Status);
        Assert.Equal(201, (await server.PostAsync("/tariffs", Role.Billing, Version.With(":1,", ":2,"))).Status);

        var newest = Assert.Single((await server.GetAsync("/tariffs")).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(2, newest.GetProperty("version").GetInt32());
        Assert.Equal("2025-12-31T16:00:00Z", newest.GetProperty("effectiveFrom").GetString());
        Assert.Equal("person.billing", newest.GetProperty("by").GetString());
        Assert.Equal("0.538", newest.GetProperty("document").GetProperty("price").GetString());
        Assert.Equal(2, (await server.GetAsync("/tariffs/home")).Items.Length);
        Assert.Equal("""{"currency":"CNY","price":"0.538"}""", server.Store.Added.Tariffs[0].Json);
        (await server.PostAsync("/policies", Role.Billing,
            """{"id":"a b","version":0,"effectiveFrom":"now","document":[]}"""))
            .IsProblem(422, "content-refused");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_command_is_taken_with_a_reason_or_refused_with_one()
    {
        await using var server = await Samples.StartAsync();

        var taken = await server.PostAsync("/accounts/1001/commands", Role.Control,
            """{"kind":"trip","reason":"fire brigade asked"}""");
        var silent = await server.PostAsync("/accounts/1001/commands", Role.Control,
            """{"kind":"trip","reason":" "}""");
        var unknown = await server.PostAsync("/accounts/1001/commands", Role.Control,
            """{"kind":"explode","reason":"x"}""");
        await server.PostAsync("/accounts", Role.Billing, Account.With("1001", "1002"));
        var refused = await server.PostAsync("/accounts/1002/commands", Role.Control,
            """{"kind":"trip","reason":"x"}""");

        Assert.Equal(202, taken.Status);
        Assert.Equal("person.control", taken.Json.GetProperty("requestedBy").GetString());
        Assert.Equal("queued", taken.Json.GetProperty("state").GetString());
        silent.IsProblem(422, "content-refused");
        unknown.IsProblem(422, "content-refused");
        refused.IsProblem(409, "command-refused");
        Assert.Contains("no meter with a relay", refused.Text, StringComparison.Ordinal);
        Assert.Single((await server.GetAsync("/accounts/1001/commands")).Items);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hold_is_set_shown_and_lifted()
    {
        await using var server = await Samples.StartAsync();
        const string Hold = """{"kind":"dispute","until":"2026-04-01T00:00:00Z","note":"bill 12 disputed"}""";

        Assert.Equal(201, (await server.PostAsync("/accounts/1001/holds", Role.Control, Hold)).Status);
        var supply = (await server.GetAsync("/accounts/1001")).Json.GetProperty("supply");
        Assert.Equal("dispute", supply.GetProperty("holds")[0].GetProperty("kind").GetString());
        Assert.Single((await server.GetAsync("/accounts/1001/holds")).Items);
        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/accounts/1001/holds/dispute",
            Role.Control)).Status);
        (await server.SendAsync(HttpMethod.Delete, "/accounts/1001/holds/dispute", Role.Control)).IsProblem(404,
            "hold-unknown");
        (await server.PostAsync("/accounts/1001/holds", Role.Control, Hold.With("2026", "2025"))).IsProblem(422,
            "content-refused");
        (await server.PostAsync("/accounts/1001/holds", Role.Control, Hold.With("dispute\"", "whim\""))).IsProblem(422,
            "content-refused");
    }

    [Fact(Timeout = 30_000)]
    public async Task Why_it_is_off_and_what_was_sent_can_be_read()
    {
        await using var server = await Samples.StartAsync();
        server.Store.Decisions.Add(new(new(1001), ApiServer.Now, "cut", ["The balance is below the level."],
            new(-5_000), null, "standard/1"));
        server.Store.Notices.Add(new(new(5), new(1001), NoticeKind.CutDone, "+8613800000001", "zh", "已停电",
            NoticeState.Delivered,
            ApiServer.Now, ApiServer.Now, 1, ApiServer.Now, "report 1"));

        var decision = (await server.GetAsync("/accounts/1001/decisions")).Items[0];
        var notice = (await server.GetAsync("/accounts/1001/notices")).Items[0];

        Assert.Equal("cut", decision.GetProperty("outcome").GetString());
        Assert.Equal("-50.00", decision.GetProperty("balance").GetProperty("amount").GetString());
        Assert.Equal("cut_done", notice.GetProperty("kind").GetString());
        Assert.Equal("已停电", notice.GetProperty("text").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_could_not_be_used_is_where_an_operator_finds_it()
    {
        await using var server = await ApiServer.StartAsync();
        var terminal = TerminalAddress.Of(4403, 4);
        server.Store.Frames.Add(new(new(long.MaxValue), terminal, ApiServer.Now, new byte[] { 0x68, 0x16 }));
        server.Store.WorkItems.Quarantine.Add(new(1, new(new(1), terminal, ApiServer.Now, "conflict", 1, null,
            new ChannelId(new(9), RegisterKind.ForwardActive), ApiServer.Now, 12_345, "Two values."), null));
        server.Store.WorkItems.Quarantine.Add(new(2, new(new(1), terminal, ApiServer.Now, "unknown_fn", null, 99, null,
            null, null, "Fn 99 is not known."), null));

        var conflicts = (await server.GetAsync("/quarantine?kind=conflict", Role.Auditor)).Json.GetProperty("items");
        var frame = await server.GetAsync("/frames/9223372036854775807", Role.Auditor);

        Assert.Equal("1.2345", Assert.Single(conflicts.EnumerateArray()).GetProperty("kwh").GetString());
        Assert.Equal(2, (await server.GetAsync("/quarantine", Role.Auditor)).Items.Length);
        Assert.Equal("6816", frame.Json.GetProperty("hex").GetString());
        Assert.Single((await server.GetAsync("/quarantine/unregistered", Role.Auditor)).Items);
        (await server.GetAsync("/frames/1", Role.Auditor)).IsProblem(404, "frame-unknown");
        (await server.GetAsync("/quarantine?kind=a%20b", Role.Auditor)).IsProblem(400, "query-malformed");
    }

    [Fact(Timeout = 30_000)]
    public async Task Totals_count_what_is_there()
    {
        await using var server = await Samples.StartAsync();
        await server.PostAsync("/payments", Role.Cashier, Payment);

        var totals = (await server.GetAsync("/totals")).Json;

        Assert.Equal(1, totals.GetProperty("payments").GetInt64());
        Assert.Equal(1, totals.GetProperty("sessions").GetInt32());
        Assert.Equal("on", totals.GetProperty("supply")[0].GetProperty("desired").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_openapi_document_describes_bodies_answers_and_the_key()
    {
        await using var server = await ApiServer.StartAsync();

        var document = (await server.GetAsync("/openapi/v1.json")).Json;

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var components = document.GetProperty("components");
        var scheme = components.GetProperty("securitySchemes").GetProperty("apiKey");
        Assert.Equal("bearer", scheme.GetProperty("scheme").GetString());
        var schemas = components.GetProperty("schemas");
        Assert.True(schemas.GetProperty("PaymentRequest").GetProperty("properties").TryGetProperty("amount", out _));
        // A bulk body is one item or an array of them, and the item is described.
        var either = schemas.GetProperty("OneOrManyOfAccountRequest").GetProperty("oneOf");
        Assert.Equal(2, either.GetArrayLength());
        Assert.Equal("array", either[1].GetProperty("type").GetString());
        const string Item = "#/components/schemas/AccountRequest";
        Assert.Equal(Item, either[0].GetProperty("$ref").GetString());
        Assert.Equal(Item, either[1].GetProperty("items").GetProperty("$ref").GetString());
        var account = schemas.GetProperty("AccountRequest").GetProperty("properties");
        Assert.True(account.TryGetProperty("sanctionedWatts", out _));
    }
}
