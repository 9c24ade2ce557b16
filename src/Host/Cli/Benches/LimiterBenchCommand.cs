using System.CommandLine;
using Meters.Host.Bench;

namespace Meters.Host.Cli.Benches;

/// <summary><c>meters bench limiter</c></summary>
public static class LimiterBenchCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Each line of the output is one JSON object." };
        var seconds = new Option<int>("--seconds")
        {
            Description = "Seconds of work, on a virtual clock.",
            DefaultValueFactory = _ => 60,
        };
        var seed = new Option<int>("--seed") { Description = "Of the work.", DefaultValueFactory = _ => 1 };
        var command = new Command("limiter", "The rate of commands: never exceeded, and used when there is work.")
        {
            json, seconds, seed,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async _ =>
            {
                if (parsed.GetValue(seconds) < 1) throw new InvalidOperationException("--seconds must be 1 or more.");
                var lines = new LimiterBench(parsed.GetValue(seconds), parsed.GetValue(seed)).Run();
                foreach (var line in lines)
                {
                    await Console.Out.WriteLineAsync(parsed.GetValue(json)
                        ? line.ToJson()
                        : $"{line.Bench}: {line.Ratio:P2} {line.Unit} (goal {line.Goal:P0})");
                }

                return lines.All(line => line.Value > 0) ? ExitCodes.Done : ExitCodes.CheckFailed;
            },
            stopping));
        return command;
    }
}
