using Meters.Control.Policies;
using Meters.Tests.Control.Cases;
using Meters.Units;

namespace Meters.Tests.Control.Policies;

public class CutWindowsTests
{
    private const byte EveryDay = 0b111_1111;
    private const byte WorkingDays = 0b011_1110;

    [Fact]
    public void The_edges_belong_inside_at_the_start_and_outside_at_the_margin()
    {
        var windows = Of(new CutWindow(EveryDay, 480, 960));
        var (opens, ends) = (Given.Local(2026, 3, 2, 8), Given.Local(2026, 3, 2, 15, 30));
        Assert.False(windows.IsOpen(opens - TimeSpan.FromMicroseconds(1), out _));
        Assert.True(windows.IsOpen(opens, out var mustBeDoneBy));
        Assert.Equal(ends, mustBeDoneBy);
        Assert.True(windows.IsOpen(ends - TimeSpan.FromMicroseconds(1), out _));
        Assert.False(windows.IsOpen(ends, out _));
        Assert.Equal(opens, windows.NextOpen(opens));
        Assert.Equal(Given.Local(2026, 3, 3, 8), windows.NextOpen(ends));
        Assert.Equal(Given.Local(2026, 3, 3, 8), windows.NextOccurrence(opens));
    }

    [Fact]
    public void Working_days_and_holidays_are_local_days()
    {
        var holiday = ServiceDay.Of(new(2026, 3, 9));
        var windows = Of(new CutWindow(WorkingDays, 540, 960)) with { NoCutDays = new HashSet<ServiceDay> { holiday } };
        // Friday to Tuesday.
        Assert.Equal(Given.Local(2026, 3, 10, 9), windows.NextOpen(Given.Local(2026, 3, 6, 15, 30)));
        Assert.False(windows.IsOpen(Given.Local(2026, 3, 7, 10), out _));
        Assert.False(windows.IsOpen(Given.Local(2026, 3, 9, 10), out _));
        Assert.True(windows.IsOpen(Given.Local(2026, 3, 10, 10), out _));
    }

    [Fact]
    public void Windows_that_touch_at_midnight_are_one_and_the_margin_stands_at_its_end()
    {
        var windows = Of(new CutWindow(EveryDay, 1_320, 1_440), new CutWindow(EveryDay, 0, 120));
        var midnight = Given.Local(2026, 3, 3, 0);
        Assert.True(windows.IsOpen(midnight - TimeSpan.FromMinutes(10), out var mustBeDoneBy));
        Assert.Equal(midnight + TimeSpan.FromMinutes(90), mustBeDoneBy);
        Assert.True(windows.IsOpen(midnight, out _));
        Assert.False(windows.IsOpen(midnight + TimeSpan.FromMinutes(90), out _));
    }

    [Fact]
    public void Without_a_touching_window_the_margin_stands_before_midnight()
    {
        var windows = Of(new CutWindow(EveryDay, 1_320, 1_440));
        Assert.False(windows.IsOpen(Given.Local(2026, 3, 2, 23, 30), out _));
        Assert.True(windows.IsOpen(Given.Local(2026, 3, 2, 23, 29), out _));
    }

    [Fact]
    public void Round_the_clock_is_always_open_and_ends_beyond_any_commands_life()
    {
        var windows = Of(new CutWindow(EveryDay, 0, 1_440));
        var now = Given.Local(2026, 3, 2, 23, 50);
        Assert.True(windows.IsOpen(now, out var mustBeDoneBy));
        Assert.True(mustBeDoneBy - now > TimeSpan.FromDays(2));
        // A failed cut still waits for the next day.
        Assert.Equal(Given.Local(2026, 3, 3, 0), windows.NextOccurrence(now));
    }

    [Fact]
    public void In_a_zone_with_summer_time_the_local_hours_count()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var berlin));
        var windows = new CutWindows(berlin, [new(EveryDay, 480, 960)], new HashSet<ServiceDay>(), TimeSpan.Zero);
        Assert.Equal(Instant.Utc(2026, 3, 28, 7), windows.NextOpen(Instant.Utc(2026, 3, 28)));
        Assert.Equal(Instant.Utc(2026, 3, 29, 6), windows.NextOpen(Instant.Utc(2026, 3, 28, 20)));
        Assert.True(windows.IsOpen(Instant.Utc(2026, 3, 29, 6), out var mustBeDoneBy));
        Assert.Equal(Instant.Utc(2026, 3, 29, 14), mustBeDoneBy);
    }

    [Fact]
    public void An_hour_that_spring_leaves_out_is_no_window_and_one_that_comes_twice_is_taken_the_first_time()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var berlin));
        var windows = new CutWindows(berlin, [new(EveryDay, 120, 180)], new HashSet<ServiceDay>(), TimeSpan.Zero);
        Assert.Equal(Instant.Utc(2026, 3, 30, 0), windows.NextOpen(Instant.Utc(2026, 3, 28, 12)));
        Assert.Equal(Instant.Utc(2026, 10, 25, 0), windows.NextOpen(Instant.Utc(2026, 10, 24, 12)));
    }

    [Fact]
    public void Windows_agree_with_a_naive_look_at_the_wall_clock() => Seeds.Run(60, random =>
    {
        Assert.True(LocalZone.TryParse(random.Next(2) == 0 ? "+08:00" : "America/New_York", out var zone));
        var from = random.Next(0, 1_300);
        var window = new CutWindow((byte)random.Next(1, 128), from, random.Next(from + 61, 1_441));
        var windows = new CutWindows(zone, [window], new HashSet<ServiceDay>(), TimeSpan.Zero);
        for (var i = 0; i < 200; i++)
        {
            // No change of the clock in it.
            var at = Instant.Utc(2026, 4, 1) + TimeSpan.FromMinutes(random.Next(180 * 1_440));
            var local = zone.ToLocal(at);
            var minute = (local.Hour * 60) + local.Minute;
            var open = window.Falls(local.DayOfWeek) && minute >= window.FromMinute && minute < window.ToMinute;
            Assert.Equal(open, windows.IsOpen(at, out _));
            var next = windows.NextOpen(at);
            Assert.True(next >= at && windows.IsOpen(next, out _));
            Assert.Equal(open, next == at);
            Assert.False(!open && windows.IsOpen(next - TimeSpan.FromMinutes(1), out _));
        }
    });

    [Fact]
    public void No_window_or_a_closed_calendar_means_never()
    {
        Assert.Equal(Instant.Never, Of().NextOpen(Given.Monday10));
        var days = Enumerable.Range(0, 500).Select(i => ServiceDay.Of(new(2026, 3, 1)).AddDays(i)).ToHashSet();
        Assert.Equal(
            Instant.Never, (Of(new CutWindow(EveryDay, 480, 960)) with { NoCutDays = days }).NextOpen(Given.Monday10));
    }

    private static CutWindows Of(params CutWindow[] windows) =>
        new(LocalZone.China, windows, new HashSet<ServiceDay>(), TimeSpan.FromMinutes(30));
}
