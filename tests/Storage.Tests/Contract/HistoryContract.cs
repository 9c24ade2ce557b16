using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static HistoryQuery History(int account = 1, int rowsMax = 100, params Instant[] anchors) => new(
        new(account), Sample.Day0.AddDays(1), Sample.Day0.AddDays(2), Sample.Hour(24), Sample.Hour(72),
        [Sample.Channel(account)], anchors, rowsMax);

    private async Task LivedAsync()
    {
        var shard = await TownAsync();
        var channel = Sample.Channel(1);
        await shard.CommitAsync(commit =>
        {
            foreach (var hour in (ReadOnlySpan<int>)[0, 3, 5, 20, 24, 25, 48, 72, 73])
            {
                commit.Readings.Add(Sample.Reading(channel, Sample.Hour(hour), hour * 10, hour));
            }

            commit.Readings.Add(Sample.Reading(Sample.Channel(2), Sample.Hour(30), 1, 1));
            commit.Payments.Add(Sample.Payment("p1", 1, 500));
            commit.Payments.Add(Sample.Payment("p2", 1, 70));
            commit.Entries.Add(Sample.PaymentEntry(1, 1, 500, key: "p1"));
            commit.Entries.Add(Sample.PaymentEntry(2, 1, 70, key: "p2") with { Day = Sample.Day0.AddDays(2) });
            commit.Entries.Add(Sample.ChargeEntry(3, 1, 30) with { Day = Sample.Day0.AddDays(1) });
            commit.Entries.Add(Sample.ChargeEntry(4, 1, 9) with { Day = Sample.Day0.AddDays(3) });
            commit.Entries.Add(Sample.ChargeEntry(5, 2, 1_000) with { Day = Sample.Day0.AddDays(1) });
        });
        for (var day = 0; day <= 1; day++)
        {
            await shard.CommitAsync(commit =>
            {
                commit.ClosesDay = Sample.Day0.AddDays(day);
                commit.ClosesThrough = Sample.Hour(24 * (day + 1));
                commit.DayCharges.Add(new(new(1), Sample.Day0.AddDays(day), 7 + day, new(day), 3, new(1)));
            });
        }

        await shard.CommitAsync(commit =>
        {
            commit.Corrections.Add(new(new(1), Sample.Day0, Sample.Day0.AddDays(1), 11, Money.Zero));
            commit.Corrections.Add(new(new(1), Sample.Day0.AddDays(1), Sample.Day0.AddDays(1), -5, Money.Zero));
            commit.Corrections.Add(new(new(1), Sample.Day0.AddDays(-9), Sample.Day0.AddDays(-4), 99, Money.Zero));
        });
    }

    [Fact(Timeout = Patience)]
    public async Task A_history_has_the_days_asked_for_and_what_they_begin_from()
    {
        await LivedAsync();
        var history = (await Store.Histories.ReadAsync(History(), Stopping))!;
        Assert.Equal((new Money(500), new Money(500)), (history.JournalBefore, history.LastPurchaseBefore));
        Assert.Equal([2L, 3], history.Entries.Select(entry => entry.Id));
        Assert.Equal("p2", Assert.Single(history.Payments).Order.Key);
        Assert.Equal(Sample.Day0, history.LastDayBefore!.Value.Day);
        Assert.Equal(Sample.Day0.AddDays(1), Assert.Single(history.Days).Day);
        Assert.Equal([11L, -5], history.Corrections.Select(correction => correction.Delta));
        Assert.False(history.IsLatest);
        var toTheEnd = History() with { To = Sample.Day0.AddDays(3), ToAt = Sample.Hour(96) };
        Assert.True((await Store.Histories.ReadAsync(toTheEnd, Stopping))!.IsLatest);
        Assert.False((await Store.Histories.ReadAsync(toTheEnd with { ToAt = Sample.Hour(72) }, Stopping))!.IsLatest);
        Assert.Equal((await Store.Queries.BalanceAsync(new(1), Stopping))!.Value.Balance, history.Balance);
    }

    [Theory(Timeout = Patience)]
    [InlineData(null, new[] { 24, 25, 48, 72 })]
    [InlineData(4, new[] { 3, 5, 24, 25, 48, 72 })] // Between two readings: both.
    [InlineData(5, new[] { 5, 20, 24, 25, 48, 72 })] // On one: that and the next.
    [InlineData(-9, new[] { 0, 24, 25, 48, 72 })] // Before the first.
    public async Task A_history_has_the_readings_of_its_days_the_one_before_and_those_around_its_anchors(
        int? anchor, int[] hours)
    {
        await LivedAsync();
        Instant[] anchors = anchor is { } hour ? [Sample.Hour(hour)] : [];
        var history = (await Store.Histories.ReadAsync(History(anchors: anchors), Stopping))!;
        var readings = Assert.Single(history.Readings);
        Assert.Equal(Sample.Channel(1), readings.Key);
        Assert.Equal(hours.Select(Sample.Hour), readings.Value.Select(row => row.Reading.At));
    }

    [Fact(Timeout = Patience)]
    public async Task A_history_has_earlier_readings_and_the_one_after_the_days_where_they_are_measured()
    {
        await LivedAsync();
        var query = History() with { ReadingsFrom = Sample.Hour(4), WithNext = true };
        var history = (await Store.Histories.ReadAsync(query, Stopping))!;
        Assert.Equal(
            ((int[])[5, 20, 24, 25, 48, 72, 73]).Select(hour => Sample.Hour(hour)),
            history.Readings[Sample.Channel(1)].Select(row => row.Reading.At));
        Assert.Equal(Sample.Day0, history.FirstDay);
        Assert.Null((await Store.Histories.ReadAsync(History(account: 2), Stopping))!.FirstDay);
    }

    [Fact(Timeout = Patience)]
    public async Task A_history_of_an_unknown_account_or_of_too_many_rows_is_none()
    {
        await LivedAsync();
        Assert.Null(await Store.Histories.ReadAsync(History(account: 77), Stopping));
        Assert.Null(await Store.Histories.ReadAsync(History(rowsMax: 1), Stopping));
        var empty = (await Store.Histories.ReadAsync(History(account: 3), Stopping))!;
        Assert.Equal((Money.Zero, Money.Zero, null), (empty.JournalBefore, empty.Balance, empty.LastDayBefore));
        Assert.Empty(empty.Readings[Sample.Channel(3)]);
    }
}
