namespace Meters.Billing.Tests.Bills.World;

internal static partial class WorldTariffs
{
    private static readonly string[] EuropeAndAfrica =
    [
        Json("ES-20TD", "EUR", "Europe/Madrid", """
            "bands":[{"name":"punta","when":[{"days":["weekday"],"windows":["10:00-14:00","18:00-22:00"]}]},
              {"name":"llano","when":[{"days":["weekday"],"windows":["08:00-10:00","14:00-18:00","22:00-24:00"]}]},
              {"name":"valle"}],
            "energy":{"prices":{"punta":"0.2404","llano":"0.1419","valle":"0.0917"}},
            "lines":[
              {"kind":"standing","name":"potencia punta","per":"day","perKw":"0.0938"},
              {"kind":"standing","name":"potencia valle","per":"day","perKw":"0.0126"},
              {"kind":"percent","name":"iee","percent":"5.113","base":"rounded",
               "of":["energy","potencia punta","potencia valle"],"bounds":{"min":"0"}},
              {"kind":"standing","name":"contador","per":"day","amount":"0.027"},
              {"kind":"percent","name":"iva","percent":"10","base":"rounded",
               "of":["energy","potencia punta","potencia valle","iee","contador"]}]
            """),
        Json("ES-30A", "EUR", "Europe/Madrid", """
            "energy":{"price":"0.10"},
            "lines":[
              {"kind":"demand","name":"potencia","perKw":"3.00","minimumPercentOfLoad":"85","windowMinutes":15},
              {"kind":"table","name":"exceso","account":"demand","by":"demand","limits":"perKw","apply":"parts",
               "windowMinutes":15,"rows":[{"upTo":"1.05"},{"perUnit":"6.00"}]},
              {"kind":"table","name":"reactiva","by":"kvarh","freePercent":"33","rows":[{"perUnit":"0.041554"}]}]
            """),
        Json("IT-D2", "EUR", "Europe/Rome", """
            "accumulate":{"months":2,"anchor":"2026-01"},"billPeriod":{"months":2,"anchor":"2026-01"},
            "energy":{"price":"0"},
            "lines":[
              {"kind":"standing","name":"potenza","perKw":"1.71"},
              {"kind":"perKwh","name":"accisa","account":"tax","price":"0.0227"},
              {"kind":"percent","name":"iva","percent":"10","of":["energy","potenza","accisa"]}]
            """),
        Json("IT-D3", "EUR", "Europe/Rome", """
            "energy":{"price":"0.25"},
            "lines":[
              {"kind":"table","name":"accisa","account":"tax","by":"kwh","apply":"parts","rows":[{"upTo":"150"},
                {"upTo":"220","perUnit":"0.0454"},{"perUnit":"0.0227"}]},
              {"kind":"percent","name":"iva","percent":"10","of":["energy","accisa"]}]
            """),
        Json("FR-HPHC", "EUR", "Europe/Paris", """
            "bands":[{"name":"HC","when":[{"windows":["22:00-06:00"]}]},{"name":"HP"}],
            "energy":{"prices":{"HP":"0.1730","HC":"0.1290"}},
            "lines":[
              {"kind":"standing","name":"abonnement","amount":"11.30"},
              {"kind":"standing","name":"cta","account":"tax","amount":"1.78"},
              {"kind":"perKwh","name":"accise","account":"tax","price":"0.02998"},
              {"kind":"percent","name":"tva 5.5","percent":"5.5","base":"rounded","of":["abonnement","cta"]},
              {"kind":"percent","name":"tva 20","percent":"20","base":"rounded","of":["energy","accise"]}]
            """),
        Json("NL-TAX", "EUR", "Europe/Amsterdam", """
            "accumulate":"year",
            "energy":{"price":"0.14"},
            "lines":[
              {"kind":"perKwh","name":"tax","account":"tax","tiers":[{"upToKwh":2900,"price":"0.10154"},
                {"upToKwh":10000,"price":"0.09157"},{"price":"0.03868"}]},
              {"kind":"table","name":"reduction","account":"rebate","by":"load","per":"day",
               "rows":[{"amount":"-1.4382"}]},
              {"kind":"standing","name":"network","per":"365days","amount":"438.00"},
              {"kind":"percent","name":"btw","percent":"21","of":["energy","tax","reduction","network"]}]
            """),
        Json("GB-E7", "GBP", "Europe/London", """
            "bands":[{"name":"night","when":[{"windows":["00:30-07:30"]}]},{"name":"day"}],
            "energy":{"prices":{"day":"0.2986","night":"0.1391"}},
            "lines":[
              {"kind":"standing","name":"standing","per":"day","amount":"0.5734"},
              {"kind":"percent","name":"vat","percent":"5","base":"rounded","of":["energy","standing"]}]
            """),
        Json("UG-2021", "UGX", "Africa/Kampala", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":15,"price":"250"},{"price":"750.9"}]},
            "lines":[
              {"kind":"standing","name":"service","amount":"3360","taken":"firstPurchase"},
              {"kind":"percent","name":"vat","percent":"18","of":["energy","service"]}]
            """),
        Json("EG-2024", "EGP", "Africa/Cairo", """
            "accumulate":"month",
            "energy":{"tables":[{"upToKwh":50,"price":"0.58"},
              {"upToKwh":100,"tiers":[{"upToKwh":50,"price":"0.58"},{"price":"0.68"}]},{"upToKwh":200,"price":"0.83"},
              {"upToKwh":350,"tiers":[{"upToKwh":200,"price":"0.83"},{"price":"1.11"}]},
              {"upToKwh":650,"tiers":[{"upToKwh":200,"price":"0.83"},{"upToKwh":350,"price":"1.11"},
                {"price":"1.31"}]},
              {"upToKwh":1000,"price":"1.40"},{"price":"1.50"}]},
            "lines":[{"kind":"table","name":"service","account":"fee","by":"kwh","rows":[{"upTo":"50","amount":"1"},
              {"upTo":"100","amount":"2"},{"upTo":"200","amount":"6"},{"upTo":"350","amount":"11"},
              {"upTo":"650","amount":"15"},{"upTo":"1000","amount":"25"},{"amount":"40"}]}]
            """),
        Json("ZA-CPT", "ZAR", "Africa/Johannesburg", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":600,"price":"2.6986"},{"price":"3.7267"}]},
            "lines":[
              {"kind":"standing","name":"service","amount":"180.17"},
              {"kind":"standing","name":"capacity","slabs":[{"upToKw":"14","amount":"80"},{"amount":"240"}]},
              {"kind":"freeQuota","name":"free","kwh":60,"of":["energy"]},
              {"kind":"percent","name":"vat","percent":"15","of":["energy","free","service","capacity"]}]
            """),
    ];
}
