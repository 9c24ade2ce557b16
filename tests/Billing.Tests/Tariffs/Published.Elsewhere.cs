namespace Meters.Billing.Tests.Tariffs;

internal static partial class Published
{
    private const string Vat15 = """ "lines":[{"kind":"percent","name":"vat","percent":"15","of":["energy"]}] """;

    private static readonly string[] Elsewhere =
    [
        Eskom("ZA-ESKOM-HL20A", 1, "2020-04-01", (350, "1.2167"), (null, "1.3886")),
        Eskom("ZA-ESKOM-HL60A", 1, "2020-04-01", (600, "1.3770"), (null, "2.3406")),
        Eskom("ZA-ESKOM-HL20A-2024", 2, "2024-04-01", (350, "1.9028"), (null, "2.1562")),
        Eskom("ZA-ESKOM-HL60A-2024", 2, "2024-04-01", (600, "2.3231"), (null, "3.9486")),
        Eskom("ZA-ESKOM-HL20A-2025", 3, "2025-04-01", (null, "2.1611")),
        Eskom("ZA-ESKOM-HL60A-2025", 3, "2025-04-01", (null, "2.7472")),
        Eskom("ZA-TSHWANE-2022", 1, "2022-07-01", (100, "2.0970"), (400, "2.4541"), (650, "2.6738"), (null, "2.8824")),
        Eskom("ZA-TSHWANE-2023", 2, "2023-07-01", (100, "2.7033"), (400, "3.1637"), (650, "3.4467"), (null, "3.7158")),
        // This one is published with the tax in it.
        Json("ZA-TSHWANE-2026", "ZAR", "Africa/Johannesburg", "2026-03-01", "\"accumulate\":\"month\","
            + Tiers((100, "3.425"), (400, "4.044"), (650, "4.368"), (null, "4.709"))),
        GreatBritain("GB-PPM-2025Q2", "2025-04-01", "0.2620", "0.5380"),
        GreatBritain("GB-PPM-2025Q2-LONDON", "2025-04-01", "0.2648", "0.4620"),
        GreatBritain("GB-PPM-2025Q2-NORTH-WALES", "2025-04-01", "0.2850", "0.6954"),
        GreatBritain("GB-DD-2023", "2023-10-01", "0.2735", "0.5337"),
        GreatBritain("GB-DD-2024", "2024-07-01", "0.2236", "0.6012"),
        GreatBritain("GB-DD-2025", "2025-01-01", "0.2486", "0.6097"),
        Json("KE-2013", "KES", "Africa/Nairobi", "2013-12-01", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":50,"price":"2.50"},{"upToKwh":1500,"price":"12.75"},{"price":"20.57"}]},
            "lines":[
              {"kind":"standing","name":"fixed","amount":"150","taken":"firstPurchase"},
              {"kind":"perKwh","name":"fuel","price":"5.71"},
              {"kind":"perKwh","name":"forex","price":"0.17"},
              {"kind":"perKwh","name":"warma","price":"0.05"},
              {"kind":"perKwh","name":"inflation","price":"0.18"},
              {"kind":"percent","name":"rep","account":"surcharge","percent":"5","of":["energy"]},
              {"kind":"perKwh","name":"erc","price":"0.03"},
              {"kind":"percent","name":"vat","percent":"16","of":["fixed","energy","fuel","forex"]}]
            """),
        // 0.34 of inflation is what the receipt leaves without a name: 2.66 on 7.82 kWh.
        Json("KE-2024-01", "KES", "Africa/Nairobi", "2024-01-01", """
            "energy":{"price":"16.573"},
            "lines":[
              {"kind":"perKwh","name":"fuel","price":"4.33"},
              {"kind":"perKwh","name":"forex","price":"6.46"},
              {"kind":"percent","name":"vat","percent":"16","of":["energy","fuel"]},
              {"kind":"perKwh","name":"epra","price":"0.08"},
              {"kind":"perKwh","name":"wra","price":"0.014"},
              {"kind":"percent","name":"rep","account":"surcharge","percent":"5","of":["energy"]},
              {"kind":"perKwh","name":"inflation","price":"0.34"}]
            """),
        Nigeria("NG-BANDA", 1, "2024-04-03", "225"),
        Nigeria("NG-BANDA-2", 2, "2024-05-06", "206.80"),
    ];

    private static string Eskom(string id, int version, string from, params (int? UpTo, string Price)[] tiers) => Json(
        id, "ZAR", "Africa/Johannesburg", from, "\"accumulate\":\"month\"," + Tiers(tiers) + "," + Vat15, version);

    private static string GreatBritain(string id, string from, string rate, string standing) => Json(
        id, "GBP", "Europe/London", from, $$"""
        "tiers":[{"price":"{{rate}}"}],
        "lines":[{"kind":"standing","name":"standing","per":"day","amount":"{{standing}}"}]
        """);

    private static string Nigeria(string id, int version, string from, string price) => Json(
        id, "NGN", "Africa/Lagos", from, $$"""
        "tiers":[{"price":"{{price}}"}],
        "lines":[{"kind":"percent","name":"vat","percent":"7.5","of":["energy"]}]
        """, version);
}
