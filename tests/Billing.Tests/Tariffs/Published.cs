using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Tariffs;

/// <summary>Published tariffs as documents, written from their figures; sources stand beside the figures.</summary>
internal static partial class Published
{
    /// <summary>A document: the head in short, and the rest as it stands in the JSON.</summary>
    public static string Json(string id, string currency, string zone, string from, string rest, int version = 1) =>
        $$"""
        {"id":"{{id}}","version":{{version}},"effectiveFrom":"{{from}}","currency":"{{currency}}","zone":"{{zone}}",
         {{rest}}}
        """;

    public static TariffVersion Read(string json)
    {
        Assert.True(TariffJson.TryParse(json, out var version, out var faults), string.Join('\n', faults));
        return version!;
    }

    public static TariffHistory History(params string[] versions) => new(versions.Select(Read));

    public static TariffVersion Of(string id) => Read(All.Single(json => Read(json).Id == id));

    /// <summary>Every tariff with complete figures, each version on its own.</summary>
    public static IReadOnlyList<string> All => [.. China, .. Asia, .. Elsewhere];

    /// <summary>Tiers as (up to, price).</summary>
    public static string Tiers(params (int? UpTo, string Price)[] tiers) =>
        "\"tiers\":[" + string.Join(',', tiers.Select(tier => tier.UpTo is { } end
            ? $$"""{"upToKwh":"{{end}}","price":"{{tier.Price}}"}"""
            : $$"""{"price":"{{tier.Price}}"}""")) + "]";
}
