using System.CommandLine;
using Meters.Host.Audit;
using Meters.Host.Hosting;
using Meters.Storage;

namespace Meters.Host.Cli;

/// <summary><c>meters audit</c></summary>
public static class AuditCommand
{
    public static Command Create()
    {
        var store = new Option<string>("--store")
        {
            Description = "sqlite:DIRECTORY or postgres:CONNECTION. It is only read, also while the service runs.",
            Required = true,
        };
        var roots = new Option<string?>("--roots")
        {
            Description = "Folder of the root files that left the store. Default: \"roots\" beside an SQLite store, "
                + "if it is there.",
            HelpName = "DIRECTORY",
        };
        var json = new Option<bool>("--json") { Description = "The report as one JSON object." };
        var command = new Command(
            "audit",
            "Recomputes chains, balances and charges by other code, compares, and names every difference. Exit code 0 "
            + "only when nothing differs.")
        {
            store, roots, json,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            token => RunAsync(
                parsed.GetRequiredValue(store), parsed.GetValue(roots), parsed.GetValue(json), token),
            stopping));
        return command;
    }

    private static async Task<int> RunAsync(string connection, string? roots, bool json, CancellationToken stopping)
    {
        if (roots is not null && !Directory.Exists(roots))
        {
            throw new ArgumentException($"There is no folder {roots}.", nameof(roots));
        }

        roots ??= StoreLock.FolderOf(connection) is { } folder && Path.Combine(folder, "roots") is var beside
            && Directory.Exists(beside) ? beside : null;
        await using var store = await Stores.OpenReadOnlyAsync(connection, stopping);
        var report = await Auditor.RunAsync(store, roots, stopping);
        await Console.Out.WriteLineAsync(json ? report.ToJson() : report.ToText());
        return report.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
    }
}
