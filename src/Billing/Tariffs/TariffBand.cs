namespace Meters.Billing.Tariffs;

/// <summary>When a band holds: on days that meet all conditions, in any of the windows. Local wall time.</summary>
/// <param name="Months">Bit n for month n.</param>
/// <param name="Dates">Parts of each year, both ends included, as month times 100 plus day; may pass New Year.</param>
/// <param name="Days">Words for days: mon to sun, weekday, weekend, or a list of days; empty for every day.</param>
/// <param name="Windows">Quarters of an hour from midnight, 0 to 96, the end excluded; empty for all day.</param>
public sealed record BandRule(
    int Months,
    IReadOnlyList<(int From, int To)> Dates,
    IReadOnlyList<string> Days,
    IReadOnlyList<(int From, int To)> Windows)
{
    public const int SlotsPerDay = 96;

    public const int AllMonths = 0b1_1111_1111_1110;

    internal bool HoldsInSlot(int slot)
    {
        foreach (var (from, to) in Windows)
        {
            if (from < to ? slot >= from && slot < to : slot >= from || slot < to) return true;
        }

        return Windows.Count == 0;
    }
}

/// <summary>A time-of-use band.</summary>
/// <param name="Name">Unique in the version.</param>
/// <param name="Overrides">Bands listed after it over which it has precedence where both hold.</param>
/// <param name="When">When it holds; empty for the last, which holds where no other does.</param>
public sealed record TariffBand(string Name, IReadOnlyList<string> Overrides, IReadOnlyList<BandRule> When);
