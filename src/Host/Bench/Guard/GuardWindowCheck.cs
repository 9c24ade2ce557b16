using Meters.Control.Limits;
using Meters.Units;

namespace Meters.Host.Bench.Guard;

/// <summary>
/// Looks at every instant at which a cut left and counts what left in the window before it. Written apart from the
/// guard on purpose: it knows the settings and the plan, and nothing of budgets, books or terms.
/// </summary>
internal sealed class GuardWindowCheck(GuardTrialPlan plan)
{
    private readonly long _window = plan.Guard.WindowMinutes * 60_000_000L;

    /// <summary>What was exceeded, in plain words; empty when every window holds.</summary>
    public List<string> Faults(IReadOnlyList<GuardTrialCut> sent)
    {
        var faults = new List<string>();
        var byBook = sent.Select(cut => (cut.At.UnixMicros, cut.Cut)).ToList();
        Check(byBook, "booked", faults);

        // Where no clock stands off, the true instants must hold as well.
        if (plan.Skew[1] == TimeSpan.Zero)
        {
            Check([.. sent.Select(cut => (cut.Real.UnixMicros, cut.Cut))], "true", faults);
        }

        if (sent.Select(cut => cut.Cut).Distinct().Count() != sent.Count) faults.Add("A home was cut twice.");
        if (plan.StoppedAt is { } stopped && sent.Any(cut => cut.Real >= stopped))
        {
            faults.Add("A cut left after all were stopped.");
        }

        return faults;
    }

    private void Check(List<(long At, int Account)> cuts, string clock, List<string> faults)
    {
        cuts.Sort();
        var (accounts, watts) = Population(_ => 0);
        var guard = plan.Guard;
        var share = guard.TripsPerTenThousandAccounts;
        Windows(
            cuts, $"{clock}: system", faults,
            Cap(accounts[0], share, guard.TripsFloor, guard.TripsMax),
            Cap(watts[0], share, guard.KilowattsFloor * 1_000L, guard.KilowattsMax * 1_000L));
        Groups(cuts, plan.FeederOf, $"{clock}: feeder", guard.FeederPerTenThousand, guard.FeederTripsFloor,
            guard.FeederKilowattsFloor, faults);
        Groups(cuts, plan.RegionOf, $"{clock}: region", guard.RegionPerTenThousand, guard.RegionTripsFloor,
            guard.RegionKilowattsFloor, faults);
        if (plan.Cause != GuardCause.Operator) return;
        Windows(cuts, $"{clock}: operator", faults, guard.OperatorTripsMax, guard.OperatorKilowattsMax * 1_000L);
    }

    private void Groups(
        List<(long At, int Account)> cuts, Func<int, int> groupOf, string name, int share, int tripsFloor, int kwFloor,
        List<string> faults)
    {
        var (accounts, watts) = Population(groupOf);
        foreach (var group in cuts.GroupBy(cut => groupOf(cut.Account)))
        {
            Windows(
                [.. group], $"{name} {group.Key}", faults,
                Cap(accounts[group.Key], share, tripsFloor, plan.Guard.TripsMax),
                Cap(watts[group.Key], share, kwFloor * 1_000L, plan.Guard.KilowattsMax * 1_000L));
        }
    }

    private void Windows(
        List<(long At, int Account)> cuts, string name, List<string> faults, decimal tripsMax, decimal wattsMax)
    {
        var (oldest, watts) = (0, 0L);
        for (var i = 0; i < cuts.Count; i++)
        {
            watts += GuardTrialPlan.WattsOf(cuts[i].Account);
            while (cuts[i].At - cuts[oldest].At >= _window) watts -= GuardTrialPlan.WattsOf(cuts[oldest++].Account);
            if (i - oldest + 1 <= tripsMax && watts <= wattsMax) continue;
            faults.Add($"{name}: {i - oldest + 1} cuts, {watts} W in one window; {tripsMax}, {wattsMax} allowed.");
            return;
        }
    }

    private (Dictionary<int, long> Accounts, Dictionary<int, long> Watts) Population(Func<int, int> groupOf)
    {
        var (accounts, watts) = (new Dictionary<int, long>(), new Dictionary<int, long>());
        for (var account = 0; account < plan.Accounts; account++)
        {
            var group = groupOf(account);
            accounts[group] = accounts.GetValueOrDefault(group) + 1;
            watts[group] = watts.GetValueOrDefault(group) + GuardTrialPlan.WattsOf(account);
        }

        return (accounts, watts);
    }

    private static decimal Cap(long of, int perTenThousand, long floor, long max) =>
        Math.Min(max, Math.Max(floor, Math.Floor(of * (decimal)perTenThousand / 10_000m)));
}
