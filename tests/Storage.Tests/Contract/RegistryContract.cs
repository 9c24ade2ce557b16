using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    [Fact(Timeout = Patience)]
    public async Task What_was_registered_is_loaded_again_after_a_restart()
    {
        var town = Sample.Town(3);
        town = town with { Accounts = [.. town.Accounts.Select(account => account with { NeverCut = true })] };
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(town, Stopping));
        if (CanReopen) await ReopenAsync();
        var image = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal(town.Terminals, image.Terminals);
        Assert.Equal(town.Meters, image.Meters);
        Assert.Equal(town.Accounts, image.Accounts);
        Assert.Equal(town.Tariffs, image.Tariffs);
        Assert.Equal(town.Policies, image.Policies);
    }

    [Fact(Timeout = Patience)]
    public async Task A_new_account_has_a_case_that_is_never_due()
    {
        await TownAsync();
        var image = await Store.Control.FindCaseAsync(new(2), Stopping);
        Assert.NotNull(image);
        Assert.Equal(
            new(
                new(2), 0, default, Control.Cases.Supply.Unknown, Control.Cases.Supply.Unknown, default, false, false,
                Instant.Never, 0, 0),
            image.Case);
        Assert.Null(await Store.Control.NextDueAsync(Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task The_same_registration_again_is_fine_and_changes_nothing()
    {
        await TownAsync();
        var tariff = Sample.Document("flat", 1) with { By = new("other"), At = Sample.Hour(5) };
        var again = Sample.Town(3) with { Tariffs = [tariff] };
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(again, Stopping));
        var image = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal(3, image.Meters.Count);
        Assert.Equal(Sample.Document("flat", 1), Assert.Single(image.Tariffs));
    }

    public static TheoryData<string> OtherContents => ["terminal", "meter", "account", "tariff", "policy"];

    [Theory(Timeout = Patience)]
    [MemberData(nameof(OtherContents))]
    public async Task A_key_with_other_content_is_a_conflict_and_adds_nothing(string what)
    {
        await TownAsync();
        var fresh = new RegistryAddition { Terminals = [Sample.Terminal(9)], Accounts = [Sample.Account(9)] };
        var addition = what switch
        {
            "terminal" => fresh with { Terminals = [Sample.Terminal(9), Sample.Terminal(1) with { Zone = "UTC" }] },
            "meter" => fresh with { Meters = [Sample.Meter(1) with { Multiplier = 40 }] },
            "account" => fresh with { Accounts = [Sample.Account(9), Sample.Account(1) with { Phone = "" }] },
            "tariff" => fresh with { Tariffs = [Sample.Document("flat", 1, "{\"a\":1}")] },
            _ => fresh with { Policies = [Sample.Document("demo", 1) with { EffectiveFrom = Sample.Hour(1) }] },
        };
        var before = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal(RegistryStatus.Conflict, await Store.Registry.AddAsync(addition, Stopping));
        var after = await Store.Registry.LoadAsync(Stopping);
        Assert.Equal(before.Terminals, after.Terminals);
        Assert.Equal(before.Accounts, after.Accounts);
        Assert.Equal(before.Meters, after.Meters);
    }

    [Theory(Timeout = Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_meter_needs_its_account_and_its_terminal(bool terminal)
    {
        await TownAsync();
        var meter = terminal
            ? Sample.Meter(9, account: 1, hasRelay: false) with { Terminal = TerminalAddress.Of(4403, 2) }
            : Sample.Meter(9);
        var addition = new RegistryAddition { Meters = [meter], Terminals = [Sample.Terminal(8)] };
        Assert.Equal(RegistryStatus.ReferenceUnknown, await Store.Registry.AddAsync(addition, Stopping));
        Assert.Single((await Store.Registry.LoadAsync(Stopping)).Terminals);
    }

    public static TheoryData<string> Doubles => ["point", "address", "relay", "within"];

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Doubles))]
    public async Task Points_addresses_and_relays_are_taken_once(string what)
    {
        await TownAsync();
        var free = Sample.Meter(9, account: 1, hasRelay: false);
        MeterRecord[] meters = what switch
        {
            "point" => [free with { Point = 2 }],
            "address" => [free with { Address = new(100_002) }],
            "relay" => [free with { HasRelay = true }],
            _ => [free, Sample.Meter(10, account: 1, hasRelay: false) with { Point = 9 }],
        };
        Assert.Equal(RegistryStatus.Conflict, await Store.Registry.AddAsync(new() { Meters = meters }, Stopping));
        Assert.Equal(3, (await Store.Registry.LoadAsync(Stopping)).Meters.Count);
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(new() { Meters = [free] }, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_new_version_stands_beside_the_old_one()
    {
        await TownAsync();
        Assert.Equal(
            RegistryStatus.Added,
            await Store.Registry.AddAsync(new() { Tariffs = [Sample.Document("flat", 2)] }, Stopping));
        Assert.Equal([1, 2], (await Store.Registry.LoadAsync(Stopping)).Tariffs.Select(tariff => tariff.Version));
    }

    [Fact(Timeout = Patience)]
    public async Task Thousands_are_registered_in_one_addition()
    {
        var town = Sample.Town(6_001);
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(town, Stopping));
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(town, Stopping));
        Assert.Equal(town.Meters, (await Store.Registry.LoadAsync(Stopping)).Meters);
    }
}
