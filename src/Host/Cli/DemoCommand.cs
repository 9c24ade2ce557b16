using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Meters.Host.Demo;

namespace Meters.Host.Cli;

/// <summary><c>meters demo</c></summary>
public static class DemoCommand
{
    public static Command Create()
    {
        var meters = new Option<int>("--meters") { Description = "Simulated homes.", DefaultValueFactory = _ => 300 };
        var hours = new Option<int>("--hours") { Description = "Simulated hours.", DefaultValueFactory = _ => 72 };
        var speed = new Option<long>("--speed")
        {
            Description = "Simulated seconds per second at most; 0 is as fast as it goes. The result does not depend "
                + "on it.",
        };
        var seed = new Option<long>(
            "--seed")
        { Description = "Same seed, same summary.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var store = new Option<string?>("--store")
        {
            Description = "sqlite:DIRECTORY or postgres:CONNECTION; must be empty. Default: a scratch folder.",
        };
        var consumption = new Option<string?>("--consumption")
        {
            Description = "CSV file meter_no,utc_timestamp,kwh (also .gz), or generated. Default: the reference file, "
                + "else generated.",
        };
        var command = new Command("demo", "A service and a field of simulated homes on real TCP, told and checked.")
        {
            meters, hours, speed, seed, json, store, consumption,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            token => RunAsync(
                new()
                {
                    Meters = parsed.GetValue(meters),
                    Hours = parsed.GetValue(hours),
                    Speed = parsed.GetValue(speed),
                    Seed = parsed.GetValue(seed),
                    Json = parsed.GetValue(json),
                    Store = parsed.GetValue(store),
                    Consumption = parsed.GetValue(consumption),
                },
                token),
            stopping));
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options, CancellationToken stopping)
    {
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        var summary = await new DemoRun(options, options.Json ? Console.Error : Console.Out).RunAsync(stopping);
        foreach (var fault in summary.Faults.Take(20)) await Console.Error.WriteLineAsync("WRONG: " + fault);
        await Console.Out.WriteLineAsync(options.Json ? summary.ToJson() : summary.ToText());
        return summary.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
    }
}
