using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Host.Bench;

/// <summary>
/// Readings rated per second of processor time, in memory, through the rater: a year of hours of many points, in the
/// order in which concentrators bring them (a day of one point, then the next point). The baseline is the least that a
/// charge can cost: one multiplication and two additions over the same readings.
/// </summary>
/// <param name="runs">Runs; the median counts.</param>
/// <param name="progress">One line for each run.</param>
public sealed class RateBench(int runs, TextWriter progress)
{
    private const int Points = 64;
    private const int Days = 365;
    private const int HoursPerDay = 24;
    private const int WarmUps = 5;
    private const int Passes = 20;
    private const long Readings = (long)Points * Days * HoursPerDay;

    private const string Flat = """
        {"id":"flat","version":1,"effectiveFrom":"2020-01-01","currency":"CNY","zone":"+08:00",
         "tiers":[{"price":"0.5573"}]}
        """;

    private const string Full = """
        {"id":"full","version":1,"effectiveFrom":"2020-01-01","currency":"CNY","zone":"Asia/Shanghai",
         "accumulate":"year",
         "bands":[{"name":"peak","when":[{"windows":["08:00-22:00"]}]},{"name":"valley"}],
         "energy":{"tiers":[
           {"upToKwh":2760,"prices":{"peak":"0.568","valley":"0.288"}},
           {"upToKwh":4800,"prices":{"peak":"0.618","valley":"0.338"}},
           {"prices":{"peak":"0.868","valley":"0.588"}}]},
         "lines":[
           {"kind":"percent","name":"fund","account":"surcharge","percent":"3","of":["energy"]},
           {"kind":"percent","name":"levy","account":"surcharge","percent":"1.5","of":["energy"]},
           {"kind":"percent","name":"rebate","account":"rebate","percent":"-0.5","of":["energy","levy"]},
           {"kind":"percent","name":"vat","percent":"13","of":["energy","fund"]}]}
        """;

    private static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2026, 1, 1));

    private readonly short[] _used = MakeUsage();

    public async Task<IReadOnlyList<BenchLine>> RunAsync()
    {
        var lines = new List<BenchLine>();
        foreach (var (name, json, goal) in (ReadOnlySpan<(string, string, decimal)>)
            [("rate-flat", Flat, 10_000_000m), ("rate-full", Full, 3_000_000m)])
        {
            lines.Add(Measure(name, json, goal));
        }

        foreach (var line in lines)
        {
            await progress.WriteLineAsync(
                $"{line.Bench}: {line.Value:N0} {line.Unit}, bare multiplication {line.Baseline:N0}, "
                + $"goal {line.Goal:N0}");
        }

        return lines;
    }

    /// <summary>Tenths of a watt-hour of each hour of each point, by an arithmetic of its own.</summary>
    private static short[] MakeUsage()
    {
        var used = new short[Readings];
        var state = 1u;
        for (var i = 0; i < used.Length; i++)
        {
            state = unchecked((state * 1_664_525) + 1_013_904_223);
            used[i] = (short)(state >> 18); // Up to 1.6 kWh.
        }

        return used;
    }

    private BenchLine Measure(string name, string json, decimal goal)
    {
        if (!TariffJson.TryParse(json, out var version, out var faults))
        {
            throw new InvalidOperationException($"{faults[0]}");
        }

        var tariff = new TariffHistory(version!);
        var expected = 0L;
        // The first passes compile the code and look days up.
        for (var pass = 0; pass < WarmUps; pass++) expected = Rate(tariff, out _);
        var values = new List<decimal>();
        var baselines = new List<decimal>();
        for (var run = 0; run < runs; run++)
        {
            values.Add(PerSecond(() =>
            {
                if (Rate(tariff, out var allocated) == expected && allocated == 0) return;
                throw new InvalidOperationException($"{name}: the sums differ, or {allocated} bytes were allocated.");
            }));
            baselines.Add(PerSecond(() =>
            {
                if (Multiply() <= 0) throw new InvalidOperationException("The baseline did nothing.");
            }));
        }

        var ratios = values.Zip(baselines, (v, b) => decimal.Round(v / b, 4)).ToList();
        return new(
            name,
            decimal.Round(BenchLine.Median(values)),
            decimal.Round(BenchLine.Median(baselines)),
            BenchLine.Median(ratios),
            goal,
            LowerIsBetter: false,
            "readings/s",
            [.. values.Select(value => decimal.Round(value))]);
    }

    /// <summary>Per second of processor time, so that other work on the machine does not count.</summary>
    private static decimal PerSecond(Action pass)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Passes; i++) pass();
        return decimal.Round(Readings * Passes / (decimal)(Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private long Rate(TariffHistory tariff, out long allocated)
    {
        var lines = new long[tariff.Lines.Count];
        var usage = new Energy[Points];
        var bases = new Energy[Points];
        long sum = 0;
        var i = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var day = 0; day < Days; day++)
        {
            for (var point = 0; point < Points; point++)
            {
                var at = Start + TimeSpan.FromDays(day);
                for (var hour = 0; hour < HoursPerDay; hour++)
                {
                    var next = at + TimeSpan.FromHours(1);
                    var more = usage[point] + new Energy(_used[i++]);
                    if (!Rater.TryRate(
                        tariff,
                        RegisterKind.ForwardActive,
                        at,
                        usage[point],
                        next,
                        more,
                        ref bases[point],
                        lines,
                        out var charge))
                    {
                        throw new InvalidOperationException("A charge does not fit.");
                    }

                    sum += charge;
                    (at, usage[point]) = (next, more);
                }
            }

            // Lines are posted and begin anew every day, as in a book.
            Array.Clear(lines);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return sum;
    }

    private long Multiply()
    {
        long sum = 0, usage = 0;
        foreach (var used in _used)
        {
            usage += used;
            sum += used * 55_730L;
        }

        return sum + usage;
    }
}
