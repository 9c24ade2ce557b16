using System.Collections.Frozen;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What else uses the lines makes room for commands.</summary>
public sealed partial class Dispatcher : IWireTraffic
{
    private readonly HashSet<TerminalAddress> _heldBack = [];
    private FrozenSet<TerminalAddress> _awaited = [];

    public bool IsWanted(TerminalAddress terminal) =>
        Volatile.Read(ref _awaited).Contains(terminal) || _flights.Values.Any(f => f.Command.Terminal == terminal);

    public void RequestEnded() => Moved?.Invoke();

    /// <summary>A cut waits until the line is free; whoever asks for something there in the background stops.</summary>
    private bool MustWaitForLine(TerminalAddress terminal, long session, bool lineHasRequests)
    {
        if (_onWire.GetValueOrDefault(session) == 0 && !lineHasRequests) return false;
        _heldBack.Add(terminal);
        return true;
    }

    /// <summary>At the end of a round: until the next, these are waited for.</summary>
    private void PublishAwaited()
    {
        Volatile.Write(ref _awaited, _heldBack.ToFrozenSet());
        _heldBack.Clear();
    }
}
