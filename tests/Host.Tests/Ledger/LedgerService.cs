using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Audit;
using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Host.Ledger;
using Meters.Host.Sms;
using Meters.Host.Tests.Engine;
using Meters.Ingest.Dlt645;
using Meters.Storage;
using Meters.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Ledger;

/// <summary>An engine with accounts and without meters; it can be killed and started again on the same store.</summary>
internal sealed class LedgerService : IAsyncDisposable
{
    public static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2025, 11, 3, 9, 0, 0));
    public static readonly ServiceDay Today = ServiceDay.Of(new(2025, 11, 3));
    public static readonly Currency Yuan = Currency.Parse("CNY");
    public static readonly PersonId Cashier = new("wang.li");
    public static readonly PersonId Chief = new("zhao.min");
    public static readonly PersonId Clerk = new("chen.bo");

    private const string Policy = """
        {"id":"shares","version":1,"zone":"+08:00","currency":"CNY",
         "rungs":[{"name":"remind","threshold":{"amount":"0.00"},"do":["sms"]}],
         "reconnect":{"atLeast":"1.00"},
         "waterfall":[{"pay":"emergencyCredit"},{"pay":"receivable"},
           {"pay":"debt","percent":"25","atMostPercent":"40","weeklyMax":"30.00"}],
         "credit":{"emergency":{"amount":"10.00","offeredAt":"0.00"},"friendly":{"amount":"5.00","offeredAt":"0.00"}}}
        """;

    private readonly EngineOptions _options;

    private LedgerService(IStore inner, EngineOptions options) => (Inner, _options) = (inner, options);

    public IStore Inner { get; }

    public Hooks Hooks { get; } = new();

    public StepClock Clock { get; } = new(Start);

    public MetersEngine Engine { get; private set; } = null!;

    public LedgerDesk Desk => Engine.Ledger;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    /// <param name="connection">Where the rows are.</param>
    /// <param name="policy">The policy's JSON; null for shares of debts and credit that is asked for.</param>
    /// <param name="configure">Changes the engine's options.</param>
    /// <param name="tariff">The tariff's JSON; null for a flat one.</param>
    public static async Task<LedgerService> StartAsync(
        string connection = "sqlite::memory:",
        string? policy = null,
        Action<EngineOptions>? configure = null,
        string? tariff = null)
    {
        var options = new EngineOptions { Shards = 2 };
        configure?.Invoke(options);
        var service = new LedgerService(await Stores.OpenAsync(connection, Stopping), options);
        await service.RestartAsync(kill: false);
        var (status, faults) = await service.Engine.RegisterAsync(
            new()
            {
                Tariffs =
                [
                    new("flat", 1, Instant.Utc(2012, 7, 1), tariff ?? DemoPlan.TariffJson["flat"], Clerk, Start),
                ],
                Policies = [new("shares", 1, Instant.Utc(2025, 1, 1), policy ?? Policy, Clerk, Start)],
                Accounts = [.. Enumerable.Range(1, 8).Select(AccountOf)],
            },
            Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
        return service;
    }

    /// <summary>A new engine on the same store, as after a crash when the old one is killed.</summary>
    public async Task RestartAsync(bool kill = true)
    {
        if (kill) await Engine.StopAsync(snapshot: false, Stopping);
        Engine = await MetersEngine.StartAsync(
            new(
                BreakableStore.Over(Inner, Hooks), _options, new(), new(), new(), new Phones(),
                new PasswordSecurityModule(), Clock, TimeProvider.System, NullLoggerFactory.Instance),
            Stopping);
    }

    /// <summary>Accounts of either shard; the same one twice where there is one shard only.</summary>
    public (AccountId A, AccountId B) OfTwoShards()
    {
        var shards = Enumerable.Range(1, 8).Select(number => new AccountId(number))
            .GroupBy(account => Engine.TryFindAccount(account, out var record) ? record.Shard : -1)
            .OrderBy(group => group.Key).ToList();
        return (shards[^1].First(), shards[0].Last());
    }

    public async Task<PaymentRecord> PayAsync(
        string key, int account, long minor, PaymentChannel channel = PaymentChannel.Counter, PersonId? by = null)
    {
        var (status, record) = await TryPayAsync(key, account, minor, channel, by);
        Assert.Equal(PaymentStatus.Posted, status);
        return record!;
    }

    public Task<(PaymentStatus Status, PaymentRecord? Record)> TryPayAsync(
        string key, int account, long minor, PaymentChannel channel = PaymentChannel.Counter, PersonId? by = null) =>
        Engine.PostPaymentAsync(
            new(key, new(account), new(minor), Yuan, channel, by ?? Cashier, null), Stopping);

    public LedgerOrder Order(string key, OperationKind kind, int account, long minor, LedgerAccount? sub = null) =>
        new(key, kind, new(account), new(minor), Yuan, Clerk) { Sub = sub, Note = "because" };

    public async Task<OperationStatus> PostAsync(LedgerOrder order) => (await Desk.PostAsync(order, Stopping)).Status;

    public async Task<OperationStatus> ReverseAsync(string key, string payment, PersonId by) =>
        (await Desk.TakeBackAsync(
            OperationKind.Reversal, key, payment, Money.Zero, by, "mistake", Stopping)).Status;

    public async Task<OperationStatus> DecideAsync(string key, PersonId by, bool approve = true) =>
        (await Desk.DecideAsync(key, approve, by, Stopping)).Status;

    public async Task<Quote> QuoteAsync(int account, long? minor = null) =>
        (await Desk.QuoteAsync(new(account), minor is { } amount ? new Money(amount) : null, Stopping))!;

    public async Task<long> BalanceAsync(int account) => (await QuoteAsync(account)).Balance.Minor;

    /// <summary>What must hold at any quiet moment: books in memory, views and entries agree.</summary>
    public async Task CheckAsync()
    {
        Assert.Equal(0, await Inner.Queries.LedgerImbalanceAsync(Stopping));
        foreach (var number in Enumerable.Range(1, 8))
        {
            var quote = await QuoteAsync(number);
            var view = await Inner.Queries.BalanceAsync(new(number), Stopping);
            Assert.Equal(quote.Balance, view!.Value.Balance);
            var subs = await Inner.Ledger.SubAccountsAsync(new(number), Stopping);
            Assert.Equal(quote.Owed.Owed.Minor, subs.Sum(sub => sub.Balance.Minor));
            foreach (var (sub, balance) in subs) Assert.Equal(balance, quote.Owed.Of(sub));
        }
    }

    public async Task<IReadOnlyList<LedgerEntry>> EntriesAsync(AccountId account) =>
        await Inner.Queries.EntriesAsync(account, 1_000, Stopping);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        var audit = await Auditor.RunAsync(Inner, null, CancellationToken.None);
        await Inner.DisposeAsync();
        Assert.True(audit is { Holds: true, NotBooked.Count: 0 }, audit.ToText()); // Whatever a test did.
    }

    private static AccountRecord AccountOf(int number) =>
        new(new(number), $"Home {number}", "", "en", "CNY", "flat", "shares", 0, 12_000, false);

    private sealed class Phones : ISmsChannel
    {
        public Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping) =>
            Task.FromResult<SmsResult>(new SmsResult.Delivered());
    }
}
