using Meters.Control.Policies;
using Meters.Host.Changes;
using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Changes;

public class ChangeTests
{
    private static readonly PersonId Author = new("Li Wei");
    private static readonly PersonId Second = new("chen.yu");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_change_goes_from_proposal_over_approval_into_force_and_every_step_is_kept()
    {
        await using var service = await SmallService.StartAsync();
        var desk = service.Engine.Changes;
        var change = await ProposedAsync(service, Tariff(2, "2025-11-05"));
        Assert.Single(Known(service));

        service.Clock.MoveTo(SmallService.Start + TimeSpan.FromHours(1));
        var approved = await desk.ApproveAsync(change.Id, Second, "Compared with the decree.", Stopping);
        Assert.Equal((ChangeStatus.Done, ChangeState.Scheduled), (approved.Status, approved.Change!.State));
        Assert.Equal([1, 2], Known(service));
        await service.Engine.DrainAsync(Stopping);
        Assert.Equal(ChangeState.Scheduled, (await FindAsync(service, change)).State);
        var begin = LocalZone.China.ToInstant(new DateTime(2025, 11, 5));
        Assert.True(await service.Engine.NextDueAsync(Stopping) <= begin);

        service.Clock.MoveTo(begin);
        await service.Engine.DrainAsync(Stopping);
        Assert.Equal(ChangeState.Active, (await FindAsync(service, change)).State);
        Assert.Equal(
            [
                (ChangeState.Proposed, Author, SmallService.Start, "decree 12"),
                (ChangeState.Scheduled, Second, SmallService.Start + TimeSpan.FromHours(1),
                    "Compared with the decree."),
                (ChangeState.Active, PersonId.System, begin, "In force."),
            ],
            (await service.Inner.Changes.StepsAsync(change.Id, Stopping)).Select(s => (s.State, s.By, s.At, s.Note)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Li Wei")]
    [InlineData(" li WEI ")]
    [InlineData("system")]
    [InlineData("")]
    public async Task Nobody_decides_about_his_own_proposal_whatever_key_he_uses(string name)
    {
        await using var service = await SmallService.StartAsync();
        var change = await ProposedAsync(service, Tariff(2, "2025-11-05"));
        var desk = service.Engine.Changes;

        Assert.Equal(ChangeStatus.SamePerson, (await desk.ApproveAsync(change.Id, new(name), "", Stopping)).Status);
        Assert.Equal(ChangeStatus.SamePerson, (await desk.RejectAsync(change.Id, new(name), "no", Stopping)).Status);

        Assert.Equal(ChangeState.Proposed, (await FindAsync(service, change)).State);
        Assert.Single(Known(service));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_author_and_only_he_takes_a_proposal_back_and_only_while_it_is_open()
    {
        await using var service = await SmallService.StartAsync();
        var desk = service.Engine.Changes;
        var change = await ProposedAsync(service, Tariff(2, "2025-11-05"));

        Assert.Equal(ChangeStatus.NotAuthor, (await desk.WithdrawAsync(change.Id, Second, "", Stopping)).Status);
        Assert.Equal(ChangeStatus.Done, (await desk.WithdrawAsync(change.Id, Author, "", Stopping)).Status);
        Assert.Equal(ChangeStatus.ChangeNotOpen, (await desk.WithdrawAsync(change.Id, Author, "", Stopping)).Status);
        Assert.Equal(ChangeStatus.ChangeNotOpen, (await desk.ApproveAsync(change.Id, Second, "", Stopping)).Status);
        Assert.Equal(ChangeStatus.ChangeUnknown, (await desk.ApproveAsync(99, Second, "", Stopping)).Status);
        Assert.Single(Known(service));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_is_refused_at_its_approval_when_another_came_in_between()
    {
        await using var service = await SmallService.StartAsync();
        var desk = service.Engine.Changes;
        var first = await ProposedAsync(service, Tariff(2, "2025-11-05"));
        var other = await ProposedAsync(service, Tariff(2, "2025-11-06", "0.7"));
        Assert.Equal(ChangeStatus.Done, (await desk.ApproveAsync(first.Id, Second, "", Stopping)).Status);

        var refused = await desk.ApproveAsync(other.Id, Second, "", Stopping);

        Assert.Equal(ChangeStatus.VersionRefused, refused.Status);
        Assert.Contains("Version 2 is registered already", Assert.Single(refused.Faults), StringComparison.Ordinal);
        Assert.Equal(ChangeState.Refused, (await FindAsync(service, other)).State);
        var last = (await service.Inner.Changes.StepsAsync(other.Id, Stopping))[^1];
        Assert.Equal((Second, Assert.Single(refused.Faults)), (last.By, last.Note));
        Assert.Equal([1, 2], Known(service));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1, "2026-01-01", "0.6", 1)] // The number is taken.
    [InlineData(2, "2012-07-01", "0.6", 1)] // Begins when version 1 begins.
    [InlineData(2, "2026-13-01", "dear", 2)] // Two faults of its own, both told.
    public async Task A_bad_version_is_refused_at_once_with_all_its_faults(
        int version, string from, string price, int faults)
    {
        await using var service = await SmallService.StartAsync();
        var proposal = Tariff(version, "2026-01-01");
        proposal = proposal with
        {
            Version = proposal.Version with
            {
                Json = Json(version, from, price),
                EffectiveFrom = from.StartsWith("2012", StringComparison.Ordinal)
                    ? LocalZone.China.ToInstant(new DateTime(2012, 7, 1))
                    : proposal.Version.EffectiveFrom,
            },
        };

        var outcome = await service.Engine.Changes.ProposeAsync(proposal, Stopping);

        Assert.Equal(ChangeStatus.VersionRefused, outcome.Status);
        Assert.True(outcome.Faults.Count >= faults, string.Join(" ", outcome.Faults));
        Assert.Empty(await service.Inner.Changes.ListAsync(null, 10, Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_of_the_past_needs_a_reason_and_is_rated_anew_once_it_is_approved()
    {
        await using var service = await SmallService.StartAsync();
        var desk = service.Engine.Changes;
        var proposal = Tariff(2, "2025-11-01");
        Assert.Equal(
            ChangeStatus.ReasonMissing, (await desk.ProposeAsync(proposal with { Reason = " " }, Stopping)).Status);
        var change = await ProposedAsync(service, proposal);
        desk.Correction = null;
        Assert.Equal(
            ChangeStatus.CorrectionUnavailable, (await desk.ApproveAsync(change.Id, Second, "", Stopping)).Status);
        var correction = new Corrections();
        desk.Correction = correction;

        Assert.Equal(ChangeStatus.Done, (await desk.ApproveAsync(change.Id, Second, "", Stopping)).Status);
        Assert.Empty(correction.Asked);
        correction.FaultsLeft = 1;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => service.Engine.DrainAsync(Stopping));
        Assert.Equal(ChangeState.Scheduled, (await FindAsync(service, change)).State);
        await service.Engine.DrainAsync(Stopping);
        await service.Engine.DrainAsync(Stopping);

        var begin = LocalZone.China.ToInstant(new DateTime(2025, 11, 1));
        Assert.Equal([("flat", begin, Second, change.Id)], correction.Asked);
        var last = (await service.Inner.Changes.StepsAsync(change.Id, Stopping))[^1];
        Assert.Equal((ChangeState.Active, $"In force; 7 accounts rated anew from {begin}."), (last.State, last.Note));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_approved_before_a_restart_comes_into_force_after_it()
    {
        await using var service = await SmallService.StartAsync();
        var change = await ProposedAsync(service, Tariff(2, "2025-11-05"));
        await service.Engine.Changes.ApproveAsync(change.Id, Second, "", Stopping);
        await service.Engine.StopAsync(snapshot: true, Stopping);

        await using var again = await MetersEngine.StartAsync(
            SmallService.SetupOf(service.Inner, service.Clock), Stopping);
        Assert.True(await again.NextDueAsync(Stopping) < LocalZone.China.ToInstant(new DateTime(2025, 11, 6)));
        service.Clock.MoveTo(LocalZone.China.ToInstant(new DateTime(2025, 11, 5)));
        await again.DrainAsync(Stopping);

        Assert.Equal(ChangeState.Active, (await FindAsync(service, change)).State);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_policy_goes_the_same_way_and_its_levels_hold_from_its_instant()
    {
        await using var service = await SmallService.StartAsync();
        var desk = service.Engine.Changes;
        var from = SmallService.Start + TimeSpan.FromHours(2);
        var json = ShippedPolicies.Json(DemoPlan.Policy)
            .Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal);
        var proposal = new ChangeProposal(
            ChangeKind.Policy, new(DemoPlan.Policy, 2, from, json, Author, SmallService.Start), "");
        var change = await ProposedAsync(service, proposal);
        var wrong = proposal with
        {
            Version = proposal.Version with
            {
                Json = json.Replace("\"CNY\"", "\"EUR\"", StringComparison.Ordinal),
            },
        };
        Assert.Equal(ChangeStatus.VersionRefused, (await desk.ProposeAsync(wrong, Stopping)).Status);

        Assert.Equal(ChangeStatus.Done, (await desk.ApproveAsync(change.Id, Second, "", Stopping)).Status);
        Assert.Equal(1, service.Engine.Registry.PolicyAt(DemoPlan.Policy, service.Clock.Now()).Version);
        service.Clock.MoveTo(from);
        await service.Engine.DrainAsync(Stopping);

        Assert.Equal(2, service.Engine.Registry.PolicyAt(DemoPlan.Policy, service.Clock.Now()).Version);
        Assert.Equal(ChangeState.Active, (await FindAsync(service, change)).State);
    }

    [Fact(Timeout = 60_000)]
    public async Task From_outside_a_further_version_of_what_is_in_use_needs_its_approval()
    {
        await using var service = await SmallService.StartAsync();
        var version = Tariff(2, "2026-01-01").Version;
        async Task<RegistryStatus> AddAsync(VersionedDocument document) =>
            (await service.Engine.RegisterFromOutsideAsync(new() { Tariffs = [document] }, Stopping)).Status;

        Assert.Equal(RegistryStatus.ApprovalRequired, await AddAsync(version));
        Assert.Equal([1], Known(service));
        // The same once more is no change; and nobody is on a new one.
        Assert.Equal(RegistryStatus.Added, await AddAsync(SmallService.Registry.Tariffs[0]));
        var json = Json(1, "2026-01-01", "0.6").Replace("\"flat\"", "\"new\"", StringComparison.Ordinal);
        Assert.Equal(RegistryStatus.Added, await AddAsync(version with { Id = "new", Version = 1, Json = json }));
        json = json.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)
            .Replace("2026-01", "2026-02", StringComparison.Ordinal);
        Assert.Equal(RegistryStatus.Added, await AddAsync(version with { Id = "new", Json = json }));
    }

    [Fact(Timeout = 60_000)]
    public async Task While_a_utility_loads_its_history_versions_are_registered_directly()
    {
        await using var service = await SmallService.StartAsync();
        var setup = SmallService.SetupOf(service.Inner, service.Clock);
        setup = setup with { Engine = new() { Approvals = "bootstrap" } };
        await using var loading = await MetersEngine.StartAsync(setup, Stopping);
        var (status, _) = await loading.RegisterFromOutsideAsync(
            new() { Tariffs = [Tariff(2, "2026-01-01").Version] }, Stopping);
        Assert.Equal(RegistryStatus.Added, status);
    }

    private static ChangeProposal Tariff(int version, string from, string price = "0.6") => new(
        ChangeKind.Tariff,
        new(
            "flat",
            version,
            LocalZone.China.ToInstant(DateTime.ParseExact(from, "yyyy-MM-dd", null)),
            Json(version, from, price),
            Author,
            SmallService.Start),
        "decree 12");

    private static string Json(int version, string from, string price) => DemoPlan.TariffJson["flat"]
        .Replace("\"version\":1", $"\"version\":{version}", StringComparison.Ordinal)
        .Replace("2012-07-01", from, StringComparison.Ordinal)
        .Replace("0.5573", price, StringComparison.Ordinal);

    private static async Task<ChangeRecord> ProposedAsync(SmallService service, ChangeProposal proposal)
    {
        var outcome = await service.Engine.Changes.ProposeAsync(proposal, Stopping);
        Assert.Equal((ChangeStatus.Done, ""), (outcome.Status, string.Join(" ", outcome.Faults)));
        return outcome.Change!;
    }

    private static async Task<ChangeRecord> FindAsync(SmallService service, ChangeRecord change) =>
        (await service.Inner.Changes.FindAsync(change.Id, Stopping))!;

    private static IEnumerable<int> Known(SmallService service) =>
        service.Engine.Registry.TryTariff("flat", out var history) ? history.Versions.Select(v => v.Version) : [];

    private sealed class Corrections : ITariffCorrection
    {
        public List<(string Tariff, Instant From, PersonId By, long Change)> Asked { get; } = [];

        public int FaultsLeft { get; set; }

        public Task<int> ReRateAsync(
            string tariffId, Instant from, PersonId by, long changeId, CancellationToken stopping)
        {
            if (FaultsLeft-- > 0) throw new StoreUnavailableException("away");
            Asked.Add((tariffId, from, by, changeId));
            return Task.FromResult(7);
        }

        public Task ReRateAsync(AccountTariffRecord move, CancellationToken stopping) => Task.CompletedTask;
    }
}
