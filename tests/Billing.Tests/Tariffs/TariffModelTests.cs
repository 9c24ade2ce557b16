using Meters.Billing.Rating;
using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Tariffs;

public class TariffModelTests
{
    private const int Limit = 20_000;

    private const string Bands = """
        "dayLists":{"holiday":["10-01"]},
        "bands":[{"name":"peak","when":[{"days":["weekday"],"windows":["08:00-22:00"]}]},{"name":"valley"}],
        """;

    private const string Good = """
        "accumulate":"month",
        "energy":{"tiers":[{"upToKwh":"100","price":"0.5"},{"price":"0.6"}]},
        "lines":[
          {"kind":"perKwh","name":"fuel","price":"0.1"},
          {"kind":"percent","name":"vat","percent":"13","of":["energy","fuel"]},
          {"kind":"standing","name":"fixed","perKw":"10"}],
        "rounding":{"per":"line","unit":"0.01"}
        """;

    [Theory(Timeout = Limit)]
    [InlineData("'of':['energy','fuel']", "'of':['energy','fule']", "$.lines[1].of[1]", "no line 'fule'")]
    [InlineData("'of':['energy','fuel']", "'of':['vat']", "$.lines[1].of", "in a circle: vat")]
    [InlineData("'percent':'13'", "'percent':'-13'", "$.lines[1].percent", "surcharge or a rebate")]
    [InlineData("'percent':'13'", "'percent':'x'", "$.lines[1].percent", "in percent")]
    [InlineData("'percent':'13',", "", "$.lines[1].percent", "missing")]
    [InlineData("'perKw':'10'", "'perKw':'-10'", "$.lines[2].perKw", "not negative")]
    [InlineData("'perKw':'10'", "'amount':'1','slabs':[{'amount':'1'}]", "$.lines[2].amount", "or slabs")]
    [InlineData("'perKw':'10'", "'slabs':[{'upToKw':'5','amount':'1'}]", "$.lines[2].slabs[0].upToKw", "open")]
    [InlineData("'name':'fuel'", "'name':'fixed'", "$.lines[2].name", "two lines 'fixed'")]
    [InlineData("'kind':'standing'", "'kind':'standin'", "$.lines[2].kind", "one of")]
    [InlineData("'price':'0.6'", "'price':'-0.6'", "$.energy.tiers[1].price", "not negative")]
    [InlineData("'upToKwh':'100',", "", "$.energy.tiers[0].upToKwh", "Only the last tier is open")]
    [InlineData("'accumulate':'month'", "'accumulate':'none'", "$.accumulate", "Several tiers")]
    [InlineData("'accumulate':'month'", "'accumulate':{'months':13,'anchor':'2026-01'}", "$.accumulate.months",
        "1 to 12")]
    [InlineData("'accumulate':'month'", "'accumulate':{'months':2,'anchor':'May'}", "$.accumulate.anchor",
        "a month of the form")]
    [InlineData("'unit':'0.01'", "'unit':'0.001'", "$.rounding.unit", "2 decimals")]
    [InlineData("'per':'line'", "'per':'page'", "$.rounding.per", "one of line, bill")]
    [InlineData("'lines'", "'limits':'perWeek','lines'", "$.limits", "one of")]
    [InlineData("'lines'", "'effectiveUntil':'2025-01-01','lines'", "$.effectiveUntil", "ends after it begins")]
    [InlineData("'lines'", "'tiers':[{'price':'1'}],'lines'", "$.tiers", "not both")]
    public void Each_fault_of_the_lines_names_its_place(string good, string bad, string path, string message)
    {
        AssertFault(Changed(Good, good, bad), path, message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("'08:00-22:00'", "'08:00-22:10'", "$.bands[0].when[0].windows[0]", "quarters")]
    [InlineData("'08:00-22:00'", "'08:00-24:15'", "$.bands[0].when[0].windows[0]", "not a window")]
    [InlineData("'08:00-22:00'", "'08:00-08:00'", "$.bands[0].when[0].windows[0]", "not a window")]
    [InlineData("'08:00-22:00'", "'08:00-22:00','21:00-23:00'", "$.bands[0].when[0].windows[1]", "overlaps")]
    [InlineData("['weekday']", "['weekdays']", "$.bands[0].when[0].days[0]", "neither a day")]
    [InlineData("'10-01'", "'13-01'", "$.dayLists.holiday[0]", "neither a date")]
    [InlineData("'10-01'", "'10-01','10-01'", "$.dayLists.holiday[1]", "twice")]
    [InlineData("'name':'valley'", "'name':'valley','when':[{'windows':['00:00-08:00']}]", "$.bands",
        "No band holds")]
    [InlineData("'name':'valley'", "'name':'valley','when':[{'months':[5]},{'windows':['22:00-08:00']}]",
        "$.bands[0].overrides", "'peak' and 'valley' both hold on 05-01 (mon) at 08:00")]
    [InlineData("'name':'valley'", "'name':'peak'", "$.bands[1].name", "two bands")]
    [InlineData("'name':'peak'", "'name':'peak','overrides':['sharp']", "$.bands[0].overrides[0]", "listed first")]
    [InlineData(",'when':[{'days':['weekday'],'windows':['08:00-22:00']}]", "", "$.bands[0].when", "last band")]
    public void Each_fault_of_the_calendar_names_its_place(string good, string bad, string path, string message)
    {
        AssertFault(Changed(Bands, good, bad) + """ "energy":{"price":"1"} """, path, message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("{'prices':{'peak':'1'}}", "$.energy.prices.valley", "missing")]
    [InlineData("{'prices':{'peak':'1','valley':'1','x':'1'}}", "$.energy.prices.x", "no property")]
    [InlineData("{'price':'1','ratios':{'peak':'-1'}}", "$.energy.ratios.peak", "not negative")]
    [InlineData("{'seasons':[{'months':[1,2],'price':'1'}]}", "$.energy.seasons", "Month 3 is in 0")]
    [InlineData("{'seasons':[{'months':[1],'price':'1'},{'price':'1'},{'months':[1],'price':'2'}]}",
        "$.energy.seasons", "Month 1 is in 2")]
    [InlineData("{'tables':[{'upToKwh':5,'price':'1'},{'price':'2'}]}", "$.accumulate", "to be the bill period")]
    public void Prices_name_every_band_and_season(string energy, string path, string message) =>
        AssertFault($"{Bands}\"accumulate\":\"year\",\"energy\":{energy.Replace('\'', '"')}", path, message);

    [Fact(Timeout = Limit)]
    public void Faults_of_lines_bands_and_rounding_come_all_at_once()
    {
        var json = Published.Json("T", "CNY", "+08:00", "2026-01-01", """
            "bands":[{"name":"a","when":[{"windows":["25:00-26:00"]}]},{"name":"b"}],
            "energy":{"prices":{"a":"1"}},
            "lines":[{"kind":"percent","name":"p","percent":"1","of":["q"]},{"kind":"minimum","name":"m"}],
            "rounding":{"unit":"0"}
            """);
        Assert.False(TariffJson.TryParse(json, out _, out var faults));
        string[] paths =
        [
            "$.bands[0].when[0].windows[0]", "$.energy.prices.b", "$.lines[0].of[0]", "$.lines[1].perMonth",
            "$.rounding.unit",
        ];
        Assert.Equal(paths, faults.Select(fault => fault.Path).Intersect(paths).Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("2026-07-01", "2026-07-01", null)]
    [InlineData("2026-06-01", "2026-07-01", "gap")]
    [InlineData("2026-08-01", "2026-07-01", "overlaps")]
    public void Versions_that_say_when_they_end_leave_no_gap_and_do_not_overlap(
        string until, string from, string? fault)
    {
        var first = Published.Read(Published.Json(
            "T", "CNY", "+08:00", "2026-01-01", $"\"effectiveUntil\":\"{until}\",\"tiers\":[{{\"price\":\"1\"}}]"));
        var second = Published.Read(Published.Json(
            "T", "CNY", "+08:00", from, """ "tiers":[{"price":"2"}] """, version: 2));
        Assert.Equal(fault is null, TariffHistory.TryCreate([first, second], out _, out var faults));
        Assert.Equal(
            fault is null ? [] : ["$[1].effectiveFrom"],
            faults.Where(f => f.Message.Contains(fault!, StringComparison.Ordinal)).Select(f => f.Path));
    }

    [Fact(Timeout = Limit)]
    public void A_version_that_needs_finer_steps_than_the_first_is_refused_and_says_how_fine()
    {
        var plain = Published.Read(Published.Json(
            "T", "CNY", "+08:00", "2026-01-01", """ "tiers":[{"price":"0.5"}] """));
        var fine = Published.Read(Published.Json("T", "CNY", "+08:00", "2026-07-01", """
            "tiers":[{"price":"0.12345678"}],
            "lines":[{"kind":"percent","name":"vat","percent":"13.25","of":["energy"]}]
            """, version: 2));
        Assert.False(TariffHistory.TryCreate([plain, fine], out _, out var faults));
        Assert.Equal("$[1].chargeDecimals", faults.Single().Path);
        var message = faults.Single().Message;
        Assert.Contains("need chargeDecimals of 13; the tariff has 10", message, StringComparison.Ordinal);
        Assert.True(TariffHistory.TryCreate([fine], out var alone, out _));
        Assert.Equal((13, 10_000_000_000_000), (alone!.ChargeDecimals, alone.PerMinor));
    }

    [Fact(Timeout = Limit)]
    public void Lines_are_those_of_all_versions_and_a_new_version_only_appends()
    {
        var first = Published.Json("T", "CNY", "+08:00", "2026-01-01", Good);
        var second = Published.Json("T", "CNY", "+08:00", "2026-07-01", """
            "accumulate":"month","tiers":[{"price":"1"}],
            "lines":[{"kind":"perKwh","name":"levy","price":"0.2"},{"kind":"perKwh","name":"fuel","price":"0.2"}]
            """, version: 2);
        var tariff = Published.History(second, first);
        Assert.Equal(["energy", "fuel", "vat", "fixed", "levy"], tariff.Lines.Select(line => line.Name));
        Assert.True(tariff.SplitsLines);
        Assert.False(tariff.Bills(RegisterKind.ReverseActive));
        var other = Changed(second, "'name':'fuel'", "'account':'tax','name':'fuel'");
        Assert.False(TariffHistory.TryCreate([Published.Read(first), Published.Read(other)], out _, out var faults));
        Assert.Contains(faults, fault => fault.Message.Contains("'fuel' cannot change", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public void A_cliff_is_charged_by_the_interval_that_crosses_it()
    {
        var tariff = new TariffHistory(Published.Of("IN-TN-2022"));
        Assert.Equal(23_300, Cost(500, 501)); // A period of 501 kWh costs 1,958, one of 500 costs 1,725.
        Assert.Equal(0, Cost(0, 100));

        long Cost(int from, int to)
        {
            var periodBase = Energy.Zero;
            Assert.True(Rater.TryRate(
                tariff,
                RegisterKind.ForwardActive,
                tariff.Zone.ToInstant(new(2026, 1, 2)),
                Energy.FromKwh(from),
                tariff.Zone.ToInstant(new(2026, 1, 3)),
                Energy.FromKwh(to),
                ref periodBase,
                [],
                out var charge));
            return charge / tariff.PerMinor;
        }
    }

    [Fact(Timeout = Limit)]
    public void What_is_fed_in_has_its_own_price_and_earns_money()
    {
        var tariff = Published.History(Published.Json("T", "EUR", "Europe/Berlin", "2026-01-01", """
            "tiers":[{"price":"0.30"}],
            "lines":[{"kind":"export","name":"sun","price":"0.08"},
                     {"kind":"percent","name":"vat","percent":"19","of":["energy"]}]
            """));
        Assert.True(tariff.Bills(RegisterKind.ReverseActive));
        var (lines, periodBase) = (new long[3], Energy.Zero);
        var (from, to) = (Sample.Day(2), Sample.Day(3));
        const RegisterKind Export = RegisterKind.ReverseActive;
        Assert.True(Rater.TryRate(
            tariff, Export, from, Energy.Zero, to, Energy.FromKwh(5), ref periodBase, lines, out var sum));
        Assert.Equal(-40 * tariff.PerMinor, sum);
        Assert.Equal([0, sum, 0], lines);
    }

    /// <summary>A document with a part of it changed; both parts are written with single quotes.</summary>
    private static string Changed(string json, string good, string bad)
    {
        good = good.Replace('\'', '"');
        Assert.Contains(good, json, StringComparison.Ordinal);
        return json.Replace(good, bad.Replace('\'', '"'), StringComparison.Ordinal);
    }

    private static void AssertFault(string rest, string path, string message)
    {
        var json = Published.Json("T", "CNY", "+08:00", "2026-01-01", rest);
        Assert.False(TariffJson.TryParse(json, out var version, out var faults));
        Assert.Null(version);
        Assert.True(
            faults.Any(fault => fault.Path == path && fault.Message.Contains(message, StringComparison.Ordinal)),
            string.Join('\n', faults));
    }
}
