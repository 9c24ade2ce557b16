using System.CommandLine;
using Meters.Storage.Contract;

namespace Meters.Host.Cli;

/// <summary>The command line of the program <c>meters</c>.</summary>
public static class MetersCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Smart-meter ingestion and prepaid arrears control.");
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(KeysCommand.Create());
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(SimulateCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Try --help.");
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    /// <summary>Runs a command's work; what the outside world does wrong becomes a sentence and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<CancellationToken, Task<int>> work, CancellationToken stopping)
    {
        try
        {
            return await work(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        catch (StoreUnavailableException fault)
        {
            return await SayAsync(fault.Message, ExitCodes.Unavailable);
        }
        catch (IOException fault)
        {
            return await SayAsync(fault.Message, ExitCodes.Unavailable);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or FormatException)
        {
            return await SayAsync(fault.Message, ExitCodes.Usage);
        }
    }

    private static async Task<int> SayAsync(string sentence, int code)
    {
        await Console.Error.WriteLineAsync("meters: " + sentence);
        return code;
    }
}
