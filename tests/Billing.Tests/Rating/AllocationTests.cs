using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;

namespace Meters.Billing.Tests.Rating;

public class AllocationTests
{
    private const int Hours = 24 * 60;

    /// <summary>Yearly tiers, peak and valley, and four percent lines.</summary>
    public static string Full => Published.Json("FULL", "CNY", "Asia/Shanghai", "2020-01-01", """
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
          {"kind":"percent","name":"vat","percent":"13","of":["energy","fund"]}]
        """);

    [Theory(Timeout = 20_000)]
    [InlineData("flat")]
    [InlineData("tou")]
    [InlineData("full")]
    public void Rating_a_reading_allocates_nothing(string kind)
    {
        var tariff = new TariffHistory(kind switch
        {
            "flat" => Sample.Flat(),
            "tou" => Published.Of("CN-JS-CI-TOU-2025"),
            _ => Published.Read(Full),
        });
        var lines = new long[tariff.Lines.Count];
        Run(tariff, lines); // Days are looked up once.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = Run(tariff, lines);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * sum, lines.Sum());
        Assert.True(sum > 0);
    }

    private static long Run(TariffHistory tariff, long[] lines)
    {
        long sum = 0;
        var (at, usage, periodBase) = (Sample.Day(1), Energy.Zero, Energy.Zero);
        for (var hour = 0; hour < Hours; hour++)
        {
            var (next, more) = (at + TimeSpan.FromHours(1), usage + new Energy(30_000));
            if (!Rater.TryRate(
                tariff, RegisterKind.ForwardActive, at, usage, next, more, ref periodBase, lines, out var charge))
            {
                return 0;
            }

            sum += charge;
            (at, usage) = (next, more);
        }

        return sum;
    }
}
