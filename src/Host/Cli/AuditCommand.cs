using System.CommandLine;
using System.Globalization;
using Meters.Host.Audit;
using Meters.Host.Hosting;
using Meters.Storage;
using Meters.Units;

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
        var accounts = new Option<long[]>("--accounts")
        {
            Description = "Only these accounts; chains, roots and what belongs to no account are left alone.",
            HelpName = "NUMBERS",
            AllowMultipleArgumentsPerToken = true,
        };
        var since = new Option<string?>("--since")
        {
            Description = "Frames and readings of before this day (UTC) are not decoded again, but rated as stored.",
            HelpName = "YYYY-MM-DD",
        };
        var command = new Command(
            "audit",
            "Computes readings from raw frames, charges, splits, balances and chains by other code, compares, and "
            + "names every difference. Exit code 0 only when nothing differs.")
        {
            store, roots, accounts, since, json,
        };
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            token => RunAsync(
                parsed.GetRequiredValue(store),
                parsed.GetValue(roots),
                [.. (parsed.GetValue(accounts) ?? []).Select(id => new AccountId(id))],
                DayOf(parsed.GetValue(since)),
                parsed.GetValue(json),
                token),
            stopping));
        return command;
    }

    private static Instant DayOf(string? text)
    {
        if (text is null) return Instant.MinValue;
        var isDay = DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        return isDay
            ? Instant.Utc(day.Year, day.Month, day.Day)
            : throw new ArgumentException($"'{text}' is no day: YYYY-MM-DD.", nameof(text));
    }

    private static async Task<int> RunAsync(
        string connection,
        string? roots,
        IReadOnlyList<AccountId> accounts,
        Instant since,
        bool json,
        CancellationToken stopping)
    {
        if (roots is not null && !Directory.Exists(roots))
        {
            throw new ArgumentException($"There is no folder {roots}.", nameof(roots));
        }

        roots ??= StoreLock.FolderOf(connection) is { } folder && Path.Combine(folder, "roots") is var beside
            && Directory.Exists(beside) ? beside : null;
        await using var store = await Stores.OpenReadOnlyAsync(connection, stopping);
        AuditReport report;
        try
        {
            report = await Auditor.RunAsync(
                store,
                roots,
                (source, index, findings) => new(source, index, findings, rates: true)
                {
                    Only = accounts,
                    Since = since,
                },
                stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("meters: Broken off: nothing is known yet.");
            return ExitCodes.CheckFailed;
        }

        await Console.Out.WriteLineAsync(json ? report.ToJson() : report.ToText());
        return report.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
    }
}
