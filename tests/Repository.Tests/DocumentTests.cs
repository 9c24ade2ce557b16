using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Meters.Tests.Repository;

/// <summary>What is written beside the code must stay true of it.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] AdrHeadings = ["Context", "Decision", "Consequences"];

    [Fact]
    public void The_limits_page_names_only_options_that_exist()
    {
        var code = string.Concat(Tree.Code("src/").Select(Tree.Text));
        var names = LimitNames().ToList();
        Assert.NotEmpty(names);
        Tree.NoFaults(
            from name in names
            where !Regex.IsMatch(code, $@"\b{Regex.Escape(name)}\b")
            select $"docs/limits.md: {name} is nowhere in src.");
    }

    [Fact]
    public void Every_maximum_of_an_options_class_is_on_the_limits_page()
    {
        var page = LimitNames().ToHashSet(StringComparer.Ordinal);
        Tree.NoFaults(
            from path in Tree.Code("src/")
            where path.EndsWith("Options.cs", StringComparison.Ordinal)
            from match in MaximumOption().Matches(Tree.Text(path))
            let name = match.Groups["name"].Value
            where !page.Contains(name)
            select $"{path}: {name} is missing on docs/limits.md.");
    }

    [Fact]
    public void Decisions_are_numbered_and_say_context_decision_and_consequences()
    {
        var decisions = Tree.Tracked("docs/adr/", ".md").Where(path => AdrName().IsMatch(path)).ToList();
        Assert.NotEmpty(decisions);
        Assert.Equal(
            Enumerable.Range(1, decisions.Count),
            decisions.Select(path => int.Parse(AdrName().Match(path).Groups["number"].Value)).Order());
        Tree.NoFaults(
            from path in decisions
            from needed in AdrHeadings
            where !Tree.Lines(path).Any(line => line.StartsWith('#') && line.TrimStart('#', ' ') == needed)
            select $"{path} has no heading {needed}.");
    }

    [Fact]
    public void Decisions_that_are_referred_to_exist() => Tree.NoFaults(
        from file in Tree.Tracked()
        where !file.Path.StartsWith("tests/Repository.Tests/", StringComparison.Ordinal)
        from match in AdrReference().Matches(Tree.Text(file.Path))
        let number = match.Groups["number"].Value
        where !Tree.Tracked("docs/adr/" + number, ".md").Any()
        select $"{file.Path} refers to docs/adr/{number}, which does not exist.");

    [Fact]
    public void Every_project_is_in_the_solution_and_every_entry_exists()
    {
        var entries = SolutionEntry().Matches(Tree.Text("Meters.sln"))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'));
        Assert.Equal(Tree.Tracked("", ".csproj").Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Continuous_integration_runs_the_command_that_the_readme_gives()
    {
        const string Start = "exec ";
        var last = Assert.Single(Tree.Lines(".ci/run"), line => line.StartsWith(Start, StringComparison.Ordinal));
        var command = last[Start.Length..];
        Assert.Equal("./meters test", command);
        var given = new Regex($@"(^|`|\$ ){Regex.Escape(command)}($|`|\s+#)");
        Assert.Contains(Tree.Lines("README.md"), line => given.IsMatch(line));
    }

    [Fact]
    public void Scripts_and_programs_that_the_readme_names_exist() => Tree.NoFaults(
        from match in ScriptName().Matches(Tree.Text("README.md"))
        let path = match.Groups["path"].Value
        where !Tree.Exists(path)
        select $"README.md names ./{path}, which does not exist.");

    [Fact]
    public void Links_between_documents_lead_somewhere() => Tree.NoFaults(
        from path in Tree.Tracked("", ".md")
        from match in Link().Matches(Tree.Text(path))
        let target = match.Groups["target"].Value
        where !target.Contains(':', StringComparison.Ordinal)
        let full = Path.Combine(Tree.Root, Path.GetDirectoryName(path)!, target)
        where !File.Exists(full) && !Directory.Exists(full)
        select $"{path} links to {target}, which does not exist.");

    [Fact]
    public void Every_package_version_has_a_reason() => Tree.NoFaults(
        from line in Tree.Lines("Directory.Packages.props").Select((text, index) => (Text: text, Number: index + 1))
        where line.Text.Contains("<PackageVersion ", StringComparison.Ordinal) && !Reason().IsMatch(line.Text)
        select $"Directory.Packages.props({line.Number}): say why, in a comment on the same line: {line.Text.Trim()}");

    [Fact]
    public void The_newest_change_is_the_version_that_is_built_and_says_what_to_do_on_an_upgrade()
    {
        var version = XDocument.Parse(Tree.Text("Directory.Build.props")).Descendants("Version").Single().Value;
        var lines = Tree.Lines("CHANGELOG.md");
        var newest = Array.FindIndex(lines, line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.Equal($"## {version}", lines[newest]);
        Assert.StartsWith("Upgrade: ", lines.Skip(newest + 1).First(line => line.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public void The_licence_is_the_one_that_the_build_declares()
    {
        var build = Tree.Text("Directory.Build.props");
        Assert.Contains("<PackageLicenseExpression>Apache-2.0<", build, StringComparison.Ordinal);
        var licence = Tree.Text("LICENSE");
        Assert.Contains("Apache License", licence, StringComparison.Ordinal);
        Assert.Contains("END OF TERMS AND CONDITIONS", licence, StringComparison.Ordinal);
    }

    /// <summary>Names in code type in the rows of the page's tables: `Name`, `Class.Name` or `Section:Name`.</summary>
    private static IEnumerable<string> LimitNames() =>
        from line in Tree.Lines("docs/limits.md")
        where line.TrimStart().StartsWith('|')
        from match in CodeName().Matches(line)
        select match.Groups["name"].Value;

    [GeneratedRegex(@"`([A-Z]\w*[.:])*(?<name>[A-Z]\w*)`")]
    private static partial Regex CodeName();

    [GeneratedRegex(@"\bpublic\s+(required\s+)?[\w<>?.]+\s+(?<name>\w+Max)\s*\{\s*get;")]
    private static partial Regex MaximumOption();

    [GeneratedRegex(@"^docs/adr/(?<number>\d{4})-[a-z0-9-]+\.md$")]
    private static partial Regex AdrName();

    [GeneratedRegex(@"docs/adr/(?<number>\d{4})")]
    private static partial Regex AdrReference();

    [GeneratedRegex(@"^Project\(""[^""]*""\) = ""[^""]*"", ""(?<path>[^""]*\.csproj)""", RegexOptions.Multiline)]
    private static partial Regex SolutionEntry();

    [GeneratedRegex(@"(?<![\w.])\./(?<path>(scripts/|bench/)?[\w-]+)(?=[\s`""]|$)", RegexOptions.Multiline)]
    private static partial Regex ScriptName();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"<PackageVersion [^>]*/>\s*<!-- \S.{3,} -->")]
    private static partial Regex Reason();
}
