using Meters.Control.Guard;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>The guard's rows in memory. Whoever uses it holds the gate of the state.</summary>
internal sealed class MemoryGuard
{
    /// <summary>Alarms that are kept; the oldest go.</summary>
    private const int AlarmsKept = 10_000;

    private long _lastAlarm;

    public GuardBook Book { get; } = new();

    /// <summary>Oldest first.</summary>
    public List<GuardSwitch> Switches { get; } = [];

    public List<GuardAlarm> Alarms { get; } = [];

    /// <summary>Oldest first, each with its cuts.</summary>
    public List<(GuardRelease Release, IReadOnlyList<CommandId> Cuts)> Releases { get; } = [];

    public HashSet<CommandId> Released { get; } = [];

    public GuardVerdict TryTake(GuardTerms terms, Instant at, long proposed, bool released)
    {
        var verdict = Book.TryTake(terms, at, proposed, released);
        if (verdict.Line > GuardLine.Clear) Raise(verdict, at);
        return verdict;
    }

    private void Raise(GuardVerdict verdict, Instant at)
    {
        var open = Alarms.FindIndex(
            alarm => alarm.SeenAt is null && alarm.Line == verdict.Line && alarm.Key == verdict.Key);
        if (open >= 0)
        {
            var alarm = Alarms[open];
            Alarms[open] = alarm with { Sentence = verdict.Sentence, LastAt = at, Times = alarm.Times + 1 };
            return;
        }

        Alarms.Add(new(++_lastAlarm, verdict.Line, verdict.Key, verdict.Sentence, at, at, 1, null, null));
        if (Alarms.Count > AlarmsKept) Alarms.RemoveAt(0);
    }
}
