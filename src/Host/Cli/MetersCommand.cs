using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Net.Sockets;
using Meters.Host.Hosting;
using Meters.Storage.Contract;
using Microsoft.Extensions.Options;

namespace Meters.Host.Cli;

/// <summary>The command line of the program <c>meters</c>.</summary>
public static class MetersCommand
{
    /// <summary>
    /// How long a stop by Ctrl-C or SIGTERM may take before the process ends anyway: snapshots of a large store.
    /// </summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Smart-meter ingestion and prepaid arrears control.");
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(ExplainCommand.Create());
        root.Subcommands.Add(DryRunCommand.Create());
        root.Subcommands.Add(SimulateCommand.Create());
        root.Subcommands.Add(AuditCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Try --help.");
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopTimeout,
            // Asked anew at each run: the console may have been redirected since.
            Output = Console.Out,
            Error = Console.Error,
        });
    }

    /// <summary>Runs a command's work; what the outside world does wrong becomes a sentence and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<CancellationToken, Task<int>> work, CancellationToken stopping)
    {
        // The library takes signals only once this has returned, and on an embedded store a whole start may not wait
        // once: a stop in that time would be lost.
        await Task.Yield();
        try
        {
            return await work(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        catch (ServiceFailedException fault)
        {
            return await SayAsync(fault.Message, ExitCodes.Failed);
        }
        catch (Exception fault) when (IsOutside(fault))
        {
            return await SayAsync(fault.Message, ExitCodes.Unavailable);
        }
        catch (Exception fault) when (IsUsage(fault))
        {
            return await SayAsync(fault.Message, ExitCodes.Usage);
        }
    }

    private static bool IsOutside(Exception fault) =>
        fault is StoreUnavailableException or IOException or SocketException or HttpRequestException
            or UnauthorizedAccessException;

    private static bool IsUsage(Exception fault) =>
        fault is ArgumentException or InvalidOperationException or FormatException or ValidationException
            or OptionsValidationException or SchemaTooNewException;

    private static async Task<int> SayAsync(string sentence, int code)
    {
        await Console.Error.WriteLineAsync("meters: " + sentence);
        return code;
    }
}
