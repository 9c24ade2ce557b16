using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;

namespace Meters.Billing.Tests.Bills.World;

/// <summary>
/// Tariffs that utilities around the world publish, written as documents; the bills and their sources stand in the
/// tests. A figure that no source has is said to be one.
/// </summary>
internal static partial class WorldTariffs
{
    /// <summary>All of them, each on its own.</summary>
    public static IReadOnlyList<string> All => [.. EastAsia, .. SouthAsia, .. Americas, .. EuropeAndAfrica, .. Pacific];

    public static TariffVersion Of(string id) => Published.Read(All.Single(json => Published.Read(json).Id == id));

    private static string Json(string id, string currency, string zone, string rest) =>
        Published.Json(id, currency, zone, "2020-01-01", rest);
}
