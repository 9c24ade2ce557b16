using Meters.Control.Guard;

namespace Meters.Control.Tests.Limits;

/// <summary>Cuts are spread by a guard book of the process with a part of each cap.</summary>
public sealed class CutPaceTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly Instant Start = Instant.Utc(2026, 3, 1, 8);

    private static GuardTerms Of(long trips, long watts = long.MaxValue) => new()
    {
        Window = Window,
        Watts = 1_000,
        Budgets = [new(GuardKey.System, new(trips, watts))],
    };

    private static bool TryTake(GuardBook book, GuardTerms terms, Instant now, out Instant freeAt)
    {
        freeAt = book.FreeAt(terms, now);
        if (freeAt > now) return false;
        book.Book(terms, now);
        return true;
    }

    [Fact(Timeout = 60_000)]
    public void Never_more_than_the_pace_in_any_window() => Seeds.Run(100, random =>
    {
        var book = new GuardBook();
        var max = random.Next(1, 12);
        var terms = random.Next(2) == 0 ? Of(max) : Of(1_000, max * 1_000);
        var taken = new List<Instant>();
        var now = Start;
        for (var i = 0; i < 400; i++)
        {
            now += TimeSpan.FromSeconds(random.Next(0, 120));
            if (TryTake(book, terms, now, out _)) taken.Add(now);
            Assert.True(taken.Count(t => t > now - Window) <= max);
        }

        Assert.True(taken.Count > max);
    });

    [Fact(Timeout = 60_000)]
    public void Who_waits_until_told_gets_through()
    {
        var book = new GuardBook();
        for (var i = 0; i < 3; i++) Assert.True(TryTake(book, Of(3), Start + TimeSpan.FromMinutes(i), out _));
        Assert.False(TryTake(book, Of(3), Start + TimeSpan.FromMinutes(3), out var freeAt));
        Assert.Equal(Start + Window, freeAt);
        Assert.True(TryTake(book, Of(3), freeAt, out _));
    }

    [Fact(Timeout = 60_000)]
    public void A_pace_that_shrinks_waits_for_as_many_as_are_too_many()
    {
        var book = new GuardBook();
        for (var i = 0; i < 4; i++) Assert.True(TryTake(book, Of(4), Start + TimeSpan.FromMinutes(i), out _));
        Assert.False(TryTake(book, Of(2), Start + TimeSpan.FromMinutes(5), out var freeAt));
        Assert.Equal(Start + TimeSpan.FromMinutes(2) + Window, freeAt);
    }

    [Fact(Timeout = 60_000)]
    public void A_restart_forgets_nothing()
    {
        var book = new GuardBook();
        book.Restore(GuardKey.System, Start, new(1, 1_000));
        book.Restore(GuardKey.System, Start + TimeSpan.FromMinutes(1), new(1, 1_000));
        Assert.False(TryTake(book, Of(2), Start + TimeSpan.FromMinutes(2), out _));
        Assert.True(TryTake(book, Of(2), Start + Window, out _));
    }

    [Fact(Timeout = 60_000)]
    public void A_cut_that_no_window_could_hold_is_left_to_the_guard() =>
        Assert.True(TryTake(new(), Of(5, 500), Start, out _));

    [Theory(Timeout = 60_000)]
    [InlineData(20, 15)]
    [InlineData(5_000, 3_750)]
    [InlineData(1, 1)]
    public void The_pace_stays_a_quarter_below_the_guard(int cap, int expected) =>
        Assert.Equal(expected, GuardPlan.PaceOf(Of(cap), 75).Budgets[0].Cap.Trips);
}
