using System.CommandLine;
using System.Globalization;
using Meters.Host.Bench;

namespace Meters.Host.Cli.Benches;

/// <summary><c>meters bench commands</c></summary>
public static class CommandsBenchCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var commands = new Option<int>("--commands")
        {
            Description = "Commands of a run, each to another meter.",
            DefaultValueFactory = _ => 20_000,
        };
        var runs = new Option<int>("--runs") { Description = "Runs; the median counts.", DefaultValueFactory = _ => 3 };
        var batch = new Option<int>("--per-dispatch")
        {
            Description = "Commands in one transaction of the compare-and-set.",
            DefaultValueFactory = _ => 100,
        };
        var store = new Option<string>("--store")
        {
            Description = "An empty store, sqlite:DIRECTORY, sqlite::memory: or postgres:CONNECTION.",
            DefaultValueFactory = _ => "sqlite::memory:",
        };
        var command = new Command("commands", "Commands per second recorded and dispatched through the store.")
        {
            json, commands, runs, batch, store,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                BuildCheck.RequireRelease();
                var (count, times, per) = (
                    parsed.GetValue(commands), parsed.GetValue(runs), parsed.GetValue(batch));
                if (count < 1 || times < 1 || per < 1)
                {
                    throw new InvalidOperationException("--commands, --runs and --per-dispatch must be 1 or more.");
                }

                var line = await new CommandsBench(
                    parsed.GetValue(store)!, count, times, per, Console.Error).RunAsync(token);
                await Console.Out.WriteLineAsync(parsed.GetValue(json)
                    ? line.ToJson()
                    : string.Create(
                        CultureInfo.InvariantCulture, $"commands: {line.Value:N0} {line.Unit} (goal {line.Goal:N0})"));
                return ExitCodes.Done;
            },
            stopping));
        return command;
    }
}
