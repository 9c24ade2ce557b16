using System.Numerics;
using Meters.Billing.Accounts;
using Meters.Host.Bench.Order;

namespace Meters.Billing.Tests.Order;

/// <summary>What stands of one channel when everything is known, and what the customer used up to each of it.</summary>
internal sealed class SpecSeries
{
    private static readonly BigInteger Modulus = 10_000_000_000; // A million kWh in tenths of a watt-hour.

    public SpecSeries(OrderWorld world, ChannelId channel, int multiplier, IReadOnlyList<MultiplierChange> changes)
    {
        Channel = channel;
        var edits = world.Changes.OfType<EditChange>().Where(change => change.Channel == channel).ToList();
        var readings = world.Readings.Except(world.Wild).Where(reading => reading.Channel == channel).ToList();
        var instants = readings.Select(reading => reading.At).Concat(edits.Select(edit => edit.Edit.At));
        foreach (var at in instants.Distinct().Order())
        {
            var stands = StandsAt(at, readings, edits);
            if (stands is { } there) Points.Add((at, there.Register, there.Quality, 0));
        }

        AddUp(multiplier, [.. changes.OrderBy(change => change.From)]);
    }

    public ChannelId Channel { get; }

    public List<(Instant At, BigInteger Register, ReadingQuality Quality, BigInteger Used)> Points { get; } = [];

    /// <summary>On the straight line between the points around it, rounded down.</summary>
    public BigInteger UsedAt(Instant at)
    {
        var after = Points.FindIndex(point => point.At >= at);
        if (Points[after].At == at) return Points[after].Used;
        var (left, right) = (Points[after - 1], Points[after]);
        return left.Used + Line(left.At, right.At, right.Used - left.Used, at);
    }

    /// <summary>The last word of a person; else the one value of the best quality; nothing for two.</summary>
    private static (BigInteger Register, ReadingQuality Quality)? StandsAt(
        Instant at, List<Reading> readings, List<EditChange> edits)
    {
        if (edits.FindLast(edit => edit.Edit.At == at) is { } last)
        {
            return last.Edit.Register is { } said ? (said.TenthsWh, ReadingQuality.Decided) : null;
        }

        var best = readings.Where(reading => reading.At == at).GroupBy(reading => reading.Quality)
            .MinBy(same => same.Key)!;
        var values = best.Select(reading => reading.Register.TenthsWh).Distinct().ToList();
        return values is [var only] ? (only, best.Key) : null;
    }

    private static BigInteger Line(Instant from, Instant to, BigInteger rise, Instant at) =>
        Fraction.Floor(rise * (at.UnixMicros - from.UnixMicros), to.UnixMicros - from.UnixMicros);

    private void AddUp(int first, List<MultiplierChange> changes)
    {
        for (var i = 1; i < Points.Count; i++)
        {
            var (left, right) = (Points[i - 1], Points[i]);
            var end = right.Register < left.Register ? right.Register + Modulus : right.Register;
            var from = left.Register;
            BigInteger multiplier = changes.LastOrDefault(change => change.From <= left.At)?.Multiplier ?? first;
            BigInteger used = 0;
            foreach (var change in changes.Where(change => change.From > left.At && change.From < right.At))
            {
                var line = left.Register + Line(left.At, right.At, end - left.Register, change.From);
                var there = BigInteger.Max(from, ReadAt(change, from, end) ?? line);
                used += (there - from) * multiplier;
                (from, multiplier) = (there, change.Multiplier);
            }

            Points[i] = right with { Used = left.Used + used + ((end - from) * multiplier) };
        }
    }

    /// <summary>What somebody read at the change, if the register can have shown it between the two values.</summary>
    private static BigInteger? ReadAt(MultiplierChange change, BigInteger from, BigInteger end)
    {
        if (change.Register is not { } read) return null;
        BigInteger[] turns = [read.TenthsWh, read.TenthsWh + Modulus];
        return turns.Cast<BigInteger?>().FirstOrDefault(value => value >= from && value <= end);
    }
}
