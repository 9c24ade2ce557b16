using Meters.Host.Demo;
using Meters.Host.Engine;

namespace Meters.Host.Tests.Engine;

public class HealthTests
{
    private static readonly Instant Now = Instant.Utc(2026, 3, 1);

    [Fact]
    public void A_gateway_that_failed_counts_as_away_for_a_while_and_not_for_ever()
    {
        var clock = new StepClock(Now);
        var health = new HealthMonitor([], clock);
        health.Observe(Now);
        health.ObserveSms(reached: false, Now);
        Assert.False(health.Sms);
        clock.MoveTo(Now + HealthMonitor.SmsDoubt);
        health.Observe(clock.Now());
        Assert.False(health.Sms);
        clock.MoveTo(clock.Now() + TimeSpan.FromSeconds(1));
        health.Observe(clock.Now());
        Assert.True(health.Sms);
    }

    [Fact]
    public void A_message_that_goes_through_clears_the_doubt_at_once()
    {
        var health = new HealthMonitor([], new StepClock(Now));
        health.ObserveSms(reached: false, Now);
        health.ObserveSms(reached: true, Now);
        Assert.True(health.Sms);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_clock_that_steps_back_is_not_trusted_until_it_has_caught_up()
    {
        await Task.CompletedTask;
        var clock = new SetClock();
        clock.Observe();
        clock.Jump(TimeSpan.FromSeconds(-1));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromSeconds(1));
        Assert.True(clock.IsSteady());
    }

    [Theory(Timeout = 10_000)]
    [InlineData(11, 60)] // An hour at least.
    [InlineData(90 * 60, 90)] // As long as the jump.
    [InlineData(30 * 86_400, 1_440)] // A day at most.
    public async Task A_clock_that_jumps_ahead_is_doubted_for_as_long_as_it_jumped(int seconds, int minutes)
    {
        await Task.CompletedTask;
        var clock = new SetClock();
        clock.Observe();
        clock.Jump(TimeSpan.FromSeconds(seconds));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromSeconds(1));
        Assert.True(clock.IsSteady());
        clock.Pass(TimeSpan.FromDays(1));
        Assert.True(clock.IsSteady());
        clock.Jump(TimeSpan.FromSeconds(seconds)); // The next one counts from there.
        Assert.False(clock.IsSteady());
    }

    [Fact(Timeout = 10_000)]
    public async Task A_clock_that_jumped_ahead_and_is_put_right_is_trusted_at_once()
    {
        await Task.CompletedTask;
        var clock = new SetClock();
        clock.Observe();
        clock.Jump(TimeSpan.FromHours(5));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromMinutes(10));
        clock.Jump(TimeSpan.FromHours(-5));
        Assert.True(clock.IsSteady());
    }

    [Fact(Timeout = 10_000)]
    public async Task A_second_jump_ahead_begins_the_doubt_anew()
    {
        await Task.CompletedTask;
        var clock = new SetClock();
        clock.Observe();
        clock.Jump(TimeSpan.FromMinutes(5));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromMinutes(50));
        clock.Jump(TimeSpan.FromMinutes(5));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromMinutes(50));
        Assert.False(clock.IsSteady());
        clock.Pass(TimeSpan.FromMinutes(10));
        Assert.True(clock.IsSteady());
    }

    [Fact(Timeout = 10_000)]
    public async Task Small_corrections_and_long_silence_are_no_jumps()
    {
        await Task.CompletedTask;
        var clock = new SetClock();
        clock.Observe();
        clock.Jump(ClockWatch.AheadMax);
        Assert.True(clock.IsSteady());
        clock.Pass(TimeSpan.FromDays(3)); // Nobody looked for three days: both clocks went on.
        Assert.True(clock.IsSteady());
    }

    /// <summary>A clock that goes on, and can be set.</summary>
    private sealed class SetClock : TimeProvider
    {
        private readonly HealthMonitor _health;
        private TimeSpan _passed;
        private TimeSpan _set;

        public SetClock() => _health = new([], this);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => (Now + _passed + _set).ToDateTimeOffset();

        public void Pass(TimeSpan time) => _passed += time;

        public void Jump(TimeSpan by) => _set += by;

        public void Observe() => _health.Observe(this.Now());

        public bool IsSteady()
        {
            Observe();
            return _health.Facts().Clock;
        }
    }
}
