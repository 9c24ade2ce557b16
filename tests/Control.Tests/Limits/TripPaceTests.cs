using Meters.Control.Limits;

namespace Meters.Control.Tests.Limits;

public sealed class TripPaceTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly Instant Start = Instant.Utc(2026, 3, 1, 8);

    [Fact]
    public void Never_more_than_the_pace_in_any_window() => Seeds.Run(100, random =>
    {
        var pace = new TripPace(Window);
        var max = random.Next(1, 12);
        var taken = new List<Instant>();
        var now = Start;
        for (var i = 0; i < 400; i++)
        {
            now += TimeSpan.FromSeconds(random.Next(0, 120));
            if (pace.TryTake(now, max, out _)) taken.Add(now);
            Assert.True(taken.Count(t => t > now - Window) <= max);
        }

        Assert.True(taken.Count > max);
    });

    [Fact]
    public void Who_waits_until_told_gets_through()
    {
        var pace = new TripPace(Window);
        for (var i = 0; i < 3; i++) Assert.True(pace.TryTake(Start + TimeSpan.FromMinutes(i), 3, out _));
        Assert.False(pace.TryTake(Start + TimeSpan.FromMinutes(3), 3, out var freeAt));
        Assert.Equal(Start + Window, freeAt);
        Assert.True(pace.TryTake(freeAt, 3, out _));
    }

    [Fact]
    public void A_pace_that_shrinks_waits_for_as_many_as_are_too_many()
    {
        var pace = new TripPace(Window);
        for (var i = 0; i < 4; i++) Assert.True(pace.TryTake(Start + TimeSpan.FromMinutes(i), 4, out _));
        Assert.False(pace.TryTake(Start + TimeSpan.FromMinutes(5), 2, out var freeAt));
        Assert.Equal(Start + TimeSpan.FromMinutes(2) + Window, freeAt);
    }

    [Fact]
    public void A_restart_forgets_nothing()
    {
        var pace = new TripPace(Window);
        pace.Restore([Start, Start + TimeSpan.FromMinutes(1)]);
        Assert.False(pace.TryTake(Start + TimeSpan.FromMinutes(2), 2, out _));
        Assert.True(pace.TryTake(Start + Window, 2, out _));
    }

    [Theory]
    [InlineData(20, 15)]
    [InlineData(5_000, 3_750)]
    [InlineData(1, 1)]
    public void The_pace_stays_a_quarter_below_the_guard(int cap, int expected) =>
        Assert.Equal(expected, TripPace.Of(cap));
}
