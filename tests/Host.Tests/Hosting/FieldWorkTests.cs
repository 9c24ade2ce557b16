using System.Text.Json;
using Meters.Host.Access;

namespace Meters.Host.Tests.Hosting;

/// <summary>Lost hours and wrong clocks of a simulated field on real sockets, seen through the API.</summary>
public sealed class FieldWorkTests
{
    private const int Rounds = 6;
    private const int HoursPerRound = 4;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Hours_that_the_field_loses_come_by_asking_and_nothing_is_missing_in_the_end()
    {
        await using var service = await RunningService.StartAsync(faults: new() { LostHourPerMille = 100 });
        await service.RunAsync(0);
        await PumpAsync(service); // Hours count from here on.
        for (var round = 0; round < Rounds; round++)
        {
            await service.HoursAsync(HoursPerRound); // Several hours of a meter may be one range.
            await AskAsync(service, TimeSpan.FromMinutes(25));
            await AskAsync(service, TimeSpan.FromMinutes(10));
            Assert.Equal(20 * ((round * (HoursPerRound + 1)) + HoursPerRound + 1), service.Field.Truth.ReadingsSent);
            await service.AdvanceAsync(TimeSpan.FromMinutes(25));
            await service.Field.PushHourAsync(service.Now, Stopping);
        }

        await AskAsync(service, TimeSpan.FromMinutes(25));
        await AskAsync(service, TimeSpan.FromMinutes(10));

        var address = service.Field.Concentrators[0].Address;
        var hours = Items(await service.GetAsync($"/concentrators/{address}/completeness?max=1000"));
        Assert.Equal(24, hours.Count);
        Assert.All(hours, hour => Assert.Equal("complete", hour.GetProperty("state").GetString()));
        Assert.Contains(hours, hour => hour.GetProperty("attempts").GetInt32() == 1);
        var day = (await service.GetAsync("/completeness?day=2025-11-03")).Json;
        Assert.Equal(0, day.GetProperty("missing").GetInt32());
        Assert.Equal(20 * 17, day.GetProperty("stored").GetInt32()); // The first hour counted ends at 08:00.
        foreach (var meter in service.Field.Meters)
        {
            var path = $"/meters/{meter.Id}/readings?from=2025-11-01T00:00:00Z&max=1000";
            var stored = Items(await service.GetAsync(path)).Select(r => r.GetProperty("kwh").GetString());
            var shown = service.Field.Truth.ReadingsOf(meter.Index).Select(r => Host.Api.Texts.Kwh(r.Register));
            Assert.Equal(shown, stored);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clock_is_set_by_itself_or_by_a_person_and_the_api_says_so()
    {
        await using var service = await RunningService.StartAsync();
        await service.RunAsync(0);
        service.Field.SetClockError(0, TimeSpan.FromSeconds(-240));
        service.Field.SetClockError(1, TimeSpan.FromHours(3));
        await PumpAsync(service);
        Assert.Equal(TimeSpan.Zero, service.Field.Concentrators[0].ClockError);
        Assert.Equal(TimeSpan.FromHours(3), service.Field.Concentrators[1].ClockError);

        var first = (await service.GetAsync(ClockPath(service, 0))).Json;
        Assert.Equal(("good", "0"), (Text(first, "state"), Text(first, "driftSeconds")));
        Assert.Equal((service.Now.ToString(), null, null),
            (Text(first, "setAt"), Text(first, "setBy"), Text(first, "flaggedAt")));
        var finding = Assert.Single(Items(await service.GetAsync("/clocks")));
        Assert.Equal(
            (service.Field.Concentrators[1].Address.ToString(), "needs_person", "10800"),
            (Text(finding, "address"), Text(finding, "state"), Text(finding, "driftSeconds")));

        var ordered = await service.PostAsync(ClockPath(service, 1), Role.Control, "");
        Assert.Equal((202, "ordered"), (ordered.Status, Text(ordered.Json, "state")));
        await PumpAsync(service);
        Assert.Equal(TimeSpan.Zero, service.Field.Concentrators[1].ClockError);
        Assert.Empty(Items(await service.GetAsync("/clocks")));
        var second = (await service.GetAsync(ClockPath(service, 1))).Json;
        Assert.Equal(("good", "person.control"), (Text(second, "state"), Text(second, "setBy")));
    }

    private static string ClockPath(RunningService service, int concentrator) =>
        $"/concentrators/{service.Field.Concentrators[concentrator].Address}/clock";

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static List<JsonElement> Items(Api.ApiAnswer answer) =>
        [.. answer.Json.GetProperty("items").EnumerateArray()];

    private static async Task PumpAsync(RunningService service)
    {
        int did;
        do
        {
            did = await service.Engine.Gaps.PumpAsync(Stopping) + await service.Engine.Clocks.PumpAsync(Stopping);
            await service.Engine.Gaps.IdleAsync(Stopping);
            await service.Engine.Clocks.IdleAsync(Stopping);
        }
        while (did > 0);
    }

    private static async Task AskAsync(RunningService service, TimeSpan after)
    {
        await service.AdvanceAsync(after);
        await PumpAsync(service);
        await StoredAsync(service);
    }

    /// <summary>What was answered is durable: nobody confirms an answer, so nothing else tells.</summary>
    private static async Task StoredAsync(RunningService service)
    {
        while ((await service.Engine.Store.Queries.TotalsAsync(Stopping)).Readings < service.Field.Truth.ReadingsSent)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stopping);
        }
    }
}
