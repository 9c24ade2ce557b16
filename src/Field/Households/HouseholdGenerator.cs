using Meters.Units;

namespace Meters.Field.Households;

/// <summary>
/// Made-up homes: a base load, a day's rhythm that differs at weekends, appliances that are on by chance, heating and
/// cooling by season, days away. A pure function of seed, meter and hour: calls in any order give the same homes.
/// Good for shapes, not for statistics.
/// </summary>
public sealed class HouseholdGenerator(long seed, LocalZone zone) : IConsumption
{
    /// <summary>Lights, screens and cooking in Wh, by the hour of the day in which the interval begins.</summary>
    private static readonly short[] Weekday =
    [
        40, 25, 20, 20, 20, 45, 150, 260, 170, 80, 70, 80, 130, 100, 70, 70, 100, 200, 380, 460, 420, 330, 210, 100,
    ];

    private static readonly short[] Weekend =
    [
        70, 40, 25, 20, 20, 30, 60, 140, 230, 260, 240, 250, 320, 260, 200, 190, 210, 280, 400, 460, 430, 360, 260, 140,
    ];

    /// <summary>Typical power of heating (northern winter) and cooling in W, by month from January.</summary>
    private static readonly short[] Heating = [900, 850, 400, 100, 0, 0, 0, 0, 0, 100, 450, 850];

    private static readonly short[] Cooling = [0, 0, 0, 0, 150, 550, 900, 900, 450, 50, 0, 0];

    private const int HomePurpose = 1;
    private const int AwayPurpose = 2;
    private const int HourPurpose = 3;

    /// <summary>Of 1,000 days, how many a home is empty.</summary>
    private const int AwayPerMille = 30;

    public bool TryUse(int meterIndex, Instant hourEnd, out Energy used)
    {
        var begin = zone.ToLocal(new(hourEnd.UnixMicros - Instant.MicrosPerHour));
        var home = Dice.Hash(seed, meterIndex, 0, HomePurpose);
        var hour = Dice.Hash(seed, meterIndex, hourEnd.UnixMicros / Instant.MicrosPerHour, HourPurpose);
        var day = begin.Ticks / TimeSpan.TicksPerDay;
        var wattHours = 50 + Dice.Draw(ref home, 90) + Dice.Draw(ref hour, 25); // Fridge, router, standby.
        var isAway = Dice.Hits(AwayPerMille, seed, meterIndex, day, AwayPurpose);
        if (!isAway) wattHours += Living(begin, ref home, ref hour);
        used = new((wattHours * 10L) + Dice.Draw(ref hour, 10));
        return true;
    }

    /// <summary>Wh above the base load when somebody lives there.</summary>
    private static int Living(DateTime begin, ref ulong home, ref ulong hour)
    {
        var free = begin.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var traits = home >> 60; // Which big appliances there are.
        var sizePercent = 50 + Dice.Draw(ref home, 130);
        var shift = Dice.Draw(ref home, 3) - 1; // Early and late risers.
        var rhythm = (free ? Weekend : Weekday)[(begin.Hour + 24 + shift) % 24];
        var noisePercent = 60 + Dice.Draw(ref hour, 80);
        var wattHours = rhythm * sizePercent / 100 * noisePercent / 100;
        wattHours += Appliances(begin.Hour, free, traits, ref hour);
        return wattHours + Climate(begin, free, traits, ref hour);
    }

    private static int Appliances(int hourOfDay, bool free, ulong traits, ref ulong hour)
    {
        var wattHours = 0;
        var hasWaterHeater = (traits & 1) == 0;
        if (hasWaterHeater && hourOfDay is 6 or 21 && Dice.Draw(ref hour, 100) < 80)
        {
            wattHours += 500 + Dice.Draw(ref hour, 800);
        }

        if (hourOfDay is 18 or 19 && Dice.Draw(ref hour, 100) < 55) wattHours += 300 + Dice.Draw(ref hour, 900);
        var washes = hourOfDay is > 8 and < 21 ? (free ? 10 : 4) : 0;
        if (Dice.Draw(ref hour, 100) < washes) wattHours += 400 + Dice.Draw(ref hour, 500);
        return wattHours;
    }

    private static int Climate(DateTime begin, bool free, ulong traits, ref ulong hour)
    {
        var atHome = free ? begin.Hour is < 1 or > 6 : begin.Hour is < 1 or (> 5 and < 9) or > 16;
        if (!atHome || Dice.Draw(ref hour, 100) >= 65) return 0;
        var (heats, cools) = ((traits & 2) == 0, (traits & 4) == 0);
        var power = (heats ? Heating[begin.Month - 1] : 0) + (cools ? Cooling[begin.Month - 1] : 0);
        return power * (40 + Dice.Draw(ref hour, 60)) / 100;
    }
}
