using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// How much of its limit each concentrator bears now: half after an error or a slow answer, a little more after each
/// good one, all of it after ten minutes without either. Only those below their limit are remembered. Not thread-safe.
/// </summary>
internal sealed class AdaptiveRates(int most, int least, TimeSpan slow)
{
    /// <summary>Faults closer together are one: what was on the line together fails together.</summary>
    private static readonly TimeSpan OneFault = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<TerminalAddress, (int Rate, Instant At, Instant HalvedAt)> _lowered = [];

    public int Lowered => _lowered.Count;

    public int RateOf(TerminalAddress terminal, Instant now)
    {
        if (!_lowered.TryGetValue(terminal, out var state)) return most;
        if (now < state.At + Memory) return state.Rate;
        _lowered.Remove(terminal);
        return most;
    }

    /// <param name="terminal">Which.</param>
    /// <param name="succeeded">Whether it answered as it should.</param>
    /// <param name="took">How long the answer took.</param>
    /// <param name="now">Program's clock.</param>
    public void Answered(TerminalAddress terminal, bool succeeded, TimeSpan took, Instant now)
    {
        var rate = RateOf(terminal, now);
        var halvedAt = _lowered.TryGetValue(terminal, out var state) ? state.HalvedAt : Instant.MinValue;
        if (!succeeded || took > slow)
        {
            var isAnother = halvedAt == Instant.MinValue || now >= halvedAt + OneFault;
            _lowered[terminal] = isAnother ? (Math.Max(least, rate / 2), now, now) : (rate, now, halvedAt);
        }
        else if (rate + 1 >= most) _lowered.Remove(terminal);
        else _lowered[terminal] = (rate + 1, now, halvedAt);
    }
}
