using System.Diagnostics;
using Meters.Field.Load;
using Meters.Host.Demo;
using Meters.Host.Hosting;
using Meters.Ingest.Sessions;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench;

/// <param name="Server">PostgreSQL or TimescaleDB server; a scratch database is made on it for each run.</param>
/// <param name="Terminals">Concentrators.</param>
/// <param name="Outstanding">Unconfirmed frames of each.</param>
/// <param name="Readings">About how many readings a run pushes.</param>
/// <param name="Runs">Runs; the median counts.</param>
public sealed record IngestBenchOptions(string Server, int Terminals, int Outstanding, int Readings, int Runs);

/// <summary>
/// Readings per second from TCP frame to durable and confirmed, raw frames and crossings included, beside one psql
/// binary COPY of the same rows, ordered by time and meter, in one transaction, into an identical empty table on the
/// same server.
/// </summary>
public sealed class IngestBench(IngestBenchOptions options, TextWriter progress)
{
    /// <summary>Two service days fit between two day closes, so a run measures ingest alone.</summary>
    private const int HoursMax = 46;

    private static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2025, 11, 3));

    private int MetersPerTerminal => Math.Clamp(options.Readings / (options.Terminals * HoursMax), 1, 2_000);

    public async Task<BenchLine> RunAsync(CancellationToken stopping)
    {
        var values = new List<decimal>();
        var baselines = new List<decimal>();
        for (var run = 1; run <= options.Runs; run++)
        {
            var (value, baseline) = await OnceAsync(run, stopping);
            values.Add(value);
            baselines.Add(baseline);
            await progress.WriteLineAsync(
                $"run {run}: {value:N0} readings/s to durable and confirmed, psql COPY {baseline:N0} rows/s, "
                + $"ratio {value / baseline:F2}");
        }

        var ratios = values.Zip(baselines, (v, b) => decimal.Round(v / b, 3)).ToList();
        return new(
            "ingest",
            decimal.Round(BenchLine.Median(values)),
            decimal.Round(BenchLine.Median(baselines)),
            BenchLine.Median(ratios),
            options.Terminals >= 1_000 ? 1.0m : 1.2m,
            LowerIsBetter: false,
            "readings/s",
            ratios);
    }

    private async Task<(decimal Value, decimal Baseline)> OnceAsync(int run, CancellationToken stopping)
    {
        await using var database = await ScratchDatabase.CreateAsync(options.Server, $"meters_bench_{run}", stopping);
        var result = await PushAsync(database, stopping);
        var file = Path.GetTempFileName();
        try
        {
            await PsqlAsync(
                database,
                $"\\copy (SELECT * FROM reading ORDER BY at, channel) TO '{file}' (FORMAT binary)",
                stopping);
            var baseline = await BaselineAsync(run, file, result.Readings, stopping);
            return (result.ReadingsPerSecond, baseline);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<LoadResult> PushAsync(ScratchDatabase database, CancellationToken stopping)
    {
        var clock = new StepClock(Start);
        var service = new ServiceOptions
        {
            Store = database.Connection,
            Api = "http://127.0.0.1:0",
            Terminals = "127.0.0.1:0",
        };
        using var folder = new ScratchFolder();
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Sms:OutboxFile", Path.Combine(folder.Path, "sms-outbox.jsonl"))])
            .Build();
        await using var host = await MetersHost.StartAsync(
            new(service, settings, clock, RunControl: false, LogLevel.Warning), stopping);
        using var field = new LoadField(new()
        {
            Endpoint = host.Terminals,
            Terminals = options.Terminals,
            MetersPerTerminal = MetersPerTerminal,
            FramesOutstanding = options.Outstanding,
            FrameBytesMax = 300,
        });
        await BenchRegistry.AddAsync(host.Engine, field, Start, stopping);
        await field.StartAsync(stopping);
        clock.MoveTo(Start + TimeSpan.FromHours(HoursMax + 1));
        var before = host.Engine.Metrics.Commits;
        var result = await field.PushAsync(Start + TimeSpan.FromHours(1), HoursMax, stopping);
        await CheckAsync(host, field, result, stopping);
        await TellAsync(result, before, host.Engine.Metrics.Commits);
        return result;
    }

    private async Task TellAsync(
        LoadResult result, (long Count, TimeSpan Waited) before, (long Count, TimeSpan Waited) after)
    {
        var commits = after.Count - before.Count;
        var waited = after.Waited - before.Waited;
        await progress.WriteLineAsync(
            $"  {result.Readings:N0} readings in {result.Frames:N0} frames of {options.Terminals} terminals with "
            + $"{options.Outstanding} outstanding, {result.Elapsed.TotalSeconds:F2} s; confirm p50 "
            + $"{result.ConfirmMedian.TotalMilliseconds:F0} ms, p99 {result.ConfirmP99.TotalMilliseconds:F0} ms; "
            + $"{commits:N0} commits of {result.Readings / Math.Max(1, commits):N0} readings, "
            + $"{waited.TotalSeconds:F2} s waited for them by all lanes");
    }

    /// <summary>The work that was timed is done: every row is there, and a balance is right.</summary>
    private async Task CheckAsync(
        Hosting.MetersHost host, LoadField field, LoadResult result, CancellationToken stopping)
    {
        var totals = await host.Store.Queries.TotalsAsync(stopping);
        if (totals.Readings != result.Readings)
        {
            throw new InvalidOperationException(
                $"{result.Readings} readings were confirmed, {totals.Readings} are stored.");
        }

        var meter = field.Meters.Skip(options.Terminals * MetersPerTerminal / 2).First();
        var used = field.RegisterOf(meter.Index, Start + TimeSpan.FromHours(HoursMax))
            - field.RegisterOf(meter.Index, Start + TimeSpan.FromHours(1));
        var expected = BenchRegistry.OpeningOf(meter).Amount - ExactCharge.Of(used, BenchRegistry.Price).RoundHalfUp();
        var balance = await host.Store.Queries.BalanceAsync(BenchRegistry.AccountOf(meter), stopping);
        if (balance?.Balance != expected)
        {
            throw new InvalidOperationException($"A balance is {balance?.Balance}, it should be {expected}.");
        }
    }

    private async Task<decimal> BaselineAsync(int run, string file, long rows, CancellationToken stopping)
    {
        await using var database = await ScratchDatabase.CreateAsync(
            options.Server, $"meters_bench_base_{run}", stopping);
        await using (await Stores.OpenAsync(database.Connection, stopping))
        {
            // Only the schema: the identical table.
        }

        var began = Stopwatch.GetTimestamp();
        await PsqlAsync(database, $"\\copy reading FROM '{file}' (FORMAT binary)", stopping);
        return decimal.Round(rows / (decimal)Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static async Task PsqlAsync(ScratchDatabase database, string command, CancellationToken stopping)
    {
        var start = new ProcessStartInfo("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command])
        {
            RedirectStandardError = true,
        };
        foreach (var (name, value) in database.PsqlEnvironment) start.Environment[name] = value;
        using var psql = Process.Start(start) ?? throw new IOException("psql did not start.");
        var errors = await psql.StandardError.ReadToEndAsync(stopping);
        await psql.WaitForExitAsync(stopping);
        if (psql.ExitCode != 0) throw new IOException($"psql failed: {errors.Trim()}");
    }
}
