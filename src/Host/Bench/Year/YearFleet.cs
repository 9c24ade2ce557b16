using System.Globalization;
using System.Text.Json.Nodes;
using Meters.Control.Policies;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>Homes on every shipped policy, in their zones, at concentrators of forty.</summary>
internal sealed class YearFleet
{
    private const int HomesOfSite = 40;

    private static readonly PersonId By = new("year");

    /// <summary>Those that the shipped policies speak of.</summary>
    private static readonly string[] Classes =
    [
        "important", "aided", "medical", "all-75-plus", "child-under-2", "pensioner", "high-debt", "critical-care",
        "indigent",
    ];

    public YearFleet(int accounts, Random random, Instant start)
    {
        Regions = [.. ShippedPolicies.Ids.Select(RegionOf)];
        for (var i = 0; i < accounts; i++)
        {
            var region = Regions[i % Regions.Count];
            var site = SiteFor(region, i / Regions.Count);
            var home = Make(i, region, site, random, start);
            site.Homes.Add(home);
            Homes.Add(home);
        }
    }

    public IReadOnlyList<Region> Regions { get; }

    public List<Home> Homes { get; } = [];

    public List<Site> Sites { get; } = [];

    public RegistryAddition Opening(Instant start) => new()
    {
        Tariffs = [.. Regions.Select(region => TariffOf(region, start))],
        Policies =
            [.. Regions.Select(region => Document(region.Policy, 1, ShippedPolicies.Json(region.Policy), start))],
        Terminals = [.. Sites.Select(site => new TerminalRecord(site.Address, "Site", "+08:00", site.Feeder))],
        Accounts = [.. Homes.Select(AccountOf)],
        Meters = [.. Homes.Select((home, i) => new MeterRecord(
            home.Meter, new(700_000_000 + i), home.Site.Address, 1 + home.Site.Homes.IndexOf(home), 31, 1,
            home.Account, true))],
    };

    /// <summary>Calendars and customers' classes, which the registry does not hold.</summary>
    public void Tell(ICustomerStore customers, Instant start)
    {
        foreach (var id in ShippedPolicies.CalendarIds)
        {
            Sync.Of(customers.AddCalendarAsync(
                new(id, 1, start, ShippedPolicies.CalendarDocument(id), By, start), default));
        }

        foreach (var home in Homes.Where(home => home.Classes.Count > 0))
        {
            Sync.Of(customers.SetAsync(
                new(home.Account, new(home.Classes, "", null), By, start, "From the register."), default));
        }
    }

    /// <summary>The second version of a policy: other hours, another margin, a higher first level.</summary>
    public static VersionedDocument Changed(Region region, Instant from)
    {
        var json = JsonNode.Parse(ShippedPolicies.Json(region.Policy))!.AsObject();
        json["version"] = 2;
        json["windowMarginMinutes"] = 45;
        if (json["rungs"]![0]!["threshold"]!["amount"] is { } amount
            && decimal.Parse(amount.GetValue<string>(), CultureInfo.InvariantCulture) is > 0 and var level)
        {
            json["rungs"]![0]!["threshold"]!["amount"] = (level * 2).ToString("F2", CultureInfo.InvariantCulture);
        }

        return Document(region.Policy, 2, json.ToJsonString(), from);
    }

    private static Region RegionOf(string policy, int index)
    {
        var json = JsonNode.Parse(ShippedPolicies.Json(policy))!;
        var currency = json["currency"]!.GetValue<string>();
        if (!LocalZone.TryParse(json["zone"]!.GetValue<string>(), out var zone))
        {
            throw new InvalidOperationException($"The policy {policy} has an unknown zone.");
        }

        return new(index, policy, zone, Currency.Parse(currency), PriceOf(currency));
    }

    /// <summary>Minor units for a kilowatt-hour, about what it costs there.</summary>
    private static int PriceOf(string currency) => currency switch
    {
        "CNY" => 60,
        "GBP" => 30,
        "INR" => 700,
        "USD" => 15,
        "EUR" => 25,
        "ZAR" => 300,
        _ => 50,
    };

    private static VersionedDocument TariffOf(Region region, Instant start)
    {
        var price = (region.PriceMinor / 100m).ToString("F2", CultureInfo.InvariantCulture);
        return Document(
            region.Tariff,
            1,
            $$"""
            {"id":"{{region.Tariff}}","version":1,"effectiveFrom":"2020-01-01","currency":"{{region.Currency.Code}}",
             "zone":"{{region.Zone.Id}}","accumulate":"none","tiers":[{"price":"{{price}}"}]}
            """,
            start);
    }

    private static VersionedDocument Document(string id, int version, string json, Instant from) =>
        new(id, version, version == 1 ? Instant.Utc(2020, 1, 1) : from, json, By, from);

    private static AccountRecord AccountOf(Home home) => new(
        home.Account, "Home", home.Phone, home.Index % 2 == 0 ? "en" : "zh", home.Region.Currency.Code,
        home.Region.Tariff, home.Region.Policy, home.Region.Index, 0, home.NeverCut);

    private static Home Make(int index, Region region, Site site, Random random, Instant start) =>
        new(index, region, site)
        {
            Phone = random.Next(50) == 0 ? "" : $"+86138{index:D8}",
            NeverCut = random.Next(50) == 0,
            Classes = random.Next(10) == 0 ? [Classes[random.Next(Classes.Length)]] : [],
            Habit = random.Next(100) switch
            {
                < 45 => Habit.Prompt,
                < 70 => Habit.Late,
                < 85 => Habit.Dark,
                < 95 => Habit.Parts,
                _ => Habit.Away,
            },
            Watts = random.Next(150, 1_200),
            Rows = random.Next(8) == 0 ? [] : null,
            MeteredTo = start,
        };

    private Site SiteFor(Region region, int ofRegion)
    {
        var number = ((ofRegion / HomesOfSite) * Regions.Count) + region.Index;
        while (Sites.Count <= number)
        {
            var address = TerminalAddress.Of(4403 + (Sites.Count / 60_000), 1 + (Sites.Count % 60_000));
            Sites.Add(new(address, $"F{Sites.Count / 4}"));
        }

        return Sites[number];
    }
}
