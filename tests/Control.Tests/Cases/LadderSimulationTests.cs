using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

public class LadderSimulationTests
{
    private static readonly Instant Start = Given.Local(2026, 3, 2, 0);

    [Fact]
    public void Weeks_of_trouble_never_cut_wrongly_and_always_bring_the_power_back()
    {
        var trips = 0;
        Seeds.Run(150, random =>
        {
            var account = Run(random);
            trips += account.Trips;
        });
        Assert.True(
            trips > 150 || Environment.GetEnvironmentVariable("METERS_SEED") is not null,
            $"Only {trips} cuts: it proves nothing.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_story()
    {
        var (first, second) = (Run(new Random(77)), Run(new Random(77)));
        Assert.Equal(first.Log, second.Log);
        Assert.Equal(first.Case, second.Case);
        Assert.NotEmpty(first.Log);
    }

    [Fact]
    public void Who_never_pays_is_reminded_warned_and_cut_within_72_hours_of_the_demo()
    {
        var account = new SimulatedAccount(new Random(5), new(), Given.Demo, Start) { Calm = true };
        for (var i = 0; i < 72 * 6; i++) account.Tick();
        Assert.Equal(Supply.Off, account.Relay);
        Assert.Equal(Supply.Off, account.Case.Actual);
        account.Pay(9_000);
        for (var i = 0; i < 6; i++) account.Tick();
        Assert.Equal(Supply.On, account.Relay);
        Assert.Equal((0, Supply.On, Supply.On, false),
            (account.Case.Rung, account.Case.Desired, account.Case.Actual, account.Case.AlarmOn));
    }

    private static SimulatedAccount Run(Random random)
    {
        var account = new SimulatedAccount(random, new(), Given.Demo, Start);
        for (var i = 0; i < 28 * 144; i++) account.Tick();

        // The trouble ends and everything is paid: all must come to rest with the power on.
        account.EndDisturbances();
        account.Pay(Math.Max(0, -account.Balance) + 1_000_000);
        for (var i = 0; i < 2 * 144; i++) account.Tick();
        Assert.Equal(Supply.On, account.Relay);
        Assert.Equal(0, account.Case.Rung);
        Assert.False(account.Case.AlarmOn);
        Assert.NotEqual(Supply.Off, account.Case.Desired);
        Assert.Empty(account.Facts.Active);
        Assert.Equal(Instant.Never, account.Case.DueAt);
        return account;
    }
}
