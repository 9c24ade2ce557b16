using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What commands need of a concentrator's line: whatever else is asked of it makes room.</summary>
public interface IWireTraffic
{
    /// <summary>A command is under way there, or waits for the line.</summary>
    bool IsWanted(TerminalAddress terminal);

    /// <summary>The line of some concentrator may be free again.</summary>
    void RequestEnded();
}
