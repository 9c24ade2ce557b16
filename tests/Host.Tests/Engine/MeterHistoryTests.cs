using Meters.Host.Registry;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>Replacements and multipliers through the engine's registration.</summary>
public class MeterHistoryTests
{
    private const int Patience = 60_000;
    private static readonly MeterId New = new(2_001);
    private static readonly Instant At = SmallService.Start - TimeSpan.FromHours(5);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private static MeterChangeRecord Change => new(
        SmallService.Account, SmallService.Meter, new(9_000), New, new(5), At, SmallService.Tester, At, "burnt");

    private static RegistryAddition Replacement => new()
    {
        Meters = [SmallService.Registry.Meters[0] with { Id = New, Address = new(260_300_000_009) }],
        MeterChanges = [Change],
    };

    [Fact(Timeout = Patience)]
    public async Task A_new_meter_takes_the_point_and_late_readings_stay_the_old_ones()
    {
        await using var service = await SmallService.StartAsync();
        var (status, faults) = await service.Engine.RegisterAsync(Replacement, Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
        var loaded = new LiveRegistry();
        loaded.Load(await service.Inner.Registry.LoadAsync(Stopping));
        foreach (var registry in new[] { service.Engine.Registry, loaded })
        {
            Assert.True(registry.TryFind(SmallService.Terminal, out var entry));
            Assert.True(entry.TryMeterOfPoint(1, out var now));
            Assert.Equal(New, now);
            Assert.Equal(SmallService.Meter, entry.MeterThen(now, At));
            Assert.Equal(New, entry.MeterThen(now, At + TimeSpan.FromSeconds(1)));
            Assert.False(entry.TryMeterOfAddress(new(260_300_000_001), out _));
            Assert.True(registry.TryRelay(SmallService.Account, out var relay));
            Assert.Equal(New, relay.Id);
            var hour = TimeSpan.FromHours(1);
            Assert.Equal(MeterPresence.AfterRemoval, registry.PresenceOf(SmallService.Meter, At + hour));
            Assert.Equal(MeterPresence.BeforeInstallation, registry.PresenceOf(New, At - hour));
            Assert.Equal(MeterPresence.Present, registry.PresenceOf(New, At));
        }
    }

    public static TheoryData<string> BadChanges =>
        ["future", "itself", "unknown", "other-account", "negative", "twice"];

    [Theory(Timeout = Patience)]
    [MemberData(nameof(BadChanges))]
    public async Task A_replacement_that_cannot_be_is_refused_before_it_is_stored(string what)
    {
        await using var service = await SmallService.StartAsync();
        var change = what switch
        {
            "future" => Change with { At = SmallService.Start + TimeSpan.FromDays(1) },
            "itself" => Change with { NewMeter = SmallService.Meter },
            "unknown" => Change with { NewMeter = new(77) },
            "other-account" => Change with { Account = new(77) },
            "negative" => Change with { ClosingRegister = new(-1) },
            _ => Change,
        };
        var addition = Replacement with { MeterChanges = what == "twice" ? [Change, Change] : [change] };
        var (status, faults) = await service.Engine.RegisterAsync(addition, Stopping);
        Assert.NotEqual(RegistryStatus.Added, status);
        Assert.NotEmpty(faults);
        Assert.Empty((await service.Inner.Registry.LoadAsync(Stopping)).MeterChanges);
        Assert.True(service.Engine.Registry.TryRelay(SmallService.Account, out var relay));
        Assert.Equal(SmallService.Meter, relay.Id);
    }

    [Fact(Timeout = Patience)]
    public async Task A_meter_is_replaced_once_and_its_multiplier_does_not_change_afterwards()
    {
        await using var service = await SmallService.StartAsync();
        await service.Engine.RegisterAsync(Replacement, Stopping);
        Assert.Equal(RegistryStatus.Added, (await service.Engine.RegisterAsync(Replacement, Stopping)).Status);
        var again = Replacement with { MeterChanges = [Change with { ClosingRegister = new(9_001) }] };
        Assert.NotEqual(RegistryStatus.Added, (await service.Engine.RegisterAsync(again, Stopping)).Status);
        var late = new MultiplierRecord(
            SmallService.Meter, At + TimeSpan.FromHours(1), 40, null, SmallService.Tester, At, "n");
        var (status, faults) = await service.Engine.RegisterAsync(new() { MeterMultipliers = [late] }, Stopping);
        Assert.NotEqual(RegistryStatus.Added, status);
        Assert.Contains("after the meter was removed", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task The_highest_revision_of_a_multiplier_stands()
    {
        await using var service = await SmallService.StartAsync();
        var first = new MultiplierRecord(SmallService.Meter, At, 40, new(9), SmallService.Tester, At, "n");
        var earlier = first with { From = At - TimeSpan.FromHours(9), Multiplier = 20 };
        var better = first with { Multiplier = 50, Revision = 2 };
        foreach (var one in new[] { first, better, earlier })
        {
            var (status, faults) = await service.Engine.RegisterAsync(new() { MeterMultipliers = [one] }, Stopping);
            Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
        }

        Assert.Equal([earlier, better], service.Engine.Registry.MultipliersOf(SmallService.Meter));
        var bad = first with { Multiplier = 0, RegisterAtChange = new(-1), Revision = 0, Meter = new(77) };
        var refused = await service.Engine.RegisterAsync(new() { MeterMultipliers = [bad] }, Stopping);
        Assert.Equal(4, refused.Faults.Count);
    }
}
