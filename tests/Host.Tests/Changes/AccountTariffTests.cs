using System.Globalization;
using Meters.Host.Audit;
using Meters.Host.Changes;
using Meters.Host.Engine;
using Meters.Host.Reports;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Changes;

/// <summary>Accounts that move from one tariff to another, through the engine.</summary>
public class AccountTariffTests
{
    private const string Tiered = """
        {"id":"tiered","version":1,"currency":"CNY","zone":"+08:00","effectiveFrom":"2012-07-01","chargeDecimals":10,
         "accumulate":"month","tiers":[{"upToKwh":"10","price":"1"},{"price":"2"}],
         "lines":[{"kind":"percent","name":"vat","of":["energy"],"percent":"10"}]}
        """;

    private const string Rented = """
        {"id":"rented","version":1,"currency":"CNY","zone":"+08:00","effectiveFrom":"2012-07-01","chargeDecimals":10,
         "tiers":[{"price":"1"}],
         "lines":[{"kind":"standing","name":"rent","per":"day","amount":"0.30"}]}
        """;

    private const string Dollars = """
        {"id":"usd","version":1,"currency":"USD","zone":"+08:00","effectiveFrom":"2012-07-01","tiers":[{"price":"1"}]}
        """;

    private static readonly PersonId Author = new("Li Wei");
    private static readonly PersonId Second = new("chen.yu");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_move_that_was_recorded_late_bills_as_one_recorded_before()
    {
        var balances = new List<Money>();
        foreach (var early in (bool[])[true, false])
        {
            await using var service = await ServiceAsync();
            var at = Hour(30); // In the second day.
            if (early) await MoveAsync(service, "tiered", at);
            await UseAsync(service, hours: 80);
            if (!early) await MoveAsync(service, "tiered", at, "contract of the 3rd");
            var facts = await service.Engine.FactsAsync(SmallService.Account, Stopping);
            balances.Add(facts!.Balance);
            await CheckAsync(service);
        }

        // 30 kWh flat; 50 by tiers from zero on, with VAT.
        var exact = (30 * 55.73m) + (((10 * 100) + (40 * 200)) * 1.1m);
        Assert.Equal(-(long)Math.Floor(exact + 0.5m), balances[0].Minor);
        Assert.Equal(balances[0], balances[1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_comes_by_the_day_goes_by_the_tariff_at_the_start_of_the_day()
    {
        await using var service = await ServiceAsync();
        await MoveAsync(service, "rented", Hour(30));
        await UseAsync(service, hours: 102);
        Assert.Equal(
            [Money.Zero, Money.Zero, new(30), new(30)],
            (await CheckAsync(service)).Days.Where(day => day.IsClosed).Select(day => new Money(
                day.DayLines.Sum(line => (long)(decimal.Parse(line.Charge, CultureInfo.InvariantCulture) * 100)))));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_move_inside_an_hour_is_explained_on_both_sides_and_put_right_by_a_later_one()
    {
        await using var service = await ServiceAsync();
        await UseAsync(service, hours: 40);
        var at = Hour(30) + TimeSpan.FromMinutes(15);
        await MoveAsync(service, "tiered", at, "wrong day");
        var pieces = (await CheckAsync(service)).Days.SelectMany(day => day.Readings)
            .Single(reading => reading.At == Hour(31).ToString()).Pieces;
        Assert.Equal(
            [("flat", "0.2500"), ("tiered", "0.7500")], pieces.Select(piece => (piece.Tariff!, piece.UsedKwh)));

        await MoveAsync(service, "flat", at, "the customer stays");
        await CheckAsync(service);
        var facts = await service.Engine.FactsAsync(SmallService.Account, Stopping);
        Assert.Equal(-(long)Math.Floor((40 * 55.73m) + 0.5m), facts!.Balance.Minor);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_restart_between_approval_and_rating_anew_finishes_the_move()
    {
        await using var service = await ServiceAsync();
        await UseAsync(service, hours: 50);
        var change = await ProposedAsync(service, "tiered", Hour(26), "late");
        var approved = await service.Engine.Changes.ApproveAsync(change.Id, Second, "", Stopping);
        Assert.Equal(ChangeStatus.Done, approved.Status);
        await service.Engine.StopAsync(snapshot: false, Stopping);
        await using var again = await MetersEngine.StartAsync(
            SmallService.SetupOf(service.Inner, service.Clock), Stopping);
        await again.DrainAsync(Stopping);
        Assert.Equal(ChangeState.Active, (await service.Inner.Changes.FindAsync(change.Id, Stopping))!.State);
        await CheckAsync(service);
        var facts = await again.FactsAsync(SmallService.Account, Stopping);
        var stored = await service.Inner.Queries.BalanceAsync(SmallService.Account, Stopping);
        Assert.Equal(stored!.Value.Balance, facts!.Balance);
        Assert.True(facts.Balance < new Money(-(26 * 55) - (24 * 110)), facts.Balance.ToString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("usd", 0, "an account keeps its currency")]
    [InlineData("none", 0, "is not registered")]
    [InlineData("tiered", 7, "full quarter of an hour")]
    public async Task A_move_that_does_not_fit_is_refused_with_a_clear_sentence(string tariff, int minutes, string why)
    {
        await using var service = await ServiceAsync();
        var document = service.Engine.Changes.MoveOf(
            SmallService.Account, tariff, Hour(30) + TimeSpan.FromMinutes(minutes), Author);
        var outcome = await service.Engine.Changes.ProposeAsync(
            new(ChangeKind.AccountTariff, document, "because"), Stopping);
        Assert.Equal(ChangeStatus.VersionRefused, outcome.Status);
        Assert.Contains(outcome.Faults, fault => fault.Contains(why, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_moves_an_account_alone_and_of_two_proposals_on_one_ground_one_is_refused()
    {
        await using var service = await ServiceAsync();
        var desk = service.Engine.Changes;
        var (one, other) = (
            await ProposedAsync(service, "tiered", Hour(30)), await ProposedAsync(service, "tiered", Hour(40)));
        Assert.Equal(ChangeStatus.SamePerson, (await desk.ApproveAsync(one.Id, Author, "", Stopping)).Status);
        Assert.Equal(ChangeStatus.Done, (await desk.ApproveAsync(one.Id, Second, "", Stopping)).Status);
        var late = await desk.ApproveAsync(other.Id, Second, "", Stopping);
        Assert.Equal(ChangeStatus.VersionRefused, late.Status);
        Assert.Contains("the next one is 2, not 1", Assert.Single(late.Faults), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_with_a_new_line_is_refused_where_accounts_moved_away()
    {
        await using var service = await ServiceAsync();
        await MoveAsync(service, "tiered", Hour(30));
        var json = """
            {"id":"flat","version":2,"currency":"CNY","zone":"+08:00","effectiveFrom":"2026-01-01",
             "tiers":[{"price":"0.6"}],"lines":[{"kind":"standing","name":"fund","per":"day","amount":"1"}]}
            """;
        var from = LocalZone.China.ToInstant(new DateTime(2026, 1, 1));
        var outcome = await service.Engine.Changes.ProposeAsync(
            new(ChangeKind.Tariff, new("flat", 2, from, json, Author, SmallService.Start), ""), Stopping);
        Assert.Equal(ChangeStatus.VersionRefused, outcome.Status);
        Assert.Contains("Line 'fund' is new", Assert.Single(outcome.Faults), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tariff_put_right_reaches_accounts_that_moved_to_it_or_from_it()
    {
        await using var service = await ServiceAsync();
        await UseAsync(service, hours: 60);
        await MoveAsync(service, "tiered", Hour(30), "late");
        foreach (var id in (string[])["flat", "tiered"])
        {
            var json = (id == "flat" ? Host.Demo.DemoPlan.TariffJson["flat"] : Tiered)
                .Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)
                .Replace("2012-07-01", "2025-11-03", StringComparison.Ordinal)
                .Replace("0.5573", "0.6", StringComparison.Ordinal)
                .Replace("\"price\":\"2\"", "\"price\":\"3\"", StringComparison.Ordinal);
            var proposed = await service.Engine.Changes.ProposeAsync(
                new(ChangeKind.Tariff, new(id, 2, SmallService.Start, json, Author, SmallService.Start), "decree"),
                Stopping);
            Assert.Equal((ChangeStatus.Done, ""), (proposed.Status, string.Join(' ', proposed.Faults)));
            await service.Engine.Changes.ApproveAsync(proposed.Change!.Id, Second, "", Stopping);
            await service.Engine.DrainAsync(Stopping);
            await CheckAsync(service);
        }

        var rows = await service.Inner.Histories.ReadAsync(
            new(
                SmallService.Account, Day(3), Day(6), Hour(0), Hour(96),
                [new(SmallService.Meter, RegisterKind.ForwardActive)], [], 1_000),
            Stopping);
        var charges = rows!.Readings.Single().Value.ToDictionary(row => row.Reading.At, row => row.Charge);
        Assert.Equal(60_0000000000, charges[Hour(5)]);
        Assert.Equal(330_0000000000, charges[Hour(55)]);
    }

    private static Instant Hour(int hour) => SmallService.Start + TimeSpan.FromHours(hour);

    private static ServiceDay Day(int day) => ServiceDay.Of(new(2025, 11, day));

    private static async Task<SmallService> ServiceAsync()
    {
        var service = await SmallService.StartAsync();
        var (status, faults) = await service.Engine.RegisterAsync(
            new()
            {
                Tariffs =
                [
                    SmallService.TariffOf("tiered", 1, Tiered), SmallService.TariffOf("usd", 1, Dollars),
                    SmallService.TariffOf("rented", 1, Rented),
                ],
            },
            Stopping);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(' ', faults)));
        return service;
    }

    /// <summary>A kilowatt-hour each hour; days are closed as time goes on.</summary>
    private static async Task UseAsync(SmallService service, int hours)
    {
        await service.ConnectAsync();
        for (var hour = 0; hour <= hours; hour++)
        {
            service.Clock.MoveTo(Hour(hour));
            await service.Engine.CloseDueDaysAsync(Stopping);
            await service.PushAsync(1, Hour(hour), Energy.FromKwh(100 + hour), sequence: hour % 14 + 2);
            while (true)
            {
                var facts = await service.Engine.FactsAsync(SmallService.Account, Stopping);
                if (facts!.LastReadingAt == Hour(hour)) break;
                await Task.Yield();
            }
        }
    }

    private static async Task<ChangeRecord> ProposedAsync(
        SmallService service, string tariff, Instant from, string reason = "")
    {
        var desk = service.Engine.Changes;
        var outcome = await desk.ProposeAsync(
            new(ChangeKind.AccountTariff, desk.MoveOf(SmallService.Account, tariff, from, Author), reason), Stopping);
        Assert.Equal((ChangeStatus.Done, ""), (outcome.Status, string.Join(' ', outcome.Faults)));
        return outcome.Change!;
    }

    private static async Task MoveAsync(SmallService service, string tariff, Instant from, string reason = "")
    {
        var change = await ProposedAsync(service, tariff, from, reason);
        var approved = await service.Engine.Changes.ApproveAsync(change.Id, Second, "", Stopping);
        Assert.Equal((ChangeStatus.Done, ""), (approved.Status, string.Join(' ', approved.Faults)));
        await service.Engine.Changes.PumpAsync(Stopping);
    }

    /// <summary>The audit finds nothing, and every sum of the explanation agrees.</summary>
    private static async Task<Explanation> CheckAsync(SmallService service)
    {
        var report = await Auditor.RunAsync(service.Inner, null, Stopping);
        Assert.True(report.Holds, report.ToText());
        var image = await service.Inner.Registry.LoadAsync(Stopping);
        var index = new Host.Api.RegistryIndex(image, service.Clock.Now(), 0);
        var port = RegistryReports.Over(index, service.Inner.Histories, LocalZone.China, new());
        var (status, explanation) = await new Explainer(port).ExplainAsync(
            SmallService.Account, Day(3), Day(6), Stopping);
        Assert.Equal(ReportStatus.Done, status);
        Assert.DoesNotContain(explanation!.Ties, tie => !tie.Holds);
        return explanation;
    }
}
