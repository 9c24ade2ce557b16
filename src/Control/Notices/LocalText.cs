using System.Globalization;
using Meters.Units;

namespace Meters.Control.Notices;

/// <summary>Instants as people of the place read them.</summary>
internal static class LocalText
{
    /// <summary>Local date and time to the minute: <c>2026-03-01 08:00</c>.</summary>
    public static string DateAndTime(LocalZone zone, Instant at) =>
        zone.ToLocal(at).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
