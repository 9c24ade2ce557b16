using Meters.Host.Engine;

namespace Meters.Host.Tests.Engine;

public class HealthTests
{
    private static readonly Instant Now = Instant.Utc(2026, 3, 1);

    [Fact]
    public void A_gateway_that_failed_counts_as_away_for_a_while_and_not_for_ever()
    {
        var health = new HealthMonitor([]);
        health.Observe(Now);
        health.ObserveSms(reached: false, Now);
        Assert.False(health.Sms);
        health.Observe(Now + HealthMonitor.SmsDoubt);
        Assert.False(health.Sms);
        health.Observe(Now + HealthMonitor.SmsDoubt + TimeSpan.FromSeconds(1));
        Assert.True(health.Sms);
    }

    [Fact]
    public void A_message_that_goes_through_clears_the_doubt_at_once()
    {
        var health = new HealthMonitor([]);
        health.ObserveSms(reached: false, Now);
        health.ObserveSms(reached: true, Now);
        Assert.True(health.Sms);
    }

    [Fact]
    public void A_clock_that_steps_back_is_not_trusted_until_it_has_caught_up()
    {
        var health = new HealthMonitor([]);
        health.Observe(Now);
        health.Observe(Now - TimeSpan.FromSeconds(1));
        Assert.False(health.Facts().Clock);
        health.Observe(Now);
        Assert.True(health.Facts().Clock);
    }
}
