using System.Collections.Concurrent;
using Meters.Billing.Bills;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>The compiled plans of one version inside a history; each is made once, when it is needed first.</summary>
/// <param name="version">The version.</param>
/// <param name="decimals">Steps of an exact charge in the history.</param>
/// <param name="lineOf">The version's lines as those of the history.</param>
internal sealed class VersionPlans(TariffVersion version, int decimals, IReadOnlyList<int> lineOf)
{
    // Few: at most twelve months, and four lengths of a month for each.
    private readonly ConcurrentDictionary<(int Month, Ratio Scale, bool Export), RatePlan> _plans = new();

    public TariffVersion Version => version;

    /// <summary>No accumulation period of the version begins before it.</summary>
    public Instant PeriodsFrom { get; init; } = Instant.MinValue;

    /// <summary>The version's lines as those of the history; -1 for one that accrues nothing.</summary>
    public IReadOnlyList<int> LineOf => lineOf;

    /// <summary>What its standing charges by the day come to on each line.</summary>
    public IReadOnlyList<StandingTerm> Standing { get; } = [.. TermsOf<StandingLine>(version)
        .Where(term => !term.Source.OnPurchase)
        .Select(term => new StandingTerm(lineOf[term.Line], term.Source, term.Share, PowerOfTen(decimals)))];

    /// <summary>What its spread surcharges come to on each line.</summary>
    public IReadOnlyList<SpreadTerm> Spread { get; } = [.. TermsOf<SpreadLine>(version)
        .Select(term => new SpreadTerm(lineOf[term.Line], term.Source, term.Share))];

    public RatePlan PlanAt(Instant at, bool export)
    {
        var month = version.HasSeasons ? version.LocalDay(at).Month : 1;
        return _plans.GetOrAdd((month, version.ScaleAt(at), export), Make);
    }

    private static IEnumerable<(int Line, T Source, Ratio Share)> TermsOf<T>(TariffVersion version)
        where T : TariffLine
    {
        for (var source = 0; source < version.Lines.Count; source++)
        {
            if (version.Lines[source] is not T line) continue;
            var shares = LineOrder.SharesOf(version, source);
            for (var l = 0; l < shares.Length; l++)
            {
                if (!shares[l].IsZero) yield return (l, line, shares[l]);
            }
        }
    }

    private static long PowerOfTen(int decimals) => (long)System.Numerics.BigInteger.Pow(10, decimals);

    private RatePlan Make((int Month, Ratio Scale, bool Export) key) =>
        RatePlan.Compile(version, new(version, key.Month, key.Scale, key.Export), decimals, lineOf);

    /// <summary>Its prices, in steps of so many decimals, fit 64 bits, each and all lines together.</summary>
    public static bool Fits(TariffVersion version, int decimals)
    {
        IReadOnlyList<int> lineOf = [.. Enumerable.Range(0, version.Lines.Count)];
        for (var month = 1; month <= (version.HasSeasons ? 12 : 1); month++)
        {
            foreach (var export in (bool[])[false, true])
            {
                var math = new EnergyMath(version, month, version.ScaleAt(version.EffectiveFrom), export);
                try
                {
                    RatePlan.Compile(version, math, decimals, lineOf);
                }
                catch (OverflowException)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>How many decimals the version needs; null where no number of them is enough.</summary>
    public static int? DecimalsNeeded(TariffVersion version)
    {
        var needed = 0;
        for (var month = 1; month <= (version.HasSeasons ? 12 : 1); month++)
        {
            foreach (var export in (bool[])[false, true])
            {
                var math = new EnergyMath(version, month, version.ScaleAt(version.EffectiveFrom), export);
                var one = RatePlan.DecimalsNeeded(version, math);
                if (one is null) return null;
                needed = Math.Max(needed, one.Value);
            }
        }

        return needed;
    }
}
