using System.CommandLine;
using System.Globalization;
using Meters.Host.Bench.Guard;

namespace Meters.Host.Cli.Benches;

/// <summary><c>meters bench guard</c></summary>
public static class GuardBenchCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var trials = new Option<int>("--trials")
        {
            Description = "Trials in memory, on a virtual clock.",
            DefaultValueFactory = _ => 1_000,
        };
        var seed = new Option<int>("--seed")
        {
            Description = "What the trials are drawn from.",
            DefaultValueFactory = _ => 1,
        };
        var cuts = new Option<int>("--cuts")
        {
            Description = "Cuts asked for at once in each trial.",
            DefaultValueFactory = _ => 100_000,
        };
        var store = new Option<string?>("--store")
        {
            Description = "postgres:CONNECTION of a server for trials on scratch databases; absent: none.",
        };
        var storeTrials = new Option<int>("--store-trials")
        {
            Description = "Trials on that server.",
            DefaultValueFactory = _ => 10,
        };
        var command = new Command(
            "guard", "12 August 2020 replayed: 100,000 cuts at once, and none past a cap in any window.")
        {
            json, trials, seed, cuts, store, storeTrials,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var options = new GuardBenchOptions(
                    parsed.GetValue(trials), parsed.GetValue(seed), parsed.GetValue(cuts), parsed.GetValue(store),
                    parsed.GetValue(storeTrials));
                if (options.Trials < 0 || options.StoreTrials < 0 || options.Cuts < 1_000)
                {
                    throw new InvalidOperationException("--trials must not be negative, --cuts must be 1,000 or more.");
                }

                var line = await new GuardBench(options, Console.Error).RunAsync(token);
                await Console.Out.WriteLineAsync(parsed.GetValue(json)
                    ? line.ToJson()
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"guard: {line.Value:N0} of {line.Goal:N0} {line.Unit} hold, seed {options.Seed}"));
                return line.Value == line.Goal ? ExitCodes.Done : ExitCodes.CheckFailed;
            },
            stopping));
        return command;
    }
}
