using Meters.Billing.Ledger;
using Meters.Field;
using Meters.Host.Demo;
using Meters.Host.Hosting;
using Meters.Host.Roots;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Tamper;

/// <summary>
/// A journal to tamper with, made by the service itself: homes over real sockets for some days, payments, meters that
/// fall silent and come late, so that closed days are corrected.
/// </summary>
public static class TamperJournal
{
    public const int Homes = 8;

    private const int Hours = 100;
    private const int SilentFrom = 40;
    private const int SilentUntil = 75;

    private static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2025, 11, 3));

    /// <param name="store">An empty SQLite store.</param>
    /// <param name="rootFolder">Where its roots go.</param>
    /// <param name="seed">Same seed, same homes.</param>
    /// <param name="stopping">Breaks it off.</param>
    /// <returns>Position of the last root.</returns>
    public static async Task<long> MakeAsync(string store, string rootFolder, long seed, CancellationToken stopping)
    {
        var clock = new StepClock(Start);
        var plan = new DemoPlan(Homes, seed);
        var options = new ServiceOptions
        {
            Store = store,
            Api = "http://127.0.0.1:0",
            Terminals = "127.0.0.1:0",
            Roots = new() { Folder = rootFolder },
        };
        var settings = new ConfigurationBuilder().Build();
        var setup = new HostSetup(options, settings, clock, RunControl: false, LogLevel.Warning);
        await using var host = await MetersHost.StartAsync(setup, stopping);
        var field = new FieldOptions
        {
            Endpoint = host.Terminals,
            Meters = Homes,
            MetersPerConcentrator = Homes,
            Seed = seed,
            Start = Start,
        };
        await using var homes = new SimulatedField(field, null, clock);
        await DemoRegistry.AddAsync(host.Engine, homes, plan, Start, stopping);
        await homes.StartAsync(stopping);
        await homes.PushHourAsync(Start, stopping);
        for (var hour = 1; hour <= Hours; hour++)
        {
            clock.MoveTo(Start + TimeSpan.FromHours(hour));
            homes.SetSilent(1, hour is >= SilentFrom and < SilentUntil);
            homes.SetSilent(2, hour is >= SilentFrom + 1 and < SilentUntil - 1);
            await homes.PushHourAsync(clock.Now(), stopping);
            await host.Engine.CloseDueDaysAsync(stopping);
            foreach (var customer in plan.Customers.Where(c => (hour + c.Index) % 11 == 1))
            {
                await host.Engine.PostPaymentAsync(OrderOf(customer, hour), stopping);
            }

            if (hour % 3 == 0) await host.Roots.RunAsync(stopping);
        }

        await host.Roots.RunAsync(stopping);
        var root = await new RootFiles(rootFolder, options.Roots.DaysKeptMax).LastAsync(stopping);
        return root!.Shards[0].Seq;
    }

    private static PaymentOrder OrderOf(DemoCustomer customer, int hour) => new(
        $"counter-{customer.Index}-{hour}", customer.Account, new(500 + (hour * 7)), Currency.Parse("CNY"),
        (PaymentChannel)(1 + (hour % 4)), new("cashier"), hour % 2 == 0 ? $"till {hour}" : null);
}
