namespace Meters.Billing.Tests.Bills.World;

internal static partial class WorldTariffs
{
    private static readonly string[] EastAsia =
    [
        Korea("KR-2016", ["410", "910", "1600", "3850", "7300", "12940"],
            ["60.7", "125.9", "187.9", "280.6", "417.7", "709.5"]),
        Korea("KR-2011", ["370", "820", "1430", "3420", "6410", "11750"],
            ["55.1", "113.8", "168.3", "248.6", "366.4", "643.9"]),
        Json("JP-TEPCO-B", "JPY", "Asia/Tokyo", """
            "accumulate":"month","rounding":{"per":"bill","unit":"1","mode":"down"},
            "energy":{"tiers":[{"upToKwh":120,"price":"19.88"},{"upToKwh":300,"price":"26.48"},{"price":"30.57"}]},
            "lines":[
              {"kind":"standing","name":"basic","perKw":"286"},
              {"kind":"table","name":"unused","account":"rebate","by":"kwh","of":["basic"],
               "rows":[{"upTo":"0","percent":"-50"},{"percent":"0"}]},
              {"kind":"perKwh","name":"fuel","price":"-2.71"},
              {"kind":"perKwh","name":"levy","price":"3.36","rounding":{"unit":"1","mode":"down"}}]
            """),
        Json("VN-2023", "VND", "Asia/Ho_Chi_Minh", """
            "accumulate":"month",
            "tiers":[{"upToKwh":50,"price":"1806"},{"upToKwh":100,"price":"1866"},{"upToKwh":200,"price":"2167"},
              {"upToKwh":300,"price":"2729"},{"upToKwh":400,"price":"3050"},{"price":"3151"}],
            "lines":[{"kind":"percent","name":"vat","percent":"8","of":["energy"]}]
            """),
        Json("PH-MERALCO-2016", "PHP", "Asia/Manila", """
            "accumulate":"month","rounding":{"per":"bill"},
            "energy":{"name":"generation","price":"3.8436"},
            "lines":[
              {"kind":"perKwh","name":"transmission","price":"0.7484"},
              {"kind":"perKwh","name":"loss","price":"0.4001"},
              {"kind":"perKwh","name":"distribution","tables":[{"upToKwh":200,"price":"1.0012"},{"price":"1.6175"}]},
              {"kind":"standing","name":"metering fixed","amount":"5"},
              {"kind":"perKwh","name":"metering","price":"0.3377"},
              {"kind":"standing","name":"supply fixed","amount":"16.73"},
              {"kind":"perKwh","name":"supply","price":"0.5085"},
              {"kind":"perKwh","name":"lifeline subsidy","price":"0.0798"},
              {"kind":"perKwh","name":"senior subsidy","price":"0.0001"},
              {"kind":"percent","name":"franchise","percent":"0.65","of":["generation","transmission","loss",
                "distribution","metering fixed","metering","supply fixed","supply","lifeline subsidy",
                "senior subsidy"]},
              {"kind":"percent","name":"vat generation","percent":"11.01","of":["generation"]},
              {"kind":"percent","name":"vat transmission","percent":"1.1711","of":["transmission"]},
              {"kind":"percent","name":"vat loss","percent":"9.40","of":["loss"]},
              {"kind":"percent","name":"vat distribution","percent":"12","of":["distribution","metering fixed",
                "metering","supply fixed","supply","lifeline subsidy","senior subsidy","franchise"]},
              {"kind":"perKwh","name":"universal","price":"0.3524"},
              {"kind":"perKwh","name":"fit","price":"0.1240"},
              {"kind":"standing","name":"submeter","account":"fee","amount":"100"}]
            """),
        Json("PH-LIFELINE", "PHP", "Asia/Manila", """
            "accumulate":"month",
            "energy":{"price":"9.00"},
            "lines":[
              {"kind":"standing","name":"supply","amount":"16.38"},
              {"kind":"table","name":"lifeline","account":"rebate","by":"kwh","of":["energy","supply"],"rows":[
                {"upTo":"20","percent":"-100"},{"upTo":"50","percent":"-50"},{"upTo":"70","percent":"-35"},
                {"upTo":"100","percent":"-20"},{"percent":"0"}]},
              {"kind":"percent","name":"vat","percent":"12","of":["energy","supply","lifeline"]}]
            """),
        Json("MY-2025", "MYR", "Asia/Kuala_Lumpur", Malaysia("""
            "energy":{"tables":[{"upToKwh":1500,"price":"0.2703"},{"price":"0.3703"}]}
            """, """
            ,{"kind":"percent","name":"sst","percent":"8","of":[{"line":"energy","aboveKwh":600},
              {"line":"capacity","aboveKwh":600},{"line":"network","aboveKwh":600}]},
             {"kind":"percent","name":"sst retail","percent":"8","of":["retail"]}
            """)),
        Json("MY-2025-TOU", "MYR", "Asia/Kuala_Lumpur", Malaysia("""
            "bands":[{"name":"peak","when":[{"days":["weekday"],"windows":["14:00-22:00"]}]},{"name":"off"}],
            "energy":{"tables":[{"upToKwh":1500,"prices":{"peak":"0.2852","off":"0.2443"}},
              {"prices":{"peak":"0.3852","off":"0.3443"}}]}
            """, "")),
        Json("ID-R1", "IDR", "Asia/Jakarta", """
            "energy":{"price":"1444.70"},
            "lines":[
              {"kind":"percent","name":"ppj","percent":"3","of":["energy"]},
              {"kind":"table","name":"stamp","account":"tax","by":"amount","sum":["energy","ppj"],"per":"bill",
               "rows":[{"upTo":"5000000"},{"amount":"10000"}]},
              {"kind":"minimum","name":"minimum","perKwMonth":"57788","of":["energy"]}]
            """),
        Json("HK-BLOCKS", "HKD", "Asia/Hong_Kong", """
            "accumulate":{"months":2,"anchor":"2026-01"},"billPeriod":{"months":2,"anchor":"2026-01"},
            "energy":{"tiers":[{"upToKwh":400,"price":"0.883"},{"upToKwh":1000,"price":"1.024"},{"price":"1.196"}]},
            "lines":[
              {"kind":"perKwh","name":"fuel","price":"0.436"},
              {"kind":"perKwh","name":"saving","account":"rebate","tables":[{"upToKwh":200,"price":"-0.172"},
                {"upToKwh":300,"price":"-0.162"},{"upToKwh":400,"price":"-0.152"},{"price":"0"}]},
              {"kind":"minimum","name":"minimum","perMonth":"18.35","of":["energy","fuel","saving"]}]
            """),
    ];

    private static string Korea(string id, string[] basic, string[] price)
    {
        var tiers = string.Join(',', price.Select((p, i) => i < 5
            ? $$"""{"upToKwh":{{100 * (i + 1)}},"price":"{{p}}"}"""
            : $$"""{"price":"{{p}}"}"""));
        var rows = string.Join(',', basic.Select((b, i) => i < 5
            ? $$"""{"upTo":"{{100 * (i + 1)}}","amount":"{{b}}"}"""
            : $$"""{"amount":"{{b}}"}"""));
        return Json(id, "KRW", "Asia/Seoul", $$$"""
            "accumulate":"month","rounding":{"per":"bill","unit":"10","mode":"down"},
            "energy":{"rounding":{"unit":"1","mode":"down"},"tiers":[{{{tiers}}}]},
            "lines":[
              {"kind":"table","name":"basic","account":"standing","by":"kwh","rows":[{{{rows}}}]},
              {"kind":"percent","name":"vat","base":"rounded","percent":"10","of":["energy","basic"],
               "rounding":{"unit":"1"}},
              {"kind":"percent","name":"fund","base":"rounded","percent":"3.7","of":["energy","basic"],
               "rounding":{"unit":"10","mode":"down"}}]
            """);
    }

    /// <summary>Prices and rebates of the schedule of July 2025, in effect by the total of the month.</summary>
    private static string Malaysia(string energy, string taxes) => $$"""
        "accumulate":"month","rounding":{"per":"bill"},{{energy}},
        "lines":[
          {"kind":"perKwh","name":"capacity","price":"0.0455"},
          {"kind":"perKwh","name":"network","price":"0.1285"},
          {"kind":"table","name":"retail","account":"standing","by":"kwh","rows":[{"upTo":"600"},{"amount":"10"}]},
          {"kind":"table","name":"efficiency","account":"rebate","by":"kwh","rows":[
            {"upTo":"200","perUnit":"-0.25"},{"upTo":"250","perUnit":"-0.245"},{"upTo":"300","perUnit":"-0.225"},
            {"upTo":"350","perUnit":"-0.21"},{"upTo":"400","perUnit":"-0.17"},{"upTo":"450","perUnit":"-0.145"},
            {"upTo":"500","perUnit":"-0.12"},{"upTo":"550","perUnit":"-0.105"},{"upTo":"600","perUnit":"-0.09"},
            {"upTo":"650","perUnit":"-0.075"},{"upTo":"700","perUnit":"-0.055"},{"upTo":"1000","perUnit":"-0.005"},
            {"perUnit":"0"}]},
          {"kind":"table","name":"fund","account":"tax","by":"kwh","of":["energy","capacity","network","efficiency"],
           "rows":[{"upTo":"300"},{"percent":"1.6"}]}{{taxes}}]
        """;
}
