using System.Numerics;
using Meters.Billing.Accounts;
using Meters.Billing.Rating;
using Meters.Tests;

namespace Meters.Billing.Tests.Accounts;

public class BookProperties
{
    private const int SeedCount = 150;

    [Fact]
    public void The_canonical_charges_equal_those_of_the_oracle() => Seeds.Run(60, random =>
    {
        var world = new World(random);
        foreach (var (channel, readings) in world.Readings)
        {
            var (multiplier, tariff) = (world.MultiplierOf(channel), world.TariffOf(world.OwnerOf(channel)));
            var charges = CanonicalRater.Rate(readings, multiplier, tariff);
            for (var i = 0; i < readings.Count; i++)
            {
                Assert.Equal(Oracle.ChargeOf(readings, i, multiplier, tariff), charges[i].Value);
            }
        }
    });

    [Fact]
    public void Any_order_batching_repetition_day_close_payment_and_restart_gives_the_same_positions() =>
        Seeds.Run(SeedCount, OneWorldInManyOrders);

    [Fact]
    public void The_bounds_of_an_account_never_miss_a_crossing() => Seeds.Run(SeedCount, random =>
    {
        var world = new World(random);
        var payments = Enumerable.Range(1, random.Next(1, 12)).Select(i => world.NewPayment(random, i)).ToList();
        var engine = new MiniEngine(world);
        var naive = world.Accounts.ToDictionary(account => account, _ => (Mask: (byte)0, Arm: 1));
        engine.AfterStep = crossings =>
        {
            var expected = new List<Crossing>();
            foreach (var account in world.Accounts)
            {
                Assert.True(engine.Book.TryPosition(account, out var position));
                var (mask, arm) = naive[account];
                expected.AddRange(Oracle.Cross(position, world.Thresholds, world.Now, ref mask, ref arm));
                naive[account] = (mask, arm);
                Assert.Equal((mask, arm), (position.CrossedMask, position.Arm));
            }

            Assert.Equal(expected, crossings.OrderBy(crossing => crossing.Account));
        };
        Shuffled(world, random, engine, payments);
        var keys = engine.Crossings.Select(
            crossing => (crossing.Account, crossing.Threshold, crossing.Arm, crossing.Direction));
        Assert.Equal(engine.Crossings.Count, keys.Distinct().Count());
    });

    [Fact]
    public void The_hourly_charges_of_a_month_sum_to_the_bill_computed_once() => Seeds.Run(100, random =>
    {
        var tariff = Sample.Tiered(
            Billing.Tariffs.Accumulation.Month,
            LocalZone.China,
            1,
            Sample.Day(1),
            (random.Next(1, 50), random.Next(1, 90_000_000)),
            (random.Next(51, 200), random.Next(1, 90_000_000)),
            (0, random.Next(1, 90_000_000)));
        var readings = new List<Reading>();
        long register = random.Next(1_000_000);
        var start = register;
        for (var hour = 0; hour <= 31 * 24; hour++)
        {
            readings.Add(Sample.Read(Sample.Day(1, hour), register));
            if (hour < 31 * 24) register += random.Next(10_000);
        }

        var sum = CanonicalRater.Rate(readings, 1, new(tariff)).Aggregate(ExactCharge.Zero, (a, b) => a + b);
        Assert.Equal(tariff.CumulativeCharge(new(register - start)), sum);
    });

    private static void OneWorldInManyOrders(Random random)
    {
        var world = new World(random);
        var payments = Enumerable.Range(1, random.Next(1, 12)).Select(i => world.NewPayment(random, i)).ToList();
        var ordered = new MiniEngine(world);
        foreach (var payment in payments) ordered.Pay(payment);
        ordered.Take(world.Readings.Values.SelectMany(readings => readings).OrderBy(reading => reading.At));
        AssertCanonical(world, ordered);
        for (var run = 0; run < 2; run++)
        {
            var engine = new MiniEngine(world);
            var repeated = Shuffled(world, random, engine, payments);
            Assert.Equal(ordered.Export(), engine.Export());
            Assert.Equal(repeated, engine.Duplicates);
            AssertCanonical(world, engine);
            AssertBalances(world, engine);
        }
    }

    /// <summary>
    /// Everything in a random order, some of it twice and some estimated too, with day closes, snapshots and restarts
    /// in between.
    /// </summary>
    private static int Shuffled(
        World world, Random random, MiniEngine engine, List<Billing.Ledger.PaymentOrder> payments)
    {
        var readings = world.Readings.Values.SelectMany(of => of).OrderBy(reading => reading.At).ToList();
        var again = readings.Where(_ => random.Next(10) == 0).ToList();
        readings.AddRange(again);
        foreach (var estimate in world.Estimates) readings.Insert(random.Next(readings.Count + 1), estimate);

        // Fully mixed, or in order but for a few.
        var spread = random.Next(2) == 0 ? readings.Count : random.Next(2, 40);
        var mixed = readings.Select((reading, i) => (reading, Key: i + random.Next(spread))).OrderBy(pair => pair.Key)
            .Select(pair => pair.reading).ToList();
        var unpaid = new Queue<Billing.Ledger.PaymentOrder>(payments);
        for (var i = 0; i < mixed.Count;)
        {
            var count = random.Next(1, random.Next(2, 60));
            engine.Take(mixed.Skip(i).Take(count));
            i += count;
            if (random.Next(8) == 0 && unpaid.TryDequeue(out var payment)) engine.Pay(payment);
            if (random.Next(12) == 0) engine.CloseDay();
            if (random.Next(6) == 0) engine.TakeSnapshots();
            if (random.Next(6) == 0) engine.Restart();
        }

        while (unpaid.TryDequeue(out var payment)) engine.Pay(payment);
        return again.Count;
    }

    private static void AssertCanonical(World world, MiniEngine engine)
    {
        foreach (var (channel, readings) in world.Readings)
        {
            var tariff = world.TariffOf(world.OwnerOf(channel));
            var charges = CanonicalRater.Rate(readings, world.MultiplierOf(channel), tariff);
            Assert.Equal(
                readings.Select((reading, i) => (reading, charges[i].Value)),
                engine.Rows[channel].Values.Select(row => (row.Reading, (Int128)row.Charge)));
        }
    }

    private static void AssertBalances(World world, MiniEngine engine)
    {
        foreach (var account in world.Accounts)
        {
            Assert.True(engine.Book.TryPosition(account, out var position));
            var snapshot = engine.Book.Snapshot(account);
            var entries = engine.Entries.Where(entry => entry.Account == account).ToList();
            var channels = engine.Rows.Where(pair => world.OwnerOf(pair.Key) == account);
            var rows = channels.SelectMany(pair => pair.Value.Values).ToList();
            var paid = entries.Where(entry => entry.PaymentKey is not null).Sum(entry => entry.Amount.Minor);
            var charged = rows.Aggregate(BigInteger.Zero, (sum, row) => sum + row.Charge);
            Assert.Equal(position.Journal.Minor, entries.Sum(entry => entry.ToCustomer.Minor));
            Assert.Equal(paid - Oracle.Round(charged), position.Balance.Minor);
            Assert.Equal(position.Journal.Minor - Oracle.Round(position.Accrued), position.Balance.Minor);
            Assert.Equal(
                rows.Where(row => row.Reading.At > engine.Book.OpenEnd).Sum(row => row.Charge), snapshot.AccruedNext);
        }

        Assert.All(engine.Entries, entry => Assert.True(entry.Amount > Money.Zero && entry.Debit != entry.Credit));
        Assert.Equal(
            Enumerable.Range(1, engine.Entries.Count).Select(i => (long)i), engine.Entries.Select(entry => entry.Id));
    }
}
