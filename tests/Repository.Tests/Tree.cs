using System.Diagnostics;
using System.Text;

namespace Meters.Tests.Repository;

/// <summary>
/// The files of the repository as git knows them: what is built or downloaded beside them is nobody's concern.
/// </summary>
internal static class Tree
{
    private static readonly Lazy<string?> Listing = new(() => Git("ls-files", "--cached", "--stage", "-z"));

    public static string Root { get; } = Needs.Root();

    /// <summary>
    /// Tracked files that are still on disk: relative path, with slashes, and git's mode (100755 is executable).
    /// </summary>
    public static IReadOnlyList<(string Path, string Mode)> Tracked()
    {
        if (Listing.Value is null)
        {
            Assert.Skip("git is missing, or this is no git checkout: which files are tracked cannot be told.");
        }

        // mode, object, stage, tab, path
        return [.. Listing.Value!.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (Path: line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..], Mode: line[..6]))
            .Where(file => File.Exists(System.IO.Path.Combine(Root, file.Path)))];
    }

    public static IEnumerable<string> Tracked(string under, string extension) => Tracked()
        .Select(file => file.Path)
        .Where(path => path.StartsWith(under, StringComparison.Ordinal)
            && path.EndsWith(extension, StringComparison.Ordinal));

    /// <summary>C# that people wrote, wherever it stands.</summary>
    public static IEnumerable<string> Code(string under = "") => Tracked(under, ".cs");

    public static bool Exists(string path) => File.Exists(System.IO.Path.Combine(Root, path));

    public static string Text(string path) => File.ReadAllText(Existing(path));

    public static string[] Lines(string path) => File.ReadAllLines(Existing(path));

    public static byte[] Bytes(string path) => File.ReadAllBytes(System.IO.Path.Combine(Root, path));

    /// <summary>Fails with every fault on a line of its own.</summary>
    public static void NoFaults(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        if (all.Count > 0) Assert.Fail(string.Join('\n', all));
    }

    private static string Existing(string path)
    {
        if (!Exists(path)) Assert.Fail($"{path} is missing.");
        return System.IO.Path.Combine(Root, path);
    }

    private static string? Git(params string[] arguments)
    {
        // safe.directory: a checkout that another user made is read all the same.
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "-C", Root, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            using var git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
