using System.Text.Json;
using System.Text.Json.Nodes;
using Meters.Control.Cases;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Policies;

public class PolicySectionsTests
{
    /// <summary>A section added to the demo policy, and the one fault it makes.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "noCutWeekdays", """[{"day":"sat","nth":[6]}]""", "$.noCutWeekdays[0].nth[0]: must be 1 to 5." },
        { "noCutWeekdays", """[{"day":"sat","nth":[0]}]""", "$.noCutWeekdays[0].nth[0]: must be 1 to 5." },
        { "noCutWeekdays", """[{"day":"sat","nth":[2,2]}]""", "$.noCutWeekdays[0].nth[1]: named twice." },
        { "noCutWeekdays", """[{"day":"Saturday","nth":[2]}]""", "$.noCutWeekdays[0].day: must be 'mon'" },
        { "holidayCalendars", """["Not A Name"]""", "$.holidayCalendars[0]: must have 1 to 64 lower-case" },
        { "noCutDayBeforeHoliday", "true", "$.noCutDayBeforeHoliday: no calendar of holidays is named." },
        { "workingWeek", "[]", "$.workingWeek: must have 1 to 7 entries" },
        { "grace", """{"days":1,"workingDays":1}""", "$.grace.workingDays: either days or working days." },
        { "grace", """{"weeks":1}""", "$.grace.weeks: unknown property." },
        { "moratoria", """[{"name":"w","from":"02-29","to":"03-31"}]""", "$.moratoria[0].from: must be a day" },
        { "moratoria", """[{"name":"w","from":"11-01"}]""", "$.moratoria[0].to: is missing." },
        { "protection", """{"approvers":0}""", "$.protection.approvers: must be a whole number from 1 to 5." },
        { "protection", """{"neverCut":["x"],"needsApproval":["x"]}""", "$.protection.needsApproval: 'x' is" },
        { "holdDaysMax", """{"whim":3}""", "$.holdDaysMax.whim: unknown property." },
        { "holdDaysMax", """{"dispute":0}""", "$.holdDaysMax.dispute: must be a whole number from 1" },
        { "partialPayments", """[{"fromPercent":75,"days":7},{"fromPercent":50,"days":3}]""",
            "$.partialPayments[1].fromPercent: not above the one before" },
        { "partialPayments", """[{"fromPercent":100,"days":7}]""", "$.partialPayments[0].fromPercent: must" },
        { "contactsMin", "51", "$.contactsMin: must be a whole number from 0 to 50." },
        { "quietHours", """{"from":"21:00","to":"21:00"}""", "$.quietHours: begin and end at the same time" },
        { "quietHours", """{"from":"9 pm","to":"21:00"}""", "$.quietHours.from: must be" },
        { "compensation", """{"wrongfulCut":"-1"}""", "$.compensation.wrongfulCut: must be an amount" },
        { "selection", """[{"policy":"other"}]""", "$.selection[0]: fits everybody" },
        { "selection", """[{"classes":["a"],"policy":"demo-72h"}]""", "$.selection[0].policy: is this policy itself." },
        { "reconnect", """{"atLeast":"1","percentOfDues":50}""", "$.reconnect.percentOfDues: no partial payment" },
        { "reconnect", """{"atLeast":"1","withinMinutes":0}""", "$.reconnect.withinMinutes: must be" },
        { "credit", """{"emergency":{"days":3,"amount":"5"}}""", "$.credit.emergency.amount: is not a property" },
        { "credit", """{"friendly":{"days":3}}""", "$.credit.friendly.days: only emergency credit" },
        { "credit", """{"emergency":{"amount":"5","offeredAt":"1","rearmAt":"1"}}""",
            "$.credit.emergency.rearmAt: not" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Faults))]
    public async Task Each_fault_of_a_section_is_named_with_its_path(string section, string value, string fault)
    {
        await Task.Yield();
        var document = JsonNode.Parse(ShippedPolicies.Json("demo-72h"))!;
        document[section] = JsonNode.Parse(value);
        Assert.False(PolicyJson.TryParse(document.ToJsonString(), out _, out var faults));
        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0/kind", "\"cut\"", "$.rungs[0].kind: a rung is a 'cut' if")]
    [InlineData("0/kind", "\"limit\"", "$.rungs[0].kind: a rung is a 'limit' if")]
    [InlineData("0/kind", "\"shout\"", "$.rungs[0].kind: must be 'info', 'remind'")]
    [InlineData("0/proof", "\"later\"", "$.rungs[0].proof: must be 'none', 'beforeCut' or 'beforeNext'.")]
    [InlineData("0/fallback", "[\"pigeon\"]", "$.rungs[0].fallback[0]: must be 'alarm'")]
    [InlineData("0/limitWatts", "5", "$.rungs[0].limitWatts: only of a rung that does 'limit'.")]
    [InlineData("2/classes", "[\"a\"]", "$.rungs[2].classes: a cut is for all")]
    [InlineData("0/minDaysAfterPrevious", "2", "$.rungs[0]: the first rung has no previous one")]
    [InlineData("1/minWorkingDaysAfterPrevious", "61", "$.rungs[1].minWorkingDaysAfterPrevious: must be")]
    public void Each_fault_of_a_rung_is_named_with_its_path(string where, string value, string fault)
    {
        var document = JsonNode.Parse(ShippedPolicies.Json("demo-72h"))!;
        var path = where.Split('/');
        document["rungs"]![int.Parse(path[0], System.Globalization.CultureInfo.InvariantCulture)]![path[1]] =
            JsonNode.Parse(value);
        Assert.False(PolicyJson.TryParse(document.ToJsonString(), out _, out var faults));
        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_rung_means_must_not_become_milder()
    {
        var document = JsonNode.Parse(ShippedPolicies.Json("demo-72h"))!;
        document["rungs"]![0]!["kind"] = "final";
        document["rungs"]![1]!["kind"] = "warn";
        Assert.False(PolicyJson.TryParse(document.ToJsonString(), out _, out var faults));
        Assert.Equal("$.rungs[1].kind: milder than the rung before it.", Assert.Single(faults));
    }

    [Fact]
    public void A_calendar_that_is_not_registered_is_named_and_one_that_is_closes_its_days()
    {
        var json = ShippedPolicies.Json("gb-prepay");
        Assert.True(PolicyJson.TryParse(json, out var alone, out _)); // The document by itself is sound ...
        Assert.False(PolicyJson.TryParse(json, new Dictionary<string, HolidayCalendar>(), out _, out var faults));
        Assert.StartsWith("$.holidayCalendars[0]: unknown calendar 'gb-england'", Assert.Single(faults),
            StringComparison.Ordinal);

        // ... but without its calendar nobody is cut on any day.
        var monday = alone.Zone.ToInstant(new(2026, 2, 2, 11, 0, 0));
        Assert.False(alone.CutWindows.IsOpen(monday, out _));
        var known = ShippedPolicies.Load("gb-prepay");
        Assert.True(known.CutWindows.IsOpen(monday, out _));
        Assert.False(known.CutWindows.IsOpen(known.Zone.ToInstant(new(2026, 4, 6, 11, 0, 0)), out _)); // Easter Monday.
        Assert.False(known.CutWindows.IsOpen(known.Zone.ToInstant(new(2028, 2, 2, 11, 0, 0)), out _)); // Not known yet.
    }

    [Theory]
    [InlineData("""{"id":"a","version":1,"from":"2026-01-01","to":"2025-01-01","days":[]}""", "$.to: before 'from'.")]
    [InlineData("""{"id":"a","version":1,"from":"2026-01-01","to":"2026-12-31","days":["2027-01-01"]}""",
        "$.days: 2027-01-01 lies outside")]
    [InlineData("""{"id":"a","version":1,"from":"2026-01-01","to":"2026-12-31","days":["2026-05-01","2026-05-01"]}""",
        "$.days[1]: named twice.")]
    [InlineData("""{"id":"A B","version":1,"from":"2026-01-01","to":"2026-12-31","days":[]}""",
        "$.id: only lower-case")]
    [InlineData("""{"id":"a","version":1,"from":"today","to":"2026-12-31","days":[]}""", "$.from: must be a date")]
    [InlineData("[]", "$: must be an object.")]
    [InlineData("", "$: not valid JSON")]
    public void A_faulty_calendar_is_refused_with_the_place(string json, string fault)
    {
        Assert.False(CalendarJson.TryParse(json, out var calendar, out var faults));
        Assert.Null(calendar);
        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10-31", false)]
    [InlineData("11-01", true)]
    [InlineData("12-31", true)]
    [InlineData("01-01", true)]
    [InlineData("03-31", true)]
    [InlineData("04-01", false)]
    public void A_season_includes_both_its_days_and_passes_new_year(string day, bool covered)
    {
        var winter = new SeasonalMoratorium("winter", 11, 1, 3, 31, new HashSet<string>());
        Assert.Equal(covered, winter.Covers(DateOnly.ParseExact($"2026-{day}", "yyyy-MM-dd")));
    }

    [Theory]
    [InlineData("2026-03-13 10:00", 5, "2026-03-21 00:00")] // A Friday: Monday to Friday are five.
    [InlineData("2026-04-02 10:00", 1, "2026-04-08 00:00")] // Good Friday and Easter Monday are none.
    [InlineData("2026-03-14 10:00", 1, "2026-03-17 00:00")] // Saturday: Monday is the first.
    public void Working_days_are_whole_days_after_the_first(string from, int days, string until)
    {
        var policy = ShippedPolicies.Load("gb-prepay");
        Assert.Equal(At(policy, until), PolicyTime.AfterWorkingDays(policy.CutWindows, At(policy, from), days));
    }

    [Fact]
    public void Days_keep_the_local_time_over_a_change_of_the_clocks()
    {
        var policy = ShippedPolicies.Load("gb-prepay");
        Assert.Equal(
            At(policy, "2026-03-30 11:00"), PolicyTime.AddDays(policy.Zone, At(policy, "2026-03-28 11:00"), 2));
    }

    [Theory]
    [InlineData("2026-03-02 07:59", "2026-03-02 08:00")]
    [InlineData("2026-03-02 08:00", "2026-03-02 08:00")]
    [InlineData("2026-03-02 20:59", "2026-03-02 20:59")]
    [InlineData("2026-03-02 21:00", "2026-03-03 08:00")]
    public void Quiet_hours_may_pass_midnight(string at, string allowed)
    {
        var policy = ShippedPolicies.Load("gb-prepay");
        Assert.Equal(At(policy, allowed), policy.QuietHours!.NextAllowed(policy.Zone, At(policy, at)));
    }

    [Fact]
    public void An_area_covers_what_lies_beneath_it_and_whoever_is_nowhere()
    {
        var declared = new Moratorium(1, MoratoriumKind.Weather, "up", Instant.Epoch, Instant.Never, new("p"), "heat");
        Assert.True(declared.Covers("up"));
        Assert.True(declared.Covers("up.lucknow"));
        Assert.True(declared.Covers(""));
        Assert.False(declared.Covers("upper"));
        Assert.True((declared with { Area = "*" }).Covers("bihar"));
    }

    [Fact]
    public void The_published_schema_knows_every_property_of_a_rung_and_a_calendar()
    {
        var schemas = Path.Combine(Needs.Root(), "docs", "schemas");
        using var policy = JsonDocument.Parse(File.ReadAllText(Path.Combine(schemas, "policy.schema.json")));
        var rung = policy.RootElement.GetProperty("properties").GetProperty("rungs").GetProperty("items")
            .GetProperty("properties");
        foreach (var property in rung.EnumerateObject())
        {
            var json = $$"""{"rungs":[{"{{property.Name}}":null}]}""";
            Assert.False(PolicyJson.TryParse(json, out _, out var faults));
            Assert.DoesNotContain(faults, fault => fault.EndsWith("unknown property.", StringComparison.Ordinal));
        }

        using var calendar = JsonDocument.Parse(File.ReadAllText(Path.Combine(schemas, "calendar.schema.json")));
        Assert.Equal(
            ["$schema", "id", "version", "from", "to", "days"],
            calendar.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    private static Instant At(Policy policy, string local) => policy.Zone.ToInstant(
        DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
}
