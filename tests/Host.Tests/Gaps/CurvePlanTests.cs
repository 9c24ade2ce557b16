using Meters.Host.Gaps;
using Meters.Ingest.Gdw3761;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Gaps;

public class CurvePlanTests
{
    private static readonly Instant T0 = Instant.Utc(2026, 3, 1);
    private static readonly GapOptions Options = new();

    [Fact(Timeout = 10_000)]
    public void Neighbouring_hours_of_a_meter_are_one_range_and_holes_are_not_asked_for()
    {
        var plan = CurvePlan.Of([.. Of(4, 1, 2, 3, 7), .. Of(9, 3)], LocalZone.China, Options);
        Assert.Equal(
            [new(4, Local(1), 3), new(4, Local(7), 1), new CurveRange(9, Local(3), 1)],
            Assert.Single(plan).Ranges);
    }

    [Fact(Timeout = 10_000)]
    public void A_range_ends_after_a_day_and_a_request_when_it_is_full()
    {
        var plan = CurvePlan.Of(Of(1, [.. Enumerable.Range(1, 48)]), LocalZone.China, Options);
        Assert.Equal([new(1, Local(1), 24), new(1, Local(25), 24)], Assert.Single(plan).Ranges);

        MissingReading[] many = [.. Enumerable.Range(1, 25).SelectMany(point => Of(point, 5))];
        Assert.Equal([10, 10, 5], CurvePlan.Of(many, LocalZone.China, Options).Select(r => r.Ranges.Count));

        MissingReading[] days = [.. Enumerable.Range(1, 10).SelectMany(p => Of(p, [.. Enumerable.Range(1, 24)]))];
        Assert.Equal([8, 2], CurvePlan.Of(days, LocalZone.China, Options).Select(r => r.Ranges.Count));
    }

    [Fact(Timeout = 10_000)]
    public void A_round_takes_the_oldest_hours_with_all_their_meters()
    {
        var options = new GapOptions { RequestsPerRoundMax = 5 };
        MissingReading[] missing =
            [.. Enumerable.Range(1, 40).SelectMany(point => Of(point, [.. Enumerable.Range(1, 48)]))];
        var plan = CurvePlan.Of(missing, LocalZone.China, options);
        Assert.InRange(plan.Count, 1, 5);
        var hours = plan.SelectMany(r => r.Readings).GroupBy(r => r.At).ToList();
        Assert.All(hours, hour => Assert.Equal(40, hour.Count()));
        Assert.Equal(T0 + TimeSpan.FromHours(1), hours.Min(hour => hour.Key));
        Assert.Equal(hours.Count, (hours.Max(h => h.Key) - hours.Min(h => h.Key)).TotalHours + 1);
    }

    [Fact(Timeout = 10_000)]
    public void One_hour_of_all_meters_is_asked_for_however_many_they_are()
    {
        MissingReading[] missing = [.. Enumerable.Range(1, Dadt.PnMax).SelectMany(point => Of(point, 1, 2))];
        var plan = CurvePlan.Of(missing, LocalZone.China, Options);
        Assert.Equal(204, plan.Count);
        Assert.All(plan, request => Assert.All(request.Readings, r => Assert.Equal(T0 + TimeSpan.FromHours(1), r.At)));
    }

    [Fact(Timeout = 10_000)]
    public void A_range_never_reaches_over_a_change_of_the_clock()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var berlin));
        var change = Instant.Utc(2026, 10, 25, 1); // 03:00 becomes 02:00.
        MissingReading[] missing =
            [.. Enumerable.Range(-2, 5).Select(hour => new MissingReading(1, change + TimeSpan.FromHours(hour)))];
        var ranges = Assert.Single(CurvePlan.Of(missing, berlin, Options)).Ranges;
        Assert.Equal(
            [new(1, new(2026, 10, 25, 1, 0, 0), 2), new CurveRange(1, new(2026, 10, 25, 2, 0, 0), 3)], ranges);
    }

    [Fact(Timeout = 10_000)]
    public void Every_missing_reading_is_in_exactly_one_range() => Seeds.Run(100, random =>
    {
        MissingReading[] missing =
        [
            .. Enumerable.Range(1, random.Next(1, 12)).SelectMany(point =>
                Of(point, [.. Enumerable.Range(0, 40).Where(_ => random.Next(3) == 0)])),
        ];
        var asked = CurvePlan.Of(missing, LocalZone.China, new() { RequestsPerRoundMax = 1_000 })
            .SelectMany(request => request.Ranges)
            .SelectMany(range => Enumerable.Range(0, range.Count).Select(i => new MissingReading(
                range.Pn, LocalZone.China.ToInstant(range.StartLocal) + TimeSpan.FromHours(i))));
        Assert.Equal(missing, asked);
    });

    private static MissingReading[] Of(int point, params int[] hours) =>
        [.. hours.Select(hour => new MissingReading(point, T0 + TimeSpan.FromHours(hour)))];

    private static DateTime Local(int hour) => LocalZone.China.ToLocal(T0 + TimeSpan.FromHours(hour));
}
