using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// Reads a tariff version from its published form. Documents were checked before they were stored: what cannot be read
/// here is said and not rated.
/// </summary>
internal static class TariffDocument
{
    private const int TenthsWhPerKwh = 10_000;

    private static readonly string[] Known =
    [
        "id", "version", "effectiveFrom", "effectiveUntil", "currency", "zone", "accumulate", "limits", "billPeriod",
        "chargeDecimals", "dayLists", "bands", "tiers", "energy", "lines", "rounding",
    ];

    /// <returns>Null, and why, for what is not understood.</returns>
    public static PlainTariff? Read(string json, out string why)
    {
        why = "the tariff's document cannot be read";
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var strange = root.EnumerateObject().Select(p => p.Name).FirstOrDefault(name => !Known.Contains(name));
            if (strange is null) return Read(root);
            why = $"the tariff has '{strange}'";
            return null;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or OverflowException or ArgumentException)
        {
            why = $"the tariff's document cannot be read: {fault.Message}";
            return null;
        }
    }

    private static PlainTariff Read(JsonElement root)
    {
        var currency = Currency.Parse(root.Text("currency"));
        if (!LocalZone.TryParse(root.Text("zone"), out var zone)) throw new FormatException("No such zone.");
        var calendar = CalendarReader.Read(root);
        var lines = new LineReader(currency, calendar);
        var energy = root.TryGetProperty("energy", out var stated)
            ? lines.Energy(stated, "energy", LedgerAccount.EnergyRevenue, export: false)
            : lines.Energy(root, "energy", LedgerAccount.EnergyRevenue, export: false, isRoot: true);
        return new()
        {
            Version = root.GetProperty("version").GetInt32(),
            Currency = currency,
            Zone = zone,
            From = zone.ToInstant(DateOf(root.Text("effectiveFrom")).ToDateTime(TimeOnly.MinValue)).UnixMicros,
            Accumulate = CycleOf(root, "accumulate", Cycle.Never),
            Limits = root.Word("limits", "perPeriod"),
            Bill = CycleOf(root, "billPeriod", Cycle.Monthly),
            ChargeDecimals = root.TryGetProperty("chargeDecimals", out var decimals) ? decimals.GetInt32() : null,
            WindowMinutes = root.Items("lines")
                .Where(line => line.Text("kind") == "demand" || line.Word("by", "") is "demand" or "kva"
                    || line.Word("limits", "") == "perKwDemand")
                .Select(line => line.TryGetProperty("windowMinutes", out var minutes) ? minutes.GetInt32() : 30)
                .FirstOrDefault(30),
            Calendar = calendar,
            Lines = [energy, .. root.Items("lines").Select(lines.Line)],
            Rounding = root.TryGetProperty("rounding", out var rule)
                ? RoundingOf(rule, currency)
                : PlainRounding.ToMinor,
        };
    }

    public static DateOnly DateOf(string text) =>
        DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly MonthOf(string text) => DateOf(text + "-01");

    /// <summary>Tenths of a watt-hour.</summary>
    public static BigInteger? KwhOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? (Fraction.Of(value) * TenthsWhPerKwh).Floor() : null;

    private static Cycle CycleOf(JsonElement root, string name, Cycle fallback)
    {
        if (!root.TryGetProperty(name, out var value)) return fallback;
        if (value.ValueKind == JsonValueKind.Object)
        {
            var anchor = value.TryGetProperty("anchor", out var month) ? MonthOf(month.GetString()!) : new(2000, 1, 1);
            return new(value.GetProperty("months").GetInt32(), Cycle.NumberOf(anchor.Year, anchor.Month));
        }

        return value.GetString() switch
        {
            "none" => Cycle.Never,
            "month" => Cycle.Monthly,
            "year" => new(12),
            var word => throw new FormatException($"'{word}' is no period."),
        };
    }

    public static PlainRounding RoundingOf(JsonElement rule, Currency currency)
    {
        var unit = rule.TryGetProperty("unit", out var value)
            ? (Fraction.Of(value) * BigInteger.Pow(10, currency.Decimals)).Floor()
            : BigInteger.One;
        return new(rule.Word("per", "line") == "bill", unit, rule.Word("mode", "halfUp"));
    }

    public static string Text(this JsonElement of, string name) =>
        of.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

    public static string Word(this JsonElement of, string name, string fallback) =>
        of.TryGetProperty(name, out _) ? of.Text(name) : fallback;

    public static IEnumerable<JsonElement> Items(this JsonElement of, string name) =>
        of.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];

    public static IReadOnlySet<int> Months(this JsonElement of, string name = "months") =>
        of.TryGetProperty(name, out var list)
            ? list.EnumerateArray().Select(month => month.GetInt32()).ToHashSet()
            : Enumerable.Range(1, 12).ToHashSet();

    public static List<string> Words(this JsonElement of, string name) =>
        [.. of.Items(name).Select(word => word.GetString()!)];
}
