using System.Globalization;
using System.Numerics;
using Meters.Host.Bench.Order;
using Meters.Tests;

namespace Meters.Billing.Tests.Order;

/// <summary>Design promise 4: the same inputs in any order give the same charges and positions, bit for bit.</summary>
public class OrderProperties
{
    private const int Worlds = 120;
    private const int Permutations = 3;

    [Fact(Timeout = 300_000)]
    public void Everything_in_any_order_gives_what_the_specification_says() => Seeds.Run(Worlds, random =>
    {
        var world = OrderWorlds.Make(random);
        var spec = new OrderSpec(world);
        var expected = spec.Export();
        Compare(expected, spec, OrderDelivery.InOrder(world));
        for (var run = 0; run < Permutations; run++) Compare(expected, spec, OrderDelivery.Shuffled(world, random));
    });

    private static void Compare(string expected, OrderSpec spec, OrderRun run)
    {
        Assert.Equal(expected.Split('\n'), run.Export().Split('\n'));
        var text = run.Book.Snapshot(OrderWorld.Account).Lines;
        if (text.Length == 0) return;
        var accrued = text.Split(';').Take(2).Select(part => part.Split(',').Select(Number).ToList()).ToList();
        for (var i = 0; i < spec.Tariff.Lines.Count; i++)
        {
            var line = spec.Tariff.Lines[i].Name;
            var posted = run.Stored.Entries.Where(entry => entry.Line == line)
                .Aggregate(BigInteger.Zero, (sum, entry) => sum - entry.ToCustomer.Minor);
            Assert.Equal(
                (line, spec.ByLine.GetValueOrDefault(line)),
                (line, accrued[0][i] + accrued[1][i] + (posted * spec.Tariff.PerMinor)));
        }
    }

    private static BigInteger Number(string text) => BigInteger.Parse(text, CultureInfo.InvariantCulture);
}
