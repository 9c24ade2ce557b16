using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Meters.Host.Bench.Year;
using Meters.Host.Engine;
using Meters.Units;

namespace Meters.Host.Bench;

/// <param name="Accounts">Homes, spread over the shipped policies.</param>
/// <param name="Seed">What everything is drawn from: the same again for the same seed.</param>
/// <param name="Days">Length of the run.</param>
public sealed record YearBenchOptions(int Accounts, int Seed, int Days)
{
    /// <summary>
    /// For tests of the oracle: it reads another text of each policy than the service, and must then find fault. Null:
    /// the same.
    /// </summary>
    public Func<string, string>? OracleReads { get; init; }
}

/// <summary>What a simulated year came to.</summary>
public sealed record YearResult(
    int Accounts, int Seed, int Days, decimal Seconds, string Hash, IReadOnlyDictionary<string, long> Counts,
    IReadOnlyDictionary<string, long> Violations, IReadOnlyList<string> Told)
{
    private static readonly JsonSerializerOptions Form =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public bool Holds => Violations.Count == 0;

    public string ToJson() => JsonSerializer.Serialize(this, Form);
}

/// <summary>
/// Control through a year of ordinary trouble on a virtual clock, judged by an oracle that shares nothing with it: not
/// one cut against a rule of its policy, everybody who has paid back on.
/// </summary>
public sealed class YearBench(YearBenchOptions options, TextWriter progress)
{
    /// <summary>A Thursday in winter: seasons, holidays and both changes of the clocks lie ahead.</summary>
    private static readonly Instant Start = Instant.Utc(2026, 1, 1);

    public YearResult Run(CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {options.Seed}, {options.Accounts:N0} accounts, {options.Days} days"));
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // Whatever goes on goes on here, in this order.
        try
        {
            using var metrics = new EngineMetrics();
            var world = new YearWorld(options.Accounts, options.Seed, Start, metrics, options.OracleReads);
            world.Run(options.Days, day => Tell(world, day), stopping);
            return ResultOf(world, (decimal)Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Tell(YearWorld world, int day)
    {
        if (day % 30 != 0) return;
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"day {day}: {world.Counts.Cuts:N0} cuts, {world.Counts.Reconnects:N0} reconnects, "
            + $"{world.Oracle.ByRule.Values.Sum():N0} violations"));
    }

    private YearResult ResultOf(YearWorld world, decimal seconds)
    {
        var counts = world.Counts;
        var numbers = new Dictionary<string, long>
        {
            ["readings"] = counts.Readings,
            ["readings_refused"] = counts.Refused,
            ["late_readings"] = counts.LateReadings,
            ["estimates"] = counts.Estimates,
            ["payments"] = counts.Payments,
            ["decisions"] = counts.Decisions,
            ["messages"] = counts.Messages,
            ["cuts_sent"] = counts.Cuts,
            ["cuts_judged"] = world.Oracle.CutsJudged,
            ["reconnects_sent"] = counts.Reconnects,
            ["alarms_sent"] = counts.Alarms,
            ["paid_in_the_dark_and_served"] = world.Oracle.WaitsServed,
            ["holds"] = counts.Holds,
            ["manual_cuts"] = counts.ManualCuts,
            ["outages"] = counts.Outages,
            ["clock_steps"] = counts.ClockSteps,
            ["restarts"] = counts.Restarts,
        };
        return new(
            options.Accounts,
            options.Seed,
            options.Days,
            Math.Round(seconds, 1),
            counts.Hash.ToString("x16", CultureInfo.InvariantCulture),
            numbers,
            new Dictionary<string, long>(world.Oracle.ByRule),
            [.. world.Oracle.Violations.Select(one => $"account {one.Account} at {one.At}: {one.Rule} [{one.Trail}]")]);
    }
}
