using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Tests.Control.Notices;

public class QuietHoursTests
{
    private static readonly LocalZone Berlin = Zone("Europe/Berlin");

    [Theory]
    [InlineData(21, 59, "21:59")]
    [InlineData(22, 0, "07:00+1")]
    [InlineData(23, 59, "07:00+1")]
    [InlineData(0, 0, "07:00")]
    [InlineData(6, 59, "07:00")]
    [InlineData(7, 0, "07:00")]
    public void Hours_over_midnight_end_in_the_morning(int hour, int minute, string expected)
    {
        var quiet = new QuietHours(LocalZone.China, 22 * 60, 7 * 60);
        var at = At(LocalZone.China, 2026, 3, 2, hour, minute);
        var next = quiet.NextAllowed(at);
        var local = LocalZone.China.ToLocal(next);
        var days = local.Day - 2;
        Assert.Equal(expected, $"{local:HH:mm}{(days > 0 ? $"+{days}" : "")}");
        Assert.False(quiet.IsQuiet(next));
        Assert.Equal(next, quiet.NextAllowed(next));
    }

    [Fact]
    public void Hours_within_a_day_and_no_hours_at_all()
    {
        var siesta = new QuietHours(LocalZone.China, 13 * 60, 15 * 60);
        Assert.Equal(
            At(LocalZone.China, 2026, 3, 2, 15), siesta.NextAllowed(At(LocalZone.China, 2026, 3, 2, 13, 30)));
        Assert.False(siesta.IsQuiet(At(LocalZone.China, 2026, 3, 2, 12, 59)));
        for (var hour = 0; hour < 24; hour++)
        {
            Assert.False(QuietHours.None.IsQuiet(At(LocalZone.China, 2026, 3, 2, hour)));
        }
    }

    [Fact]
    public void On_the_day_of_the_spring_jump_an_end_that_no_clock_shows_comes_with_the_jump()
    {
        // 29 March 2026: 02:00 becomes 03:00.
        var quiet = new QuietHours(Berlin, 22 * 60, (2 * 60) + 30);
        var next = quiet.NextAllowed(At(Berlin, 2026, 3, 29, 0, 30));
        Assert.Equal(Instant.Utc(2026, 3, 29, 1), next); // 03:00 summer time, the first moment after 01:59.
        Assert.Equal(
            Instant.Utc(2026, 3, 29, 5), new QuietHours(Berlin, 22 * 60, 7 * 60).NextAllowed(
                At(Berlin, 2026, 3, 28, 23)));
    }

    [Fact]
    public void In_the_hour_that_autumn_shows_twice_the_clock_on_the_wall_decides()
    {
        // 25 October 2026: 03:00 becomes 02:00 again.
        var quiet = new QuietHours(Berlin, 22 * 60, (2 * 60) + 30);
        Assert.Equal(Instant.Utc(2026, 10, 25, 0, 30), quiet.NextAllowed(At(Berlin, 2026, 10, 24, 23)));
        var secondTime = Instant.Utc(2026, 10, 25, 1, 10); // 02:10 for the second time.
        Assert.True(quiet.IsQuiet(secondTime));
        Assert.Equal(Instant.Utc(2026, 10, 25, 1, 30), quiet.NextAllowed(secondTime));
        Assert.Equal(
            Instant.Utc(2026, 10, 25, 6), new QuietHours(Berlin, 22 * 60, 7 * 60).NextAllowed(
                At(Berlin, 2026, 10, 24, 23)));
    }

    [Fact]
    public void What_is_allowed_next_is_never_quiet_and_nothing_before_it_is_allowed() => Seeds.Run(200, random =>
    {
        var zones = new[] { Berlin, LocalZone.China, Zone("Africa/Johannesburg"), Zone("America/Chicago") };
        var quiet = new QuietHours(
            zones[random.Next(zones.Length)], random.Next(QuietHours.MinutesPerDay),
            random.Next(QuietHours.MinutesPerDay));
        var start = Instant.Utc(2026, random.Next(2) == 0 ? 3 : 10, random.Next(1, 28));
        for (var i = 0; i < 20; i++)
        {
            var at = start + TimeSpan.FromMinutes(random.Next(5 * QuietHours.MinutesPerDay));
            var next = quiet.NextAllowed(at);
            Assert.True(next >= at);
            Assert.False(quiet.IsQuiet(next));
            for (var between = at; between < next; between += TimeSpan.FromMinutes(1))
            {
                Assert.True(quiet.IsQuiet(between), $"{between} is allowed before {next}.");
            }
        }
    });

    private static LocalZone Zone(string id) =>
        LocalZone.TryParse(id, out var zone) ? zone : throw new InvalidOperationException(id);

    private static Instant At(LocalZone zone, int year, int month, int day, int hour, int minute = 0) =>
        zone.ToInstant(new DateTime(year, month, day, hour, minute, 0));
}
