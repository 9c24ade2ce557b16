using System.Numerics;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// The energy that a register counted, after multipliers and roll-overs, at each of its rated values and on the
/// straight line between two of them.
/// </summary>
internal sealed class UsageSeries
{
    /// <summary>A register of six digits of kWh begins again here, tenths of a watt-hour.</summary>
    private const long RollOver = 10_000_000_000;

    private readonly List<(long At, BigInteger Usage)> _points = [];

    /// <param name="rows">Rated values, ascending.</param>
    /// <param name="multiplier">Before any change.</param>
    /// <param name="changes">Ascending.</param>
    /// <param name="isBilled">Registers read at changes are those of the billed register.</param>
    public UsageSeries(
        IReadOnlyList<(long At, long Register)> rows, int multiplier, IReadOnlyList<MultiplierRecord> changes,
        bool isBilled)
    {
        var usage = BigInteger.Zero;
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) usage += Between(rows[i - 1], rows[i], multiplier, changes, isBilled);
            _points.Add((rows[i].At, usage));
        }
    }

    public int Count => _points.Count;

    public (long At, BigInteger Usage) this[int index] => _points[index];

    public long FirstAt => _points[0].At;

    public long LastAt => _points[^1].At;

    /// <summary>Rounded down to a tenth of a watt-hour; before the first value and after the last, it.</summary>
    public BigInteger At(long at)
    {
        if (at <= FirstAt) return _points[0].Usage;
        if (at >= LastAt) return _points[^1].Usage;
        var (low, high) = (0, _points.Count - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (_points[middle].At <= at) low = middle;
            else high = middle;
        }

        return OnLine(_points[low].At, _points[low].Usage, _points[high].At, _points[high].Usage, at);
    }

    /// <summary>The value that stands at an instant; negative where none does.</summary>
    public int IndexOf(long at)
    {
        var (low, high) = (0, _points.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_points[middle].At == at) return middle;
            if (_points[middle].At < at) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private static BigInteger Between(
        (long At, long Register) before, (long At, long Register) after, int multiplier,
        IReadOnlyList<MultiplierRecord> changes, bool isBilled)
    {
        var rolled = after.Register < before.Register;
        BigInteger end = rolled ? after.Register + RollOver : after.Register;
        var (sum, from) = (BigInteger.Zero, (BigInteger)before.Register);
        foreach (var change in changes)
        {
            if (change.From.UnixMicros >= after.At) break;
            if (change.From.UnixMicros > before.At)
            {
                BigInteger? read = isBilled ? change.RegisterAtChange?.TenthsWh : null;
                if (rolled && read < from) read += RollOver;
                var there = read >= from && read <= end
                    ? read.Value
                    : BigInteger.Max(
                        from, OnLine(before.At, before.Register, after.At, end, change.From.UnixMicros));
                sum += (there - from) * multiplier;
                from = there;
            }

            multiplier = change.Multiplier;
        }

        return sum + ((end - from) * multiplier);
    }

    private static BigInteger OnLine(long t0, BigInteger u0, long t1, BigInteger u1, long at) =>
        u0 + ((u1 - u0) * (at - t0) / (t1 - t0));
}
