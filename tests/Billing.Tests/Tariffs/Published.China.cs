namespace Meters.Billing.Tests.Tariffs;

internal static partial class Published
{
    /// <summary>Dates of 2026 that the provinces name for deep valleys; the lunar ones move.</summary>
    private const string Holidays =
        """ "dayLists":{"deepDays":["2026-02-17","2026-02-18","2026-02-19","05-01","10-01","10-02","10-03"]} """;

    private static readonly string[] China =
    [
        // Zhejiang residential of 2012: year, peak and valley by the tier.
        Json("CN-ZJ-RES-TOU", "CNY", "+08:00", "2012-07-01", """
            "accumulate":"year",
            "bands":[{"name":"peak","when":[{"windows":["08:00-22:00"]}]},
                     {"name":"valley","when":[{"windows":["22:00-08:00"]}]}],
            "energy":{"tiers":[
              {"upToKwh":2760,"prices":{"peak":"0.568","valley":"0.288"}},
              {"upToKwh":4800,"prices":{"peak":"0.618","valley":"0.338"}},
              {"prices":{"peak":"0.868","valley":"0.588"}}]}
            """),
        Json("CN-ZJ-RES", "CNY", "+08:00", "2012-07-01",
            "\"accumulate\":\"year\"," + Tiers((2760, "0.538"), (4800, "0.588"), (null, "0.838"))),
        Json("CN-BJ-RES", "CNY", "+08:00", "2012-07-01",
            "\"accumulate\":\"month\"," + Tiers((240, "0.4883"), (400, "0.5383"), (null, "0.7883"))),
        Json("CN-SH-RES-TOU", "CNY", "+08:00", "2024-01-01", """
            "accumulate":"year",
            "bands":[{"name":"peak","when":[{"windows":["06:00-22:00"]}]},
                     {"name":"valley","when":[{"windows":["22:00-06:00"]}]}],
            "energy":{"tiers":[
              {"upToKwh":3120,"prices":{"peak":"0.617","valley":"0.307"}},
              {"upToKwh":4800,"prices":{"peak":"0.677","valley":"0.337"}},
              {"prices":{"peak":"0.977","valley":"0.487"}}]}
            """),
        // Commercial and industrial: ratios to a flat price, here one yuan.
        Json("CN-JS-CI-TOU-2025", "CNY", "+08:00", "2025-06-01", Holidays + """
            ,"bands":[
              {"name":"sharp","overrides":["peak"],"when":[
                {"months":[7,8],"windows":["14:00-15:00","19:30-21:30"]},{"months":[12,1],"windows":["18:00-20:00"]}]},
              {"name":"deep","overrides":["valley"],"when":[{"days":["deepDays"],"windows":["10:00-14:00"]}]},
              {"name":"peak","when":[
                {"months":[6,7,8,12,1,2],"windows":["14:00-22:00"]},
                {"months":[3,4,5,9,10,11],"windows":["15:00-22:00"]}]},
              {"name":"valley","when":[
                {"months":[6,7,8,12,1,2],"windows":["00:00-06:00","11:00-13:00"]},
                {"months":[3,4,5,9,10,11],"windows":["02:00-06:00","10:00-14:00"]}]},
              {"name":"flat"}],
            "energy":{"price":"1","ratios":{"sharp":"2.04","peak":"1.7","valley":"0.35","deep":"0.28"}}
            """),
        Json("CN-GD-CI-TOU-2021", "CNY", "+08:00", "2021-10-01", """
            "bands":[
              {"name":"sharp","overrides":["peak"],"when":[{"months":[7,8,9],"windows":["11:00-12:00","15:00-17:00"]}]},
              {"name":"peak","when":[{"windows":["10:00-12:00","14:00-19:00"]}]},
              {"name":"valley","when":[{"windows":["00:00-08:00"]}]},
              {"name":"flat"}],
            "energy":{"price":"1","ratios":{"sharp":"2.125","peak":"1.7","valley":"0.38"}}
            """),
        Json("CN-ZJ-CI-TOU-2026", "CNY", "+08:00", "2026-07-01", Holidays + """
            ,"bands":[
              {"name":"deep","overrides":["flat","valley"],"when":[{"days":["deepDays"],"windows":["09:00-15:00"]}]},
              {"name":"sharp","when":[{"months":[1,7,8,12],"windows":["18:00-22:00"]}]},
              {"name":"peak","when":[
                {"months":[2,3,4,5,6,9,10,11],"windows":["16:00-23:00"]},
                {"months":[1,7,8,12],"windows":["16:00-18:00","22:00-23:00"]}]},
              {"name":"flat","when":[{"windows":["07:00-11:00","14:00-16:00","23:00-24:00"]}]},
              {"name":"valley","when":[{"windows":["00:00-07:00","11:00-14:00"]}]}],
            "energy":{"price":"1","ratios":{"sharp":"2.05","peak":"1.85","valley":"0.4","deep":"0.2"}}
            """),
        Json("CN-SD-CI-TOU-2026", "CNY", "+08:00", "2026-01-01", """
            "bands":[
              {"name":"sharp","overrides":["peak"],"when":[
                {"months":[12,1,2],"windows":["16:00-19:00"]},{"months":[3,4,5],"windows":["17:00-20:00"]},
                {"months":[6,7,8],"windows":["17:00-22:00"]},{"months":[9,10,11],"windows":["17:00-19:00"]}]},
              {"name":"deep","overrides":["valley"],"when":[
                {"months":[12,1,2,3,4,5,9,10,11],"windows":["11:00-14:00"]}]},
              {"name":"peak","when":[
                {"months":[12,1,2],"windows":["07:00-09:00","16:00-21:00"]},
                {"months":[3,4,5],"windows":["17:00-22:00"]},
                {"months":[6,7,8],"windows":["16:00-23:00"]},{"months":[9,10,11],"windows":["16:00-21:00"]}]},
              {"name":"valley","when":[
                {"months":[12,1,2],"windows":["02:00-06:00","10:00-15:00"]},
                {"months":[3,4,5,9,10,11],"windows":["10:00-15:00"]},
                {"months":[6],"windows":["07:00-12:00"]},{"months":[7,8],"windows":["01:00-06:00"]}]},
              {"name":"flat"}],
            "energy":{"price":"1","ratios":{"sharp":"2.0","peak":"1.7","valley":"0.3","deep":"0.1"}}
            """),
        Json("CN-SH-RES", "CNY", "+08:00", "2024-01-01",
            "\"accumulate\":\"year\"," + Tiers((3120, "0.617"), (4800, "0.667"), (null, "0.917"))),
        Shenzhen("CN-SZ-IND-2005-10KV", "1.0046", "0.6246", "0.2896"),
        Shenzhen("CN-SZ-IND-2005-10KV-LOW", "1.0246", "0.6446", "0.3096"),
        Shenzhen("CN-SZ-IND-2005-110KV", "0.9946", "0.6146", "0.2796"),
        Shenzhen("CN-SZ-IND-2005-220KV", "0.9846", "0.6046", "0.2696"),
    ];

    /// <summary>The excerpt has no hours: those of Guangdong stand in.</summary>
    private static string Shenzhen(string id, string peak, string flat, string valley) => Json(
        id, "CNY", "+08:00", "2005-06-01", $$$"""
        "bands":[
          {"name":"peak","when":[{"windows":["10:00-12:00","14:00-19:00"]}]},
          {"name":"valley","when":[{"windows":["00:00-08:00"]}]},
          {"name":"flat"}],
        "energy":{"prices":{"peak":"{{{peak}}}","flat":"{{{flat}}}","valley":"{{{valley}}}"}},
        "lines":[{"kind":"standing","name":"capacity","perKw":"24"}]
        """);
}
