using System.CommandLine;
using Meters.Host.Hosting;

namespace Meters.Host.Cli;

/// <summary>The options of every command that reads the settings.</summary>
public sealed class SettingsArgument
{
    private readonly Option<string?> _file = new("--settings")
    {
        Description = $"Settings file. Default: {ServiceSettings.DefaultFile} of the working folder, if it is there.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _store = new("--store")
    {
        Description = "sqlite:DIRECTORY or postgres:CONNECTION, instead of the settings' own.",
        HelpName = "STORE",
    };

    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Options.Add(_file);
        command.Options.Add(_store);
    }

    /// <summary>The checked settings; null when they have faults, which are told.</summary>
    public async Task<ServiceSettings?> LoadAsync(
        ParseResult parsed, string? api, string? terminals, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        var arguments = new SettingsArguments(parsed.GetValue(_file), parsed.GetValue(_store), api, terminals);
        var settings = await ServiceSettings.LoadAsync(arguments, stopping);
        if (settings.Faults.Count == 0) return settings;
        foreach (var fault in settings.Faults) await Console.Error.WriteLineAsync(fault);
        await Console.Error.WriteLineAsync(
            $"meters: {settings.Faults.Count} in the settings to correct; nothing was done.");
        return null;
    }
}
