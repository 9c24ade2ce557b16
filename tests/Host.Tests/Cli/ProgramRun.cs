using System.Diagnostics;

namespace Meters.Host.Tests.Cli;

/// <param name="Code">Exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Error stream.</param>
public sealed record Ended(int Code, string Out, string Error);

/// <summary>
/// The built program as a process, in a folder of the test: exit codes and streams as a script sees them.
/// </summary>
public sealed class ProgramRun : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private ProgramRun(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync(Stopping);
    }

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static async Task<Ended> RunAsync(string folder, params string[] arguments)
    {
        await using var run = Start(folder, arguments);
        var text = await run._process.StandardOutput.ReadToEndAsync(Stopping);
        return new(await run.EndAsync(), text, await run._error);
    }

    public static ProgramRun Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "meters.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var ours = start.Environment.Keys.Where(name => name.StartsWith("METERS", StringComparison.Ordinal));
        foreach (var name in ours.ToArray()) start.Environment.Remove(name);

        return new(Process.Start(start)!);
    }

    /// <summary>The next line of the output; fails with the error stream when there is none.</summary>
    public async Task<string> LineAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync(Stopping);
        if (line is null) Assert.Fail("The program ended: " + await _error);
        return line;
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task<Ended> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(Stopping);
        var text = await _process.StandardOutput.ReadToEndAsync(Stopping);
        return new(await EndAsync(), text, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(Stopping);
        return _process.ExitCode;
    }
}
