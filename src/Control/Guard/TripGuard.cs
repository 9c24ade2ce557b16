using System.Globalization;

namespace Meters.Control.Guard;

/// <summary>What the guard says about one cut.</summary>
/// <param name="Line">The worst line that it would cross.</param>
/// <param name="Key">Whose budget that is.</param>
/// <param name="Sentence">In plain words, for the alarm and for the row; empty when clear.</param>
public readonly record struct GuardVerdict(GuardLine Line, GuardKey Key, string Sentence)
{
    /// <summary>Whether the cut may go now.</summary>
    public bool Goes => Line < GuardLine.Quarantine;
}

/// <summary>
/// The decision of the mass-disconnect guard, pure: on 12 August 2020 a software error in Uttar Pradesh cut at least
/// 158,000 paid-up homes at once. Whoever asks it holds the lock under which the sums were read, and books the cut
/// under the same lock.
/// </summary>
public static class TripGuard
{
    /// <param name="terms">What is asked of this cut.</param>
    /// <param name="spent">Dispatched in the window that ends now, by budget and in the same order.</param>
    /// <param name="proposed">Cuts proposed within the last hour, this one included.</param>
    /// <param name="released">Two people released it: the quarantine line only warns, the hard cap still holds.</param>
    /// <exception cref="ArgumentException">The sums are not one for each budget.</exception>
    public static GuardVerdict Decide(
        GuardTerms terms, ReadOnlySpan<TripLoad> spent, long proposed = 0, bool released = false)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (spent.Length != terms.Budgets.Count) throw new ArgumentException("One sum for each budget.", nameof(spent));
        var worst = OfHistory(terms.Jump, proposed, released);
        var key = GuardKey.History;
        var (used, cap, isLoad) = (proposed, terms.Jump?.Quarantine ?? 0, false);
        for (var i = 0; i < spent.Length; i++)
        {
            var budget = terms.Budgets[i];
            var after = spent[i] + new TripLoad(1, terms.Watts);
            var byTrips = LineOf(after.Trips, budget.Cap.Trips, terms, released);
            var byLoad = LineOf(after.Watts, budget.Cap.Watts, terms, released);
            var line = byLoad > byTrips ? byLoad : byTrips;
            if (line <= worst) continue;
            (worst, key, isLoad) = (line, budget.Key, byLoad > byTrips);
            (used, cap) = isLoad ? (after.Watts, budget.Cap.Watts) : (after.Trips, budget.Cap.Trips);
        }

        return worst == GuardLine.Clear
            ? new(GuardLine.Clear, GuardKey.System, "")
            : new(worst, key, SentenceOf(key, used, cap, isLoad));
    }

    /// <summary>
    /// The most of a cap that goes below a line: rounded down, and one at least where the cap allows any.
    /// </summary>
    public static long Below(long cap, int percent) =>
        cap == long.MaxValue ? cap : Math.Min(cap, Math.Max(1, (long)((Int128)cap * percent / 100)));

    private static GuardLine LineOf(long after, long cap, GuardTerms terms, bool released)
    {
        if (after > cap) return GuardLine.HardCap;
        if (after > Below(cap, terms.QuarantinePercent)) return released ? GuardLine.Warn : GuardLine.Quarantine;
        return after > Below(cap, terms.WarnPercent) ? GuardLine.Warn : GuardLine.Clear;
    }

    private static GuardLine OfHistory(GuardJump? jump, long proposed, bool released)
    {
        if (jump is null || proposed <= jump.Warn) return GuardLine.Clear;
        return proposed > jump.Quarantine && !released ? GuardLine.Quarantine : GuardLine.Warn;
    }

    private static string SentenceOf(GuardKey key, long used, long cap, bool isLoad)
    {
        if (key.Scope == GuardScope.History)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{used} cuts proposed within an hour, {cap} are taken as usual.");
        }

        return isLoad
            ? string.Create(
                CultureInfo.InvariantCulture, $"{used / 1_000} kW in the window for {key}, the cap is {cap / 1_000}.")
            : string.Create(CultureInfo.InvariantCulture, $"{used} cuts in the window for {key}, the cap is {cap}.");
    }
}
