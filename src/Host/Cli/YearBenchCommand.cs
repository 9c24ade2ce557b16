using System.CommandLine;
using Meters.Host.Bench;

namespace Meters.Host.Cli;

/// <summary><c>meters bench year</c> and <c>meters bench races</c></summary>
internal static class YearBenchCommand
{
    private const int LongAccounts = 100_000;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var accounts = new Option<int>("--accounts")
        {
            Description = "Homes, spread over the shipped policies.",
            DefaultValueFactory = _ => 10_000,
        };
        var days = new Option<int>("--days") { Description = "Length.", DefaultValueFactory = _ => 365 };
        var seed = new Option<int>("--seed")
        {
            Description = "What everything is drawn from.",
            DefaultValueFactory = _ => 1,
        };
        var isLong = new Option<bool>("--long") { Description = "100,000 accounts." };
        var command = new Command(
            "year", "A year of control on a virtual clock, every cut judged by an oracle written apart from it.")
        {
            json, accounts, days, seed, isLong,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var count = parsed.GetValue(isLong) ? LongAccounts : parsed.GetValue(accounts);
                var options = new YearBenchOptions(count, parsed.GetValue(seed), parsed.GetValue(days));
                if (options.Accounts < 1 || options.Days < 1)
                {
                    throw new InvalidOperationException("--accounts and --days must be 1 or more.");
                }

                var result = new YearBench(options, Console.Error).Run(token);
                foreach (var told in result.Told) await Console.Error.WriteLineAsync("VIOLATION: " + told);
                await Console.Out.WriteLineAsync(parsed.GetValue(json)
                    ? result.ToJson()
                    : $"year: {result.Violations.Values.Sum():N0} violations, decisions {result.Hash}, "
                        + $"seed {result.Seed}, {result.Seconds} s");
                return result.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
            },
            stopping));
        return command;
    }

    public static Command Races()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var trials = new Option<int>("--trials")
        {
            Description = "Interleavings of a payment with a dispatch.",
            DefaultValueFactory = _ => 100_000,
        };
        var seed = new Option<int>("--seed") { Description = "Of the first trial.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "races", "A payment against a dispatch: never a cut after it, never one before it without a reconnect.")
        {
            json, trials, seed,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var options = new RaceBenchOptions(parsed.GetValue(trials), parsed.GetValue(seed));
                if (options.Trials < 1) throw new InvalidOperationException("--trials must be 1 or more.");
                var result = new RaceBench(options).Run(token);
                foreach (var told in result.Told) await Console.Error.WriteLineAsync("VIOLATION: " + told);
                await Console.Out.WriteLineAsync(parsed.GetValue(json)
                    ? result.ToJson()
                    : $"races: {result.Trials - result.Failed:N0} of {result.Trials:N0} as they must, "
                        + $"seed {result.Seed}");
                return result.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
            },
            stopping));
        return command;
    }
}
