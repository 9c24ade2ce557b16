using System.Text.Json.Nodes;
using Meters.Host.Bench;

namespace Meters.Host.Tests.Bench;

/// <summary>The simulated year in small, and whether its oracle finds what it is there to find.</summary>
public sealed class YearBenchTests
{
    private const int Seed = 20_260_101;

    [Fact(Timeout = 300_000)]
    public void A_season_of_a_small_fleet_breaks_no_rule_and_the_same_seed_decides_the_same()
    {
        var options = new YearBenchOptions(200, Seed, 90);
        var result = Run(options);
        Assert.True(result.Holds, $"seed {Seed}: {string.Join('\n', result.Told)}");
        Assert.True(result.Counts["cuts_judged"] > 50 && result.Counts["paid_in_the_dark_and_served"] > 50);
        Assert.True(result.Counts["restarts"] > 5 && result.Counts["late_readings"] > 50);
        Assert.Equal(result.Hash, Run(options).Hash);
        Assert.NotEqual(result.Hash, Run(options with { Seed = Seed + 1 }).Hash);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(
        "cutWindows", """[{ "days": ["sun"], "from": "02:00", "to": "05:00" }]""", "outside the hours for cuts")]
    [InlineData("windowMarginMinutes", "479", "within the margin")]
    [InlineData("moratoria", """[{ "name": "winter", "from": "11-01", "to": "03-31" }]""", "a moratorium")]
    [InlineData("readingAgeHoursMax", "0", "old reading")]
    [InlineData("contactsMin", "40", "enough contacts")]
    [InlineData("grace", """{ "days": 30 }""", "days of grace")]
    public void The_oracle_finds_a_cut_against_a_rule_that_the_service_does_not_know(
        string property, string value, string rule)
    {
        var result = Run(new(60, Seed, 45) { OracleReads = json => With(json, property, value) });
        Assert.Contains(result.Violations.Keys, broken => broken.Contains(rule, StringComparison.Ordinal));
        Assert.NotEmpty(result.Told);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("minHoursAfterPrevious", "400", "before a delay had passed")]
    [InlineData("threshold", """{ "amount": "-9999.00" }""", "above the cut level")]
    public void The_oracle_finds_a_cut_that_comes_too_early(string property, string value, string rule)
    {
        var result = Run(new(60, Seed, 45) { OracleReads = json => WithCut(json, property, value) });
        Assert.Contains(result.Violations.Keys, broken => broken.Contains(rule, StringComparison.Ordinal));
    }

    [Fact(Timeout = 300_000)]
    public void The_oracle_finds_who_has_paid_and_waits_too_long()
    {
        var result = Run(new(120, Seed, 60)
        {
            OracleReads = json => With(json, "reconnect", """{ "atLeast": "0.01", "withinMinutes": 0 }"""),
        });
        Assert.Contains("paid, and not back on within the service level", result.Violations.Keys);
    }

    private static YearResult Run(YearBenchOptions options) =>
        new YearBench(options, TextWriter.Null).Run(TestContext.Current.CancellationToken);

    private static string With(string json, string property, string value)
    {
        var policy = JsonNode.Parse(json)!;
        policy[property] = JsonNode.Parse(value);
        return policy.ToJsonString();
    }

    private static string WithCut(string json, string property, string value)
    {
        var policy = JsonNode.Parse(json)!;
        policy["rungs"]!.AsArray()[^1]![property] = JsonNode.Parse(value);
        return policy.ToJsonString();
    }
}

/// <summary>Payments against dispatches in small.</summary>
public sealed class RaceBenchTests
{
    [Fact(Timeout = 300_000)]
    public void Whatever_the_order_a_payment_wins_or_is_chased_by_a_reconnect()
    {
        var result = new RaceBench(new(1_000, 7)).Run(TestContext.Current.CancellationToken);
        Assert.True(result.Holds, string.Join('\n', result.Told));
        Assert.InRange(result.Cut, 100, 900); // Both outcomes are among them.
        Assert.True(result.Chased > 100);
    }
}
