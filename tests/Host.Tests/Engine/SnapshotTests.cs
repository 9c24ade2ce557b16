using Meters.Billing.Accounts;
using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Host.Readings;
using Meters.Host.Tests.Audit;
using Meters.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Engine;

/// <summary>Snapshots are caches: without any, a start comes to the same books.</summary>
public class SnapshotTests
{
    private const string Lines =
        """
        {"id":"lines","version":1,"effectiveFrom":"2012-07-01","currency":"CNY","zone":"+08:00","accumulate":"month",
         "energy":{"tiers":[{"upToKwh":"100","price":"0.50"},{"price":"0.90"}]},"lines":[
         {"kind":"standing","name":"fixed","amount":"31"},
         {"kind":"minimum","name":"minimum","perMonth":"200"},
         {"kind":"spread","name":"fuel","perKwh":"0.07","lagMonths":1},
         {"kind":"percent","name":"vat","account":"tax","percent":"13","of":["energy","fixed","fuel"]}],
         "rounding":{"per":"bill","unit":"0.10"}}
        """;

    private static readonly AccountId Account = new(502);
    private static readonly ChannelId Old = new(new(1_003), RegisterKind.ForwardActive);
    private static readonly ChannelId New = new(new(1_002), RegisterKind.ForwardActive);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task All_snapshots_deleted_and_started_again_every_account_stands_where_it_stood(string kind)
    {
        using var folder = new ScratchFolder();
        await using var database = kind == "sqlite" ? null : await TestDatabase.CreateAsync(Needs.Postgres());
        var connection = database?.Connection ?? "sqlite:" + folder.Path;
        await using var service = await SmallService.StartAsync(connection: connection);
        await RegisterAsync(service);
        string before;
        AccountSnapshot was;
        await using (var lane = await LaneAsync(service))
        {
            await LiveAsync(service, lane);
            (before, was) = StandOf(lane);
        }

        Assert.NotEmpty(was.Lines);
        await using (var lane = await LaneAsync(service)) Assert.Equal((before, was), StandOf(lane));
        var hand = new SqlHand(connection, kind == "sqlite");
        await hand.ExecuteAsync("DELETE FROM account_snapshot");
        await using (var lane = await LaneAsync(service)) Assert.Equal((before, was), StandOf(lane));
        await hand.ExecuteAsync("DELETE FROM channel_snapshot");
        await using (var lane = await LaneAsync(service)) Assert.Equal((before, was), StandOf(lane));
    }

    private static (string Positions, AccountSnapshot Snapshot) StandOf(ShardLane lane)
    {
        using var writer = new StringWriter();
        lane.Book.ExportPositions(writer);
        return (writer.ToString(), lane.Book.Snapshot(Account));
    }

    /// <summary>Forty days with late values, corrections and a new meter in the middle; open days at the end.</summary>
    private static async Task LiveAsync(SmallService service, ShardLane lane)
    {
        for (var day = 0; day < 20; day++) await ReadAsync(service, lane, Old, day, 9 * day);
        await ReadAsync(service, lane, Old, 5.5, 50); // Late: in a closed day.
        await ReplaceAsync(service, lane, At(20));
        for (var day = 21; day <= 26; day++) await ReadAsync(service, lane, New, day, 100 + (7 * (day - 20)));
        await ReadAsync(service, lane, New, 31, 190); // Over the end of the month.
        for (var day = 32; day <= 40; day++) await ReadAsync(service, lane, New, day, 190 + (3 * (day - 31)));
        await ReadAsync(service, lane, New, 27, 160); // And what the month came to is another.
        await ReadAsync(service, lane, New, 40.25, 218);
        Assert.True(lane.Book.ClosedThrough >= ServiceDay.Of(new(2025, 12, 10)));
    }

    private static async Task ReplaceAsync(SmallService service, ShardLane lane, Instant at)
    {
        service.Clock.MoveTo(at);
        var addition = new RegistryAddition
        {
            MeterChanges =
            [
                new(Account, Old.Meter, Kwh(180), New.Meter, Kwh(100), at, SmallService.Tester, at, "It was broken."),
            ],
        };
        var document = new RawFrame(new(2), SmallService.Terminal, at, new byte[] { (byte)'{', (byte)'}' });
        service.Engine.Registry.AddRecords(addition);
        await lane.AddAsync(
            new(addition, new Dictionary<MeterId, RawFrame> { [New.Meter] = document }), Stopping);
        service.Engine.Registry.Publish(addition);
    }

    private static async Task ReadAsync(SmallService service, ShardLane lane, ChannelId channel, double day, long kwh)
    {
        if (At(day) > service.Clock.Now()) service.Clock.MoveTo(At(day));
        var statuses = await lane.EnterAsync(
            new(channel, [new(channel, At(day), Kwh(kwh), ReadingQuality.Actual, new(1))], null), Stopping);
        Assert.Contains(Assert.Single(statuses), new[] { ReadingStatus.Rated, ReadingStatus.First });
    }

    private static Instant At(double day) => SmallService.Start + TimeSpan.FromDays(day);

    private static Energy Kwh(long kwh) => Energy.FromKwh(kwh);

    private static async Task RegisterAsync(SmallService service)
    {
        var (status, faults) = await service.Engine.RegisterAsync(
            new()
            {
                Tariffs = [SmallService.TariffOf("lines", 1, Lines)],
                Accounts = [SmallService.AccountOf(Account) with { Tariff = "lines" }],
                Meters = [MeterOf(Old, 2), MeterOf(New, 3)],
            },
            Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(' ', faults)));
        await service.Engine.StopAsync(snapshot: false, Stopping);

        static MeterRecord MeterOf(ChannelId channel, int point) =>
            new(channel.Meter, new(260_300_000_001 + point), SmallService.Terminal, point, 31, 1, Account, false);
    }

    private static async Task<ShardLane> LaneAsync(SmallService service)
    {
        Assert.True(service.Engine.Registry.TryAccount(Account, out var account));
        var setup = new LaneSetup(service.Engine.Registry, LocalZone.China, service.Clock, TimeProvider.System);
        var lane = new ShardLane(
            account.Shard, service.Inner, setup, new(), service.Engine.Metrics, NullLogger.Instance);
        await lane.LoadAsync(Stopping);
        return lane;
    }
}
