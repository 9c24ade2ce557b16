using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Explaining;

/// <summary>Cuts an interval where version, period or tier changes: each piece is energy times one price.</summary>
internal static class ChargePieces
{
    public static void Add(
        TariffHistory tariff, Instant t0, Energy u0, Instant t1, Energy u1, Energy origin, List<ChargePiece> pieces)
    {
        var stretch = tariff.StretchAt(t0);
        var (at, from) = (t0, u0);
        while (true)
        {
            var end = t1 <= stretch.Until ? t1 : stretch.Until;
            var to = t1 <= stretch.Until ? u1 : Rater.UsageAt(t0, u0, t1, u1, stretch.Until);
            AddTiers(tariff, stretch.Version, (at, from - origin), (end, to - origin), pieces);
            if (t1 <= stretch.Until) return;
            stretch = tariff.StretchAt(stretch.Until);
            if (stretch.CountsAnew) origin = stretch.Accumulates ? to : Energy.Zero;
            (at, from) = (end, to);
        }
    }

    private static void AddTiers(
        TariffHistory tariff,
        TariffVersion version,
        (Instant At, Energy Position) start,
        (Instant At, Energy Position) end,
        List<ChargePiece> pieces)
    {
        var (at, position) = start;
        for (var i = 0; i < version.Tiers.Count && position < end.Position; i++)
        {
            var tier = version.Tiers[i];
            if (tier.UpTo is { } limit && limit <= position) continue;
            var isCut = tier.UpTo is { } upTo && upTo < end.Position;
            var stop = isCut ? tier.UpTo!.Value : end.Position;
            var stopAt = isCut ? Reached(start, end, stop) : end.At;
            var accumulates = version.Accumulation != Accumulation.None;
            pieces.Add(new(
                at,
                stopAt,
                stop - position,
                "",
                i + 1,
                accumulates ? position : Energy.Zero,
                accumulates ? stop : Energy.Zero,
                tier.UpTo,
                version.Version,
                [
                    new(
                        tariff.Lines[0].Name,
                        tier.Price.MicroMinor,
                        (stop - position).TenthsWh * tier.Price.MicroMinor),
                ]));
            (at, position) = (stopAt, stop);
        }
    }

    /// <summary>When a position was reached on the straight line between two others, rounded down.</summary>
    private static Instant Reached(
        (Instant At, Energy Position) start, (Instant At, Energy Position) end, Energy position) => new(
        start.At.UnixMicros + (long)((Int128)(end.At.UnixMicros - start.At.UnixMicros)
            * (position - start.Position).TenthsWh / (end.Position - start.Position).TenthsWh));
}
