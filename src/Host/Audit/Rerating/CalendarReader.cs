using System.Globalization;
using System.Text.Json;

namespace Meters.Host.Audit.Rerating;

/// <summary>Bands and named days of a document.</summary>
internal static class CalendarReader
{
    public static PlainCalendar Read(JsonElement root)
    {
        var bands = root.Items("bands")
            .Select(band => new PlainBand(band.Text("name"), [.. band.Items("when").Select(RuleOf)])).ToList();
        if (bands.Count == 0) bands.Add(new("", []));
        var lists = new Dictionary<string, IReadOnlySet<int>>(StringComparer.Ordinal);
        if (root.TryGetProperty("dayLists", out var named))
        {
            foreach (var list in named.EnumerateObject())
            {
                lists.Add(list.Name, list.Value.EnumerateArray().Select(day => DayOf(day.GetString()!)).ToHashSet());
            }
        }

        return new(bands, lists);
    }

    private static PlainRule RuleOf(JsonElement rule) => new(
        rule.Months(),
        [.. rule.Items("dates").Select(range => Split(range.GetString()!, '/', DayOf))],
        rule.Words("days"),
        [.. rule.Items("windows").Select(window => Split(window.GetString()!, '-', MinuteOf))]);

    private static (int From, int To) Split(string text, char between, Func<string, int> part) =>
        text.Split(between) is [var from, var to] ? (part(from), part(to)) : throw new FormatException($"'{text}'");

    private static int DayOf(string text)
    {
        var parts = text.Split('-').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts.Length == 3 ? (parts[0] * 10_000) + (parts[1] * 100) + parts[2] : (parts[0] * 100) + parts[1];
    }

    private static int MinuteOf(string text) =>
        (int.Parse(text.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60)
        + int.Parse(text.AsSpan(3, 2), CultureInfo.InvariantCulture);
}
