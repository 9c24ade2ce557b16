using Meters.Billing.Bills;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;
using Meters.Tests;
using Meters.Units;

namespace Meters.Billing.Tests.Bills.World;

/// <summary>What the hours, the days and the end of a bill period come to is the bill computed once.</summary>
public class WorldConsistency
{
    private const int Limit = 120_000;
    private const int Watts = 4_400;
    private const long EarlierWatts = 9_000;

    public static TheoryData<string> Ids => [.. WorldTariffs.All.Select(json => Published.Read(json).Id)];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Ids))]
    public void Hours_days_and_the_end_of_the_period_sum_to_the_bill(string id) => Seeds.Run(2, random =>
    {
        var version = WorldTariffs.Of(id);
        var month = new DateOnly(2026, random.Next(1, 13), 1);
        var first = ServiceDay.Of(version.Period.Months == 12
            ? version.Period.StartOf(month)
            : version.BillPeriod.StartOf(month));
        var last = ServiceDay.Of(version.BillPeriod.NextStart(first.ToDateOnly())).AddDays(-1);
        var run = new Run(version, first, last, random);
        var bill = BillCalculator.Compute(version, run.Input);
        var perMinor = run.Tariff.PerMinor;
        foreach (var (line, i) in run.Tariff.Lines.Select((line, i) => (line, i)))
        {
            var once = bill.Lines.FirstOrDefault(one => one.Name == line.Name)?.Exact ?? default;
            var apart = new Ratio(run.Lines[i], perMinor) - once;
            // Steps that standing charges and spread ones round down, far below what any line is rounded to.
            Assert.True(
                apart < new Ratio(1, 100_000) && apart > new Ratio(-1, 100_000),
                $"{id}, {line.Name}: {apart} apart of {once} in {first} to {last}.");
        }
    });

    /// <summary>One bill period by the hour.</summary>
    private sealed class Run
    {
        private readonly List<BandUse> _uses = [];
        private readonly List<(Instant At, Int128 Usage)> _points = [];

        public Run(TariffVersion version, ServiceDay first, ServiceDay last, Random random)
        {
            Tariff = new(version);
            Lines = new long[Tariff.Lines.Count];
            var (start, end) = (version.Zone.StartOf(first), version.Zone.StartOf(last.AddDays(1)));
            Feed(version, start, end, random);
            var terms = new AccountTerms(Watts)
            {
                Usage = [.. Enumerable.Range(1, 4).Select(back => new MonthUsage(
                    ServiceDay.Of(first.ToDateOnly().AddMonths(-back)), Energy.FromKwh(100 * back)))],
            };
            for (var day = first; day <= last; day = day.AddDays(1)) DayLines.AddDay(Tariff, day, terms, Lines);
            var demand = DemandWindows.Watts(_points, version, start, end);
            var reactive = new Energy(_points[^1].Usage > 0 ? (long)(_points[^1].Usage * 2 / 5) : 0);
            DayLines.AddPeriodEnd(Tariff, last, terms, FactsOf(version, start, end, demand, reactive), Lines);
            var bands = version.Calendar.Bands;
            Input = new()
            {
                Uses = _uses,
                InOrder = true,
                From = first,
                To = last,
                PurchaseMonths = 0,
                SanctionedWatts = Watts,
                MaxDemandWatts = demand.Max(),
                EarlierDemandWatts = EarlierWatts,
                DemandWattsByBand = bands.Select((band, b) => (band.Name, demand[b])).ToDictionary(),
                Reactive = reactive,
                Usage = terms.Usage,
            };
        }

        public TariffHistory Tariff { get; }

        public long[] Lines { get; }

        public BillInput Input { get; }

        private void Feed(TariffVersion version, Instant start, Instant end, Random random)
        {
            var (usage, origin) = (Energy.Zero, Energy.Zero);
            var scale = random.Next(1, 20_000);
            _points.Add((start, 0));
            for (var at = start; at < end; at += TimeSpan.FromHours(0.5))
            {
                var used = new Energy(random.Next(scale));
                var next = at + TimeSpan.FromHours(0.5);
                Assert.True(Rater.TryRate(
                    Tariff, RegisterKind.ForwardActive, at, usage, next, usage + used, ref origin, Lines, out _));
                usage += used;
                _points.Add((next, usage.TenthsWh));
                _uses.Add(new(used, Tariff.BandAt(at), version.Zone.ToLocal(at).Month));
            }
        }

        private PeriodFacts FactsOf(
            TariffVersion version, Instant start, Instant end, long[] demand, Energy reactive) => new()
            {
                Lines = Lines.ToArray(),
                MaxDemandWatts = demand.Max(),
                DemandWattsByBand = demand,
                EarlierDemandWattsByBand = Enumerable.Repeat(EarlierWatts, demand.Length).ToArray(),
                Active = new((long)_points[^1].Usage),
                ActiveByBand = BandEnergy.Of(_points, version, start, end),
                Reactive = reactive,
            };
    }
}
