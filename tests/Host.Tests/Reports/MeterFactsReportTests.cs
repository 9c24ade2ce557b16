using System.Globalization;
using Meters.Host.Engine;
using Meters.Host.Readings;
using Meters.Host.Reports;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Reports;

/// <summary>
/// Explanations and dry runs of an account whose multiplier changed, whose meter was replaced and rolled over, and
/// whose bill period ends with demand by band and a power factor. The rows are those of a lane over a store.
/// </summary>
public class MeterFactsReportTests
{
    private const string Json = """
        {"id":"works","version":1,"effectiveFrom":"2012-07-01","currency":"CNY","zone":"+08:00","accumulate":"month",
         "bands":[{"name":"day","when":[{"windows":["06:00-22:00"]}]},{"name":"night"}],
         "energy":{"tiers":[{"upToKwh":20,"prices":{"day":"0.5","night":"0.2"}},
                            {"prices":{"day":"0.9","night":"0.4"}}]},
         "lines":[{"kind":"demand","name":"demand","perKw":"40","bands":["day"]},
                  {"kind":"powerFactor","name":"power factor","of":["energy"],
                   "rows":[{"from":"0","percent":"30"},{"from":"0.95","percent":"0"}]},
                  {"kind":"percent","name":"vat","percent":"10","of":["energy","demand","power factor"]}]}
        """;

    private const int Limit = 120_000;
    private static readonly AccountId Account = new(502);
    private static readonly MeterId Old = new(1_002);
    private static readonly MeterId New = new(1_003);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Each_debit_names_the_multiplier_and_the_replacement_and_the_sums_agree_with_the_journal()
    {
        await using var service = await SmallService.StartAsync();
        await LiveAsync(service);

        var explanation = await ExplainAsync(service, Day(3), Day(30).AddDays(1));

        Assert.True(explanation.Close.IsNow);
        var readings = explanation.Days.SelectMany(day => day.Readings).ToList();
        // One kWh up to the change at 03:00, two up to the reading at 05:00, which count three times.
        var changed = readings.Single(reading => reading.MultiplierChanges.Count > 0);
        Assert.Equal((Old.Value, 1, "7.0000"), (changed.Meter, changed.Multiplier, changed.UsedKwh));
        Assert.Equal(
            new ExplainedMultiplier(At(3).ToString(), 3, "103.0000"), Assert.Single(changed.MultiplierChanges));
        Assert.Equal(3, readings.Last(reading => reading.Meter == Old.Value).Multiplier);
        var first = readings.First(reading => reading.Meter == New.Value);
        Assert.Equal(
            new ExplainedReplacement(At(7).ToString(), Old.Value, "108.0000", "999998.0000", "18.0000"),
            first.Replacement);
        var second = readings.Where(reading => reading.Meter == New.Value).ElementAt(1);
        Assert.Equal(
            [("18.0000", 1), ("20.0000", 2)], second.Pieces.Select(piece => (piece.PositionFromKwh, piece.Tier)));
        Assert.True(Assert.Single(readings, reading => reading.RolledOver).Meter == New.Value);
        var text = ExplanationText.Of(explanation, hours: true);
        Assert.Contains(
            "meter 1003 took the place of meter 1002, which closed at 108.0000 kWh; it opened at 999998.0000 kWh, and "
                + "tiers go on from 18.0000 kWh",
            text,
            StringComparison.Ordinal);
        Assert.Contains("meter 1002 counts times 3 from then on, at 103.0000 kWh", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task The_end_of_the_bill_period_is_told_by_demand_and_reactive_energy_also_where_its_begin_is_not()
    {
        await using var service = await SmallService.StartAsync();
        await LiveAsync(service);
        foreach (var from in (int[])[3, 20, 30])
        {
            var last = (await ExplainAsync(service, Day(from), Day(30))).Days[^1];

            Assert.Equal("2025-11-30", last.Day);
            var period = Assert.IsType<ExplainedPeriod>(last.Period);
            Assert.Equal(("2025-11-01", "63.0000", "51.4286"), (period.From, period.Kwh, period.Kvarh));
            Assert.Equal(
                [new("day", 6_000), new ExplainedDemand("night", 3_000)], period.Demand);
            Assert.Equal(["demand", "power factor", "vat"], last.DayLines.Select(line => line.Line));
            Assert.Equal(240, Exact(last.DayLines[0].Charge));
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_dry_run_knows_what_the_day_close_knew(int from)
    {
        await using var service = await SmallService.StartAsync();
        await LiveAsync(service);
        var explanation = await ExplainAsync(service, Day(from), Day(30));
        var charged = explanation.Days.Sum(day => Exact(day.Charge.Readings) + day.DayLines.Sum(l => Exact(l.Charge)));

        var same = await TryAsync(service, Json, from);
        Assert.Equal(
            (Math.Round(charged, 2, MidpointRounding.AwayFromZero), 0m),
            (Exact(same.Totals.Old), Exact(same.Totals.Change)));
        Assert.Empty(same.Skipped);

        // Six kilowatts in the day, a yuan more each, and the tax on it.
        var dearer = Json.Replace("\"perKw\":\"40\"", "\"perKw\":\"41\"", StringComparison.Ordinal);
        Assert.Equal(6.60m, Exact((await TryAsync(service, dearer, from)).Totals.Change));
        // Without the surcharge for the power factor below 0.95: 30 % of the energy of the whole month, with the tax.
        var without = Json.Replace("\"percent\":\"30\"", "\"percent\":\"0\"", StringComparison.Ordinal);
        var surcharge = Exact(explanation.Days[^1].DayLines.Single(line => line.Line == "power factor").Charge);
        Assert.InRange(
            Exact((await TryAsync(service, without, from)).Totals.Change) + (surcharge * 1.1m), -0.01m, 0.01m);
        Assert.True(surcharge > 0);
    }

    private static async Task<DryRunResult> TryAsync(SmallService service, string json, int from)
    {
        var run = new DryRun(await PortAsync(service));
        var order = new DryRunOrder(ChangeKind.Tariff, json, Day(from), Day(30), null, null);
        return (await run.RunAsync(order, Stopping)).Result!;
    }

    private static async Task<Explanation> ExplainAsync(SmallService service, ServiceDay from, ServiceDay to)
    {
        var (status, explanation) = await new Explainer(await PortAsync(service))
            .ExplainAsync(Account, from, to, Stopping);
        Assert.Equal(ReportStatus.Done, status);
        if (!explanation!.Holds) Assert.Fail(ExplanationText.Of(explanation, hours: true));
        return explanation;
    }

    private static async Task<ReportPort> PortAsync(SmallService service) => RegistryReports.Over(
        new(await service.Inner.Registry.LoadAsync(Stopping), service.Clock.Now(), 0),
        service.Inner.Histories,
        LocalZone.China,
        new());

    /// <summary>November up to its end, closed day by day, with one reading that comes after its day.</summary>
    private static async Task LiveAsync(SmallService service)
    {
        await using var lane = await LaneAsync(service);
        using var ended = new CancellationTokenSource();
        var running = lane.RunAsync(ended.Token);
        var document = 0L;
        foreach (var (hour, kwh) in ((int, long)[])[(0, 100), (1, 101), (2, 102), (5, 105), (6, 106)])
        {
            await EnterAsync(Old, RegisterKind.ForwardActive, hour, kwh);
        }

        await EnterAsync(Old, RegisterKind.ForwardReactive, 0, 50);
        await EnterAsync(Old, RegisterKind.ForwardReactive, 7, 60);
        await EnterAsync(New, RegisterKind.ForwardReactive, 7, 0);
        foreach (var (hour, kwh) in ((int, long)[])[(8, 999_999), (9, 0), (480, 10), (28 * 24, 13)])
        {
            await EnterAsync(New, RegisterKind.ForwardActive, hour, kwh);
        }

        await EnterAsync(New, RegisterKind.ForwardReactive, 28 * 24, 10);
        await lane.CallAsync((l, token) => CloseAsync(l, Day(30), token), Stopping);
        await EnterAsync(New, RegisterKind.ForwardActive, 481, 11);
        await ended.CancelAsync();
        await running;

        Task EnterAsync(MeterId meter, RegisterKind register, int hour, long kwh) => lane.CallAsync(
            async (l, token) =>
            {
                if (At(hour) > service.Clock.Now()) service.Clock.MoveTo(At(hour));
                while (l.Book.NextEnd < At(hour)) await l.CloseDayAsync(token);
                document++;
                var word = new EnteredEdit(
                    new(meter, register), At(hour), Energy.FromKwh(kwh), new(document),
                    new(new(document), new(1), At(hour), new byte[] { (byte)'{', (byte)'}' }));
                await l.EditAsync(word, token);
            },
            Stopping);
    }

    private static async Task CloseAsync(ShardLane lane, ServiceDay through, CancellationToken stopping)
    {
        while (lane.Book.ClosedThrough < through) await lane.CloseDayAsync(stopping);
    }

    /// <summary>The engine has registered everything and stopped; a lane of our own takes the shard.</summary>
    private static async Task<ShardLane> LaneAsync(SmallService service)
    {
        service.Clock.MoveTo(At(20));
        var old = new MeterRecord(Old, new(260_300_000_003), SmallService.Terminal, 2, 31, 1, Account, false);
        RegistryAddition[] additions =
        [
            new()
            {
                Tariffs = [SmallService.TariffOf("works", 1, Json)],
                Accounts = [SmallService.AccountOf(Account) with { Tariff = "works" }],
                Meters = [old],
            },
            new()
            {
                MeterMultipliers =
                    [new(Old, At(3), 3, Energy.FromKwh(103), SmallService.Tester, service.Clock.Now(), "CT")],
            },
            new()
            {
                Meters = [old with { Id = New, Address = new(260_300_000_004), Multiplier = 3 }],
                MeterChanges =
                [
                    new(
                        Account, Old, Energy.FromKwh(108), New, Energy.FromKwh(999_998), At(7), SmallService.Tester,
                        service.Clock.Now(), "burnt"),
                ],
            },
        ];
        foreach (var addition in additions)
        {
            var (status, faults) = await service.Engine.RegisterAsync(addition, Stopping);
            Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(' ', faults)));
        }

        await service.Engine.StopAsync(snapshot: false, Stopping);
        Assert.True(service.Engine.Registry.TryAccount(Account, out var account));
        var setup = new LaneSetup(service.Engine.Registry, LocalZone.China, service.Clock, TimeProvider.System);
        var lane = new ShardLane(
            account.Shard, service.Inner, setup, new(), service.Engine.Metrics, NullLogger.Instance);
        await lane.LoadAsync(Stopping);
        return lane;
    }

    private static Instant At(int hour) => SmallService.Start + TimeSpan.FromHours(hour);

    private static ServiceDay Day(int day) => ServiceDay.Of(new(2025, 11, day));

    private static decimal Exact(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
