using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Tariffs;

/// <summary>What the end of a bill period settles is refused with its place where it cannot be computed.</summary>
public class SettledFaultTests
{
    private const int Limit = 20_000;

    [Theory(Timeout = Limit)]
    [InlineData("'kind':'table','by':'kwh','rows':[]", "$.lines[0].rows", "1 to 20")]
    [InlineData("'kind':'table','by':'units','rows':[{}]", "$.lines[0].by", "not one of")]
    [InlineData("'kind':'table','rows':[{}]", "$.lines[0].by", "missing")]
    [InlineData("'kind':'table','by':'kwh','rows':[{'upTo':'5'}]", "$.lines[0].rows[0].upTo", "last row")]
    [InlineData("'kind':'table','by':'kwh','rows':[{'upTo':'5'},{'upTo':'5'},{}]", "$.lines[0].rows[1].upTo", "ascend")]
    [InlineData("'kind':'table','by':'kwh','account':'tax','rows':[{'amount':'-1'}]", "$.lines[0].rows[0]", "negative")]
    [InlineData("'kind':'table','by':'kwh','rows':[{'percent':'1'}]", "$.lines[0].rows[0].percent", "'of' names")]
    [InlineData("'kind':'table','by':'kwh','apply':'parts','of':['energy'],'rows':[{'percent':'1'}]",
        "$.lines[0].rows[0].percent", "by parts")]
    [InlineData("'kind':'table','by':'amount','rows':[{}]", "$.lines[0].sum", "lines whose sum")]
    [InlineData("'kind':'table','by':'amount','sum':['energy'],'rows':[{'perUnit':'1'}]",
        "$.lines[0].rows[0].perUnit", "is a percent")]
    [InlineData("'kind':'table','by':'amount','sum':['fuel'],'rows':[{}]", "$.lines[0].sum[0]", "no line 'fuel'")]
    [InlineData("'kind':'table','by':'amount','sum':['x'],'rows':[{}]", "$.lines[0].of", "circle")]
    [InlineData("'kind':'table','by':'kwh','freePercent':'3','rows':[{}]", "$.lines[0].freePercent", "reactive")]
    [InlineData("'kind':'table','by':'demand','bands':['peak'],'rows':[{}]", "$.lines[0].bands[0]", "no band")]
    [InlineData("'kind':'demand','perKw':'1','windowMinutes':50", "$.lines[0].windowMinutes", "part of a day")]
    [InlineData("'kind':'demand','perKw':'1','windowMinutes':1", "$.lines[0].windowMinutes", "from 5 to 1440")]
    [InlineData("'kind':'demand','perKw':'1','unit':'kva'", "$.lines[0].unit", "kW, kVA")]
    [InlineData("'kind':'demand','perKw':'1','ratchet':{'months':11}", "$.lines[0].ratchet.percent", "missing")]
    [InlineData("'kind':'percent','percent':'12','insidePercent':'100','of':['energy']",
        "$.lines[0].insidePercent", "below 100")]
    [InlineData("'kind':'percent','percent':'12','insidePercent':'11','of':['energy']", "$.lines[0].percent", "more")]
    [InlineData("'kind':'percent','percent':'12','base':'rounded','of':[{'line':'energy','upToKwh':5}]",
        "$.lines[0].of[0]", "whole lines")]
    [InlineData("'kind':'perKwh','price':'1','bounds':{}", "$.lines[0].bounds", "have a min")]
    [InlineData("'kind':'perKwh','price':'1','bounds':{'min':'2','max':'1'}", "$.lines[0].bounds.max", "below the min")]
    [InlineData("'kind':'perKwh','price':'1','bounds':{'creditUpTo':['y']}", "$.lines[0].bounds.creditUpTo[0]",
        "no line 'y'")]
    [InlineData("'kind':'lateFee','percentPerDay':'1','bounds':{'max':'1'}", "$.lines[0].bounds", "with a payment")]
    public void Each_names_its_place(string line, string path, string message)
    {
        var faults = FaultsOf($"'accumulate':'month','tiers':[{{'price':'1'}}],'lines':[{{'name':'x',{line}}}]");
        Assert.True(
            faults.Any(f => f.Path == path && f.Message.Contains(message, StringComparison.Ordinal)),
            string.Join('\n', faults));
    }

    [Fact(Timeout = Limit)]
    public void Two_windows_of_demand_in_one_version_are_refused()
    {
        var faults = FaultsOf("""
            "tiers":[{"price":"1"}],"lines":[{"kind":"demand","name":"a","perKw":"1","windowMinutes":15},
              {"kind":"table","name":"b","by":"kva","rows":[{}]}]
            """);
        Assert.Contains(faults, fault => fault.Path == "$.lines[1].windowMinutes");
    }

    [Theory(Timeout = Limit)]
    [InlineData("60000000000", "100", "$[0]", "do not fit")] // With its percent line, in 10^10 steps: beyond 64 bits.
    [InlineData("12345678901.12345678", "1.2345678", "$[0].chargeDecimals", "16 at most")]
    public void A_price_beyond_what_64_bits_hold_is_refused_and_not_met_in_a_reading(
        string price, string percent, string path, string message)
    {
        var json = Published.Json("T", "INR", "Asia/Kolkata", "2020-01-01",
            ($"'tiers':[{{'price':'{price}'}}],"
                + $"'lines':[{{'kind':'percent','name':'x','percent':'{percent}','of':['energy']}}]")
                .Replace('\'', '"'));
        Assert.True(TariffJson.TryParse(json, out var version, out var faults), string.Join('\n', faults));
        Assert.False(TariffHistory.TryCreate([version!], out _, out faults));
        Assert.True(
            faults.Any(f => f.Path == path && f.Message.Contains(message, StringComparison.Ordinal)),
            string.Join('\n', faults));
    }

    private static IReadOnlyList<TariffFault> FaultsOf(string rest)
    {
        var json = Published.Json("T", "INR", "Asia/Kolkata", "2020-01-01", rest.Replace('\'', '"'));
        Assert.False(TariffJson.TryParse(json, out _, out var faults));
        return faults;
    }
}
