using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Host.Engine;
using Meters.Host.Readings;
using Meters.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Engine;

/// <summary>What is rated anew and stored, in one commit of a lane.</summary>
public class CorrectionTests
{
    private const string Tiers =
        """
        {"id":"tiers","version":1,"effectiveFrom":"2012-07-01","currency":"CNY","zone":"+08:00","accumulate":"month",
         "tiers":[{"upToKwh":"10","price":"0.10"},{"price":"0.90"}]}
        """;

    private static readonly AccountId Account = new(502);
    private static readonly ChannelId Old = new(new(1_002), RegisterKind.ForwardActive);
    private static readonly ChannelId New = new(new(1_003), RegisterKind.ForwardActive);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private static EnteredEdit Word(ChannelId channel, Instant at, Energy register, long document) => new(
        channel, at, register, new(document), new(new(document), new(1), at, new byte[] { (byte)'{', (byte)'}' }));

    [Fact(Timeout = 60_000)]
    public async Task A_channel_that_one_commit_rates_anew_twice_is_charged_once()
    {
        await using var service = await SmallService.StartAsync();
        await using var lane = await LaneOfTwoMetersAsync(service);
        using var ended = new CancellationTokenSource();
        var running = lane.RunAsync(ended.Token);
        await lane.CallAsync(
            async (l, token) =>
            {
                l.Book.SetReplacement(new(At(6), Old.Meter, Kwh(8), New.Meter, Kwh(100)));
                await l.EditAsync(Word(Old, At(1), Kwh(0), 1), token);
                await l.EditAsync(Word(Old, At(5), Kwh(8), 2), token);
                await l.EditAsync(Word(New, At(6), Kwh(100), 3), token);
                await l.EditAsync(Word(New, At(8), Kwh(105), 4), token);
            },
            Stopping);
        Assert.Equal(new Money(-80 - 20 - 270), await BalanceAsync(service));

        // The old meter moves the position of the new one, which is then rated anew by itself too.
        await lane.CallAsync(
            (l, token) =>
            {
                l.Book.SetMultipliers(Old.Meter, [new(At(0), 3)]);
                return l.ReRateAsync([Account], At(0), token);
            },
            Stopping);
        Assert.Equal(new Money(-100 - (14 * 90) - (5 * 90)), await BalanceAsync(service));
        Assert.True(lane.Book.TryPosition(Account, out var position));
        Assert.Equal(await BalanceAsync(service), position.Balance);
        await ended.CancelAsync();
        await running;
    }

    private static Instant At(int hour) => SmallService.Start + TimeSpan.FromHours(hour);

    private static Energy Kwh(long kwh) => Energy.FromKwh(kwh);

    private static async Task<Money?> BalanceAsync(SmallService service) =>
        (await service.Inner.Queries.BalanceAsync(Account, Stopping))?.Balance;

    /// <summary>The engine has registered them and stopped; a lane of our own takes the shard.</summary>
    private static async Task<ShardLane> LaneOfTwoMetersAsync(SmallService service)
    {
        MeterRecord MeterOf(ChannelId channel, int point) =>
            new(channel.Meter, new(260_300_000_001 + point), SmallService.Terminal, point, 31, 1, Account, false);

        var (status, faults) = await service.Engine.RegisterAsync(
            new()
            {
                Tariffs = [SmallService.TariffOf("tiers", 1, Tiers)],
                Accounts = [SmallService.AccountOf(Account) with { Tariff = "tiers" }],
                Meters = [MeterOf(Old, 2), MeterOf(New, 3)],
            },
            Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(' ', faults)));
        await service.Engine.StopAsync(snapshot: false, Stopping);
        service.Clock.MoveTo(At(20));
        Assert.True(service.Engine.Registry.TryAccount(Account, out var account));
        var setup = new LaneSetup(service.Engine.Registry, LocalZone.China, service.Clock, TimeProvider.System);
        var lane = new ShardLane(
            account.Shard, service.Inner, setup, new(), service.Engine.Metrics, NullLogger.Instance);
        await lane.LoadAsync(Stopping);
        return lane;
    }
}
