namespace Meters.Billing.Tests.Bills.World;

internal static partial class WorldTariffs
{
    private static readonly string[] Americas =
    [
        Json("BR-CERVAM", "BRL", "America/Sao_Paulo", """
            "rounding":{"per":"bill"},
            "energy":{"price":"0.4958"},
            "lines":[
              {"kind":"percent","name":"icms","percent":"12","insidePercent":"20.26","of":["energy"]},
              {"kind":"percent","name":"cofins","percent":"6.79","insidePercent":"20.26","of":["energy"]},
              {"kind":"percent","name":"pis","percent":"1.47","insidePercent":"20.26","of":["energy"]}]
            """),
        Json("BR-NESTED", "BRL", "America/Sao_Paulo", """
            "rounding":{"per":"bill"},
            "energy":{"name":"te","price":"0.35"},
            "lines":[
              {"kind":"perKwh","name":"tusd","price":"0.45"},
              {"kind":"perKwh","name":"flag","price":"0.04463"},
              {"kind":"percent","name":"pis","percent":"0.82","insidePercent":"4.59","of":["te","tusd","flag"]},
              {"kind":"percent","name":"cofins","percent":"3.77","insidePercent":"4.59","of":["te","tusd","flag"]},
              {"kind":"percent","name":"icms","percent":"18","insidePercent":"18",
               "of":["te","tusd","flag","pis","cofins"]},
              {"kind":"table","name":"lighting","account":"tax","by":"kwh","rows":[{"upTo":"50"},
                {"upTo":"100","amount":"4.10"},{"upTo":"200","amount":"9.85"},{"amount":"21.40"}]},
              {"kind":"minimum","name":"availability","perMonth":"24","of":["te"]}]
            """),
        Json("MX-1A-2014", "MXN", "America/Mexico_City", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":100,"price":"0.717"},{"upToKwh":150,"price":"0.844"},{"price":"2.880"}]},
            "lines":[
              {"kind":"minimum","name":"minimum","perMonth":"17.925"},
              {"kind":"percent","name":"iva","percent":"16","of":["energy","minimum"]}]
            """),
        Json("CO-E1", "COP", "America/Bogota", """
            "accumulate":"month",
            "energy":{"price":"800.50"},
            "lines":[
              {"kind":"percent","name":"subsidy","account":"rebate","percent":"-60",
               "of":[{"line":"energy","upToKwh":173}]}]
            """),
        Json("US-CA-E1", "USD", "America/Los_Angeles", """
            "accumulate":"month","limits":"per30Days",
            "energy":{"seasons":[
              {"months":[6,7,8,9],"tiers":[{"upToKwh":303,"price":"0.41"},{"price":"0.52"}]},
              {"tiers":[{"upToKwh":330,"price":"0.41"},{"price":"0.52"}]}]},
            "lines":[{"kind":"minimum","name":"minimum","perDay":"0.39167"}]
            """),
        Json("US-TX", "USD", "America/Chicago", """
            "energy":{"price":"0.1189"},
            "lines":[
              {"kind":"standing","name":"base","amount":"4.95"},
              {"kind":"standing","name":"tdu fixed","amount":"4.23"},
              {"kind":"perKwh","name":"tdu","price":"0.046679"},
              {"kind":"table","name":"credit","account":"rebate","by":"kwh","per":"bill","rows":[{"upTo":"999.9999"},
                {"upTo":"1999.9999","amount":"-75"},{"amount":"-50"}]},
              {"kind":"percent","name":"gross receipts","percent":"1.997",
               "of":["energy","base","tdu fixed","tdu","credit"]}]
            """),
        Json("US-GA-HOURS", "USD", "America/New_York", """
            "energy":{"price":"0.034"},
            "lines":[
              {"kind":"standing","name":"customer","amount":"19"},
              {"kind":"table","name":"hours","account":"energy","by":"kwh","limits":"perKwDemand","apply":"parts",
               "windowMinutes":60,"rows":[{"upTo":"200","perUnit":"0.10"},{"upTo":"400","perUnit":"0.018"},
                 {"upTo":"600","perUnit":"0.0135"},{"perUnit":"0.0117"}]},
              {"kind":"demand","name":"demand","perKw":"8.24","windowMinutes":60,"stepKw":"1",
               "ratchet":{"percent":"95","months":11}},
              {"kind":"table","name":"excess demand","account":"demand","by":"demand","apply":"parts",
               "windowMinutes":60,"rows":[{"upTo":"5","perUnit":"0"},{"upTo":"30","perUnit":"1.50"},
                 {"perUnit":"2.25"}]},
              {"kind":"percent","name":"franchise","percent":"2.9989",
               "of":["energy","customer","hours","demand","excess demand"]}]
            """),
        Json("US-NM-EXPORT", "USD", "America/Denver", """
            "energy":{"price":"0.12"},
            "lines":[
              {"kind":"standing","name":"customer","amount":"7.50"},
              {"kind":"export","name":"solar","price":"0.10","bounds":{"creditUpTo":["energy"]}},
              {"kind":"percent","name":"tax","percent":"5.125","of":["energy","customer","solar"]}]
            """),
    ];
}
