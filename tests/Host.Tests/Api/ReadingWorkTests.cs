using System.Text;
using Meters.Billing.Accounts;
using Meters.Billing.Validation;
using Meters.Host.Access;
using Meters.Host.Readings;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

public sealed class ReadingWorkTests
{
    private const int Patience = 30_000;
    private const string Note = """{"note":"seen on site"}""";
    private static readonly ChannelId Channel = new(new MeterId(9), RegisterKind.ForwardActive);

    private static QuarantineRow Item(long id, string kind, long? value = 12_345, int? point = null) => new(
        id,
        new(
            new(77), TerminalAddress.Of(4403, 4), ApiServer.Now, kind, point, null, value is null ? null : Channel,
            value is null ? null : ApiServer.Now, value, "A sentence."),
        null);

    private static StoredConflict Conflict(long id) => new(
        id,
        new(Channel, ApiServer.Now, ReadingQuality.Actual, new(10), new(70), new(20), new(71), ApiServer.Now),
        null, null, null);

    [Fact(Timeout = Patience)]
    public async Task Findings_are_listed_by_check_and_meter_and_closed_with_a_note()
    {
        await using var server = await Samples.StartAsync();
        var finding = new Finding(
            CheckKind.RegisterSum, Channel, ApiServer.Now, ApiServer.Now, [new("sum", -5, "tenths_wh")], "Off.");
        await server.Store.Work.RaiseAsync([finding], ApiServer.Now, TestContext.Current.CancellationToken);

        var found = Assert.Single(
            (await server.GetAsync("/findings?check=register_sum&meter=9", Role.Auditor)).Items);
        Assert.Equal("register_sum", found.GetProperty("check").GetString());
        Assert.Equal(-5, found.GetProperty("figures")[0].GetProperty("value").GetInt64());
        Assert.Empty((await server.GetAsync("/findings?meter=8", Role.Auditor)).Items);
        (await server.GetAsync("/findings?check=odd", Role.Auditor)).IsProblem(400, "query-malformed");
        (await server.PostAsync("/findings/1/close", Role.Billing, """{"note":" "}"""))
            .IsProblem(422, "content-refused");
        Assert.Equal(204, (await server.PostAsync("/findings/1/close", Role.Billing, Note)).Status);
        (await server.PostAsync("/findings/1/close", Role.Billing, Note)).IsProblem(409, "work-item-closed");
        (await server.PostAsync("/findings/2/close", Role.Billing, Note)).IsProblem(404, "work-item-unknown");
        Assert.Empty((await server.GetAsync("/findings", Role.Auditor)).Items);
        var all = Assert.Single((await server.GetAsync("/findings?all=true", Role.Auditor)).Items);
        Assert.Equal("person.billing", all.GetProperty("closed").GetProperty("by").GetString());
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"choice":"first","note":"n"}""", 10L, 70L)]
    [InlineData("""{"choice":"second","note":"n"}""", 20L, 71L)]
    [InlineData("""{"choice":"edited","kwh":"0.0015","note":"n"}""", 15L, null)]
    [InlineData("""{"choice":"neither","note":"n"}""", null, null)]
    public async Task A_person_settles_a_conflict(string body, long? value, long? frame)
    {
        await using var server = await Samples.StartAsync();
        server.Store.WorkItems.Conflicts.Add(Conflict(4));

        Assert.Equal(200, (await server.PostAsync("/conflicts/4/resolve", Role.Billing, body)).Status);

        var edit = Assert.Single(server.Lane.Edits);
        Assert.Equal((Channel, ApiServer.Now, value), (edit.Channel, edit.At, edit.Register?.TenthsWh));
        Assert.Equal(frame ?? edit.Document.Id.Value, edit.Frame.Value);
        var document = EnteredDocument.Read(edit.Document.Bytes.Span)!;
        Assert.Equal(("edit", "person.billing", "n", 9), (document.Kind, document.By, document.Note, document.Meter));
        (await server.PostAsync("/conflicts/4/resolve", Role.Billing, body)).IsProblem(409, "work-item-closed");
        Assert.Empty((await server.GetAsync("/conflicts", Role.Auditor)).Items);
        var closed = Assert.Single((await server.GetAsync("/conflicts?all=true&meter=9", Role.Auditor)).Items);
        Assert.Equal("0.0010", closed.GetProperty("firstKwh").GetString());
        Assert.Equal("n", closed.GetProperty("closed").GetProperty("note").GetString());
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"choice":"edited","note":"n"}""", "kwh")]
    [InlineData("""{"choice":"edited","kwh":"1.00001","note":"n"}""", "kwh")]
    [InlineData("""{"choice":"edited","kwh":"-1","note":"n"}""", "kwh")]
    [InlineData("""{"choice":"first","kwh":"1","note":"n"}""", "kwh")]
    [InlineData("""{"choice":"better","note":"n"}""", "choice")]
    [InlineData("""{"choice":"first","note":""}""", "note")]
    public async Task A_choice_that_makes_no_sense_is_refused(string body, string field)
    {
        await using var server = await Samples.StartAsync();
        server.Store.WorkItems.Conflicts.Add(Conflict(4));
        var answer = await server.PostAsync("/conflicts/4/resolve", Role.Billing, body);
        answer.IsProblem(422, "content-refused");
        Assert.Equal(field, answer.Field);
        Assert.Empty(server.Lane.Edits);
        (await server.PostAsync("/conflicts/5/resolve", Role.Billing, """{"choice":"first","note":"n"}"""))
            .IsProblem(404, "work-item-unknown");
    }

    [Fact(Timeout = Patience)]
    public async Task What_the_book_refuses_stays_open()
    {
        await using var server = await Samples.StartAsync();
        server.Store.WorkItems.Conflicts.Add(Conflict(4));
        server.Store.WorkItems.Quarantine.Add(Item(5, "in_future"));
        server.Lane.Book = _ => ReadingStatus.RegisterFell;
        var answer = await server.PostAsync(
            "/conflicts/4/resolve", Role.Billing, """{"choice":"first","note":"n"}""");
        answer.IsProblem(409, "reading-refused");
        Assert.Equal("The book says: register_fell.", answer.Json.GetProperty("detail").GetString());
        (await server.PostAsync("/quarantine/5/release", Role.Billing, Note)).IsProblem(409, "reading-refused");
        Assert.Single((await server.GetAsync("/conflicts", Role.Auditor)).Items);
        Assert.Single((await server.GetAsync("/quarantine?open=true", Role.Auditor)).Items);
    }

    [Theory(Timeout = Patience)]
    [InlineData("implausible", true)]
    [InlineData("register_fell", true)]
    [InlineData("in_future", false)]
    [InlineData("meter_unknown", false)]
    public async Task An_item_goes_on_as_it_came_or_by_a_persons_word(string kind, bool byWord)
    {
        await using var server = await Samples.StartAsync();
        server.Store.WorkItems.Quarantine.Add(Item(5, kind));
        var answer = await server.PostAsync("/quarantine/5/release", Role.Billing, Note);
        Assert.Equal("rated", answer.Json.GetProperty("outcome").GetString());
        Assert.Equal((byWord ? 1 : 0, byWord ? 0 : 1), (server.Lane.Edits.Count, server.Lane.Entered.Count));
        var fed = byWord
            ? new(Channel, ApiServer.Now, server.Lane.Edits[0].Register!.Value, default, server.Lane.Edits[0].Frame)
            : server.Lane.Entered[0];
        Assert.Equal(new Reading(Channel, ApiServer.Now, new(12_345), ReadingQuality.Actual, new(77)), fed);
        (await server.PostAsync("/quarantine/5/release", Role.Billing, Note)).IsProblem(409, "work-item-closed");
        Assert.Empty((await server.GetAsync("/quarantine?open=true", Role.Auditor)).Items);
        var row = Assert.Single((await server.GetAsync("/quarantine?meter=9", Role.Auditor)).Items);
        Assert.Equal("rated", row.GetProperty("outcome").GetString());
        Assert.Equal("person.billing", row.GetProperty("released").GetProperty("by").GetString());
    }

    [Theory(Timeout = Patience)]
    [InlineData("conflict", true)]
    [InlineData("not_anchored", true)]
    [InlineData("unknown_fn", false)]
    public async Task Not_everything_can_be_released(string kind, bool hasValue)
    {
        await using var server = await Samples.StartAsync();
        server.Store.WorkItems.Quarantine.Add(Item(5, kind, hasValue ? 1 : null));
        (await server.PostAsync("/quarantine/5/release", Role.Billing, Note)).IsProblem(409, "not-releasable");
        (await server.PostAsync("/quarantine/6/release", Role.Billing, Note)).IsProblem(404, "work-item-unknown");
        (await server.PostAsync("/quarantine/5/release", Role.Billing, "{}")).IsProblem(400, "body-malformed");
        Assert.Empty(server.Lane.Entered);
    }

    [Fact(Timeout = Patience)]
    public async Task A_hold_is_lifted_with_a_note_and_what_waited_goes_on_until_the_next_fault()
    {
        await using var server = await Samples.StartAsync();
        (await server.PostAsync("/meters/9/billing-hold/lift", Role.Billing, Note)).IsProblem(404, "work-item-unknown");
        Assert.Equal(200, (await server.PostAsync("/meters/9/billing-hold", Role.Billing, Note)).Status);
        (await server.PostAsync("/meters/9/billing-hold", Role.Billing, Note)).IsProblem(409, "work-item-closed");
        (await server.PostAsync("/meters/8/billing-hold", Role.Billing, Note)).IsProblem(404, "meter-unknown");
        (await server.PostAsync("/meters/9/billing-hold/lift", Role.Billing, """{"note":""}"""))
            .IsProblem(422, "content-refused");
        var hold = Assert.Single((await server.GetAsync("/billing-holds?meter=9", Role.Auditor)).Items);
        Assert.Equal("by_person", hold.GetProperty("reason").GetString());
        for (var hour = 1; hour <= 3; hour++)
        {
            var row = Item(hour, "held", hour);
            var at = ApiServer.Now + TimeSpan.FromHours(hour);
            server.Store.WorkItems.Quarantine.Add(row with { Item = row.Item with { At = at } });
        }

        server.Lane.Book = reading => reading.Register.TenthsWh < 3 ? ReadingStatus.Rated : ReadingStatus.Held;
        var lifted = await server.PostAsync("/meters/9/billing-hold/lift", Role.Billing, Note);
        Assert.Equal(2, lifted.Json.GetProperty("released").GetInt32());
        Assert.Equal([1L, 2, 3], server.Lane.Entered.Select(reading => reading.Register.TenthsWh));
        Assert.Single((await server.GetAsync("/quarantine?kind=held&open=true", Role.Auditor)).Items);
        Assert.Empty((await server.GetAsync("/billing-holds", Role.Auditor)).Items);
        Assert.Single((await server.GetAsync("/billing-holds?all=true", Role.Auditor)).Items);
    }

    [Fact(Timeout = Patience)]
    public async Task Who_lives_on_estimates_is_a_report()
    {
        await using var server = await Samples.StartAsync();
        server.Store.WorkItems.Prolonged.Add(new(Channel, 80, ApiServer.Now, null));
        server.Store.WorkItems.Prolonged.Add(new(Channel, 71, ApiServer.Now, null));
        var row = Assert.Single((await server.GetAsync("/estimates/prolonged", Role.Auditor)).Items);
        Assert.Equal(80, row.GetProperty("hours").GetInt64());
        Assert.Equal(2, (await server.GetAsync("/estimates/prolonged?hours=1&days=9", Role.Auditor)).Items.Length);
        (await server.GetAsync("/estimates/prolonged?hours=0", Role.Auditor)).IsProblem(400, "query-malformed");
        (await server.GetAsync("/estimates/prolonged?days=401", Role.Auditor)).IsProblem(400, "query-malformed");
    }

    [Fact(Timeout = Patience)]
    public async Task Multipliers_and_replacements_are_recorded_by_person_and_listed()
    {
        await using var server = await Samples.StartAsync();
        const string Multiplier =
            """{"meter":9,"from":"2026-02-01T00:00:00Z","multiplier":40,"registerKwh":"12.5","note":"new CT"}""";
        const string Change =
            """
            {"account":1001,"oldMeter":9,"closingKwh":"99.5","newMeter":10,"openingKwh":"0","at":"2026-02-09T10:00:00Z",
            "note":"burnt","newAddress":"000000000013"}
            """;
        Assert.Equal(201, (await server.PostAsync("/multipliers", Role.Billing, Multiplier)).Status);
        Assert.Equal(201, (await server.PostAsync("/meter-changes", Role.Billing, $"[{Change}]")).Status);
        var one = Assert.Single((await server.GetAsync("/multipliers?meter=9")).Items);
        Assert.Equal(("12.5000", "person.billing"),
            (one.GetProperty("registerKwh").GetString(), one.GetProperty("by").GetString()));
        Assert.Equal("99.5000", Assert.Single((await server.GetAsync("/meter-changes?meter=10")).Items)
            .GetProperty("closingKwh").GetString());
        var fresh = (await server.GetAsync("/meters/10")).Json;
        Assert.Equal(
            ("000000000013", 1), (fresh.GetProperty("address").GetString(), fresh.GetProperty("point").GetInt32()));
        var bad = await server.PostAsync("/meter-changes", Role.Billing, Change.With("\"99.5\"", "\"-1\"")
            .With("2026-02-09T10:00:00Z", "2026-02-09"));
        bad.IsProblem(422, "content-refused");
        var faults = bad.Json.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()!).ToList();
        Assert.Contains(faults, fault => fault.StartsWith("[0].at:", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("[0].closingKwh:", StringComparison.Ordinal));
        (await server.PostAsync("/multipliers", Role.Billing, Multiplier.With(":40", ":0")))
            .IsProblem(422, "content-refused");
        (await server.PostAsync("/multipliers", Role.Billing, $"[{Multiplier},{Multiplier}]"))
            .IsProblem(422, "content-refused");
    }

    [Fact]
    public void A_document_says_who_and_a_frame_of_the_wire_is_none()
    {
        var document = new EnteredDocument("release", "wei", "näh\"", 9, 0, [new("2026-03-01T00:00:00Z", null)]);
        var frame = document.ToFrame(new(5), TerminalAddress.Of(4403, 4), ApiServer.Now);
        Assert.Equal('{', (char)frame.Bytes.Span[0]);
        var again = EnteredDocument.Read(frame.Bytes.Span)!;
        Assert.Equal((document.By, document.Note), (again.By, again.Note));
        Assert.Equal(document.Values, again.Values);
        Assert.Null(EnteredDocument.Read([0x68, 0x16]));
        Assert.Contains("wei", Encoding.UTF8.GetString(frame.Bytes.Span), StringComparison.Ordinal);
    }
}
