using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>
/// Rates one interval after another from the state that the last one left. Equals <see cref="CanonicalRater"/> always;
/// an interval inside one stretch of the tariff costs a few multiplications and allocates nothing.
/// </summary>
internal static class Rater
{
    private const int LinesOnStack = 64;

    /// <summary>The tier position's origin for a point whose first reading is here.</summary>
    public static Energy BaseOfFirst(TariffHistory tariff, Instant at, Energy usage) =>
        tariff.StretchAt(at).Accumulates ? usage : Energy.Zero;

    /// <summary>
    /// Rates (<paramref name="t0"/>, <paramref name="t1"/>]. <paramref name="periodBase"/> is the usage at the start
    /// of the period that contains t0, and becomes that of the period that contains t1. False, with nothing changed,
    /// where the charge does not fit 64 bits.
    /// </summary>
    /// <param name="tariff">All versions.</param>
    /// <param name="register">Which register the energy is of.</param>
    /// <param name="t0">Start, exclusive.</param>
    /// <param name="u0">Primary energy at the start.</param>
    /// <param name="t1">End, inclusive.</param>
    /// <param name="u1">Primary energy at the end; not below <paramref name="u0"/>.</param>
    /// <param name="periodBase">Where the tier position is counted from.</param>
    /// <param name="lines">Each line's charge is added here; empty where nobody wants the split.</param>
    /// <param name="charge">The sum over the lines.</param>
    public static bool TryRate(
        TariffHistory tariff,
        RegisterKind register,
        Instant t0,
        Energy u0,
        Instant t1,
        Energy u1,
        ref Energy periodBase,
        Span<long> lines,
        out long charge)
    {
        charge = 0;
        var stretch = tariff.StretchAt(t0);
        if (t1 > stretch.Until || !TryOnePiece(stretch, register, u0, u1, periodBase, lines, out charge))
        {
            return TryManyPieces(tariff, register, t0, u0, t1, u1, ref periodBase, lines, out charge);
        }
        if (t1 < stretch.Until) return true;
        var next = tariff.StretchAt(t1);
        if (next.CountsAnew) periodBase = next.Accumulates ? u1 : Energy.Zero;
        return true;
    }

    /// <summary>
    /// The usage at <paramref name="at"/> inside (t0, t1], on the straight line between the ends, rounded down.
    /// </summary>
    public static Energy UsageAt(Instant t0, Energy u0, Instant t1, Energy u1, Instant at) =>
        u0 + new Energy(
            (long)((Int128)(u1 - u0).TenthsWh * (at.UnixMicros - t0.UnixMicros) / (t1.UnixMicros - t0.UnixMicros)));

    /// <summary>The usual case: nothing of the tariff changes inside, no sum is near the end of 64 bits.</summary>
    private static bool TryOnePiece(
        TariffStretch stretch,
        RegisterKind register,
        Energy u0,
        Energy u1,
        Energy periodBase,
        Span<long> lines,
        out long charge)
    {
        charge = 0;
        var plan = PlanOf(stretch, register);
        var used = (u1 - u0).TenthsWh;
        if (used > plan.SafeUsage || !HaveRoom(lines)) return false;
        if (plan.IsLinear)
        {
            charge = used * plan.Total(stretch.Band, 0);
            if (!lines.IsEmpty) AddPrices(plan, stretch.Band, 0, used, lines);
            return true;
        }

        var (from, to) = ((u0 - periodBase).TenthsWh, (u1 - periodBase).TenthsWh);
        var starts = plan.Starts;
        for (var s = plan.SegmentOf(from); ; s++)
        {
            if (plan.HasJumps && from == starts[s] && to > from)
            {
                charge += plan.JumpTotal(s);
                if (!lines.IsEmpty) AddJumps(plan, s, lines);
            }

            var end = s + 1 < starts.Length && starts[s + 1] < to ? starts[s + 1] : to;
            charge += (end - from) * plan.Total(stretch.Band, s);
            if (!lines.IsEmpty) AddPrices(plan, stretch.Band, s, end - from, lines);
            if (end == to) return true;
            from = end;
        }
    }

    private static RatePlan PlanOf(TariffStretch stretch, RegisterKind register) =>
        register == RegisterKind.ReverseActive ? stretch.Export : stretch.Import;

    private static bool HaveRoom(Span<long> lines)
    {
        const long Half = long.MaxValue / 2;
        foreach (var line in lines)
        {
            if (line is > Half or < -Half) return false;
        }

        return true;
    }

    private static void AddPrices(RatePlan plan, int band, int segment, long used, Span<long> lines)
    {
        var prices = plan.Prices(band, segment);
        var index = plan.Lines;
        for (var l = 0; l < prices.Length; l++) lines[index[l]] += used * prices[l];
    }

    private static void AddJumps(RatePlan plan, int segment, Span<long> lines)
    {
        var jumps = plan.Jumps(segment);
        var index = plan.Lines;
        for (var l = 0; l < jumps.Length; l++) lines[index[l]] += jumps[l];
    }

    private static bool TryManyPieces(
        TariffHistory tariff,
        RegisterKind register,
        Instant t0,
        Energy u0,
        Instant t1,
        Energy u1,
        ref Energy periodBase,
        Span<long> lines,
        out long charge)
    {
        charge = 0;
        var origin = periodBase;
        var stretch = tariff.StretchAt(t0);
        var from = u0;
        var count = tariff.Lines.Count;
        var sums = count <= LinesOnStack ? stackalloc Int128[LinesOnStack] : new Int128[count];
        sums = sums[..count];
        sums.Clear();
        while (true)
        {
            var to = t1 <= stretch.Until ? u1 : UsageAt(t0, u0, t1, u1, stretch.Until);
            AddPiece(PlanOf(stretch, register), stretch.Band, (from - origin).TenthsWh, (to - origin).TenthsWh, sums);
            if (t1 < stretch.Until) break;
            stretch = tariff.StretchAt(stretch.Until);
            if (stretch.CountsAnew) origin = stretch.Accumulates ? to : Energy.Zero;
            from = to;
            if (stretch.From == t1) break;
        }

        if (!TryTake(sums, lines, out charge)) return false;
        periodBase = origin;
        return true;
    }

    private static void AddPiece(RatePlan plan, int band, long from, long to, Span<Int128> sums)
    {
        var starts = plan.Starts;
        var index = plan.Lines;
        for (var s = plan.SegmentOf(from); ; s++)
        {
            var end = s + 1 < starts.Length && starts[s + 1] < to ? starts[s + 1] : to;
            var prices = plan.Prices(band, s);
            var jumps = plan.Jumps(s);
            var jumped = from == starts[s] && to > from;
            for (var l = 0; l < prices.Length; l++)
            {
                sums[index[l]] += ((Int128)(end - from) * prices[l]) + (jumped ? jumps[l] : 0);
            }

            if (end == to) return;
            from = end;
        }
    }

    /// <summary>All or nothing.</summary>
    private static bool TryTake(ReadOnlySpan<Int128> sums, Span<long> lines, out long charge)
    {
        charge = 0;
        Int128 total = 0;
        for (var l = 0; l < sums.Length; l++)
        {
            total += sums[l];
            if (!lines.IsEmpty && !Fits(lines[l] + sums[l])) return false;
        }

        if (!Fits(total)) return false;
        charge = (long)total;
        for (var l = 0; l < lines.Length && l < sums.Length; l++) lines[l] += (long)sums[l];
        return true;
    }

    private static bool Fits(Int128 sum) => sum <= long.MaxValue && sum >= long.MinValue;
}
