using System.CommandLine;
using Meters.Host.Bench;
using Meters.Host.Bench.Tamper;
using Meters.Host.Cli.Benches;

namespace Meters.Host.Cli;

/// <summary><c>meters bench</c></summary>
public static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command(
            "bench", "Measures what this project promises, each beside a baseline of the same run.");
        command.Subcommands.Add(Ingest());
        command.Subcommands.Add(Rate());
        command.Subcommands.Add(Tamper());
        command.Subcommands.Add(Journal());
        command.Subcommands.Add(Order());
        command.Subcommands.Add(GuardBenchCommand.Create());
        command.Subcommands.Add(CommandsBenchCommand.Create());
        command.Subcommands.Add(LimiterBenchCommand.Create());
        command.Subcommands.Add(YearBenchCommand.Create());
        command.Subcommands.Add(YearBenchCommand.Races());
        return command;
    }

    private static Command Journal()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var accounts = new Option<int>("--accounts")
        {
            Description = "Accounts with 24 readings each.",
            DefaultValueFactory = _ => 20_000,
        };
        var store = new Option<string?>("--store")
        {
            Description = "An empty store, sqlite:DIRECTORY or postgres:CONNECTION. Default: a scratch folder.",
        };
        var command = new Command("journal", "What the journal's proof costs a day close and a payment.")
        {
            json, accounts, store,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                BuildCheck.RequireRelease();
                var bench = new JournalBench(parsed.GetValue(accounts), parsed.GetValue(store));
                var result = await bench.RunAsync(token);
                await Console.Out.WriteLineAsync(parsed.GetValue(json) ? result.ToJson() : result.ToText());
                return ExitCodes.Done;
            },
            stopping));
        return command;
    }

    private static Command Order()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var permutations = new Option<int>("--permutations")
        {
            Description = "Ways of arrival, over all accounts.",
            DefaultValueFactory = _ => 10_000,
        };
        var seed = new Option<int>("--seed")
        {
            Description = "What accounts and arrivals are made from.",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command(
            "order", "Whether the same inputs in any order end in the same charges and positions, bit for bit.")
        {
            json, permutations, seed,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var options = new OrderBenchOptions(parsed.GetValue(permutations), parsed.GetValue(seed));
                if (options.Permutations < 1) throw new InvalidOperationException("--permutations must be 1 or more.");
                var line = await new OrderBench(options, Console.Error).RunAsync(token);
                await Console.Out.WriteLineAsync(parsed.GetValue(json)
                    ? line.ToJson()
                    : $"order: {line.Value:N0} of {line.Goal:N0} {line.Unit}, seed {options.Seed}");
                return line.Value == line.Goal ? ExitCodes.Done : ExitCodes.CheckFailed;
            },
            stopping));
        return command;
    }

    private static Command Rate()
    {
        var json = new Option<bool>("--json") { Description = "Each line of the output is one JSON object." };
        var runs = new Option<int>("--runs") { Description = "Runs; the median counts.", DefaultValueFactory = _ => 5 };
        var command = new Command("rate", "Readings rated per second on one core, in memory.") { json, runs };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async _ =>
            {
                BuildCheck.RequireRelease();
                var lines = await new RateBench(parsed.GetValue(runs), Console.Error).RunAsync();
                foreach (var line in lines)
                {
                    await Console.Out.WriteLineAsync(parsed.GetValue(json)
                        ? line.ToJson()
                        : $"{line.Bench}: {line.Value:N0} {line.Unit} (goal {line.Goal:N0})");
                }

                return ExitCodes.Done;
            },
            stopping));
        return command;
    }

    private static Command Tamper()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var trials = new Option<int>("--trials")
        {
            Description = "Ways of tampering with a journal in memory.",
            DefaultValueFactory = _ => 10_000,
        };
        var sql = new Option<int>("--sql-trials")
        {
            Description = "Further ones, through SQL on copies of the store.",
            DefaultValueFactory = _ => 400,
        };
        var seed = new Option<int>("--seed")
        {
            Description = "Of journal and trials.",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command(
            "tamper", "Flips bits, removes, exchanges, puts in, cuts off, rewrites; the audit must name each place.")
        {
            json, trials, sql, seed,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var options = new TamperBenchOptions(
                    parsed.GetValue(trials), parsed.GetValue(sql), parsed.GetValue(seed));
                var result = await new TamperBench(options).RunAsync(token);
                foreach (var missed in result.Missed) await Console.Error.WriteLineAsync("MISSED: " + missed);
                await Console.Out.WriteLineAsync(parsed.GetValue(json) ? result.ToJson() : result.ToText());
                return result.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
            },
            stopping));
        return command;
    }

    private static Command Ingest()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var terminals = new Option<int>(
            "--terminals")
        { Description = "Concentrators.", DefaultValueFactory = _ => 64 };
        var outstanding = new Option<int>("--outstanding")
        {
            Description = "Unconfirmed frames of each, 1 to 8.",
            DefaultValueFactory = _ => 8,
        };
        var readings = new Option<int>("--readings")
        {
            Description = "About how many readings a run pushes.",
            DefaultValueFactory = _ => 1_000_000,
        };
        var runs = new Option<int>("--runs") { Description = "Runs; the median counts.", DefaultValueFactory = _ => 5 };
        var store = new Option<string?>("--store")
        {
            Description = "postgres:CONNECTION of a server to make scratch databases on. "
                + "Default: METERS_TEST_TIMESCALE, then METERS_TEST_POSTGRES.",
        };
        var command = new Command(
            "ingest", "Readings per second from TCP to durable and confirmed, beside psql's COPY.")
        {
            json, terminals, outstanding, readings, runs, store,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                BuildCheck.RequireRelease();
                var server = parsed.GetValue(store)
                    ?? Environment.GetEnvironmentVariable("METERS_TEST_TIMESCALE")
                    ?? Environment.GetEnvironmentVariable("METERS_TEST_POSTGRES")
                    ?? throw new InvalidOperationException(
                        "No server: name one with --store, or let ./meters bench bring it.");
                var options = new IngestBenchOptions(
                    server,
                    parsed.GetValue(terminals),
                    parsed.GetValue(outstanding),
                    parsed.GetValue(readings),
                    parsed.GetValue(runs));
                var line = await new IngestBench(options, Console.Error).RunAsync(token);
                await Console.Out.WriteLineAsync(parsed.GetValue(json)
                    ? line.ToJson()
                    : $"ingest: {line.Value:N0} {line.Unit}, psql COPY {line.Baseline:N0}, ratio {line.Ratio:F2} "
                    + $"(goal {line.Goal:F1})");
                return ExitCodes.Done;
            },
            stopping));
        return command;
    }
}
