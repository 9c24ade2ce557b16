using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>
/// What frames tell about the terminal's clock. Only those that the terminal began: an answer's tag repeats that of the
/// request (A07).
/// </summary>
public sealed partial class TerminalSession
{
    private void ObserveClock(in FrameHeader header, ReadOnlySpan<byte> userData)
    {
        if (_services.Clocks is not { } clocks) return;
        var hasTag = header.TryTimeTag(userData, out var tag);
        var shown = default(DateTime);
        var hasClock = header.Afn == Afn.Link && TryLinkClock(header.Units(userData), out shown);
        if (!hasTag && !hasClock) return;
        if (!_services.Directory.TryFind(header.Address, out var entry)) return;
        var now = _services.Clock.Now();
        if (hasClock) clocks.Observed(header.Address, entry.Zone.ToInstant(shown) - now);
        else if (tag.Near(entry.Zone.ToLocal(now)) is { } sent)
        {
            clocks.Observed(header.Address, entry.Zone.ToInstant(sent) - now);
        }
    }

    /// <summary>Some terminals append their clock, A.1, to login and heartbeat.</summary>
    private static bool TryLinkClock(ReadOnlySpan<byte> units, out DateTime local)
    {
        local = default;
        return units.Length == Dadt.Bytes + Formats.A1Bytes && Formats.TryReadA1(units[Dadt.Bytes..], out local);
    }
}
