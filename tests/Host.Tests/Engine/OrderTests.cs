using Meters.Billing.Ledger;

namespace Meters.Host.Tests.Engine;

public class OrderTests
{
    private const int Hours = 50;

    [Fact(Timeout = 120_000)]
    public async Task The_same_frames_and_payments_in_any_order_and_over_restarts_end_in_the_same_positions()
    {
        var expected = await ExportAsync(new(0), inOrder: true);
        await Seeds.RunAsync(20, async random => Assert.Equal(expected, await ExportAsync(random, inOrder: false)));
    }

    /// <summary>
    /// One plan, many ways to deliver it: shuffled, in small and large batches, a third of it twice, to one service
    /// after another.
    /// </summary>
    private static async Task<string> ExportAsync(Random random, bool inOrder)
    {
        var export = "";
        var context = new DeterministicContext(random.Next());
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync();
            await world.StartAsync(context.Wire);
            await world.RegisterAsync();
            foreach (var terminal in world.Terminals) await terminal.ConnectAsync(world.Engine);
            var (frames, payments) = Plan(world);
            world.Clock.MoveTo(World.Start + TimeSpan.FromHours(Hours + 1));
            var things = frames.Select(f => (Func<Task>)(() => PushAsync(f, context.Wire)))
                .Concat(payments.Select(p => (Func<Task>)(() => PayAsync(world, p)))).ToList();
            if (!inOrder)
            {
                things.AddRange(things.Where(_ => random.Next(3) == 0).ToList());
                things = [.. things.OrderBy(_ => random.Next())];
            }

            await DeliverAsync(world, context.Wire, things, inOrder ? null : random);
            await world.ConfirmedAsync(context.Wire);
            await world.CheckAsync();
            export = await world.ExportAsync();
        });
        return export;
    }

    private static async Task DeliverAsync(World world, TimeProvider wire, List<Func<Task>> things, Random? random)
    {
        for (var next = 0; next < things.Count;)
        {
            var batch = random?.Next(1, 30) ?? 1;
            await Task.WhenAll(things.Skip(next).Take(batch).Select(thing => thing()));
            next += batch;
            if (random?.Next(4) != 0) continue;
            await world.ConfirmedAsync(wire);
            await world.Engine.StopAsync(snapshot: random.Next(2) == 0, CancellationToken.None);
            await world.StartAsync(wire);
            foreach (var terminal in world.Terminals) await terminal.ConnectAsync(world.Engine);
        }
    }

    private static (
        List<(ScriptedTerminal Terminal, Point[] Points)> Frames, List<(Home Home, long Minor, string Key)> Payments)
        Plan(World world)
    {
        var plan = new Random(7);
        var frames = new List<(ScriptedTerminal, Point[])>();
        var payments = new List<(Home, long, string)>();
        for (var hour = 0; hour <= Hours; hour++)
        {
            world.Clock.MoveTo(World.Start + TimeSpan.FromHours(hour));
            foreach (var home in world.Homes)
            {
                home.Meter.Use(new(plan.Next(0, 300) * 100));
                if (plan.Next(9) == 0) payments.Add((home, plan.Next(1, 4_000), $"p-{home.Account}-{hour}"));
            }

            foreach (var terminal in world.Terminals)
            {
                var points = terminal.Homes.Select(world.Read).ToArray();
                if (plan.Next(2) == 0) frames.Add((terminal, points));
                else frames.AddRange(points.Select(p => (terminal, new[] { p })));
            }
        }

        return (frames, payments);
    }

    private static async Task PushAsync((ScriptedTerminal Terminal, Point[] Points) frame, TimeProvider wire)
    {
        while (!frame.Terminal.Push(frame.Points)) await World.SettleAsync(wire, 1);
    }

    private static async Task PayAsync(World world, (Home Home, long Minor, string Key) payment)
    {
        var status = await world.PayAsync(payment.Home, payment.Minor, payment.Key);
        Assert.True(status is PaymentStatus.Posted or PaymentStatus.AlreadyPosted);
    }
}
