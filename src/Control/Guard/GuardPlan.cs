using Meters.Control.Limits;

namespace Meters.Control.Guard;

/// <summary>Where the account of a cut stands.</summary>
/// <param name="Region">Empty where none is known.</param>
/// <param name="Feeder">Empty where none is known.</param>
/// <param name="Operator">Who asked for the cut; null where policy did.</param>
/// <param name="Watts">Estimated load, watts.</param>
public readonly record struct TripPlace(string Region, string Feeder, string? Operator, long Watts);

/// <summary>Turns the settings into what is asked of one cut.</summary>
public static class GuardPlan
{
    private const long WattsPerKilowatt = 1_000;

    /// <param name="options">Settings.</param>
    /// <param name="place">Where the account stands.</param>
    /// <param name="population">Accounts of a budget and their estimated load; zero where there are none.</param>
    /// <param name="jump">Null where there is no history.</param>
    public static GuardTerms TermsOf(
        GuardOptions options, TripPlace place, Func<GuardKey, TripLoad> population, GuardJump? jump)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(population);
        var (region, feeder) = (new GuardKey(GuardScope.Region, place.Region), new GuardKey(GuardScope.Feeder,
            place.Feeder));
        var budgets = new List<GuardBudget>
        {
            new(GuardKey.System, SystemCap(options, population(GuardKey.System))),
            new(region, RegionCap(options, population(region))),
            new(feeder, FeederCap(options, population(feeder))),
        };
        if (place.Operator is { } person)
        {
            budgets.Add(new(
                GuardKey.Operator(person),
                new(options.OperatorTripsMax, options.OperatorKilowattsMax * WattsPerKilowatt)));
        }

        return new()
        {
            Window = TimeSpan.FromMinutes(options.WindowMinutes),
            Watts = place.Watts,
            Budgets = budgets,
            WarnPercent = options.WarnPercent,
            QuarantinePercent = options.QuarantinePercent,
            Jump = jump,
        };
    }

    /// <summary>
    /// The same with a part of each cap: the pace at which cuts are spread, so that ordinary work stays clear of the
    /// guard's lines.
    /// </summary>
    public static GuardTerms PaceOf(GuardTerms terms, int percent)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms with { Budgets = [.. terms.Budgets.Select(budget => Part(budget, percent))] };
    }

    /// <summary>The whole system's cap for so many accounts and so much load.</summary>
    public static TripLoad SystemCap(GuardOptions options, TripLoad of)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(
            GuardCap.TripsMax(of.Trips, options),
            Watts(of, options.TripsPerTenThousandAccounts, options.KilowattsFloor, options.KilowattsMax));
    }

    /// <summary>
    /// Past the larger of a floor and a multiple of the usual something is wrong. Null without a week of history.
    /// </summary>
    /// <param name="options">Settings.</param>
    /// <param name="sameHour">Cuts proposed in this hour of each day before; the order does not matter.</param>
    public static GuardJump? JumpOf(GuardOptions options, IReadOnlyList<long> sameHour)
    {
        const int DaysMin = 7;
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sameHour);
        if (sameHour.Count < DaysMin) return null;

        // The second largest: the busiest day of the week counts, one day that went wrong does not.
        var usual = sameHour.OrderDescending().ElementAt(1);
        var most = Math.Max(options.JumpTripsFloor, usual * options.JumpPercent / 100);
        return new(TripGuard.Below(most, options.WarnPercent), most);
    }

    private static GuardBudget Part(GuardBudget budget, int percent) => budget with
    {
        Cap = new(TripGuard.Below(budget.Cap.Trips, percent), TripGuard.Below(budget.Cap.Watts, percent)),
    };

    private static TripLoad RegionCap(GuardOptions options, TripLoad of) => new(
        Share(of.Trips, options.RegionPerTenThousand, options.RegionTripsFloor, options.TripsMax),
        Watts(of, options.RegionPerTenThousand, options.RegionKilowattsFloor, options.KilowattsMax));

    private static TripLoad FeederCap(GuardOptions options, TripLoad of) => new(
        Share(of.Trips, options.FeederPerTenThousand, options.FeederTripsFloor, options.TripsMax),
        Watts(of, options.FeederPerTenThousand, options.FeederKilowattsFloor, options.KilowattsMax));

    private static long Watts(TripLoad of, int perTenThousand, long floor, long max) =>
        Share(of.Watts, perTenThousand, floor * WattsPerKilowatt, max * WattsPerKilowatt);

    private static long Share(long of, int perTenThousand, long floor, long max) =>
        Math.Min(max, Math.Max(floor, (long)((Int128)of * perTenThousand / 10_000)));
}
