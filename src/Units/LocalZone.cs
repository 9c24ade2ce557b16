namespace Meters.Units;

/// <summary>
/// The local time of a place. Frames carry local time without a zone, tariffs and windows are local: this turns it
/// into instants and back. A local time that occurs twice (autumn) is taken the first time; one that does not occur
/// (spring) is taken as if the clock had not yet been moved.
/// </summary>
public sealed class LocalZone
{
    private readonly TimeZoneInfo _zone;
    private readonly long? _fixedOffsetMicros;

    private LocalZone(TimeZoneInfo zone)
    {
        _zone = zone;
        if (zone.SupportsDaylightSavingTime) return;
        _fixedOffsetMicros = zone.BaseUtcOffset.Ticks / TimeSpan.TicksPerMicrosecond;
    }

    public static readonly LocalZone Utc = new(TimeZoneInfo.Utc);

    /// <summary>UTC+08:00 all year, the zone of every Chinese concentrator.</summary>
    public static readonly LocalZone China = OfOffset(TimeSpan.FromHours(8));

    /// <summary>IANA name ("Asia/Shanghai") or a fixed offset ("+08:00").</summary>
    public string Id => _zone.Id;

    public static LocalZone OfOffset(TimeSpan offset)
    {
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var id = $"{sign}{Math.Abs(offset.Hours):D2}:{Math.Abs(offset.Minutes):D2}";
        return new(TimeZoneInfo.CreateCustomTimeZone(id, offset, id, id));
    }

    public static bool TryParse(string? id, out LocalZone zone)
    {
        zone = Utc;
        if (string.IsNullOrEmpty(id)) return false;
        if (id is "UTC" or "Z") return true;
        if (id.Length == 6 && id[0] is '+' or '-')
        {
            if (!TimeSpan.TryParseExact(id.AsSpan(1), @"hh\:mm", null, out var span)) return false;
            if (span > TimeSpan.FromHours(14)) return false;
            zone = OfOffset(id[0] == '-' ? -span : span);
            return true;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found)) return false;
        zone = new(found);
        return true;
    }

    /// <param name="local">Local wall-clock time; its kind is ignored.</param>
    public Instant ToInstant(DateTime local)
    {
        var micros = (local.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        if (_fixedOffsetMicros is { } offset) return new(micros - offset);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var span = _zone.IsAmbiguousTime(local)
            ? _zone.GetAmbiguousTimeOffsets(local).Max() // The larger offset is the earlier instant.
            : _zone.IsInvalidTime(local) ? _zone.GetUtcOffset(local.AddHours(-3)) : _zone.GetUtcOffset(local);
        return new(micros - (span.Ticks / TimeSpan.TicksPerMicrosecond));
    }

    public DateTime ToLocal(Instant at)
    {
        var offset = _fixedOffsetMicros
            ?? _zone.GetUtcOffset(at.ToDateTimeOffset()).Ticks / TimeSpan.TicksPerMicrosecond;
        var micros = at.UnixMicros + offset;
        return new(DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond), DateTimeKind.Unspecified);
    }

    /// <summary>
    /// The service day of an interval that <em>ends</em> at this instant: midnight ends the day before, so the reading
    /// at 00:00 belongs to the day that it closes.
    /// </summary>
    public ServiceDay ServiceDayOfIntervalEnd(Instant end) =>
        ServiceDay.Of(DateOnly.FromDateTime(ToLocal(new(end.UnixMicros - 1))));

    /// <summary>The instant at which a local day begins.</summary>
    public Instant StartOf(ServiceDay day) => ToInstant(day.ToDateOnly().ToDateTime(TimeOnly.MinValue));
}
