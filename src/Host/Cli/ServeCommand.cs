using System.CommandLine;
using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Hosting;

namespace Meters.Host.Cli;

/// <summary><c>meters serve</c></summary>
public static class ServeCommand
{
    /// <summary>Person behind the key that the first start issues, until named keys replace it.</summary>
    private const string Operator = "operator";

    public static Command Create()
    {
        var settings = new SettingsArgument();
        var api = new Option<string?>("--api")
        {
            Description = "Address of the HTTP API, such as http://127.0.0.1:8080.",
            HelpName = "URL",
        };
        var terminals = new Option<string?>("--terminals")
        {
            Description = "Where concentrators dial in, such as 0.0.0.0:3761.",
            HelpName = "ADDRESS:PORT",
        };
        var log = new Option<LogLevel>("--log")
        {
            Description = "Least severe message on the error stream.",
            DefaultValueFactory = _ => LogLevel.Information,
        };
        var json = new Option<bool>("--json") { Description = "Says where it listens as one JSON object." };
        var command = new Command(
            "serve", "The service: terminal listener, HTTP API, billing and control on one store.")
        {
            api, terminals, log, json,
        };
        settings.AddTo(command);
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var loaded = await settings.LoadAsync(parsed, parsed.GetValue(api), parsed.GetValue(terminals), token);
                return loaded is null
                    ? ExitCodes.Usage
                    : await RunAsync(loaded, parsed.GetValue(log), parsed.GetValue(json), token);
            },
            stopping));
        return command;
    }

    private static async Task<int> RunAsync(
        ServiceSettings settings, LogLevel level, bool json, CancellationToken stopping)
    {
        var setup = new HostSetup(
            settings.Options, settings.Configuration, TimeProvider.System, RunControl: true, level);
        await using var host = await MetersHost.StartAsync(setup, stopping);
        var issuer = host.Services.GetRequiredService<KeyIssuer>();
        var keys = await host.Store.Access.KeysAsync(stopping);
        var key = keys.Count == 0 ? await issuer.EnsureAdminAsync(new(Operator), stopping) : null;
        await Console.Out.WriteLineAsync(json ? Json(host, key) : Sentences(host, key));
        await Console.Out.FlushAsync(stopping);
        await host.RunUntilAsync(stopping);
        await Console.Error.WriteLineAsync("meters: stopping");
        return ExitCodes.Done;
    }

    private static string Sentences(MetersHost host, string? key)
    {
        var lines = new List<string>
        {
            $"HTTP API: {host.Api.GetLeftPart(UriPartial.Authority)}",
            $"Concentrators: {host.Terminals}",
            $"Store: {host.Store.Kind}",
        };
        if (key is not null)
        {
            lines.Add($"The store had no API key. The first one, role admin, is shown this once: {key}");
        }

        lines.Add("Running; Ctrl-C stops.");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Json(MetersHost host, string? key) => JsonSerializer.Serialize(
        new
        {
            Api = host.Api.GetLeftPart(UriPartial.Authority),
            Terminals = host.Terminals.ToString(),
            Store = host.Store.Kind.ToString(),
            FirstKey = key,
        },
        CliJson.Form);
}
