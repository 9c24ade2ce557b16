using System.Numerics;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>Everything that an account's registers counted.</summary>
/// <param name="lines">Each register with its kind.</param>
internal sealed class AccountUse(IReadOnlyList<(RegisterKind Register, UsageSeries Series)> lines)
{
    private const long MinuteMicros = Instant.MicrosPerHour / 60;
    private const long QuarterMicros = 15 * MinuteMicros;

    /// <summary>Energy between two instants, both on the straight line.</summary>
    public BigInteger Used(RegisterKind register, long from, long to) => lines
        .Where(line => line.Register == register && line.Series.Count > 0)
        .Aggregate(BigInteger.Zero, (sum, line) => sum + line.Series.At(to) - line.Series.At(from));

    public PeriodUsed In(PlainHistory history, PlainTariff tariff, DateOnly lastDay)
    {
        var first = tariff.Bill.StartOf(lastDay);
        var (start, end) = (history.StartOf(first), history.StartOf(lastDay.AddDays(1)));
        var back = tariff.Lines.OfType<PlainDemand>().Select(line => line.Ratchet?.Months ?? 0).Append(0).Max();
        return new(
            Watts(tariff, start, end),
            back == 0 ? [] : Watts(tariff, history.StartOf(first.AddMonths(-back)), start),
            Used(RegisterKind.ForwardActive, start, end),
            ByBand(tariff, start, end),
            Used(RegisterKind.ForwardReactive, start, end))
        {
            Days = lastDay.DayNumber - first.DayNumber + 1,
            Month = lastDay.Month,
            Scale = tariff.Accumulate.Months == 0
                ? Fraction.One
                : tariff.ScaleOf(tariff.Accumulate.StartOf(lastDay)),
        };
    }

    /// <summary>Quarter of an hour by quarter of an hour.</summary>
    private BigInteger[] ByBand(PlainTariff tariff, long start, long end)
    {
        var used = new BigInteger[tariff.Calendar.Bands.Count];
        if (!tariff.Lines.Any(line => line is PlainLookup || PeriodEndAmounts.IsByTotal(tariff, line))) return used;
        for (var at = start; at < end; at += QuarterMicros)
        {
            var band = tariff.Calendar.BandAt(tariff.Zone.ToLocal(new(at)));
            used[band] += Used(RegisterKind.ForwardActive, at, Math.Min(at + QuarterMicros, end));
        }

        return used;
    }

    /// <summary>
    /// The highest mean of the windows between readings of the period. An interval longer than a window gives its own
    /// mean, up to an hour; beyond, nothing is known.
    /// </summary>
    private BigInteger[] Watts(PlainTariff tariff, long start, long end)
    {
        var watts = new BigInteger[tariff.Calendar.Bands.Count];
        var length = tariff.WindowMinutes * MinuteMicros;
        foreach (var (register, series) in lines)
        {
            if (register != RegisterKind.ForwardActive) continue;
            var inside = Enumerable.Range(0, series.Count).Select(i => series[i])
                .Where(point => point.At >= start && point.At <= end).ToList();
            if (inside.Count < 2) continue;
            var at = inside[0].At;
            var past = tariff.Zone.ToLocal(new(at)).TimeOfDay.Ticks / TimeSpan.TicksPerMicrosecond % length;
            if (past > 0) at += length - past;
            while (at + length <= inside[^1].At)
            {
                if (Mean(inside, at, length) is { } mean)
                {
                    var band = tariff.Calendar.BandAt(tariff.Zone.ToLocal(new(at)));
                    watts[band] = BigInteger.Max(watts[band], mean);
                }

                at += length;
                past = tariff.Zone.ToLocal(new(at)).TimeOfDay.Ticks / TimeSpan.TicksPerMicrosecond % length;
                if (past > 0) at += length - past;
            }
        }

        return watts;
    }

    private static BigInteger? Mean(List<(long At, BigInteger Usage)> points, long from, long length)
    {
        var sum = Fraction.Zero;
        var first = points.FindLastIndex(point => point.At <= from);
        for (var i = first; points[i].At < from + length; i++)
        {
            var micros = points[i + 1].At - points[i].At;
            if (micros > Math.Max(length, Instant.MicrosPerHour)) return null;
            var within = Math.Min(points[i + 1].At, from + length) - Math.Max(points[i].At, from);
            sum += new Fraction((points[i + 1].Usage - points[i].Usage) * within, micros);
        }

        return (sum * Instant.MicrosPerHour / (10 * length)).HalfUp();
    }
}
