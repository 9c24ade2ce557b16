using System.Globalization;
using System.Text;

namespace Meters.Host.Roots;

/// <summary>Roots as lines of JSON, a file a day, only ever appended to; old files go by days kept.</summary>
public sealed class RootFiles(string folder, int daysKept) : IRootSink
{
    private const string Prefix = "roots-";
    private const string Suffix = ".jsonl";
    private const int DateCharacters = 10;

    /// <summary>Its files, oldest first; none where there is no folder.</summary>
    public static IReadOnlyList<string> In(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, Prefix + "*" + Suffix).Order(StringComparer.Ordinal)]
        : [];

    public async Task<RootLine?> LastAsync(CancellationToken stopping)
    {
        foreach (var file in In(folder).Reverse())
        {
            RootLine? last = null;
            await foreach (var text in File.ReadLinesAsync(file, stopping)) last = RootLine.TryRead(text) ?? last;
            if (last is not null) return last;
        }

        return null;
    }

    public async Task AppendAsync(RootLine line, CancellationToken stopping)
    {
        Directory.CreateDirectory(folder);
        var day = line.At[..DateCharacters];
        await using var file = new FileStream(
            Path.Combine(folder, Prefix + day + Suffix), FileMode.Append, FileAccess.Write, FileShare.Read);
        var begin = file.Position > 0 && !EndsLine(file.Name, file.Position) ? "\n" : ""; // Torn by a crash.
        await file.WriteAsync(Encoding.UTF8.GetBytes(begin + line.ToJson() + "\n"), stopping);
        file.Flush(flushToDisk: true);
        RemoveBefore(day);
    }

    private static bool EndsLine(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = length - 1;
        return file.ReadByte() == '\n';
    }

    private void RemoveBefore(string day)
    {
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", out var date)) return;
        var first = Prefix + date.AddDays(1 - daysKept).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + Suffix;
        foreach (var file in In(folder))
        {
            if (string.CompareOrdinal(Path.GetFileName(file), first) < 0) File.Delete(file);
        }
    }
}
