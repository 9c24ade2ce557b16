using System.Numerics;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// One kind of register at one point over all meters that stood there one after the other: the tier position goes on
/// from each to the next.
/// </summary>
/// <param name="series">Of this meter.</param>
/// <param name="before">Of the meter before it; null for the first.</param>
internal sealed class MeterLine(UsageSeries series, MeterLine? before)
{
    public UsageSeries Series => series;

    /// <summary>What the position was where the period begins, as usage of this meter's own series.</summary>
    public BigInteger BaseOf(long? periodStart) => periodStart is { } start
        ? series.At(start) - (start < series.FirstAt && before is not null ? before.UsedSince(start) : 0)
        : series[0].Usage;

    /// <summary>Used after an instant, by this meter and those before it.</summary>
    private BigInteger UsedSince(long start) => series.Count == 0
        ? before?.UsedSince(start) ?? 0
        : series.At(series.LastAt) - BaseOf(start);

    /// <summary>Exact charges of the interval that ends with a value, in minor units: by line, added.</summary>
    public void Rate(int row, PlainHistory history, bool export, Fraction[] lines)
    {
        var (t0, t1) = (series[row - 1].At, series[row].At);
        for (var from = t0; from < t1;)
        {
            var stretch = history.StretchAt(from);
            var to = Math.Min(stretch.Until, t1);
            Add(stretch, series.At(from), series.At(to));
            from = to;
        }

        void Add(Stretch stretch, BigInteger from, BigInteger to)
        {
            if (to == from) return;
            var origin = BaseOf(stretch.PeriodStart);
            var prices = export ? stretch.Reverse : stretch.Forward;
            for (var i = 0; i < history.Lines.Count; i++)
            {
                var line = IndexOf(stretch.Tariff, history.Lines[i].Name);
                if (line >= 0) lines[i] += prices.Charge(line, stretch.Band, from - origin, to - origin);
            }
        }
    }

    private static int IndexOf(PlainTariff tariff, string name)
    {
        for (var i = 0; i < tariff.Lines.Count; i++)
        {
            if (tariff.Lines[i].Name == name) return i;
        }

        return -1;
    }
}
