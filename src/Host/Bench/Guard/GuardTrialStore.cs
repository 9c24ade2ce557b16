using Meters.Control.Guard;
using Meters.Units;

namespace Meters.Host.Bench.Guard;

/// <summary>
/// The store of a trial: what the compare-and-set of the real one decides, in memory. It survives its processes. One
/// call is one transaction.
/// </summary>
internal sealed class GuardTrialStore(GuardTrialPlan plan)
{
    private readonly GuardBook _book = new();
    private readonly CutState[] _states = new CutState[plan.Cuts];
    private readonly bool[] _released = new bool[plan.Cuts];
    private readonly GuardTrialTerms _terms = new(plan);
    private readonly HashSet<(GuardLine Line, GuardKey Key)> _alarms = [];
    private int _proposed;
    private int _old;

    public enum CutState : byte
    {
        Queued,
        Sent,
        Quarantined,
    }

    /// <summary>Every cut that left, in the order of commits.</summary>
    public List<GuardTrialCut> Sent { get; } = [];

    public bool IsStopped { get; set; }

    public int Alarms => _alarms.Count;

    public int Quarantined { get; private set; }

    public bool IsQueued(int cut) => _states[cut] == CutState.Queued;

    public GuardTerms TermsOf(int cut) => _terms.Of(cut);

    public GuardTerms PaceOf(int cut) => _terms.PaceOf(cut);

    /// <summary>Whether the cut left.</summary>
    /// <param name="cut">Which.</param>
    /// <param name="now">The clock of the process.</param>
    /// <param name="real">The true time, which no process knows.</param>
    public bool TryDispatch(int cut, Instant now, Instant real)
    {
        if (_states[cut] != CutState.Queued || IsStopped) return false;
        while (_proposed < plan.Cuts && plan.Asked[_proposed] <= real) _proposed++;
        var terms = _terms.Of(cut);
        while (_old < _proposed && plan.Asked[_old] <= real - TimeSpan.FromHours(1)) _old++;
        var verdict = _book.TryTake(terms, now, _proposed - _old, _released[cut]);
        if (verdict.Line > GuardLine.Clear) _alarms.Add((verdict.Line, verdict.Key));
        if (verdict.Goes)
        {
            _states[cut] = CutState.Sent;
            Sent.Add(new(cut, _book.At(now), real, _released[cut]));
            return true;
        }

        if (_released[cut]) return false; // At the hard cap: it waits.
        _states[cut] = CutState.Quarantined;
        Quarantined++;
        return false;
    }

    /// <summary>Two people let some go: they are queued again. Returns which.</summary>
    public IReadOnlyList<int> Release(int max)
    {
        var released = new List<int>();
        for (var cut = 0; cut < plan.Cuts && released.Count < max; cut++)
        {
            if (_states[cut] != CutState.Quarantined) continue;
            (_states[cut], _released[cut]) = (CutState.Queued, true);
            Quarantined--;
            released.Add(cut);
        }

        return released;
    }

    public int Count(CutState state) => _states.Count(one => one == state);
}

/// <param name="Cut">Which.</param>
/// <param name="At">As booked.</param>
/// <param name="Real">True time.</param>
/// <param name="Released">By two people.</param>
internal readonly record struct GuardTrialCut(int Cut, Instant At, Instant Real, bool Released);
