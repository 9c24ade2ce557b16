using System.Runtime.InteropServices;
using Meters.Control.Commands;
using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// The order in which queued commands are tried: by priority, and within it one of each concentrator in turn, so that
/// one with a thousand cannot keep the next with one waiting.
/// </summary>
public static class FairShare
{
    /// <param name="queued">By priority, and oldest first within it.</param>
    public static IReadOnlyList<Command> Order(IReadOnlyList<Command> queued)
    {
        ArgumentNullException.ThrowIfNull(queued);
        var turns = new Dictionary<(int Priority, TerminalAddress Terminal), int>();
        var placed = new (int Priority, int Turn, int Place)[queued.Count];
        for (var i = 0; i < placed.Length; i++)
        {
            var priority = Command.PriorityOf(queued[i].Kind);
            ref var turn = ref CollectionsMarshal.GetValueRefOrAddDefault(
                turns, (priority, queued[i].Terminal), out _);
            placed[i] = (priority, turn++, i);
        }

        Array.Sort(placed);
        return [.. placed.Select(one => queued[one.Place])];
    }
}
