using Meters.Billing.Accounts;
using Meters.Billing.Estimation;
using Meters.Billing.Validation;
using Meters.Host.Readings;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>Conflicts, holds, releases and estimates through a real engine and a real store.</summary>
public class ReadingWorkTests
{
    private const int Patience = 60_000;
    private static readonly ChannelId Channel = new(SmallService.Meter, RegisterKind.ForwardActive);
    private static readonly PersonId Wei = new("wei");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private static Instant Hour(int hour) => SmallService.Start + TimeSpan.FromHours(hour);

    [Fact(Timeout = Patience)]
    public async Task Two_values_for_one_hour_are_a_conflict_until_a_person_chooses()
    {
        await using var service = await ConnectedAsync();
        await PushAsync(service, 0, 1_000, 2);
        await PushAsync(service, 1, 1_500, 3);
        await PushAsync(service, 1, 1_700, 4);
        var conflict = Assert.Single(await service.Store.Work.ConflictsAsync(null, true, 10, Stopping));
        Assert.Equal(
            (Channel, Hour(1), 1_500, 1_700),
            (conflict.Conflict.Channel, conflict.Conflict.At, conflict.Conflict.FirstValue.TenthsWh,
                conflict.Conflict.SecondValue.TenthsWh));
        Assert.False((await RowAsync(service, 1)).Reading.Quality.IsRated());

        var outcome = await service.Engine.Desk.ResolveAsync(
            new(conflict.Id, ConflictChoice.Second, null, Wei, "photo"), Stopping);
        Assert.Equal((DeskStatus.Done, ReadingStatus.Rated), (outcome.Status, outcome.Book));
        var row = await RowAsync(service, 1);
        Assert.Equal((1_700, ReadingQuality.Decided), (row.Reading.Register.TenthsWh, row.Reading.Quality));
        Assert.True(row.Charge > 0);
        var closed = await service.Store.Work.FindConflictAsync(conflict.Id, Stopping);
        Assert.Equal((ConflictChoice.Second, Wei, "photo"), (closed!.Choice, closed.Closed!.By, closed.Closed.Note));
        Assert.Equal(
            DeskStatus.ClosedBefore,
            (await service.Engine.Desk.ResolveAsync(
                new(conflict.Id, ConflictChoice.First, null, Wei, "no"), Stopping)).Status);
    }

    [Fact(Timeout = Patience)]
    public async Task A_decision_survives_a_store_that_breaks_in_the_middle_and_keeps_its_document_once()
    {
        await using var service = await ConnectedAsync();
        await PushAsync(service, 0, 1_000, 2);
        await PushAsync(service, 1, 1_500, 3);
        await PushAsync(service, 1, 1_700, 4);
        service.Hooks.Break("IShardStore.CommitAsync", Moment.After); // Stored, and nobody knows.
        var outcome = await service.Engine.Desk.ResolveAsync(
            new(1, ConflictChoice.Edited, new Energy(1_600), Wei, "read again"), Stopping);
        Assert.Equal(DeskStatus.Done, outcome.Status);
        var row = await RowAsync(service, 1);
        Assert.Equal(1_600, row.Reading.Register.TenthsWh);
        var frame = await service.Store.Queries.FrameAsync(row.Reading.Frame, Stopping);
        Assert.Equal("read again", EnteredDocument.Read(frame!.Value.Bytes.Span)!.Note);
        Assert.Empty(await service.Store.Work.ConflictsAsync(null, true, 10, Stopping));
        Assert.Empty(service.Failures);
    }

    [Fact(Timeout = Patience)]
    public async Task A_register_that_falls_holds_the_meter_over_a_restart_until_a_person_lifts_it()
    {
        await using var service = await ConnectedAsync();
        await PushAsync(service, 0, 1_000, 2);
        await PushAsync(service, 1, 900, 3);
        await PushAsync(service, 2, 1_200, 4);
        var hold = Assert.Single(await service.Store.Work.HoldsAsync(SmallService.Meter, true, 10, Stopping));
        Assert.Equal(("register_fell", PersonId.System), (hold.Hold.Reason, hold.Hold.SetBy));
        var held = Assert.Single(await service.Store.Work.QuarantineAsync("held", null, true, 10, Stopping));
        await using var again = await Meters.Host.Engine.MetersEngine.StartAsync(
            SmallService.SetupOf(service.Inner, service.Clock), Stopping);

        // The restarted engine still holds it: the value that waits is refused again.
        Assert.Equal(
            ReadingStatus.Held, (await again.Desk.ReleaseAsync(new(held.Id, Wei, "n"), Stopping)).Book);
        var lifted = await again.Desk.LiftAsync(new(SmallService.Meter, Wei, "display broken"), Stopping);
        Assert.Equal((DeskStatus.Done, 1), (lifted.Status, lifted.Released));
        Assert.Empty(await service.Inner.Work.HoldsAsync(null, true, 10, Stopping));
        Assert.Equal(1_200, (await RowAsync(service, 2)).Reading.Register.TenthsWh);
        Assert.Equal(
            DeskStatus.Unknown, (await again.Desk.LiftAsync(new(SmallService.Meter, Wei, "n"), Stopping)).Status);
    }

    [Fact(Timeout = Patience)]
    public async Task An_implausible_value_is_rated_when_a_person_accepts_it()
    {
        await using var service = await ConnectedAsync();
        await PushAsync(service, 0, 1_000, 2);
        await PushAsync(service, 1, 5_001_000, 3); // 500 kWh in an hour.
        var item = Assert.Single(await service.Store.Work.QuarantineAsync("implausible", null, true, 10, Stopping));
        var outcome = await service.Engine.Desk.ReleaseAsync(new(item.Id, Wei, "a foundry"), Stopping);
        Assert.Equal((DeskStatus.Done, ReadingStatus.Rated), (outcome.Status, outcome.Book));
        Assert.Equal(ReadingQuality.Decided, (await RowAsync(service, 1)).Reading.Quality);
        Assert.Equal("a foundry",
            (await service.Store.Work.FindQuarantineAsync(item.Id, Stopping))!.Release!.Closed.Note);
    }

    [Fact(Timeout = Patience)]
    public async Task A_gap_is_estimated_when_all_of_it_was_asked_for_and_truth_replaces_it()
    {
        await using var service = await ConnectedAsync();
        await PushAsync(service, 0, 1_000, 2);
        await PushAsync(service, 4, 5_000, 3);
        service.Clock.MoveTo(Hour(5));
        List<int> asked = [1, 2];
        var filler = new GapFiller(
            service.Store,
            service.Engine.Desk,
            (_, _, _, _) => Task.FromResult<IReadOnlyList<(ChannelId, Instant)>>(
                [.. asked.Select(hour => (Channel, Hour(hour)))]),
            LocalZone.China,
            new(),
            service.Clock);
        Assert.Equal(0, await filler.RunAsync(Stopping)); // One hour may still come.
        var charge = (await RowsAsync(service)).Sum(one => one.Charge);
        asked.Add(3);
        Assert.Equal(3, await filler.RunAsync(Stopping));
        var rows = await RowsAsync(service);
        Assert.Equal([1_000L, 2_000, 3_000, 4_000, 5_000], rows.Select(row => row.Reading.Register.TenthsWh));
        Assert.All(rows.Skip(1).Take(3), row => Assert.Equal(ReadingQuality.Estimated, row.Reading.Quality));
        Assert.Equal(charge, rows.Sum(row => row.Charge)); // The energy is exact, whatever its spread.
        var frame = await service.Store.Queries.FrameAsync(rows[1].Reading.Frame, Stopping);
        Assert.Equal("straight_line", EnteredDocument.Read(frame!.Value.Bytes.Span)!.Note);
        Assert.Equal(
            3, Assert.Single(await service.Store.Work.ProlongedAsync(Hour(0), 1, 10, Stopping)).Hours);

        await PushAsync(service, 2, 3_300, 4);
        var truth = await RowAsync(service, 2);
        Assert.Equal((3_300, ReadingQuality.Actual), (truth.Reading.Register.TenthsWh, truth.Reading.Quality));
        Assert.Equal(charge, (await RowsAsync(service)).Sum(one => one.Charge));
    }

    [Fact(Timeout = Patience)]
    public async Task Checks_find_a_spike_in_stored_rows_once()
    {
        await using var service = await SmallService.StartAsync();
        const int Days = 10;
        var readings = Enumerable.Range(0, (Days * 24) + 1)
            .Select(hour => new Reading(
                Channel, Hour(hour - (Days * 24)), new((hour * 1_000L) + (hour > (Days * 24) - 5 ? 40_000 : 0)),
                ReadingQuality.Actual, new(1)))
            .ToList();
        await service.Engine.Readings.EnterAsync(new(Channel, readings, null), Stopping);
        var checker = new ReadingChecker(
            service.Store, service.Engine.Registry, LocalZone.China, new(), service.Clock);
        Assert.Equal(1, await checker.RunAsync(Stopping));
        Assert.Equal(0, await checker.RunAsync(Stopping));
        var found = Assert.Single(await service.Store.Work.FindingsAsync(null, null, true, 10, Stopping));
        Assert.Equal((CheckKind.Spike, Hour(-5)), (found.Finding.Check, found.Finding.From));
    }

    private static async Task<SmallService> ConnectedAsync()
    {
        var service = await SmallService.StartAsync();
        service.Clock.MoveTo(Hour(3));
        await service.ConnectAsync();
        return service;
    }

    private static async Task PushAsync(SmallService service, int hour, long register, int sequence)
    {
        await service.PushAsync(1, Hour(hour), new(register), sequence);
        await service.HeardAsync(Meters.Ingest.Gdw3761.Afn.Confirm, sequence);
    }

    private static async Task<IReadOnlyList<RatedReading>> RowsAsync(SmallService service) =>
        await service.Inner.Queries.ReadingsAsync(Channel, Hour(0), Hour(100), 100, Stopping);

    private static async Task<RatedReading> RowAsync(SmallService service, int hour) =>
        (await RowsAsync(service)).Single(row => row.Reading.At == Hour(hour));
}
