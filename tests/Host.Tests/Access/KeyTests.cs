using Meters.Host.Access;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Host.Tests.Access;

public sealed class KeyTests
{
    private readonly MemoryKeys _store = new();
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Random _random = new(7);

    private KeyIssuer Issuer => new(_store, _clock, _random.NextBytes);

    private KeyDirectory Directory(int keysMax = 100) =>
        new(_store, _clock, Options.Create(new AccessOptions { CachedKeysMax = keysMax, CacheLifeMillis = 2_000 }));

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact]
    public void A_key_is_mk_and_43_characters_made_of_the_random_bytes()
    {
        var key = ApiKeys.Create(bytes => bytes.Fill(0xFF));

        Assert.Equal("mk_" + new string('_', 42) + "8", key);
        Assert.True(ApiKeys.TryHash(key, out var hash));
        Assert.Equal(ApiKeys.HashLength, hash.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mk_")]
    [InlineData("mk_short")]
    [InlineData("xx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("mk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/A")]
    [InlineData("mk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_does_not_look_like_a_key_is_refused_without_asking_the_store(string? text) =>
        Assert.False(ApiKeys.TryHash(text, out _));

    [Fact(Timeout = 10_000)]
    public async Task Only_a_hash_is_stored()
    {
        var (status, key) = await Issuer.IssueAsync("till 3", new("wang.li"), [Role.Cashier], Stopping);

        Assert.Equal(KeyStatus.Issued, status);
        var record = Assert.Single(await _store.KeysAsync(Stopping));
        Assert.True(ApiKeys.TryHash(key, out var hash));
        Assert.Equal(hash, record.Hash.ToArray());
        Assert.Equal("cashier", record.Roles);
    }

    [Theory(Timeout = 10_000)]
    [InlineData("", "wang.li", KeyStatus.NameMalformed)]
    [InlineData(" till", "wang.li", KeyStatus.NameMalformed)]
    [InlineData("till/3", "wang.li", KeyStatus.NameMalformed)]
    [InlineData("till", "", KeyStatus.PersonMalformed)]
    [InlineData("till", "System", KeyStatus.PersonMalformed)]
    [InlineData("taken", "wang.li", KeyStatus.NameTaken)]
    public async Task Bad_names_and_persons_get_no_key(string name, string person, KeyStatus expected)
    {
        await Issuer.IssueAsync("taken", new("zhao"), [Role.Reader], Stopping);

        Assert.Equal((expected, null), await Issuer.IssueAsync(name, new(person), [Role.Reader], Stopping));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_key_without_a_role_is_not_issued() =>
        Assert.Equal((KeyStatus.RolesMissing, null), await Issuer.IssueAsync("till", new("wang.li"), [], Stopping));

    [Fact(Timeout = 10_000)]
    public async Task The_first_admin_is_issued_once_and_again_when_revoked()
    {
        Assert.NotNull(await Issuer.EnsureAdminAsync(new("operator"), Stopping));
        Assert.Null(await Issuer.EnsureAdminAsync(new("operator"), Stopping));
        await _store.RevokeKeyAsync(KeyIssuer.FirstAdmin, _clock.Now(), Stopping);

        Assert.NotNull(await Issuer.EnsureAdminAsync(new("operator"), Stopping));
    }

    [Fact(Timeout = 10_000)]
    public async Task A_good_key_costs_one_question_in_its_short_life()
    {
        var (_, key) = await Issuer.IssueAsync("desk", new("wang.li"), [Role.Reader, Role.Cashier], Stopping);
        var directory = Directory();

        var holder = await directory.FindAsync(key!, Stopping);
        _clock.Advance(TimeSpan.FromMilliseconds(1_999));
        await directory.FindAsync(key!, Stopping);

        Assert.Equal(new PersonId("wang.li"), holder!.Person);
        Assert.Equal([Role.Reader, Role.Cashier], holder.Roles);
        Assert.Equal(1, _store.Asked);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_revoked_key_dies_within_seconds_and_at_once_where_it_was_revoked()
    {
        var (_, key) = await Issuer.IssueAsync("desk", new("wang.li"), [Role.Reader], Stopping);
        var (here, elsewhere) = (Directory(), Directory());
        await here.FindAsync(key!, Stopping);
        await elsewhere.FindAsync(key!, Stopping);

        await _store.RevokeKeyAsync("desk", _clock.Now(), Stopping);
        here.Forget("desk");
        Assert.Null(await here.FindAsync(key!, Stopping));
        Assert.NotNull(await elsewhere.FindAsync(key!, Stopping));
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await elsewhere.FindAsync(key!, Stopping));
    }

    [Fact(Timeout = 10_000)]
    public async Task The_memory_of_keys_is_bounded()
    {
        var directory = Directory(keysMax: 2);
        var keys = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            keys.Add((await Issuer.IssueAsync($"key {i}", new("wang.li"), [Role.Reader], Stopping)).Key!);
            await directory.FindAsync(keys[i], Stopping);
        }

        await directory.FindAsync(keys[2], Stopping);
        Assert.Equal(3, _store.Asked);
        await directory.FindAsync(keys[0], Stopping);
        Assert.Equal(4, _store.Asked);
    }

    [Theory]
    [InlineData("wang.li", "zhao.min", true)]
    [InlineData("wang.li", "Wang.Li ", false)]
    [InlineData("wang.li", "system", false)]
    [InlineData("system", "wang.li", false)]
    [InlineData("", "wang.li", false)]
    [InlineData(null, null, false)]
    public void An_approval_needs_two_persons(string? a, string? b, bool expected) =>
        Assert.Equal(expected, Approvals.AreDifferentPersons(new(a!), new(b!)));

    [Theory]
    [InlineData("reader,admin", true)]
    [InlineData(" reader , reader ", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("reader,root", false)]
    [InlineData("Reader", false)]
    public void Roles_are_known_words(string? text, bool expected) =>
        Assert.Equal(expected, Roles.TryParse(text, out _));

    [Fact]
    public void Every_role_is_read_back_as_it_was_written()
    {
        Assert.True(Roles.TryParse(Roles.Format(Enum.GetValues<Role>()), out var roles));
        Assert.Equal(Enum.GetValues<Role>(), roles);
    }

    [Fact]
    public void Money_relays_and_keys_are_in_different_hands()
    {
        var allowed = AccessPolicies.Allowed;

        Assert.Equal(Enum.GetValues<Role>(), allowed[AccessPolicies.Read].Order());
        Assert.Equal([Role.Cashier], allowed[AccessPolicies.Pay]);
        Assert.Equal([Role.Control], allowed[AccessPolicies.Control]);
        Assert.Equal([Role.Admin], allowed[AccessPolicies.Keys]);
        Assert.Equal([Role.Billing], allowed[AccessPolicies.Tariffs]);
        Assert.Equal([Role.Auditor, Role.Billing], allowed[AccessPolicies.Quarantine]);
        Assert.Equal([Role.Billing, Role.Admin], allowed[AccessPolicies.Registry]);
    }
}
