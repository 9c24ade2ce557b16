using System.Text.Json.Nodes;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Policies;

public class PolicyWaterfallTests
{
    [Fact(Timeout = 10_000)]
    public void Steps_and_credit_read_as_written()
    {
        var policy = Read(
            """
            [{"pay":"tax","percent":"12.5"},{"pay":"emergencyCredit"},
             {"pay":"debt","percentOfDebt":"10","atLeastPercent":"20","atMostPercent":"40","weeklyMax":"15.00"}]
            """,
            """{"emergency":{"amount":"10.00","offeredAt":"1.00","automatic":true}}""");
        Assert.Equal(
            [
                new(PolicyPays.Tax, 1_250, null, 0, 10_000, null),
                new(PolicyPays.EmergencyCredit, 10_000, null, 0, 10_000, null),
                new(PolicyPays.Debt, 10_000, 1_000, 2_000, 4_000, new Money(1_500)),
            ],
            policy.Policy!.Waterfall!);
        Assert.Equal(new(new(1_000), new(100), true), policy.Policy.Emergency);
        Assert.Null(policy.Policy.Friendly);
    }

    [Fact(Timeout = 10_000)]
    public void Without_the_sections_nothing_is_said()
    {
        var policy = ShippedPolicies.Load("demo-72h");
        Assert.Equal((null, null), (policy.Waterfall, policy.Emergency));
    }

    [Theory(Timeout = 10_000)]
    [InlineData("""[{"pay":"gold"}]""", "$.waterfall[0].pay: must be one of")]
    [InlineData("""[{"pay":"debt"},{"pay":"debt"}]""", "$.waterfall[1].pay: 'debt' stands twice")]
    [InlineData("""[{"pay":"tax"}]""", "$.waterfall[0].percent: is missing")]
    [InlineData("""[{"pay":"tax","percent":"101"}]""", "$.waterfall[0].percent: must be a percentage")]
    [InlineData("""[{"pay":"receivable","percent":"5"}]""", "$.waterfall[0].percent: is not a property")]
    [InlineData("""[{"pay":"debt","percent":"5","percentOfDebt":"5"}]""", "$.waterfall[0].percentOfDebt: either")]
    [InlineData("""[{"pay":"debt","atLeastPercent":"50","atMostPercent":"4"}]""", "$.waterfall[0].atLeastPercent: ab")]
    [InlineData("""[{"pay":"debt","weeklyMax":"-1"}]""", "$.waterfall[0].weeklyMax: must be an amount")]
    [InlineData("""[{"pay":"debt","colour":"red"}]""", "$.waterfall[0].colour: unknown property")]
    public void A_fault_is_named_with_its_path(string waterfall, string fault) =>
        Assert.Contains(Read(waterfall, "{}").Faults, one => one.StartsWith(fault, StringComparison.Ordinal));

    [Theory(Timeout = 10_000)]
    [InlineData("""{"emergency":{"amount":"0"}}""", "$.credit.emergency.amount: must be above zero")]
    [InlineData("""{"overdraft":{"amount":"5"}}""", "$.credit.overdraft: unknown property")]
    public void Credit_is_positive_and_of_a_known_kind(string credit, string fault) =>
        Assert.Contains(Read("[]", credit).Faults, one => one.StartsWith(fault, StringComparison.Ordinal));

    private static (Policy? Policy, IReadOnlyList<string> Faults) Read(string waterfall, string credit)
    {
        var document = JsonNode.Parse(ShippedPolicies.Json("demo-72h"))!;
        document["waterfall"] = JsonNode.Parse(waterfall);
        document["credit"] = JsonNode.Parse(credit);
        _ = PolicyJson.TryParse(document.ToJsonString(), out var policy, out var faults);
        return (policy, faults);
    }
}
