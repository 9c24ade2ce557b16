using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>What was decided for one account.</summary>
/// <param name="After">
/// The case as it shall be; its DueAt is the next instant at which time alone can change the answer, always later than
/// now. Revision and Fence are those of the case decided on: the store raises the one and keeps the other.
/// </param>
/// <param name="Commands">New commands, Id zero.</param>
/// <param name="Cancelled">
/// Commands not yet sent that shall not be sent any more, and the final state they go to.
/// </param>
/// <param name="Notices">New notices, Id zero.</param>
/// <param name="Decision">Explanation; null when nothing changed and nothing new is to be explained.</param>
public sealed record LadderOutcome(
    ControlCase After,
    IReadOnlyList<Command> Commands,
    IReadOnlyList<(CommandId Id, CommandState To)> Cancelled,
    IReadOnlyList<Notice> Notices,
    Decision? Decision)
{
    public Instant DueAt => After.DueAt;
}
