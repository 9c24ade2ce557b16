using System.Numerics;
using Meters.Billing.Bills;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Accounts;
using Meters.Tests;

namespace Meters.Billing.Tests.Rating;

public class RaterProperties
{
    private const int Limit = 300_000;
    private const int Count = 150;

    private static readonly RegisterKind[] Registers = [RegisterKind.ForwardActive, RegisterKind.ReverseActive];

    [Fact(Timeout = Limit)]
    public void The_rater_equals_the_specification_for_any_tariff_and_any_readings() => Seeds.Run(Count, random =>
    {
        var begin = RandomTariffs.BeginOf(random);
        var tariff = RandomTariffs.History(random, begin);
        var readings = RandomTariffs.Readings(random, begin);
        var register = random.Choose(Registers);
        var expected = CanonicalRater.Rate(readings, register, tariff);
        var charges = Rate(tariff, register, readings, out _);
        Assert.Equal(expected.Select(charge => (long)charge.Value), charges);
    });

    [Fact(Timeout = Limit)]
    public void Each_line_is_what_the_explanation_says_and_their_sum_is_the_charge() => Seeds.Run(Count, random =>
    {
        var begin = RandomTariffs.BeginOf(random);
        var tariff = RandomTariffs.History(random, begin);
        var readings = RandomTariffs.Readings(random, begin, days: 20);
        var register = random.Choose(Registers);
        var explained = CanonicalRater.Explain(readings, register, tariff);
        var charges = Rate(tariff, register, readings, out var lines);
        for (var i = 0; i < readings.Count; i++)
        {
            var sums = new long[tariff.Lines.Count];
            foreach (var line in explained[i].SelectMany(piece => piece.Lines)) sums[line.Line] += (long)line.Charge;
            Assert.Equal(sums, lines[i]);
            Assert.Equal(charges[i], lines[i].Sum());
            if (i > 0) Assert.Equal(readings[i].Usage, explained[i][^1].UsageTo);
        }
    });

    [Fact(Timeout = Limit)]
    public void A_reading_more_inside_a_stretch_of_the_tariff_changes_no_sum() => Seeds.Run(Count, random =>
    {
        var begin = RandomTariffs.BeginOf(random);
        var tariff = RandomTariffs.History(random, begin);
        var readings = RandomTariffs.Readings(random, begin, days: 30);
        var more = new List<(Instant At, Energy Usage)> { readings[0] };
        for (var i = 1; i < readings.Count; i++)
        {
            var (before, next) = (readings[i - 1], readings[i]);
            var middle = new Instant((before.At.UnixMicros + next.At.UnixMicros) / 2);
            // Any register value between its neighbours, as long as no edge in between depends on the straight line.
            if (tariff.UnchangedUntil(before.At) >= next.At)
            {
                more.Add((middle, new(random.NextInt64(before.Usage.TenthsWh, next.Usage.TenthsWh + 1))));
            }

            more.Add(next);
        }

        var few = Rate(tariff, RegisterKind.ForwardActive, readings, out _)
            .Aggregate(BigInteger.Zero, (sum, charge) => sum + charge);
        var many = Rate(tariff, RegisterKind.ForwardActive, more, out _);
        Assert.Equal(few, many.Aggregate(BigInteger.Zero, (sum, charge) => sum + charge));
    });

    [Fact(Timeout = Limit)]
    public void Hourly_charges_of_a_period_sum_to_the_bill_computed_once() => Seeds.Run(Count, random =>
    {
        var begin = RandomTariffs.BeginOf(random);
        var tariff = RandomTariffs.History(random, begin, versionsMax: 1);
        var version = tariff.Versions[0];
        var day = DateOnly.FromDateTime(version.Zone.ToLocal(begin));
        var period = version.Period.Months == 0 ? AccumulationPeriod.Month : version.Period;
        var (first, next) = (ServiceDay.Of(period.StartOf(day)), ServiceDay.Of(period.NextStart(day)));
        var days = next.DaysSinceEpoch - first.DaysSinceEpoch;
        var readings = RandomTariffs.Readings(random, version.Zone.StartOf(first), days);
        readings.RemoveAll(reading => reading.At >= version.Zone.StartOf(next));
        var register = random.Choose(Registers);
        var uses = CanonicalRater.Explain(readings, register, tariff).SelectMany(pieces => pieces)
            .Select(piece => new BandUse(
                piece.UsageTo - piece.UsageFrom, piece.Band, version.Zone.ToLocal(piece.From).Month)).ToList();
        var isExport = register == RegisterKind.ReverseActive;
        var bill = BillCalculator.Compute(version, new()
        {
            Uses = isExport ? [] : uses,
            Exported = isExport ? uses : [],
            InOrder = true,
            From = first,
            To = next.AddDays(-1),
            Months = period.Months,
        });
        Rate(tariff, register, readings, out var lines);
        foreach (var (line, l) in tariff.Lines.Select((line, l) => (line, l)))
        {
            var sum = lines.Aggregate(BigInteger.Zero, (sum, reading) => sum + reading[l]);
            var exact = bill.Lines.FirstOrDefault(one => one.Name == line.Name)?.Exact ?? 0;
            Assert.Equal(exact, new Ratio(sum, tariff.PerMinor));
        }
    });

    private static List<long> Rate(
        TariffHistory tariff,
        RegisterKind register,
        List<(Instant At, Energy Usage)> readings,
        out List<long[]> lines)
    {
        var charges = new List<long> { 0 };
        lines = [new long[tariff.Lines.Count]];
        var periodBase = Rater.BaseOfFirst(tariff, readings[0].At, readings[0].Usage);
        for (var i = 1; i < readings.Count; i++)
        {
            var (before, next) = (readings[i - 1], readings[i]);
            lines.Add(new long[tariff.Lines.Count]);
            Assert.True(Rater.TryRate(
                tariff,
                register,
                before.At,
                before.Usage,
                next.At,
                next.Usage,
                ref periodBase,
                lines[^1],
                out var charge));
            charges.Add(charge);
        }

        return charges;
    }
}
