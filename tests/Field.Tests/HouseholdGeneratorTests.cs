using Meters.Field.Households;

namespace Meters.Field.Tests;

public class HouseholdGeneratorTests
{
    private static readonly Instant Start = Instant.Utc(2026, 1, 5);

    [Fact]
    public void The_same_seed_gives_the_same_homes_in_any_order_of_calls()
    {
        var (one, other) = (new HouseholdGenerator(7, LocalZone.China), new HouseholdGenerator(7, LocalZone.China));
        var forward = new List<Energy>();
        for (var i = 0; i < 500; i++) forward.Add(Use(one, i % 5, i / 5));
        for (var i = 499; i >= 0; i--) Assert.Equal(forward[i], Use(other, i % 5, i / 5));
    }

    [Fact]
    public void Another_seed_and_another_meter_give_other_homes()
    {
        var (one, other) = (new HouseholdGenerator(7, LocalZone.China), new HouseholdGenerator(8, LocalZone.China));
        Assert.True(Enumerable.Range(0, 100).Count(hour => Use(one, 0, hour) == Use(other, 0, hour)) < 5);
        Assert.True(Enumerable.Range(0, 100).Count(hour => Use(one, 0, hour) == Use(one, 1, hour)) < 5);
    }

    [Fact]
    public void A_home_uses_a_plausible_amount_and_more_in_the_evening_than_at_night()
    {
        var homes = new HouseholdGenerator(1, LocalZone.China);
        var (night, evening, total) = (Energy.Zero, Energy.Zero, Energy.Zero);
        const int Meters = 200;
        const int Days = 14;
        for (var meter = 0; meter < Meters; meter++)
        {
            for (var hour = 0; hour < Days * 24; hour++)
            {
                var used = Use(homes, meter, hour);
                Assert.InRange(used.TenthsWh, 1, 20 * Energy.PerKwh);
                total += used;
                var local = (hour + 8) % 24; // Start is 08:00 in China.
                if (local == 2) night += used;
                if (local == 19) evening += used;
            }
        }

        Assert.True(evening.TenthsWh > 3 * night.TenthsWh);
        Assert.InRange(total.TenthsWh / Energy.PerKwh / (Meters * Days), 4, 20);
    }

    private static Energy Use(HouseholdGenerator homes, int meter, int hour)
    {
        Assert.True(homes.TryUse(meter, Start + TimeSpan.FromHours(hour + 1), out var used));
        return used;
    }
}
