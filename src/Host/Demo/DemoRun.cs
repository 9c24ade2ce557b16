using System.Net;
using Meters.Control.Policies;
using Meters.Field;
using Meters.Field.Households;
using Meters.Host.Access;
using Meters.Host.Audit;
using Meters.Host.Engine;
using Meters.Host.Hosting;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>
/// The whole story over real sockets in one process: a service, a field of homes, their people, and at the end the
/// check. The clock advances to the next instant at which something is due, and to the next hour only when that hour's
/// frames are confirmed and the control work has drained, so the summary depends on the seed and not on the machine.
/// </summary>
public sealed class DemoRun(DemoOptions options, TextWriter progress)
{
    private static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2025, 11, 3));

    private readonly StepClock _clock = new(Start);
    private readonly DemoPlan _plan = new(options.Meters, options.Seed);

    /// <exception cref="InvalidOperationException">The store named has data already, or a file is
    /// malformed.</exception>
    public async Task<DemoSummary> RunAsync(CancellationToken stopping)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var folder = new ScratchFolder();
        var store = options.Store ?? "sqlite:" + folder.Path;
        if (await Stores.ExistsAsync(store, stopping))
        {
            throw new InvalidOperationException(
                "The store holds data already, and a demonstration does not overwrite it.");
        }

        var outbox = Path.Combine(folder.Path, "sms-outbox.jsonl");
        var (consumption, source) = OpenConsumption();
        await using var host = await MetersHost.StartAsync(SetupOf(store, outbox, folder.Path), stopping);
        await using var field = new SimulatedField(FieldOf(host.Terminals), consumption, _clock);
        await DemoRegistry.AddAsync(host.Engine, field, _plan, Start, stopping);
        var key = await KeyAsync(host, stopping);
        using var counter = new DemoCounter(host.Api, key);
        var people = new DemoCustomers(_plan, counter, new(outbox), field.Truth, _clock);
        await progress.WriteLineAsync(
            $"{options.Meters} homes behind {field.Concentrators.Count} concentrators, {options.Hours} hours, "
            + $"seed {options.Seed}, consumption: {source}, store: {host.Store.Kind}");
        await TellAsync(host, field, people, stopping);
        var took = TimeProvider.System.GetElapsedTime(began);
        var charges = new AuditedCharges();
        var audit = await Auditor.RunAsync(
            host.Store, host.RootFolder,
            (rows, roots, findings) => new(rows, roots, findings, rates: true) { Charges = charges }, stopping);
        return await new DemoCheck(_plan, field.Truth, people, counter, host.Engine, charges)
            .RunAsync(source, _clock.Now(), took, audit, stopping);
    }

    /// <summary>The hours, or the fault of a part of the service that stopped in the middle of them.</summary>
    private async Task TellAsync(
        MetersHost host, SimulatedField field, DemoCustomers people, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var failure = host.RunUntilAsync(end.Token);
        var hours = HoursAsync(host, field, people, end.Token);
        var first = await Task.WhenAny(hours, failure);
        await end.CancelAsync();
        await first;
    }

    private async Task HoursAsync(
        MetersHost host, SimulatedField field, DemoCustomers people, CancellationToken stopping)
    {
        var engine = host.Engine;
        await field.StartAsync(stopping);
        await people.OpenAsync(stopping);
        var story = new DemoStory(_plan.Customers[DemoPlan.Story], field.Truth, people, engine, progress);
        var screen = new DemoProgress(options, progress, engine, field, people);
        await story.BeginAsync();
        await field.PushHourAsync(Start, stopping); // The opening registers.
        for (var hour = 1; hour <= options.Hours; hour++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var end = Start + TimeSpan.FromHours(hour);
            await AdvanceAsync(engine, end, stopping);
            await field.PushHourAsync(end, stopping);
            await engine.DrainAsync(stopping);
            await people.LookAsync(stopping);

            // A second later the people act, so that what they do is later than what they saw.
            await AdvanceAsync(engine, end + TimeSpan.FromSeconds(1), stopping);
            if (await people.PayAsync(stopping) > 0) await engine.DrainAsync(stopping);
            await story.TellAsync(end + TimeSpan.FromSeconds(1), stopping);
            await screen.HourAsync(hour, end, stopping);
            await host.Roots.RunAsync(stopping);
            await HoldAsync(began, stopping);
        }

        // What is on its way arrives: read-backs, retries, the last reconnects.
        await AdvanceAsync(engine, _clock.Now() + TimeSpan.FromMinutes(30), stopping);
        await people.LookAsync(stopping);
        await story.TellAsync(_clock.Now(), stopping);
        await story.ExplainAsync(stopping);
    }

    /// <summary>Moves the clock from one due instant to the next, doing at each what is due.</summary>
    private async Task AdvanceAsync(MetersEngine engine, Instant to, CancellationToken stopping)
    {
        await engine.DrainAsync(stopping);
        while (await engine.NextDueAsync(stopping) is { } next && next < to)
        {
            // Something that stays due although its time has come waits for the next second at the earliest.
            _clock.MoveTo(next > _clock.Now() ? next : _clock.Now() + TimeSpan.FromSeconds(1));
            if (_clock.Now() >= to) break;
            await engine.DrainAsync(stopping);
        }

        if (_clock.Now() < to) _clock.MoveTo(to);
        await engine.DrainAsync(stopping);
    }

    private async Task HoldAsync(long began, CancellationToken stopping)
    {
        if (options.Speed == 0) return;
        var least = TimeSpan.FromSeconds(3_600) / options.Speed;
        var left = least - TimeProvider.System.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, TimeProvider.System, stopping);
    }

    private HostSetup SetupOf(string store, string outbox, string scratch)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Sms:OutboxFile", outbox)])
            .Build();
        var host = new ServiceOptions
        {
            Store = store,
            Api = "http://127.0.0.1:0",
            Terminals = "127.0.0.1:0",
            Roots = new() { Folder = StoreLock.FolderOf(store) is null ? Path.Combine(scratch, "roots") : "" },
        };
        return new(host, settings, _clock, RunControl: false, LogLevel.Warning);
    }

    private FieldOptions FieldOf(IPEndPoint terminals) => new()
    {
        Endpoint = terminals,
        Meters = options.Meters,
        MetersPerConcentrator = Math.Clamp(options.Meters / 10, 10, 100),
        Seed = options.Seed,
        Start = Start,
    };

    private static async Task<string> KeyAsync(MetersHost host, CancellationToken stopping)
    {
        var issuer = host.Services.GetRequiredService<KeyIssuer>();
        var (status, key) = await issuer.IssueAsync("demo-counter", new("demo cashier"), [Role.Cashier], stopping);
        return key ?? throw new InvalidOperationException($"The counter got no key: {status}.");
    }

    /// <summary>The file named, else the reference file beside the checkout, else the field's own generator.</summary>
    private (IConsumption? Consumption, string Source) OpenConsumption()
    {
        var path = options.Consumption == DemoOptions.Generated ? null : options.Consumption ?? ReferenceFile();
        if (path is null) return (null, "generated households");
        if (!ConsumptionCsv.TryOpen(path, out var file, out var fault))
        {
            throw new InvalidOperationException($"{Path.GetFileName(path)}: {fault}");
        }

        return (new ReplayedConsumption(file!, Start + TimeSpan.FromHours(1)), Path.GetFileName(path));
    }

    private static string? ReferenceFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "main-fleet-sgsc-60d.csv.gz");
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
