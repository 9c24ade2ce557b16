using System.Numerics;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static readonly BigInteger PerMinor = ExactCharge.PerMinor;

    [Fact(Timeout = Patience)]
    public async Task An_unknown_account_has_no_balance_and_a_new_one_has_zero()
    {
        await TownAsync();
        Assert.Null(await Store.Queries.BalanceAsync(new(99), Stopping));
        Assert.Equal((Money.Zero, null), await Store.Queries.BalanceAsync(new(1), Stopping));
    }

    [Theory(Timeout = Patience)]
    [InlineData(4_999_999_999, 0)]
    [InlineData(5_000_000_000, -1)]
    [InlineData(15_000_000_000, -2)]
    [InlineData(-5_000_000_000, 0)]
    [InlineData(-5_000_000_001, 1)]
    [InlineData(-15_000_000_000, 1)]
    [InlineData(-15_000_000_001, 2)]
    public async Task The_unposted_charge_is_rounded_half_up(long charge, long balance)
    {
        var shard = await TownAsync();
        await shard.CommitAsync(
            commit => commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.Hour(3), 5, charge)));
        Assert.Equal((new Money(balance), Sample.Hour(3)), await Store.Queries.BalanceAsync(new(1), Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Other_registers_and_other_accounts_do_not_count()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit =>
        {
            commit.Readings.Add(
                Sample.Reading(
                    Sample.Channel(1, RegisterKind.ForwardActiveTariff1), Sample.Hour(9), 5, 70_000_000_000));
            commit.Readings.Add(Sample.Reading(Sample.Channel(2), Sample.Hour(9), 5, 70_000_000_000));
        });
        Assert.Equal((Money.Zero, null), await Store.Queries.BalanceAsync(new(1), Stopping));
    }

    /// <summary>Keeps all inputs and computes each balance anew, in numbers without bound.</summary>
    private sealed class BalanceModel
    {
        public List<LedgerEntry> Entries { get; } = [];

        public List<DayCharge> Lines { get; } = [];

        public List<AccrualCorrection> Corrections { get; } = [];

        public Dictionary<(ChannelId Channel, Instant At), long> Charges { get; } = [];

        public ServiceDay? Closed { get; set; }

        public Dictionary<ServiceDay, Instant> Through { get; } = [];

        public Money Of(AccountId account)
        {
            DayCharge? line = Lines.Any(one => one.Account == account)
                ? Lines.Where(one => one.Account == account).MaxBy(one => one.Day)
                : null;
            var through = (line?.Day ?? Closed) is { } day ? Through[day] : Instant.MinValue;
            BigInteger exact = line?.Carry ?? 0;
            foreach (var ((channel, at), charge) in Charges)
            {
                var counts = channel.Register is RegisterKind.ForwardActive or RegisterKind.ReverseActive
                    && channel.Meter.Value % 5 == account.Value % 5;
                if (counts && at > through) exact += charge;
            }

            foreach (var correction in Corrections.Where(one => one.Account == account))
            {
                if (line is not null && correction.ClosedThrough < line.Value.Day) continue;
                exact += correction.Delta - (correction.Posted.Minor * PerMinor);
            }

            var journal = Entries.Where(one => one.Account == account).Aggregate(
                BigInteger.Zero, (sum, one) => sum + one.ToCustomer.Minor);
            var quotient = BigInteger.DivRem((2 * exact) + PerMinor, 2 * PerMinor, out var rest);
            return new((long)(journal - (rest < 0 ? quotient - 1 : quotient)));
        }
    }

    [Fact(Timeout = Patience * 3)]
    public Task The_balance_view_agrees_with_a_model_on_random_commits() => Seeds.RunAsync(4, async random =>
    {
        const int Accounts = 5;
        await using var store = await FreshAsync();
        var town = Sample.Town(Accounts);
        // Meters 6 to 10 belong to accounts 1 to 5 too.
        await store.Registry.AddAsync(
            town with
            {
                Meters =
                [
                    .. town.Meters,
                    .. Enumerable.Range(6, 5).Select(n => Sample.Meter(n, account: 1 + ((n - 1) % 5), hasRelay: false)),
                ],
            },
            Stopping);
        var shard = await store.TakeShardAsync(0, Stopping);
        var model = new BalanceModel();
        for (var round = 0; round < 12; round++)
        {
            await shard.CommitAsync(commit => FillAtRandom(commit, model, random, Accounts));
            var balances = await store.Queries.BalancesAsync(Stopping).ToListAsync();
            Assert.Equal(
                Enumerable.Range(1, Accounts).Select(n => (new AccountId(n), model.Of(new(n)))), balances);
            var one = new AccountId(random.Next(1, Accounts + 1));
            Assert.Equal(model.Of(one), (await store.Queries.BalanceAsync(one, Stopping))!.Value.Balance);
        }

        Assert.Equal(0, await store.Queries.LedgerImbalanceAsync(Stopping));
    });

    private static void FillAtRandom(ShardCommit commit, BalanceModel model, Random random, int accounts)
    {
        for (var i = random.Next(40); i > 0; i--)
        {
            var kind = random.Next(4) == 0 ? (RegisterKind)random.Next(1, 3) : RegisterKind.ForwardActive;
            var (channel, at) = (Sample.Channel(random.Next(1, 11), kind), Sample.Hour(random.Next(-48, 400)));
            var charge = random.NextInt64(-300_000_000_000, 900_000_000_000);
            if (!model.Charges.TryAdd((channel, at), charge)) continue;
            commit.Readings.Add(Sample.Reading(channel, at, 1, charge));
        }

        var fresh = commit.Readings.Select(row => (row.Reading.Channel, row.Reading.At));
        var changed = model.Charges.Keys.Except(fresh).ToList();
        for (var i = changed.Count == 0 ? 0 : random.Next(4); i > 0; i--)
        {
            var key = changed[random.Next(changed.Count)];
            model.Charges[key] = random.NextInt64(1_000_000_000_000);
            commit.ChargeChanges.Add(new(key.Channel, key.At, model.Charges[key]));
        }

        if (random.Next(3) == 0) CloseAtRandom(commit, model, random, accounts);
        for (var i = model.Closed is null ? 0 : random.Next(3); i > 0; i--)
        {
            commit.Corrections.Add(new(
                new(random.Next(1, accounts + 1)),
                Sample.Day0,
                model.Closed!.Value,
                random.NextInt64(-90_000_000_000, 90_000_000_000),
                new(random.Next(-9, 10))));
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            var id = model.Entries.Count + commit.Entries.Count + 1;
            commit.Entries.Add(random.Next(2) == 0
                ? Sample.PaymentEntry(id, random.Next(1, accounts + 1), random.NextInt64(1, 1_000_000))
                : Sample.ChargeEntry(id, random.Next(1, accounts + 1), random.NextInt64(1, 1_000_000)));
        }

        model.Entries.AddRange(commit.Entries);
        model.Corrections.AddRange(commit.Corrections);
    }

    /// <summary>Not every account gets a line: one that was registered later has none.</summary>
    private static void CloseAtRandom(ShardCommit commit, BalanceModel model, Random random, int accounts)
    {
        var day = model.Closed?.AddDays(1) ?? Sample.Day0;
        var end = Sample.Hour(24 * (1 + day.DaysSinceEpoch - Sample.Day0.DaysSinceEpoch));
        (commit.ClosesDay, commit.ClosesThrough) = (day, end);
        model.Closed = day;
        model.Through[day] = commit.ClosesThrough.Value;
        for (var account = 1; account <= accounts; account++)
        {
            if (random.Next(3) == 0) continue;
            commit.DayCharges.Add(new(
                new(account), day, random.NextInt64(1_000_000), new(random.Next(100)),
                random.NextInt64(-5_000_000_000, 5_000_000_000), default));
        }

        model.Lines.AddRange(commit.DayCharges);
    }

    /// <summary>One more store, with nothing in it.</summary>
    private async Task<IStore> FreshAsync() => await Stores.OpenAsync(await NewAsync(), Options, Stopping);
}
