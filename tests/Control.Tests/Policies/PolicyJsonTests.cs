using System.Text.Json;
using System.Text.Json.Nodes;
using Meters.Control.Policies;
using Meters.Tests.Control.Cases;
using Meters.Units;

namespace Meters.Tests.Control.Policies;

public class PolicyJsonTests
{
    [Fact]
    public void The_demo_policy_reads_as_written()
    {
        var policy = ShippedPolicies.Load("demo-72h");
        Assert.Equal("demo-72h/1", policy.Label);
        Assert.Equal("CNY", policy.Currency.Code);
        Assert.Equal(
            [
                new(0, PolicyThresholdKind.PercentOfLastPurchase, 30, new(100)),
                new(1, PolicyThresholdKind.DaysOfOwnUse, 15, new(100)),
                new(2, PolicyThresholdKind.Amount, 0, new(100)),
            ],
            policy.Thresholds);
        Assert.Equal(
            [RungActions.Sms, RungActions.Sms | RungActions.Alarm, RungActions.Cut],
            policy.Rungs.Select(r => r.Actions));
        Assert.Equal([0, 6, 6], policy.Rungs.Select(r => r.DelayAfterPrevious.TotalHours));
        Assert.Equal(new(new(1), ReconnectMode.Close), policy.Reconnect);
        Assert.Equal((3, 6, 60, 3), (policy.ReadingAgeMax.Hours, policy.NoticeProof.Hours,
            (int)policy.CommandLife.TotalMinutes, policy.CutAttemptsMax));
        Assert.Equal("cut", policy.CutRung!.Name);
    }

    [Fact]
    public void Every_shipped_policy_is_sound_and_no_other_is_shipped()
    {
        foreach (var id in ShippedPolicies.Ids) Assert.Equal(id, ShippedPolicies.Load(id).Id);
        Assert.Throws<ArgumentException>(() => ShippedPolicies.Json("none"));
        Assert.Equal(5, ShippedPolicies.Load(ShippedPolicies.ChinaResidential).Rungs.Count);
    }

    [Fact]
    public void What_is_left_out_has_a_default_as_the_schema_says()
    {
        var policy = Read("""
            {"id":"only-reminds","version":2,"zone":"Asia/Shanghai","currency":"JPY",
             "rungs":[{"name":"remind","threshold":{"amount":"500"},"do":["sms"]}],"reconnect":{"atLeast":"0"}}
            """);
        Assert.Null(policy.CutRung);
        Assert.Equal(500, policy.Rungs[0].Threshold.Value);
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        var properties = schema.RootElement.GetProperty("properties");
        int Default(string name) => properties.GetProperty(name).GetProperty("default").GetInt32();
        Assert.Equal(Default("readingAgeHoursMax"), policy.ReadingAgeMax.TotalHours);
        Assert.Equal(Default("noticeProofHours"), policy.NoticeProof.TotalHours);
        Assert.Equal(Default("commandMinutesMax"), policy.CommandLife.TotalMinutes);
        Assert.Equal(Default("cutAttemptsMax"), policy.CutAttemptsMax);
        Assert.Equal(Default("windowMarginMinutes"), policy.CutWindows.Margin.TotalMinutes);
    }

    /// <summary>One change to the demo policy, and the one fault it makes.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "id", "\"Demo 72\"", "$.id: only lower-case" },
        { "id", "7", "$.id: must be a string" },
        { "id", "\"\"", "$.id: must have 1 to 64 characters" },
        { "version", "0", "$.version: must be a whole number from 1" },
        { "version", "1.5", "$.version: must be a whole number" },
        { "version", "\"1\"", "$.version: must be a whole number" },
        { "zone", "\"Moon/Tycho\"", "$.zone: unknown zone 'Moon/Tycho'" },
        { "zone", "\"+99:00\"", "$.zone: unknown zone" },
        { "currency", "\"ZZZ\"", "$.currency: unknown currency 'ZZZ'" },
        { "hysteresis", "\"-1\"", "$.hysteresis: must be an amount" },
        { "hysteresis", "\"0.001\"", "$.hysteresis: must be an amount" },
        { "hysteresis", "1", "$.hysteresis: must be a string" },
        { "rungs", "[]", "$.rungs: must have 1 to 8 entries, has 0" },
        { "rungs", "{}", "$.rungs: must be a list" },
        { "rungs/0", "3", "$.rungs[0]: must be an object" },
        { "rungs/0/name", "\"warn\"", "$.rungs[1].name: 'warn' is used twice" },
        { "rungs/0/colour", "1", "$.rungs[0].colour: unknown property" },
        { "rungs/0/do", "[]", "$.rungs[0].do: must have 1 to 6 entries" },
        { "rungs/0/do", "[\"fax\"]", "$.rungs[0].do[0]: must be 'sms', 'alarm', 'letter'" },
        { "rungs/0/do", "[\"sms\",\"sms\"]", "$.rungs[0].do[1]: named twice" },
        { "rungs/1/do", "[\"cut\"]", "$.rungs[1].do: a cut must be the last rung" },
        { "rungs/2/do", "[\"cut\",\"sms\"]", "$.rungs[2].do: a cut stands alone" },
        { "rungs/0/minHoursAfterPrevious", "1", "$.rungs[0]: the first rung has no previous one" },
        { "rungs/1/minHoursAfterPrevious", "-1", "$.rungs[1].minHoursAfterPrevious: must be a whole number from 0" },
        { "rungs/1/minMinutesAfterPrevious", "5", "$.rungs[1].minMinutesAfterPrevious: either hours or minutes" },
        { "rungs/1/inCutWindow", "1", "$.rungs[1].inCutWindow: must be true or false" },
        { "rungs/0/threshold", "{}", "$.rungs[0].threshold: exactly one of" },
        { "rungs/0/threshold", "{\"amount\":\"1\",\"daysOfOwnUse\":\"1\"}", "$.rungs[0].threshold: exactly one of" },
        { "rungs/0/threshold", "{\"weeks\":1}", "$.rungs[0].threshold.weeks: unknown property" },
        { "rungs/0/threshold/percentOfLastPurchase", "-1", "$.rungs[0].threshold.percentOfLastPurchase: must be" },
        { "rungs/1/threshold/daysOfOwnUse", "\"1.55\"", "$.rungs[1].threshold.daysOfOwnUse: days with at most" },
        { "rungs/1/threshold/daysOfOwnUse", "\"-1\"", "$.rungs[1].threshold.daysOfOwnUse: days" },
        { "rungs/1/threshold", "{\"percentOfLastPurchase\":31}", "$.rungs[1].threshold: above the level of 'remind'" },
        { "rungs/0/threshold", "{\"amount\":\"-0.01\"}", "$.rungs[1].threshold: above the level of 'remind'" },
        { "rungs/2/threshold/amount", "\"0.02\"", "$.reconnect.atLeast: below the cut level" },
        { "cutWindows", "[]", "$.cutWindows: the policy cuts, so it must say when" },
        { "cutWindows/0/days", "[]", "$.cutWindows[0].days: must have 1 to 7 entries" },
        { "cutWindows/0/days", "[\"mon\",\"mon\"]", "$.cutWindows[0].days[1]: named twice" },
        { "cutWindows/0/days", "[\"Monday\"]", "$.cutWindows[0].days[0]: must be 'mon'" },
        { "cutWindows/0/from", "\"16:00\"", "$.cutWindows[0]: ends before it begins" },
        { "cutWindows/0/from", "\"15:30\"", "$.cutWindows[0]: impossible: not longer than the margin" },
        { "cutWindows/0/from", "\"8:00\"", "$.cutWindows[0].from: must be a time" },
        { "cutWindows/0/to", "\"24:01\"", "$.cutWindows[0].to: must be a time" },
        { "windowMarginMinutes", "-5", "$.windowMarginMinutes: must be a whole number from 0" },
        { "noCutDays", "[\"2026-02-30\"]", "$.noCutDays[0]: must be a date" },
        { "noCutDays", "[\"2026-02-03\",\"2026-02-03\"]", "$.noCutDays[1]: named twice" },
        { "reconnect/mode", "\"ask\"", "$.reconnect.mode: must be 'close' or 'permit'" },
        { "reconnect/atLeast", "\"free\"", "$.reconnect.atLeast: must be an amount" },
        { "readingAgeHoursMax", "0", "$.readingAgeHoursMax: must be" },
        { "noticeProofHours", "0", "$.noticeProofHours: must be" },
        { "commandMinutesMax", "1441", "$.commandMinutesMax: must be" },
        { "cutAttemptsMax", "0", "$.cutAttemptsMax: must be" },
        { "fee", "1", "$.fee: unknown property" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_is_named_with_its_path(string where, string value, string fault)
    {
        var document = JsonNode.Parse(ShippedPolicies.Json("demo-72h"))!;
        var path = where.Split('/');
        var parent = path[..^1].Aggregate(
            document, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!);
        if (int.TryParse(path[^1], out var index)) parent[index] = JsonNode.Parse(value);
        else parent[path[^1]] = JsonNode.Parse(value);
        Assert.False(PolicyJson.TryParse(document.ToJsonString(), out var policy, out var faults));
        Assert.Null(policy);
        Assert.Contains(faults, found => found.StartsWith(fault, StringComparison.Ordinal));
        var follows = where is "rungs/0" or "rungs/1/do" || value.Contains("-0.01", StringComparison.Ordinal);
        Assert.True(faults.Count == 1 || follows, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("id")]
    [InlineData("version")]
    [InlineData("zone")]
    [InlineData("currency")]
    [InlineData("rungs")]
    [InlineData("reconnect")]
    public void What_must_be_there_is_missed(string property)
    {
        var document = JsonNode.Parse(ShippedPolicies.Json("demo-72h"))!.AsObject();
        document.Remove(property);
        Assert.False(PolicyJson.TryParse(document.ToJsonString(), out _, out var faults));
        Assert.Equal($"$.{property}: is missing.", Assert.Single(faults));
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        var json = ShippedPolicies.Json("demo-72h")
            .Replace("+08:00", "Mars", StringComparison.Ordinal)
            .Replace("\"sms\", \"alarm\"", "\"sms\", \"bell\"", StringComparison.Ordinal)
            .Replace("\"to\": \"16:00\"", "\"to\": \"07:00\"", StringComparison.Ordinal)
            .Replace("\"version\": 1", "\"version\": -1", StringComparison.Ordinal);
        Assert.False(PolicyJson.TryParse(json, out _, out var faults));
        Assert.Equal(4, faults.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}")]
    public void What_is_no_policy_at_all_is_refused_without_an_exception(string json)
    {
        Assert.False(PolicyJson.TryParse(json, out _, out var faults));
        Assert.StartsWith("$", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Size_and_faults_are_bounded()
    {
        Assert.False(PolicyJson.TryParse(new string(' ', PolicyJson.CharactersMax + 1), out _, out var faults));
        Assert.Single(faults);
        var many = "{" + string.Join(',', Enumerable.Range(0, 3_000).Select(i => $"\"p{i}\":1")) + "}";
        Assert.False(PolicyJson.TryParse(many, out _, out faults));
        Assert.Equal(100, faults.Count);
        var rungs = string.Join(',', Enumerable.Range(0, 9).Select(i =>
            $$$"""{"name":"r{{{i}}}","threshold":{"amount":"{{{9 - i}}}"},"do":["sms"]}"""));
        const string rest = """
            "id":"a","version":1,"zone":"UTC","currency":"CNY","reconnect":{"atLeast":"0"}
            """;
        var nine = $"{{{rest},\"rungs\":[{rungs}]}}";
        Assert.False(PolicyJson.TryParse(nine, out _, out faults));
        Assert.Equal("$.rungs: must have 1 to 8 entries, has 9.", Assert.Single(faults));
    }

    [Fact]
    public void Garbage_never_throws() => Seeds.Run(300, random =>
    {
        var json = ShippedPolicies.Json("cn-residential").ToCharArray();
        for (var i = random.Next(1, 6); i > 0; i--) json[random.Next(json.Length)] = (char)random.Next(32, 127);
        var sound = PolicyJson.TryParse(new(json), out var policy, out var faults);
        Assert.Equal(sound, policy is not null);
        Assert.Equal(sound, faults.Count == 0);
    });

    [Fact]
    public void The_published_schema_knows_exactly_the_properties_that_are_read()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        foreach (var property in schema.RootElement.GetProperty("properties").EnumerateObject())
        {
            Assert.False(PolicyJson.TryParse($"{{\"{property.Name}\":null}}", out _, out var faults));
            Assert.DoesNotContain(faults, fault => fault.EndsWith("unknown property.", StringComparison.Ordinal));
        }

        foreach (var id in ShippedPolicies.Ids)
        {
            using var document = JsonDocument.Parse(ShippedPolicies.Json(id));
            foreach (var property in document.RootElement.EnumerateObject())
            {
                Assert.True(
                    schema.RootElement.GetProperty("properties").TryGetProperty(property.Name, out _), property.Name);
            }
        }
    }

    [Theory]
    [InlineData(PolicyThresholdKind.Amount, 100, 99, true)]
    [InlineData(PolicyThresholdKind.Amount, 100, 100, false)]
    [InlineData(PolicyThresholdKind.PercentOfLastPurchase, 30, 2_999, true)]
    [InlineData(PolicyThresholdKind.PercentOfLastPurchase, 30, 3_000, false)]
    [InlineData(PolicyThresholdKind.DaysOfOwnUse, 15, 899, true)]
    [InlineData(PolicyThresholdKind.DaysOfOwnUse, 15, 900, false)]
    public void A_level_is_crossed_only_below_it(PolicyThresholdKind kind, long value, long balance, bool below)
    {
        var account = Given.InCredit().Balance(balance, 0).Account; // Last purchase 100.00, 6.00 a day.
        var threshold = new PolicyThreshold(0, kind, value, default);
        Assert.Equal(below, threshold.IsBelow(account));
        Assert.Equal(below, account.Balance < threshold.LevelFor(account));
    }

    private static string SchemaPath => Path.Combine(Needs.Root(), "docs", "schemas", "policy.schema.json");

    private static Policy Read(string json)
    {
        Assert.True(PolicyJson.TryParse(json, out var policy, out var faults), string.Join('\n', faults));
        return policy;
    }
}
