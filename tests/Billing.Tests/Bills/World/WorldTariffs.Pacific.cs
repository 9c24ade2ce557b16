namespace Meters.Billing.Tests.Bills.World;

internal static partial class WorldTariffs
{
    private static readonly string[] Pacific =
    [
        Json("WS-EPC", "WST", "Pacific/Apia", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":50,"price":"0.84"},{"price":"1.00"}]},
            "lines":[{"kind":"percent","name":"fuel","account":"surcharge","percent":"25.96","of":["energy"]}]
            """),
        Json("AU-DEMAND", "AUD", "Australia/Sydney", """
            "bands":[{"name":"summer peak","when":[{"months":[11,12,1,2,3],"days":["weekday"],
                "windows":["15:00-21:00"]}]},
              {"name":"winter peak","when":[{"months":[6,7,8],"days":["weekday"],"windows":["15:00-21:00"]}]},
              {"name":"off"}],
            "energy":{"prices":{"summer peak":"0.3102","winter peak":"0.3102","off":"0.2211"}},
            "lines":[
              {"kind":"standing","name":"supply","per":"day","amount":"1.1204"},
              {"kind":"demand","name":"high demand","perKw":"0.2983","per":"day","bands":["summer peak"]},
              {"kind":"demand","name":"low demand","perKw":"0.1566","per":"day","bands":["winter peak"]},
              {"kind":"export","name":"feed-in","price":"0.05"},
              {"kind":"percent","name":"gst","percent":"10","of":["energy","supply","high demand","low demand"]}]
            """),
        Json("NZ-PROMPT", "NZD", "Pacific/Auckland", """
            "energy":{"price":"0.2841"},
            "lines":[
              {"kind":"standing","name":"daily","per":"day","amount":"1.20"},
              {"kind":"perKwh","name":"levy","price":"0.0017"},
              {"kind":"percent","name":"prompt","account":"rebate","percent":"-10","of":["energy","daily"],
               "bounds":{"min":"-25"}},
              {"kind":"percent","name":"gst","percent":"15","of":["energy","daily","levy","prompt"]}]
            """),
    ];
}
