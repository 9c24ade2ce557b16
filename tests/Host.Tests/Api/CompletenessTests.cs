using Meters.Host.Access;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

public sealed class CompletenessTests
{
    private static readonly TerminalAddress One = TerminalAddress.Of(4403, 4);

    [Theory(Timeout = 60_000)]
    [InlineData("/completeness?day=yesterday", "day")]
    [InlineData("/completeness?day=2026-02-30", "day")]
    [InlineData("/completeness?day=1999-12-31", "day")]
    [InlineData("/completeness?max=0", "max")]
    [InlineData("/clocks?max=10001", "max")]
    [InlineData("/concentrators/4403-00004/completeness?from=2026-03-01", "from")]
    [InlineData("/concentrators/4403-00004/completeness?to=now", "to")]
    [InlineData("/concentrators/4403-00004/completeness?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from")]
    public async Task What_is_malformed_is_named(string path, string field)
    {
        await using var server = await ApiServer.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Get, path, Role.Reader);
        answer.IsProblem(400, "query-malformed");
        Assert.Equal(field, answer.Json.GetProperty("field").GetString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("GET", "/concentrators/4403-00009/completeness")]
    [InlineData("GET", "/concentrators/nonsense/completeness")]
    [InlineData("GET", "/concentrators/4403-00009/clock")]
    [InlineData("POST", "/concentrators/4403-00009/clock")]
    [InlineData("POST", "/concentrators/nonsense/clock")]
    public async Task An_unknown_concentrator_is_said_to_be_one(string method, string path)
    {
        await using var server = await ApiServer.StartAsync();
        (await server.SendAsync(new(method), path, Role.Control)).IsProblem(404, "concentrator-unknown");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_day_is_that_of_the_billing_zone_and_without_one_yesterday()
    {
        await using var server = await ApiServer.StartAsync();
        var midnight = Instant.Utc(2026, 2, 28);
        foreach (var hour in (int[])[0, 1, 24, 25])
        {
            server.Store.Hours.Hours.Add(new(new(One, midnight + TimeSpan.FromHours(hour), 10, 9), 2));
        }

        server.Store.Hours.CountedThrough = midnight + TimeSpan.FromHours(25);
        var day = (await server.SendAsync(HttpMethod.Get, "/completeness", Role.Reader)).Json;
        Assert.Equal("2026-02-28", day.GetProperty("day").GetString()); // It is noon of 1 March.
        Assert.Equal("2026-03-01T01:00:00Z", day.GetProperty("countedThrough").GetString());
        Assert.Equal((20, 18, 2, 2), (Number("expected"), Number("stored"), Number("missing"), Number("hours")));
        var worst = day.GetProperty("worst").GetProperty("items")[0];
        Assert.Equal(("4403-00004", 2), (worst.GetProperty("address").GetString(),
            worst.GetProperty("missing").GetInt32()));

        long Number(string name) => day.GetProperty(name).GetInt64();
    }
}
