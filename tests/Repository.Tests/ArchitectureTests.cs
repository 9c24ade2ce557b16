using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Meters.Tests.Repository;

/// <summary>Who may know whom. A line changes only together with a reason in docs/adr.</summary>
public sealed partial class ArchitectureTests
{
    private const string AspNetCore = "framework Microsoft.AspNetCore.App";

    /// <summary>Every reference of every project that exists; the map and the project files must be equal.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Units"] = [],
        ["Ingest"] = ["Units", AspNetCore],
        ["Billing"] = ["Units"],
        ["Control"] = ["Units"],
        ["Storage"] =
        [
            "Units", "Billing", "Control",
            "package Npgsql", "package Microsoft.Data.Sqlite.Core", "package SQLitePCLRaw.bundle_e_sqlite3",
        ],
        ["Field"] = ["Units", "Ingest", "package CsvHelper"],
        ["Host"] =
        [
            "Units", "Ingest", "Billing", "Control", "Storage", "Field",
            "sdk Microsoft.NET.Sdk.Web",
            "package Quartz", "package System.CommandLine",
            "package Microsoft.AspNetCore.OpenApi", "package CsvHelper", "package MailKit",
        ],
    };

    /// <summary>
    /// A package's types also reach projects that reference its user: their names are held to one project.
    /// </summary>
    private static readonly Dictionary<string, string> OnlyIn = new(StringComparer.Ordinal)
    {
        ["Npgsql"] = "Storage",
        ["Microsoft.Data.Sqlite"] = "Storage",
        ["SQLitePCL"] = "Storage",
        ["Confluent.Kafka"] = "Streams",
        ["MailKit"] = "Host",
        ["MimeKit"] = "Host",
        ["Quartz"] = "Host",
        ["System.CommandLine"] = "Host",
    };

    /// <summary>The siblings that share only Units.</summary>
    private static readonly string[] Siblings = ["Ingest", "Billing", "Control"];

    [Fact]
    public void The_map_names_exactly_the_projects_that_exist() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Projects().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_project_references_exactly_what_the_map_says() => Tree.NoFaults(
        from project in Projects()
        let allowed = Allowed.GetValueOrDefault(project.Key, [])
        let actual = References(project.Value)
        from fault in actual.Except(allowed).Select(name => $"{project.Key} references {name}, which the map forbids.")
            .Concat(allowed.Except(actual).Select(name => $"{project.Key} no longer references {name}: correct it."))
        select fault);

    [Fact]
    public void Siblings_share_only_units()
    {
        foreach (var sibling in Siblings)
        {
            Assert.Equal(["Units"], Allowed[sibling].Where(Allowed.ContainsKey));
        }
    }

    [Fact]
    public void Driver_and_framework_names_stay_in_their_project() => Tree.NoFaults(
        from path in Tree.Code("src/")
        from line in Tree.Lines(path).Select((text, index) => (Text: text, Number: index + 1))
        let match = Using().Match(line.Text)
        where match.Success
        from rule in OnlyIn
        where Names(match.Groups["name"].Value, rule.Key) && path.Split('/')[1] != rule.Value
        select $"{path}({line.Number}): only {rule.Value} may use {rule.Key}.");

    [Fact]
    public void Billing_and_the_units_read_no_clock_file_or_socket() => Tree.NoFaults(
        from path in Tree.Code("src/Billing/").Concat(Tree.Code("src/Units/"))
        from line in Tree.Lines(path).Select((text, index) => (Text: text, Number: index + 1))
        let match = Using().Match(line.Text)
        where match.Success && (Names(match.Groups["name"].Value, "System.IO")
            || Names(match.Groups["name"].Value, "System.Net") || Names(match.Groups["name"].Value, "System.Threading"))
        select $"{path}({line.Number}): {match.Groups["name"].Value} is input, output or concurrency.");

    private static bool Names(string used, string name) =>
        used == name || used.StartsWith(name + ".", StringComparison.Ordinal);

    private static Dictionary<string, string> Projects() => Directory
        .EnumerateFiles(Path.Combine(Tree.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal);

    private static HashSet<string> References(string project)
    {
        var root = XDocument.Load(project).Root!;
        var sdk = (string?)root.Attribute("Sdk");
        IEnumerable<string> Items(string kind) =>
            root.Descendants(kind).Select(item => (string)item.Attribute("Include")!);
        return
        [
            .. sdk == "Microsoft.NET.Sdk" ? Array.Empty<string>() : ["sdk " + sdk],
            .. Items("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))),
            .. Items("PackageReference").Select(name => "package " + name),
            .. Items("FrameworkReference").Select(name => "framework " + name),
        ];
    }

    [GeneratedRegex(@"^\s*(global\s+)?using\s+(static\s+)?(\w+\s*=\s*)?(global::)?(?<name>[\w.]+)(<.*>)?\s*;")]
    private static partial Regex Using();
}
