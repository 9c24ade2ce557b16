using System.Globalization;

namespace Meters.Units;

/// <summary>A point in time, UTC, in microseconds since 1970: what both stores keep without loss.</summary>
public readonly record struct Instant(long UnixMicros) : IComparable<Instant>
{
    public const long MicrosPerSecond = 1_000_000;
    public const long MicrosPerMinute = 60 * MicrosPerSecond;
    public const long MicrosPerHour = 60 * MicrosPerMinute;
    public const long MicrosPerDay = 24 * MicrosPerHour;

    public static readonly Instant Epoch;

    public static readonly Instant MinValue = new(long.MinValue);

    /// <summary>The year 9999, so that "never" still fits every database.</summary>
    public static readonly Instant Never = From(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static Instant From(DateTimeOffset time) =>
        new((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    /// <summary>UTC parts; for tests and constants.</summary>
    public static Instant Utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) =>
        From(new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero));

    public DateTimeOffset ToDateTimeOffset() =>
        new(DateTimeOffset.UnixEpoch.Ticks + (UnixMicros * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static Instant operator +(Instant at, TimeSpan span) =>
        new(at.UnixMicros + (span.Ticks / TimeSpan.TicksPerMicrosecond));

    public static Instant operator -(Instant at, TimeSpan span) =>
        new(at.UnixMicros - (span.Ticks / TimeSpan.TicksPerMicrosecond));

    public static TimeSpan operator -(Instant a, Instant b) =>
        new((a.UnixMicros - b.UnixMicros) * TimeSpan.TicksPerMicrosecond);

    public static bool operator <(Instant a, Instant b) => a.UnixMicros < b.UnixMicros;

    public static bool operator >(Instant a, Instant b) => a.UnixMicros > b.UnixMicros;

    public static bool operator <=(Instant a, Instant b) => a.UnixMicros <= b.UnixMicros;

    public static bool operator >=(Instant a, Instant b) => a.UnixMicros >= b.UnixMicros;

    public int CompareTo(Instant other) => UnixMicros.CompareTo(other.UnixMicros);

    /// <summary>ISO 8601 with a Z: <c>2026-03-01T01:00:00Z</c>.</summary>
    public override string ToString() =>
        ToDateTimeOffset().ToString(
            UnixMicros % MicrosPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
            CultureInfo.InvariantCulture);
}

/// <summary>A local calendar day, as days since 1970-01-01.</summary>
public readonly record struct ServiceDay(int DaysSinceEpoch) : IComparable<ServiceDay>
{
    public static ServiceDay Of(DateOnly date) =>
        new(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);

    public DateOnly ToDateOnly() =>
        DateOnly.FromDayNumber(DaysSinceEpoch + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);

    public ServiceDay AddDays(int days) => new(DaysSinceEpoch + days);

    public static bool operator <(ServiceDay a, ServiceDay b) => a.DaysSinceEpoch < b.DaysSinceEpoch;

    public static bool operator >(ServiceDay a, ServiceDay b) => a.DaysSinceEpoch > b.DaysSinceEpoch;

    public static bool operator <=(ServiceDay a, ServiceDay b) => a.DaysSinceEpoch <= b.DaysSinceEpoch;

    public static bool operator >=(ServiceDay a, ServiceDay b) => a.DaysSinceEpoch >= b.DaysSinceEpoch;

    public int CompareTo(ServiceDay other) => DaysSinceEpoch.CompareTo(other.DaysSinceEpoch);

    public override string ToString() => ToDateOnly().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
