using System.Numerics;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>Everything that an account's registers counted.</summary>
/// <param name="lines">Each register with its kind.</param>
internal sealed class AccountUse(IReadOnlyList<(RegisterKind Register, UsageSeries Series)> lines)
{
    /// <summary>Energy between two instants, both on the straight line.</summary>
    public BigInteger Used(RegisterKind register, long from, long to) => lines
        .Where(line => line.Register == register && line.Series.Count > 0)
        .Aggregate(BigInteger.Zero, (sum, line) => sum + line.Series.At(to) - line.Series.At(from));

    public PeriodUsed In(PlainHistory history, PlainTariff tariff, DateOnly lastDay)
    {
        var (start, end) = (history.StartOf(tariff.Bill.StartOf(lastDay)), history.StartOf(lastDay.AddDays(1)));
        return new(
            Watts(tariff, start, end),
            Used(RegisterKind.ForwardActive, start, end),
            Used(RegisterKind.ForwardReactive, start, end));
    }

    private BigInteger[] Watts(PlainTariff tariff, long start, long end)
    {
        var watts = new BigInteger[tariff.Calendar.Bands.Count];
        foreach (var (register, series) in lines)
        {
            if (register != RegisterKind.ForwardActive) continue;
            for (var i = 1; i < series.Count; i++)
            {
                var (before, after) = (series[i - 1], series[i]);
                var micros = after.At - before.At;
                if (before.At < start || after.At > end || micros > Instant.MicrosPerHour) continue;
                var mean = new Fraction((after.Usage - before.Usage) * Instant.MicrosPerHour, micros * 10).HalfUp();
                var band = tariff.Calendar.BandAt(tariff.Zone.ToLocal(new(before.At)));
                watts[band] = BigInteger.Max(watts[band], mean);
            }
        }

        return watts;
    }
}
