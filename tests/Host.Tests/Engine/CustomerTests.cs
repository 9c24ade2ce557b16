using Meters.Control.Cases;
using Meters.Control.Policies;
using Meters.Host.Demo;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class CustomerTests
{
    private const string Selection = "\"selection\": [{\"classes\":[\"social\"],\"policy\":\"gentle\"}], ";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_customers_class_selects_another_policy_whose_levels_are_watched_at_once()
    {
        await using var service = await SmallService.StartAsync();
        var gentle = ShippedPolicies.Json(DemoPlan.Policy)
            .Replace($"\"{DemoPlan.Policy}\"", "\"gentle\"", StringComparison.Ordinal)
            .Replace("\"amount\": \"0.00\"", "\"amount\": \"-500.00\"", StringComparison.Ordinal);
        var selecting = ShippedPolicies.Json(DemoPlan.Policy)
            .Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)
            .Replace("\"hysteresis\"", Selection + "\"hysteresis\"", StringComparison.Ordinal);
        var second = PolicyOf(DemoPlan.Policy, 2, selecting);
        var (status, faults) = await service.Engine.RegisterAsync(new() { Policies = [second] }, Stopping);
        Assert.Equal(RegistryStatus.ReferenceUnknown, status);
        Assert.Contains("'gentle' is not registered", Assert.Single(faults), StringComparison.Ordinal);
        (status, faults) = await service.Engine.RegisterAsync(
            new() { Policies = [PolicyOf("gentle", 1, gentle), second] }, Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(' ', faults)));
        Assert.Equal(DemoPlan.Policy + "/2", (await FactsAsync(service)).Policy.Label);

        var social = new CustomerTerms(new HashSet<string> { "social" }, "north", null);
        var change = new CustomerChange(SmallService.Account, social, SmallService.Tester, SmallService.Start, "card");
        Assert.True(await service.Engine.Customers.SetAsync(change, Stopping));
        var facts = await FactsAsync(service);
        Assert.Equal("gentle/1", facts.Policy.Label);
        Assert.Equal(("north", true), (facts.Customer.Region, facts.Customer.Classes.Contains("social")));
        Assert.False(await service.Engine.Customers.SetAsync(change, Stopping)); // Nothing new.
    }

    [Fact(Timeout = 60_000)]
    public async Task A_policy_whose_calendar_is_not_registered_is_refused_until_it_is()
    {
        await using var service = await SmallService.StartAsync();
        var china = PolicyOf("cn-prepay", 1, ShippedPolicies.Json("cn-prepay"));
        var (status, faults) = await service.Engine.RegisterAsync(new() { Policies = [china] }, Stopping);
        Assert.Equal(RegistryStatus.ReferenceUnknown, status);
        Assert.Contains("unknown calendar 'cn-national'", Assert.Single(faults), StringComparison.Ordinal);

        Assert.NotEmpty(await service.Engine.Customers.AddCalendarAsync(
            "{}", SmallService.Tester, SmallService.Start, Stopping));
        Assert.Empty(await service.Engine.Customers.AddCalendarAsync(
            ShippedPolicies.CalendarDocument("cn-national"), SmallService.Tester, SmallService.Start, Stopping));
        (status, _) = await service.Engine.RegisterAsync(new() { Policies = [china] }, Stopping);
        Assert.Equal(RegistryStatus.Added, status);
        var policy = service.Engine.Registry.PolicyAt("cn-prepay", SmallService.Start);
        Assert.True(policy.CutWindows.Rules.IsHoliday(ServiceDay.Of(new(2026, 10, 1))));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_declared_and_recorded_is_among_the_facts_and_explained()
    {
        await using var service = await SmallService.StartAsync();
        var now = service.Clock.Now();
        await service.Inner.Customers.DeclareAsync(
            new(0, MoratoriumKind.Order, "*", now, now + TimeSpan.FromDays(1), SmallService.Tester, "ordered"),
            Stopping);
        var facts = await FactsAsync(service);
        Assert.Equal(MoratoriumKind.Order, Assert.Single(facts.Moratoria).Kind);
        var explained = SupplyExplainer.Explain(facts);
        Assert.Contains(explained.CutGates, gate => gate.Gate == Gate.Moratorium);
        Assert.Equal("remind", explained.NextRung);
        Assert.Equal(new(1), explained.ToConnect); // Nothing is paid yet, and the supply connects from 0.01.
    }

    private static VersionedDocument PolicyOf(string id, int version, string json) =>
        new(id, version, SmallService.Start - TimeSpan.FromHours(1), json, SmallService.Tester, SmallService.Start);

    private static async Task<CaseFacts> FactsAsync(SmallService service) =>
        await service.Engine.Cases.FactsAsync(SmallService.Account, Stopping)
        ?? throw new InvalidOperationException("No case.");
}
