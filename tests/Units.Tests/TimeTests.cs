using Microsoft.Extensions.Time.Testing;

namespace Meters.Units.Tests;

public class TimeTests
{
    [Fact]
    public void An_instant_is_microseconds_of_utc_and_prints_as_iso_8601()
    {
        var at = Instant.Utc(2026, 3, 1, 1);
        Assert.Equal("2026-03-01T01:00:00Z", at.ToString());
        Assert.Equal("2026-03-01T01:00:00.000007Z", new Instant(at.UnixMicros + 7).ToString());
        Assert.Equal("1969-12-31T23:59:59.999999Z", new Instant(-1).ToString());
        Assert.Equal(at, Instant.From(at.ToDateTimeOffset()));
        Assert.Equal(at, Instant.From(new(2026, 3, 1, 9, 0, 0, TimeSpan.FromHours(8))));
        Assert.Equal(9999, Instant.Never.ToDateTimeOffset().Year);
    }

    [Fact]
    public void Instants_and_spans_add_up()
    {
        var at = Instant.Utc(2026, 3, 1);
        Assert.Equal(TimeSpan.FromHours(25), at + TimeSpan.FromHours(25) - at);
        Assert.Equal(at, at + TimeSpan.FromDays(400) - TimeSpan.FromDays(400));
        Assert.True(
            at < at + TimeSpan.FromMicroseconds(1)
            && at >= Instant.Epoch
            && at > Instant.MinValue
            && at <= Instant.Never);
        Assert.Equal(-1, at.CompareTo(Instant.Never));
    }

    [Fact]
    public void The_programs_clock_gives_instants()
    {
        var clock = new FakeTimeProvider(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(Instant.Utc(2026, 3, 1), clock.Now());
    }

    [Fact]
    public void A_service_day_counts_from_1970()
    {
        Assert.Equal(0, ServiceDay.Of(new(1970, 1, 1)).DaysSinceEpoch);
        Assert.Equal(-1, ServiceDay.Of(new(1969, 12, 31)).DaysSinceEpoch);
        var day = ServiceDay.Of(new(2024, 2, 29));
        Assert.Equal("2024-02-29", day.ToString());
        Assert.Equal(new(2024, 3, 1), day.AddDays(1).ToDateOnly());
        Assert.True(day < day.AddDays(1) && day <= day.AddDays(0) && day > day.AddDays(-1) && day >= day.AddDays(-1));
        Assert.Equal(0, day.CompareTo(day.AddDays(0)));
    }

    [Theory]
    [InlineData("Asia/Shanghai", "2026-03-29", 24)]
    [InlineData("Europe/Berlin", "2026-03-29", 23)]
    [InlineData("Europe/Berlin", "2026-10-25", 25)]
    [InlineData("America/New_York", "2026-03-08", 23)]
    [InlineData("America/New_York", "2026-11-01", 25)]
    [InlineData("Australia/Lord_Howe", "2026-04-05", 24.5)]
    public void Local_days_are_as_long_as_the_clock_makes_them(string zone, string date, double hours)
    {
        var local = Zone(zone);
        var day = ServiceDay.Of(DateOnly.ParseExact(date, "yyyy-MM-dd"));
        Assert.Equal(TimeSpan.FromMinutes(hours * 60), local.StartOf(day.AddDays(1)) - local.StartOf(day));
        Assert.Equal(day, local.ServiceDayOfIntervalEnd(local.StartOf(day.AddDays(1))));
        Assert.Equal(day, local.ServiceDayOfIntervalEnd(new(local.StartOf(day).UnixMicros + 1)));
        Assert.Equal(day.AddDays(-1), local.ServiceDayOfIntervalEnd(local.StartOf(day)));
    }

    [Fact]
    public void A_local_time_that_occurs_twice_is_the_first_one()
    {
        var berlin = Zone("Europe/Berlin");
        Assert.Equal(Instant.Utc(2026, 10, 25, 0, 30), berlin.ToInstant(new(2026, 10, 25, 2, 30, 0)));
        Assert.Equal(new(2026, 10, 25, 2, 30, 0), berlin.ToLocal(Instant.Utc(2026, 10, 25, 0, 30)));
        Assert.Equal(new(2026, 10, 25, 2, 30, 0), berlin.ToLocal(Instant.Utc(2026, 10, 25, 1, 30)));
    }

    [Fact]
    public void A_local_time_that_does_not_occur_is_as_if_the_clock_had_not_moved() =>
        Assert.Equal(Instant.Utc(2026, 3, 29, 1, 30), Zone("Europe/Berlin").ToInstant(new(2026, 3, 29, 2, 30, 0)));

    [Theory]
    [InlineData("+08:00", "2026-01-01T16:00:00Z")]
    [InlineData("-03:30", "2026-01-02T03:30:00Z")]
    [InlineData("UTC", "2026-01-02T00:00:00Z")]
    [InlineData("Z", "2026-01-02T00:00:00Z")]
    public void Fixed_offsets_are_zones_too(string id, string startOfDay) =>
        Assert.Equal(startOfDay, Zone(id).StartOf(ServiceDay.Of(new(2026, 1, 2))).ToString());

    [Theory]
    [InlineData("+08:00")]
    [InlineData("-03:30")]
    [InlineData("Asia/Shanghai")]
    public void A_zones_id_reads_back_as_the_zone(string id) => Assert.Equal(id, Zone(Zone(id).Id).Id);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("+8:00")]
    [InlineData("+14:01")]
    [InlineData("08:00")]
    [InlineData("+ab:cd")]
    [InlineData("Mars/Olympus")]
    public void An_unknown_zone_is_refused(string? id) => Assert.False(LocalZone.TryParse(id, out _));

    private static LocalZone Zone(string id) =>
        LocalZone.TryParse(id, out var zone) ? zone : throw new ArgumentException(id);
}
