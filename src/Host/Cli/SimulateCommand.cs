using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;

namespace Meters.Host.Cli;

/// <summary><c>meters simulate</c></summary>
public static class SimulateCommand
{
    private const string About =
        "A simulated field of homes on real TCP against a running service: registers itself, fills the hours before "
        + "now, and with --live goes on. Run again with the same seed and number of meters it goes on where it began, "
        + "and repeats what the service has already; relays begin closed.";

    public static Command Create()
    {
        var terminals = new Option<string>("--terminals")
        {
            Description = "Where the service listens for concentrators.",
            HelpName = "HOST:PORT",
            Required = true,
        };
        var meters = new Option<int>("--meters") { Description = "Simulated homes.", DefaultValueFactory = _ => 300 };
        var hours = new Option<int>("--hours")
        {
            Description = "Hours before now that are filled first: readings of the future would be set aside.",
            DefaultValueFactory = _ => 48,
        };
        var seed = new Option<long>("--seed") { Description = "Same seed, same homes.", DefaultValueFactory = _ => 1 };
        var speed = new Option<long>("--speed")
        {
            Description = "Field seconds per second at most while filling; 0 is as fast as it goes.",
        };
        var live = new Option<bool>("--live") { Description = "Go on with every hour as it ends, until stopped." };
        var unpaid = new Option<bool>(
            "--no-payments")
        { Description = "Nobody pays: the role billing is enough then." };
        var json = new Option<bool>("--json") { Description = "The last line of the output is one JSON object." };
        var service = new ServiceArgument("billing and, for the first purchases, cashier");
        var command = new Command("simulate", About)
        {
            terminals, meters, hours, seed, speed, live, unpaid, json,
        };
        service.AddTo(command);
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                using var client = service.Open(parsed);
                var options = new SimulateOptions
                {
                    Terminals = await ResolveAsync(parsed.GetRequiredValue(terminals), token),
                    Meters = parsed.GetValue(meters),
                    Hours = parsed.GetValue(hours),
                    Seed = parsed.GetValue(seed),
                    Speed = parsed.GetValue(speed),
                    Live = parsed.GetValue(live),
                    Pays = !parsed.GetValue(unpaid),
                };
                return await RunAsync(options, client, parsed.GetValue(json), token);
            },
            stopping));
        return command;
    }

    private static async Task<int> RunAsync(
        SimulateOptions options, ServiceClient client, bool json, CancellationToken stopping)
    {
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        var progress = json ? Console.Error : Console.Out;
        var summary = await new SimulateRun(options, client, TimeProvider.System, progress).RunAsync(stopping);
        await Console.Out.WriteLineAsync(json ? JsonSerializer.Serialize(summary, CliJson.Form) : summary.ToText());
        return summary.ReadingsConfirmed == summary.ReadingsSent ? ExitCodes.Done : ExitCodes.CheckFailed;
    }

    /// <exception cref="ArgumentException">It names no port, or no machine.</exception>
    private static async Task<IPEndPoint> ResolveAsync(string text, CancellationToken stopping)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text[(colon + 1)..], out var port) && port is > 0 and <= 65_535)
        {
            var host = text[..colon].Trim('[', ']');
            if (IPAddress.TryParse(host, out var address)) return new(address, port);
            var found = await Dns.GetHostAddressesAsync(host, stopping);
            if (found.Length > 0) return new(found[0], port);
        }

        throw new ArgumentException("--terminals: must be a host and a port such as 127.0.0.1:3761.");
    }
}
