using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static MeterChangeRecord Change(int account = 1, int old = 1, int fresh = 11) => new(
        new(account), new(old), new(123_456), new(fresh), new(10), Sample.Hour(30), Sample.Clerk, Sample.Hour(31),
        "burnt");

    private static MultiplierRecord Multiplier(int meter = 1, int hour = 5, int multiplier = 40, int revision = 1) =>
        new(new(meter), Sample.Hour(hour), multiplier, new(77_000), Sample.Clerk, Sample.Hour(6), "new CT", revision);

    /// <summary>A meter at the place of meter 1.</summary>
    private static MeterRecord Successor(int number = 11) =>
        Sample.Meter(number, account: 1) with { Point = 1, Address = new(100_001) };

    private Task<RegistryStatus> RegisterAsync(RegistryAddition addition) =>
        Store.Registry.AddAsync(addition, Stopping);

    [Fact(Timeout = Patience)]
    public async Task A_replaced_meter_leaves_its_place_and_stays_in_the_registry()
    {
        await TownAsync();
        var addition = new RegistryAddition { Meters = [Successor()], MeterChanges = [Change()] };
        Assert.Equal(RegistryStatus.Added, await RegisterAsync(addition));
        Assert.Equal(RegistryStatus.Added, await RegisterAsync(addition));
        if (CanReopen) await ReopenAsync();
        var image = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal(Change(), Assert.Single(image.MeterChanges));
        Assert.Equal([1L, 2, 3, 11], image.Meters.Select(meter => meter.Id.Value));
        Assert.Equal(Sample.Meter(1), image.Meters[0]);
    }

    [Fact(Timeout = Patience)]
    public async Task Without_its_change_the_place_of_a_meter_is_taken()
    {
        await TownAsync();
        Assert.Equal(RegistryStatus.Conflict, await RegisterAsync(new() { Meters = [Successor()] }));
        Assert.Equal(3, (await Store.Registry.LoadAsync(Stopping)).Meters.Count);
    }

    public static TheoryData<string> BadChanges => ["account", "old", "new", "other-account"];

    [Theory(Timeout = Patience)]
    [MemberData(nameof(BadChanges))]
    public async Task A_change_names_two_meters_of_its_account(string what)
    {
        await TownAsync();
        var change = what switch
        {
            "account" => Change(account: 9),
            "old" => Change(old: 9),
            "new" => Change(fresh: 12),
            _ => Change(fresh: 2),
        };
        var addition = new RegistryAddition { Meters = [Successor()], MeterChanges = [change] };
        Assert.NotEqual(RegistryStatus.Added, await RegisterAsync(addition));
        var image = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal(3, image.Meters.Count);
        Assert.Empty(image.MeterChanges);
        // Nothing is left half done: the old meter has its place still.
        Assert.Equal(RegistryStatus.Conflict, await RegisterAsync(new() { Meters = [Successor()] }));
    }

    [Fact(Timeout = Patience)]
    public async Task A_meter_is_replaced_once_and_takes_one_place()
    {
        await TownAsync();
        var addition = new RegistryAddition { Meters = [Successor()], MeterChanges = [Change()] };
        Assert.Equal(RegistryStatus.Added, await RegisterAsync(addition));
        var other = Change() with { ClosingRegister = new(5) };
        Assert.Equal(RegistryStatus.Conflict, await RegisterAsync(new() { MeterChanges = [other] }));
        var spare = Sample.Meter(12, account: 1, hasRelay: false);
        var second = new RegistryAddition { Meters = [spare], MeterChanges = [Change(old: 12)] };
        Assert.Equal(RegistryStatus.Conflict, await Store.Registry.AddAsync(second, Stopping));
        var next = new RegistryAddition
        {
            Meters = [Successor(13)],
            MeterChanges = [Change(old: 11, fresh: 13) with { At = Sample.Hour(40) }],
        };
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(next, Stopping));
        var changes = (await Store.Registry.LoadAsync(Stopping)).MeterChanges;
        Assert.Equal([1L, 11], changes.Select(change => change.OldMeter.Value));
    }

    [Fact(Timeout = Patience)]
    public async Task Multipliers_are_kept_by_meter_and_instant_and_the_highest_revision_stands()
    {
        await TownAsync();
        var unread = Multiplier(meter: 2, hour: 9) with { RegisterAtChange = null };
        MultiplierRecord[] changes = [unread, Multiplier(), Multiplier(hour: 8, multiplier: 60)];
        Assert.Equal(
            RegistryStatus.Added, await Store.Registry.AddAsync(new() { MeterMultipliers = changes }, Stopping));
        Assert.Equal(
            RegistryStatus.Added, await Store.Registry.AddAsync(new() { MeterMultipliers = changes }, Stopping));
        var better = Multiplier(multiplier: 50, revision: 2);
        Assert.Equal(
            RegistryStatus.Added, await Store.Registry.AddAsync(new() { MeterMultipliers = [better] }, Stopping));
        var image = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal([better, changes[2], changes[0]], image.MeterMultipliers);
        if (CanReopen) Assert.Equal("4", await AskAsync("SELECT count(*) FROM meter_multiplier"));
    }

    [Theory(Timeout = Patience)]
    [InlineData(1, 41, 1, RegistryStatus.Conflict)]
    [InlineData(1, 40, 3, RegistryStatus.Conflict)]
    [InlineData(9, 40, 1, RegistryStatus.ReferenceUnknown)]
    public async Task A_multiplier_that_contradicts_another_or_has_no_meter_is_refused(
        int meter, int multiplier, int revision, RegistryStatus expected)
    {
        await TownAsync();
        await Store.Registry.AddAsync(new() { MeterMultipliers = [Multiplier()] }, Stopping);
        var other = Multiplier(meter, multiplier: multiplier, revision: revision);
        Assert.Equal(expected, await Store.Registry.AddAsync(new() { MeterMultipliers = [other] }, Stopping));
        Assert.Equal([Multiplier()], (await Store.Registry.LoadAsync(Stopping)).MeterMultipliers);
    }
}
