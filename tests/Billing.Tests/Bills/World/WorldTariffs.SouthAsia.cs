namespace Meters.Billing.Tests.Bills.World;

internal static partial class WorldTariffs
{
    private static readonly string[] SouthAsia =
    [
        Json("PK-KE-2015", "PKR", "Asia/Karachi", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":100,"price":"5.79"},{"upToKwh":300,"price":"8.11"},
              {"upToKwh":700,"price":"12.33"},{"price":"15.07"}]},
            "lines":[
              {"kind":"standing","name":"rent","amount":"7.50"},
              {"kind":"spread","name":"fuel","perKwh":"-3.00","lagMonths":2},
              {"kind":"percent","name":"duty","percent":"1.5","of":["energy","fuel"]},
              {"kind":"percent","name":"gst","percent":"17","of":["energy","fuel","rent","duty"]},
              {"kind":"standing","name":"tv","account":"tax","amount":"35"},
              {"kind":"standing","name":"bank","account":"fee","amount":"8"}]
            """),
        Json("PK-COMMERCIAL", "PKR", "Asia/Karachi", """
            "accumulate":"month",
            "energy":{"price":"40"},
            "lines":[
              {"kind":"percent","name":"gst","percent":"17","of":["energy"]},
              {"kind":"table","name":"income tax","account":"tax","by":"amount","sum":["energy","gst"],"apply":"parts",
               "per":"bill","rows":[{"upTo":"500"},{"upTo":"20000","percent":"10"},{"percent":"12"}]},
              {"kind":"table","name":"extra tax","account":"tax","by":"amount","sum":["energy"],"of":["energy"],
               "rows":[{"upTo":"10000","percent":"5"},{"upTo":"20000","percent":"7"},{"upTo":"30000","percent":"10"},
                 {"percent":"17"}]}]
            """),
        Json("IN-TN-2012", "INR", "Asia/Kolkata", """
            "accumulate":{"months":2,"anchor":"2012-04"},"billPeriod":{"months":2,"anchor":"2012-04"},
            "energy":{"tables":[{"upToKwh":100,"price":"1.00"},{"upToKwh":200,"price":"1.50"},
              {"upToKwh":500,"tiers":[{"upToKwh":200,"price":"2.00"},{"price":"3.00"}]},
              {"tiers":[{"upToKwh":200,"price":"3.00"},{"upToKwh":500,"price":"4.00"},{"price":"5.75"}]}]},
            "lines":[{"kind":"table","name":"fixed","account":"standing","by":"kwh","per":"bill","rows":[
              {"upTo":"200","amount":"20"},{"upTo":"500","amount":"30"},{"amount":"40"}]}]
            """),
        Json("IN-MH-2020", "INR", "Asia/Kolkata", """
            "accumulate":"month","limits":"per30Days",
            "energy":{"tiers":[{"upToKwh":100,"price":"3.46"},{"upToKwh":300,"price":"7.43"},
              {"upToKwh":500,"price":"10.32"},{"price":"11.71"}]},
            "lines":[
              {"kind":"standing","name":"fixed","per":"30days","amount":"110"},
              {"kind":"perKwh","name":"wheeling","price":"1.45"},
              {"kind":"perKwh","name":"fac","tiers":[{"upToKwh":100,"price":"0.50"},{"upToKwh":300,"price":"0.84"},
                {"upToKwh":500,"price":"1.07"},{"price":"1.19"}]},
              {"kind":"percent","name":"duty","percent":"16","of":["fixed","energy","wheeling","fac"]}]
            """),
        Json("IN-MH-HT", "INR", "Asia/Kolkata", """
            "bands":[{"name":"peak","when":[{"windows":["18:00-22:00"]}]},
              {"name":"night","when":[{"windows":["22:00-06:00"]}]},{"name":"day"}],
            "energy":{"price":"7.50"},
            "lines":[
              {"kind":"perKwh","name":"tod","prices":{"peak":"1.10","night":"-1.50","day":"0"}},
              {"kind":"demand","name":"demand","perKw":"450","unit":"kVA","minimumPercentOfLoad":"75","stepKw":"1",
               "windowMinutes":60},
              {"kind":"powerFactor","name":"factor","of":["energy","tod","demand"],"rows":[{"from":"0","percent":"10"},
                {"from":"0.90","percent":"0"},{"from":"0.96","percent":"-1"},{"from":"0.98","percent":"-2.5"},
                {"from":"1","percent":"-3.5"}]},
              {"kind":"table","name":"load factor","account":"rebate","by":"kwh","limits":"perKw","of":["energy","tod"],
               "rows":[{"upTo":"547.5","percent":"0"},{"upTo":"620","percent":"-5"},{"percent":"-12"}]},
              {"kind":"percent","name":"duty","percent":"7.5","of":["energy","tod","demand","factor","load factor"]}]
            """),
        Json("LK-2023", "LKR", "Asia/Colombo", """
            "accumulate":"month","limits":"per30Days","rounding":{"per":"bill"},
            "energy":{"tables":[{"upToKwh":60,"tiers":[{"upToKwh":30,"price":"10"},{"price":"25"}]},
              {"tiers":[{"upToKwh":60,"price":"32"},{"upToKwh":90,"price":"35"},{"upToKwh":180,"price":"50"},
                {"price":"75"}]}]},
            "lines":[
              {"kind":"table","name":"fixed","account":"standing","by":"kwh","limits":"per30Days","rows":[
                {"upTo":"30","amount":"150"},{"upTo":"60","amount":"300"},{"upTo":"90","amount":"400"},
                {"upTo":"120","amount":"1000"},{"upTo":"180","amount":"1500"},{"amount":"2000"}]},
              {"kind":"percent","name":"sscl","percent":"2.5","insidePercent":"2.5","of":["energy","fixed"]}]
            """),
        Json("JO-2022", "JOD", "Asia/Amman", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":300,"price":"0.050"},{"upToKwh":600,"price":"0.100"},{"price":"0.200"}]},
            "lines":[
              {"kind":"table","name":"discount","account":"rebate","by":"kwh","rows":[{"upTo":"50"},
                {"upTo":"200","amount":"-2.5"},{"upTo":"600","amount":"-2"},{"amount":"0"}],
               "bounds":{"creditUpTo":["energy"]}},
              {"kind":"perKwh","name":"rural","price":"0.001"},
              {"kind":"standing","name":"tv","account":"tax","amount":"1"}]
            """),
        Json("SA-RES", "SAR", "Asia/Riyadh", """
            "accumulate":"month",
            "energy":{"tiers":[{"upToKwh":6000,"price":"0.18"},{"price":"0.30"}]},
            "lines":[
              {"kind":"standing","name":"meter","slabs":[{"upToKw":"22","amount":"10"},{"upToKw":"66","amount":"15"},
                {"amount":"30"}]},
              {"kind":"percent","name":"vat","percent":"15","of":["energy","meter"]}]
            """),
        Json("TR-RES", "TRY", "Europe/Istanbul", """
            "accumulate":"month","limits":"per30Days",
            "energy":{"tiers":[{"upToKwh":240,"price":"0.48"},{"price":"0.72"}]},
            "lines":[
              {"kind":"perKwh","name":"distribution","price":"0.5817"},
              {"kind":"percent","name":"btv","percent":"5","of":["energy"]},
              {"kind":"percent","name":"kdv","percent":"10","base":"rounded","of":["energy","distribution","btv"]}]
            """),
    ];
}
