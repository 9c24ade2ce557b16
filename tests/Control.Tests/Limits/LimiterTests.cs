using System.ComponentModel.DataAnnotations;
using Meters.Control.Commands;
using Meters.Control.Limits;
using Meters.Units;

namespace Meters.Tests.Control.Limits;

public class LimiterTests
{
    private static readonly Instant Start = Instant.Utc(2026, 3, 2);

    [Fact]
    public void No_sliding_window_ever_holds_more_than_the_limit_and_none_is_refused_without_need() =>
        Seeds.Run(300, random =>
    {
        var (limit, window) = (random.Next(1, 12), TimeSpan.FromMilliseconds(random.Next(1, 5_000)));
        var limiter = new SlidingWindowLimiter(limit, window);
        var (now, taken) = (Start, new List<Instant>());
        for (var i = 0; i < 400; i++)
        {
            now += TimeSpan.FromMicroseconds(
                random.Next(4) == 0 ? 0 : random.NextInt64(window.Ticks / 10 * 2 / limit + 2));
            var room = taken.Count(at => now - at < window) < limit; // The naive count.
            Assert.Equal(room, limiter.TryTake(now, out var freeAt));
            if (room) taken.Add(now);
            else if (random.Next(3) == 0)
            {
                Assert.True(freeAt > now);
                Assert.False(limiter.TryTake(freeAt - TimeSpan.FromMicroseconds(1), out _));
                now = freeAt;
                Assert.True(limiter.TryTake(now, out _));
                taken.Add(now);
            }

            if (i == 200)
            {
                // A restart: what another process remembers is enough, in any order.
                limiter = new(limit, window);
                limiter.Restore(taken.OrderBy(_ => random.Next()));
            }
        }

        foreach (var from in taken) Assert.True(taken.Count(at => at >= from && at - from < window) <= limit);
    });

    [Fact]
    public void Two_instants_a_whole_window_apart_are_not_in_one_window()
    {
        var limiter = new SlidingWindowLimiter(1, TimeSpan.FromSeconds(1));
        Assert.True(limiter.TryTake(Start, out _));
        Assert.False(limiter.TryTake(Start + TimeSpan.FromMicroseconds(999_999), out var freeAt));
        Assert.Equal(Start + TimeSpan.FromSeconds(1), freeAt);
        Assert.True(limiter.TryTake(freeAt, out _));
    }

    [Fact]
    public void A_clock_that_steps_back_makes_no_room()
    {
        var limiter = new SlidingWindowLimiter(2, TimeSpan.FromSeconds(10));
        Assert.True(limiter.TryTake(Start, out _));
        Assert.True(limiter.TryTake(Start - TimeSpan.FromHours(1), out _));
        Assert.False(limiter.TryTake(Start - TimeSpan.FromHours(1), out var freeAt));
        Assert.Equal(Start + TimeSpan.FromSeconds(10), freeAt);
    }

    [Fact]
    public void Every_level_holds_in_every_window_and_the_reserve_is_left_for_reconnects() => Seeds.Run(60, random =>
    {
        var options = new LimiterOptions
        {
            CommandsPerSecondSystemMax = random.Next(3, 10),
            CommandsPerSecondSystemReserve = 2,
            CommandsPerMinutePerConcentratorMax = random.Next(4, 20),
            CommandsPerMinutePerConcentratorReserve = 3,
        };
        var limiter = new DispatchLimiter(options);
        var (now, sent) = (Start, new List<(TerminalAddress Terminal, CommandKind Kind, Instant At)>());
        for (var i = 0; i < 1_500; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 250));
            var terminal = TerminalAddress.Of(1, random.Next(1, 8));
            CommandKind[] kinds = [CommandKind.Close, CommandKind.Trip, CommandKind.AlarmOn, CommandKind.PermitClose];
            var kind = kinds[random.Next(4)];
            var gives = kind is CommandKind.Close or CommandKind.PermitClose;
            var room = Room(sent, now, TimeSpan.FromSeconds(1), options.CommandsPerSecondSystemMax, 2, gives)
                && Room(
                    sent.Where(s => s.Terminal == terminal),
                    now,
                    TimeSpan.FromMinutes(1),
                    options.CommandsPerMinutePerConcentratorMax,
                    3,
                    gives);
            Assert.Equal(room, limiter.TryTake(terminal, kind, now, out var freeAt));
            Assert.Equal(room, freeAt == now);
            if (room) sent.Add((terminal, kind, now));
            if (i != 700) continue;
            limiter = new(options);
            limiter.Restore(sent.Where(s => now - s.At < DispatchLimiter.Memory).Reverse());
        }

        Assert.True(limiter.Concentrators <= 7);
    });

    [Fact]
    public void A_wave_of_cuts_cannot_stand_in_a_reconnects_way()
    {
        var limiter = new DispatchLimiter(new());
        var cuts = Enumerable.Range(1, 1_000).Count(
            i => limiter.TryTake(TerminalAddress.Of(1, i), CommandKind.Trip, Start, out _));
        Assert.Equal(40, cuts);
        var back = Enumerable.Range(1, 1_000).Count(
            i => limiter.TryTake(TerminalAddress.Of(2, i), CommandKind.Close, Start, out _));
        Assert.Equal(10, back);
    }

    [Fact]
    public void A_refusal_at_one_level_takes_nothing_at_the_other()
    {
        var limiter = new DispatchLimiter(new()
        {
            CommandsPerSecondSystemMax = 2,
            CommandsPerSecondSystemReserve = 0,
            CommandsPerMinutePerConcentratorMax = 1,
            CommandsPerMinutePerConcentratorReserve = 0,
        });
        var (a, b) = (TerminalAddress.Of(1, 1), TerminalAddress.Of(1, 2));
        Assert.True(limiter.TryTake(a, CommandKind.Trip, Start, out _));
        for (var i = 0; i < 5; i++) Assert.False(limiter.TryTake(a, CommandKind.Trip, Start, out _));
        Assert.True(limiter.TryTake(b, CommandKind.Trip, Start, out _));
    }

    [Fact]
    public void A_clock_that_steps_back_makes_no_concentrator_look_idle()
    {
        var limiter = new DispatchLimiter(new()
        {
            CommandsPerMinutePerConcentratorMax = 2,
            CommandsPerMinutePerConcentratorReserve = 0,
        });
        var terminal = TerminalAddress.Of(1, 1);
        Assert.True(limiter.TryTake(terminal, CommandKind.Trip, Start, out _));
        Assert.True(limiter.TryTake(terminal, CommandKind.Trip, Start - TimeSpan.FromMinutes(2), out _));
        Assert.False(limiter.TryTake(terminal, CommandKind.Trip, Start + TimeSpan.FromSeconds(2), out _));
    }

    [Fact]
    public void Idle_concentrators_are_forgotten()
    {
        var limiter = new DispatchLimiter(new());
        var now = Start;
        for (var i = 1; i <= 20_000; i++)
        {
            now += TimeSpan.FromMilliseconds(30);
            Assert.True(limiter.TryTake(TerminalAddress.Of(i / 60_000, i), CommandKind.Close, now, out _));
            Assert.True(limiter.Concentrators <= 2_001);
        }
    }

    [Fact]
    public void All_faulty_options_are_named_and_a_limiter_of_them_is_refused()
    {
        var options = new LimiterOptions { CommandsPerSecondSystemMax = 5, CommandsPerSecondSystemReserve = 5 };
        var faults = new List<ValidationResult>();
        Assert.False(Validator.TryValidateObject(options, new(options), faults, true));
        Assert.Contains("CommandsPerSecondSystemReserve", Assert.Single(faults).MemberNames);
        Assert.Throws<ValidationException>(() => new DispatchLimiter(options));
        Assert.Throws<ValidationException>(
            () => new DispatchLimiter(new() { CommandsPerMinutePerConcentratorMax = 0 }));
        var both = new LimiterOptions
        {
            CommandsPerSecondSystemReserve = 50,
            CommandsPerMinutePerConcentratorReserve = 30,
        };
        Assert.Equal(2, both.Validate(new(both)).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlidingWindowLimiter(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlidingWindowLimiter(1, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(3_999, 20)]
    [InlineData(4_000, 20)]
    [InlineData(4_199, 20)]
    [InlineData(4_200, 21)]
    [InlineData(1_000_000, 5_000)]
    [InlineData(long.MaxValue, 5_000)]
    public void The_guard_allows_twenty_or_half_a_percent_whichever_is_more(long accounts, int trips)
    {
        Assert.Equal(trips, GuardCap.TripsMax(accounts, new()));
    }

    [Fact]
    public void A_negative_number_of_accounts_is_our_own_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GuardCap.TripsMax(-1, new()));

    private static bool Room(
        IEnumerable<(TerminalAddress Terminal, CommandKind Kind, Instant At)> sent,
        Instant now,
        TimeSpan window,
        int max,
        int reserve,
        bool gives)
    {
        var inside = sent.Where(s => now - s.At < window).ToList();
        var others = inside.Count(s => s.Kind is not (CommandKind.Close or CommandKind.PermitClose));
        return inside.Count < max && (gives || others < max - reserve);
    }
}
