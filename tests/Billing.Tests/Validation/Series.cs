using Meters.Billing.Validation;

namespace Meters.Billing.Tests.Validation;

/// <summary>Series of hourly readings for the checks.</summary>
internal static class Series
{
    public static readonly Instant T0 = Instant.Utc(2026, 3, 1);
    public static readonly ChannelId Channel = Of(RegisterKind.ForwardActive);

    public static ChannelId Of(RegisterKind kind) => new(new MeterId(7), kind);

    public static Instant Hour(int hour) => T0 + TimeSpan.FromHours(hour);

    /// <summary>A reading at hour 0 and one after each use, tenths of a watt-hour.</summary>
    public static List<Reading> Readings(IEnumerable<long> hourlyUse, RegisterKind kind = RegisterKind.ForwardActive)
    {
        var (register, hour) = (1_000L, 0);
        var readings = new List<Reading> { At(0, register, kind) };
        foreach (var use in hourlyUse) readings.Add(At(++hour, register += use, kind));
        return readings;
    }

    public static Reading At(int hour, long register, RegisterKind kind = RegisterKind.ForwardActive) =>
        new(Of(kind), Hour(hour), new(register), ReadingQuality.Actual, new(1));

    public static IReadOnlyList<UsageInterval> Intervals(params IEnumerable<long> hourlyUse) =>
        UsageIntervals.Of(Readings(hourlyUse), 1);

    /// <summary>The same use in each of so many hours.</summary>
    public static IEnumerable<long> Hours(int count, long use) => Enumerable.Repeat(use, count);
}
