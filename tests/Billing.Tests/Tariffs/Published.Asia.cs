namespace Meters.Billing.Tests.Tariffs;

internal static partial class Published
{
    private const string TwoMonths = """ "accumulate":{"months":2,"anchor":"2022-09"} """;

    private static readonly string[] Asia =
    [
        Json("IN-AS-JEEVAN", "INR", "Asia/Kolkata", "2023-06-01", Assam("40", "\"price\":\"5.05\"", "-1.00", "0.30")),
        Json("IN-AS-DOMESTIC-A", "INR", "Asia/Kolkata", "2023-06-01", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":120,"price":"5.70"},{"upToKwh":240,"price":"7.00"},{"price":"7.90"}]},
            "lines":[
              {"kind":"perKwh","name":"subsidy","account":"rebate",
               "tiers":[{"upToKwh":120,"price":"-0.75"},{"price":"0"}]},
              {"kind":"perKwh","name":"fpppa","price":"0.30"},
              {"kind":"standing","name":"fixed","perKw":"70"}]
            """),
        Json("IN-AS-DOMESTIC-B", "INR", "Asia/Kolkata", "2023-06-01", Assam("70", "\"price\":\"7.45\"", "0", "0.70")),
        Json("IN-AS-COMMERCIAL", "INR", "Asia/Kolkata", "2023-06-01", Assam("150", "\"price\":\"7.90\"", "0", "0.70")),
        Json("IN-AS-SMALL", "INR", "Asia/Kolkata", "2023-06-01", Assam("80", "\"price\":\"5.80\"", "0", "0.70")),
        // The fixed charge per kW is not in the source.
        Json("IN-OD-OERC-2024", "INR", "Asia/Kolkata", "2024-04-01",
            "\"accumulate\":\"month\"," + Tiers((50, "2.90"), (200, "4.70"), (400, "5.70"), (null, "6.10"))
            + """
            ,"lines":[{"kind":"purchaseRebate","name":"prepaid rebate","percent":"4"},
                     {"kind":"percent","name":"digital rebate","account":"rebate","percent":"-4","of":["energy"]}]
            """),
        Json("IN-DL-DERC", "INR", "Asia/Kolkata", "2022-07-01", """
            "accumulate":"month","limits":"byDays",
            "energy":{"tiers":[{"upToKwh":200,"price":"3.00"},{"upToKwh":400,"price":"4.50"},
              {"upToKwh":800,"price":"6.50"},{"upToKwh":1200,"price":"7.00"},{"price":"8.00"}]},
            "lines":[
              {"kind":"standing","name":"fixed","slabs":[{"upToKw":"2","perKw":"20"},{"upToKw":"5","perKw":"50"},
                {"upToKw":"15","perKw":"100"},{"upToKw":"25","perKw":"200"},{"perKw":"250"}]},
              {"kind":"percent","name":"ppac energy","account":"surcharge","percent":"20.69","of":["energy"]},
              {"kind":"percent","name":"ppac fixed","account":"surcharge","percent":"20.69","of":["fixed"]},
              {"kind":"percent","name":"regulatory energy","account":"surcharge","percent":"8","of":["energy"]},
              {"kind":"percent","name":"regulatory fixed","account":"surcharge","percent":"8","of":["fixed"]},
              {"kind":"percent","name":"pension","account":"surcharge","percent":"7","of":["fixed","energy"]},
              {"kind":"percent","name":"tax","percent":"5","of":["energy","ppac energy","regulatory energy"]}]
            """),
        Json("IN-TN-2022", "INR", "Asia/Kolkata", "2022-09-01", TwoMonths + """
            ,"billPeriod":{"months":2,"anchor":"2022-09"},
            "energy":{"tables":[
              {"upToKwh":500,"tiers":[{"upToKwh":100,"price":"0"},{"upToKwh":200,"price":"2.25"},
                {"upToKwh":400,"price":"4.50"},{"price":"6.00"}]},
              {"tiers":[{"upToKwh":100,"price":"0"},{"upToKwh":400,"price":"4.50"},{"upToKwh":500,"price":"6.00"},
                {"upToKwh":600,"price":"8.00"},{"upToKwh":800,"price":"9.00"},{"upToKwh":1000,"price":"10.00"},
                {"price":"11.00"}]}]}
            """),
        Json("BD-2020", "BDT", "Asia/Dhaka", "2020-03-01", """
            "accumulate":"month","rounding":{"per":"line","unit":"1"},
            "energy":{"tables":[
              {"upToKwh":50,"price":"3.75"},
              {"tiers":[{"upToKwh":75,"price":"4.19"},{"upToKwh":200,"price":"5.72"},{"upToKwh":300,"price":"6.00"},
                {"upToKwh":400,"price":"6.34"},{"upToKwh":600,"price":"9.94"},{"price":"11.46"}]}]},
            "lines":[
              {"kind":"standing","name":"demand","account":"demand","perKw":"30"},
              {"kind":"standing","name":"rent","amount":"40"},
              {"kind":"percent","name":"vat","percent":"5","of":["energy","demand","rent"]}]
            """),
        // Energy prices of 2020 stand in: the notice is about the rest.
        Json("BD-PREPAID-2025", "BDT", "Asia/Dhaka", "2025-11-26", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":75,"price":"4.19"},{"price":"5.72"}]},
            "lines":[
              {"kind":"standing","name":"demand","account":"demand","perKw":"42","taken":"firstPurchase"},
              {"kind":"standing","name":"rent","amount":"40","taken":"firstPurchase"},
              {"kind":"percent","name":"vat","percent":"5","of":["energy","demand","rent"]},
              {"kind":"purchaseRebate","name":"prepaid rebate","percent":"0.5"}]
            """),
        Json("MY-TNB-A", "MYR", "Asia/Kuala_Lumpur", "2014-01-01", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":200,"price":"0.218"},{"upToKwh":300,"price":"0.334"},
              {"upToKwh":600,"price":"0.516"},{"upToKwh":900,"price":"0.546"},{"price":"0.571"}]},
            "lines":[
              {"kind":"minimum","name":"minimum","perMonth":"3.00"},
              {"kind":"percent","name":"sst","percent":"8","of":[{"line":"energy","aboveKwh":600}]}]
            """),
        Json("TW-RES-2021", "TWD", "Asia/Taipei", "2021-05-01", """
            "accumulate":{"months":2,"anchor":"2021-01"},"limits":"perMonth",
            "billPeriod":{"months":2,"anchor":"2021-01"},"rounding":{"per":"bill","unit":"1"},
            "bands":[{"name":"summer","when":[{"months":[6,7,8,9]}]},{"name":"other"}],
            "energy":{"tiers":[
              {"upToKwh":120,"prices":{"summer":"1.63","other":"1.63"}},
              {"upToKwh":330,"prices":{"summer":"2.38","other":"2.10"}},
              {"upToKwh":500,"prices":{"summer":"3.52","other":"2.89"}},
              {"upToKwh":700,"prices":{"summer":"4.80","other":"3.94"}},
              {"upToKwh":1000,"prices":{"summer":"5.66","other":"4.60"}},
              {"prices":{"summer":"6.41","other":"5.03"}}]}
            """),
        Json("TH-1.2", "THB", "Asia/Bangkok", "2026-05-01", Thailand(
            "38.22", (150, "3.2484"), (400, "4.2218"), (null, "4.4217"))),
        Json("TH-1.1", "THB", "Asia/Bangkok", "2026-05-01", Thailand(
            "8.19", (15, "2.3488"), (25, "2.9882"), (35, "3.2405"), (100, "3.6237"), (150, "3.7171"), (400, "4.2218"),
            (null, "4.4217"))),
        Json("LK-2011", "LKR", "Asia/Colombo", "2011-01-01", """
            "accumulate":"month","limits":"per30Days",
            "energy":{"tiers":[{"upToKwh":30,"price":"3.00"},{"upToKwh":60,"price":"4.70"},
              {"upToKwh":90,"price":"7.50"},{"price":"21.00"}]},
            "lines":[
              {"kind":"percent","name":"fac","account":"surcharge","of":["energy"],"percents":[
                {"upToKwh":30,"percent":"25"},{"upToKwh":60,"percent":"35"},{"percent":"40"}]},
              {"kind":"perKwh","name":"fixed","account":"standing","tiers":[
                {"upToKwh":30,"price":"0","fixed":"30"},{"upToKwh":60,"price":"0","fixed":"60"},
                {"upToKwh":90,"price":"0","fixed":"90"},{"price":"0","fixed":"315"}]}]
            """),
    ];

    private static string Assam(string perKw, string price, string subsidy, string fpppa) =>
        $$"""
        "energy":{ {{price}} },
        "lines":[
          {"kind":"perKwh","name":"subsidy","account":"rebate","price":"{{subsidy}}"},
          {"kind":"perKwh","name":"fpppa","price":"{{fpppa}}"},
          {"kind":"standing","name":"fixed","perKw":"{{perKw}}"}]
        """;

    private static string Thailand(string service, params (int? UpTo, string Price)[] tiers) =>
        $$"""
        "accumulate":"month",{{Tiers(tiers)}},
        "lines":[
          {"kind":"perKwh","name":"ft","price":"0.1623"},
          {"kind":"standing","name":"service","amount":"{{service}}"},
          {"kind":"percent","name":"vat","percent":"7","of":["energy","ft","service"]}]
        """;
}
