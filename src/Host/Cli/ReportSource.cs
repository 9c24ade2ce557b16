using System.CommandLine;
using Meters.Host.Api;
using Meters.Host.Hosting;
using Meters.Host.Reports;
using Meters.Storage;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>
/// Where a report comes from: a running service with --api, or else the store itself, whether a service runs on it or
/// not.
/// </summary>
internal sealed class ReportSource
{
    private readonly SettingsArgument _settings = new();

    private readonly Option<string?> _api = new("--api")
    {
        Description = "Address of a running service to ask. Without it the store itself is read.",
        HelpName = "URL",
    };

    private readonly Option<string?> _key = new("--key")
    {
        Description = $"API key for --api. Default: the environment's {ServiceArgument.KeyVariable}.",
        HelpName = "KEY",
    };

    public void AddTo(Command command)
    {
        _settings.AddTo(command);
        command.Options.Add(_api);
        command.Options.Add(_key);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="askService">Gets the answer of a service.</param>
    /// <param name="readStore">Makes it from the store.</param>
    /// <param name="stopping">Asked to stop.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(
        ParseResult parsed,
        Func<ServiceClient, Task<int>> askService,
        Func<ReportPort, Task<int>> readStore,
        CancellationToken stopping)
    {
        if (parsed.GetValue(_api) is { } api)
        {
            using var client = ServiceArgument.Open(api, parsed.GetValue(_key));
            return await askService(client);
        }

        var loaded = await _settings.LoadAsync(parsed, api: null, terminals: null, stopping);
        if (loaded is null) return ExitCodes.Usage;
        if (!await Stores.ExistsAsync(loaded.Options.Store, stopping))
        {
            throw new ArgumentException("There is no such store, or nothing is in it.");
        }

        await using var store = await Stores.OpenAsync(loaded.Options.Store, stopping);
        _ = LocalZone.TryParse(loaded.Options.Engine.BillingZone, out var zone);
        var image = await store.Registry.LoadAsync(stopping);
        var index = new RegistryIndex(image, TimeProvider.System.Now(), generation: 0);
        return await readStore(RegistryReports.Over(index, store.Histories, zone, loaded.Options.Reports));
    }

    /// <summary>What a service refused, as an exit code.</summary>
    public static async Task<int> RefusedAsync(ServiceAnswer answer)
    {
        foreach (var fault in answer.Faults) await Console.Error.WriteLineAsync("meters: " + fault);
        return answer.IsAway ? ExitCodes.Unavailable : ExitCodes.CheckFailed;
    }
}
