using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Meters.Host.Hosting;

/// <summary>What the command line says about settings; null is not said.</summary>
/// <param name="File">--settings; without it meters.json of the working folder, if it is there.</param>
public sealed record SettingsArguments(string? File, string? Store, string? Api, string? Terminals);

/// <summary>
/// Settings from the file, over them those of the environment (<c>METERS__Section__Key</c>), over them the command
/// line. Names do not mind case; nothing is guessed: an unknown name is a fault. All faults are found at once.
/// </summary>
/// <param name="Options">As read; to be used only without faults.</param>
/// <param name="Configuration">The same, for parts that bind their own section.</param>
/// <param name="Faults">Place, setting and a plain sentence each; never a value.</param>
public sealed record ServiceSettings(
    ServiceOptions Options, IConfiguration Configuration, IReadOnlyList<string> Faults)
{
    public const string DefaultFile = "meters.json";
    public const string EnvironmentPrefix = "METERS__";

    private static readonly Dictionary<string, Setting> Known = Catalogue();

    /// <summary>"Engine:Shards" and so on: everything that can be set.</summary>
    public static IEnumerable<string> Names => Known.Values.Select(setting => setting.Name);

    public static async Task<ServiceSettings> LoadAsync(SettingsArguments arguments, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var faults = new List<string>();
        var values = new List<SettingValue>();
        if (arguments.File is not null || File.Exists(DefaultFile))
        {
            var path = arguments.File ?? DefaultFile;
            if (await BytesAsync(path, faults, stopping) is { } bytes)
            {
                values.AddRange(SettingsFile.Read(bytes, Path.GetFileName(path), faults));
            }
        }

        values.AddRange(OfEnvironment(Environment.GetEnvironmentVariables()));
        AddArgument(values, "Store", arguments.Store);
        AddArgument(values, "Api", arguments.Api);
        AddArgument(values, "Terminals", arguments.Terminals);
        return Of(values, faults);
    }

    /// <summary>Later values win. Pure.</summary>
    public static ServiceSettings Of(IReadOnlyList<SettingValue> values, IReadOnlyList<string> faultsBefore)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(faultsBefore);
        var faults = faultsBefore.ToList();
        var options = new ServiceOptions();
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        var malformed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (!Known.TryGetValue(value.Path, out var setting))
            {
                faults.Add($"{value.Origin}: {Shown(value.Path)} is not known. {Hint(value.Path)}");
            }
            else if (setting.TrySet(options, value))
            {
                origins[setting.Name] = value.Origin;
                texts[setting.Name] = value.Text;
            }
            else
            {
                malformed.Add(setting.Name);
                faults.Add($"{value.Origin}: {setting.Name} must be {setting.Wanted}.");
            }
        }

        foreach (var fault in options.Check().Where(fault => !malformed.Contains(fault.Setting)))
        {
            faults.Add($"{origins.GetValueOrDefault(fault.Setting, "settings")}: {fault}");
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(texts).Build();
        return new(options, configuration, faults);
    }

    /// <summary>Variables METERS__Section__Key, in order of name.</summary>
    public static IEnumerable<SettingValue> OfEnvironment(IDictionary variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return variables.Keys.Cast<string>()
            .Where(name => name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(name => new SettingValue(
                name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                JsonValueKind.String,
                (string?)variables[name] ?? "",
                $"environment {Shown(name)}"))
            .ToArray();
    }

    private static void AddArgument(List<SettingValue> values, string name, string? text)
    {
        if (text is not null) values.Add(new(name, JsonValueKind.String, text, $"--{name.ToLowerInvariant()}"));
    }

    private static async Task<byte[]?> BytesAsync(string path, List<string> faults, CancellationToken stopping)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > SettingsFile.BytesMax })
            {
                faults.Add($"{path}: is larger than {SettingsFile.BytesMax} bytes.");
                return null;
            }

            return await File.ReadAllBytesAsync(path, stopping);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var absent = fault is FileNotFoundException or DirectoryNotFoundException;
            faults.Add($"{path}: {(absent ? "is not there." : "cannot be read.")}");
            return null;
        }
    }

    private static string Hint(string path)
    {
        var section = path.Contains(
            ':', StringComparison.Ordinal) ? path[..path.IndexOf(':', StringComparison.Ordinal)] : "";
        var beside = Known.Values.Where(s => s.Section.Equals(section, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (section.Length == 0) return $"Known: {string.Join(", ", beside.Select(s => s.Name).Concat(Sections()))}.";
        return beside.Length == 0
            ? $"Sections: {string.Join(", ", Sections())}."
            : $"In {beside[0].Section}: {string.Join(", ", beside.Select(s => s.Key))}.";
    }

    private static IEnumerable<string> Sections() =>
        Known.Values.Select(s => s.Section).Where(s => s.Length > 0).Distinct(StringComparer.Ordinal);

    private static string Shown(string text) =>
        new([.. text.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);

    private static Dictionary<string, Setting> Catalogue()
    {
        var known = new Dictionary<string, Setting>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in typeof(ServiceOptions).GetProperties())
        {
            if (Setting.IsValue(property.PropertyType))
            {
                known.Add(property.Name, new("", null, property));
                continue;
            }

            foreach (var key in property.PropertyType.GetProperties().Where(p => p.SetMethod is not null))
            {
                known.Add($"{property.Name}:{key.Name}", new(property.Name, property, key));
            }
        }

        return known;
    }

    private sealed record Setting(string Section, PropertyInfo? Part, PropertyInfo Property)
    {
        public string Key => Property.Name;

        public string Name => Section.Length == 0 ? Key : $"{Section}:{Key}";

        public string Wanted => Property.PropertyType == typeof(string) ? "text in quotes" : "a whole number";

        public static bool IsValue(Type type) => type == typeof(string) || type == typeof(int) || type == typeof(long);

        public bool TrySet(ServiceOptions options, SettingValue value)
        {
            var part = Part is null ? options : Part.GetValue(options);
            if (Read(value) is not { } read) return false;
            Property.SetValue(part, read);
            return true;
        }

        private object? Read(SettingValue value)
        {
            var culture = CultureInfo.InvariantCulture;
            if (Property.PropertyType == typeof(string)) return value.Kind == JsonValueKind.String ? value.Text : null;
            // The environment and the command line have only text.
            if (value.Kind is not (JsonValueKind.Number or JsonValueKind.String)) return null;
            if (!long.TryParse(value.Text, NumberStyles.AllowLeadingSign, culture, out var number)) return null;
            if (Property.PropertyType == typeof(long)) return number;
            return number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
        }
    }
}
