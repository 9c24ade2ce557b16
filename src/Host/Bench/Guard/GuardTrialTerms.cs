using System.Globalization;
using Meters.Control.Guard;

namespace Meters.Host.Bench.Guard;

/// <summary>
/// What the guard asks of each cut of a trial, from the same plan as in service; kept by feeder and load.
/// </summary>
internal sealed class GuardTrialTerms
{
    public const string Operator = "mallory";

    private readonly GuardTrialPlan _plan;
    private readonly Dictionary<(int Feeder, int Watts), (GuardTerms Terms, GuardTerms Pace)> _terms = [];
    private readonly Dictionary<GuardKey, TripLoad> _population = [];
    private readonly GuardJump? _jump;

    public GuardTrialTerms(GuardTrialPlan plan)
    {
        _plan = plan;
        var feeders = new TripLoad[plan.Feeders];
        for (var account = 0; account < plan.Accounts; account++)
        {
            feeders[plan.FeederOf(account)] += new TripLoad(1, GuardTrialPlan.WattsOf(account));
        }

        for (var feeder = 0; feeder < feeders.Length; feeder++)
        {
            Add(GuardKey.System, feeders[feeder]);
            Add(FeederKey(feeder), feeders[feeder]);
            Add(RegionKey(plan.RegionOf(feeder)), feeders[feeder]);
        }

        if (plan.Usual is { } usual) _jump = GuardPlan.JumpOf(plan.Guard, [.. Enumerable.Repeat(usual, 28)]);
    }

    public GuardTerms Of(int account) => Both(account).Terms;

    /// <summary>The part of it that cuts are spread with.</summary>
    public GuardTerms PaceOf(int account) => Both(account).Pace;

    private (GuardTerms Terms, GuardTerms Pace) Both(int account)
    {
        var (feeder, watts) = (_plan.FeederOf(account), GuardTrialPlan.WattsOf(account));
        if (_terms.TryGetValue((feeder, watts), out var known)) return known;
        var terms = GuardPlan.TermsOf(
            _plan.Guard,
            new(
                RegionKey(_plan.RegionOf(account)).Name,
                FeederKey(feeder).Name,
                _plan.Cause == GuardCause.Operator ? Operator : null,
                watts),
            key => _population.GetValueOrDefault(key),
            _jump);
        var both = (terms, GuardPlan.PaceOf(terms, _plan.Limiter.CutPacePercent));
        _terms.Add((feeder, watts), both);
        return both;
    }

    private static GuardKey FeederKey(int feeder) =>
        new(GuardScope.Feeder, "F" + feeder.ToString(CultureInfo.InvariantCulture));

    private static GuardKey RegionKey(int region) =>
        new(GuardScope.Region, "R" + region.ToString(CultureInfo.InvariantCulture));

    private void Add(GuardKey key, TripLoad load) => _population[key] = _population.GetValueOrDefault(key) + load;
}
