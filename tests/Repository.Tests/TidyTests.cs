using System.Text.RegularExpressions;

namespace Meters.Tests.Repository;

/// <summary>What a reader must not have to put up with.</summary>
public sealed partial class TidyTests
{
    private const int LineCharactersMax = 120;
    private const int FileLinesMax = 400;

    /// <summary>Put together, so that this file passes its own tests.</summary>
    private static readonly Regex Leftover = new(@"\b(FIX" + @"ME|TO" + @"DO|HA" + @"CK|XX" + @"X)\b");

    /// <summary>
    /// Folders of one person's machine. What follows a word, a variable or a dot is a path inside something.
    /// </summary>
    private static readonly Regex MachinePath =
        new(@"(?<![\w.)}>])/(wo" + @"rk|t" + @"mp|ro" + @"ot|ho" + @"me|Us" + @"ers)/");

    [Fact]
    public void No_line_of_code_is_too_long() => Tree.NoFaults(
        from path in Tree.Code()
        from line in Numbered(path)
        where line.Text.Length > LineCharactersMax
        select $"{path}({line.Number}): {line.Text.Length} characters, {LineCharactersMax} at most.");

    [Fact]
    public void No_file_of_code_is_too_long() => Tree.NoFaults(
        from path in Tree.Code()
        let lines = Tree.Lines(path).Length
        where lines > FileLinesMax
        select $"{path}: {lines} lines, {FileLinesMax} at most.");

    [Fact]
    public void Nothing_is_left_for_later() => Tree.NoFaults(
        from path in TextFiles()
        from line in Numbered(path)
        let match = Leftover.Match(line.Text)
        where match.Success
        select $"{path}({line.Number}): {match.Value}: do it now, or file it where work is planned.");

    [Fact]
    public void No_path_of_somebodys_machine_is_written_down() => Tree.NoFaults(
        from path in TextFiles()
        from line in Numbered(path)
        let match = MachinePath.Match(line.Text)
        where match.Success
        select $"{path}({line.Number}): {match.Value} exists on one machine only.");

    [Fact]
    public void No_binary_is_tracked() => Tree.NoFaults(
        from file in Tree.Tracked()
        where IsBinary(file.Path)
        select $"{file.Path} is binary: keep what makes it instead.");

    [Fact]
    public void Text_ends_its_lines_with_a_single_newline() => Tree.NoFaults(
        from path in TextFiles()
        let text = Tree.Text(path)
        from fault in new[]
        {
            text.Contains('\r', StringComparison.Ordinal) ? "has carriage returns" : null,
            text.Length > 0 && !text.EndsWith('\n') ? "does not end with a newline" : null,
            text.EndsWith("\n\n", StringComparison.Ordinal) ? "ends with empty lines" : null,
        }
        where fault is not null
        select $"{path} {fault}.");

    [Fact]
    public void What_is_run_is_executable() => Tree.NoFaults(
        from file in Tree.Tracked()
        where Tree.Bytes(file.Path) is [(byte)'#', (byte)'!', ..] && file.Mode != "100755"
        select $"{file.Path} starts with #! but is not executable: git update-index --chmod=+x");

    /// <summary>Every id once, and in its project's thousand: an operator filters and alarms by them.</summary>
    [Fact]
    public void Log_ids_are_unique_and_in_their_projects_thousand()
    {
        var thousands = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["Ingest"] = 1,
            ["Billing"] = 2,
            ["Control"] = 3,
            ["Storage"] = 4,
            ["Field"] = 5,
            ["Host"] = 6,
            ["Streams"] = 7,
        };
        var seen = new Dictionary<int, string>();
        var faults = new List<string>();
        foreach (var (place, project, id) in LogIds())
        {
            var thousand = thousands.GetValueOrDefault(project);
            var fault = id switch
            {
                null => "the log message has no id",
                { } number when !seen.TryAdd(number, place) => $"log id {number} is already used by {seen[number]}",
                _ when thousand == 0 => $"the project {project} has no thousand for its log ids",
                { } number when number / 1_000 != thousand => $"log id {number} is not in {thousand}000-{thousand}999",
                _ => null,
            };
            if (fault is not null) faults.Add($"{place}: {fault}.");
        }

        Tree.NoFaults(faults);
    }

    private static IEnumerable<(string Place, string Project, int? Id)> LogIds() =>
        from path in Tree.Code("src/")
        let text = Tree.Text(path)
        from match in LogMessage().Matches(text)
        let line = text.AsSpan(0, match.Index).Count('\n') + 1
        let digits = match.Groups["id"].Value.Replace("_", "", StringComparison.Ordinal)
        select ($"{path}({line})", path.Split('/')[1], digits.Length == 0 ? (int?)null : int.Parse(digits));

    private static IEnumerable<(int Number, string Text)> Numbered(string path) =>
        Tree.Lines(path).Select((text, index) => (index + 1, text));

    /// <summary>The licence is nobody's to change.</summary>
    private static IEnumerable<string> TextFiles() => Tree.Tracked()
        .Select(file => file.Path)
        .Where(path => path != "LICENSE" && !IsBinary(path));

    private static bool IsBinary(string path) => Tree.Bytes(path).AsSpan().Contains((byte)0);

    // The first argument, or the one named EventId, before the attribute's end.
    [GeneratedRegex(
        @"\[\s*LoggerMessage\s*\(\s*((?<id>\d[\d_]*)|(?:(?!\)\s*\]).)*?EventId\s*=\s*(?<id>\d[\d_]*)|)",
        RegexOptions.Singleline)]
    private static partial Regex LogMessage();
}
