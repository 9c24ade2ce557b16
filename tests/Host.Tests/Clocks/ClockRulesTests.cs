using Meters.Host.Clocks;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Clocks;

public class ClockRulesTests
{
    private static readonly Instant Now = Instant.Utc(2026, 3, 1, 12);
    private static readonly ClockOptions Options = new();
    private static readonly TerminalClock Fresh = new(
        TerminalAddress.Of(4403, 1), ClockState.Unknown, TimeSpan.Zero, null, null, null, null, Instant.Epoch);

    [Theory(Timeout = 10_000)]
    [InlineData(0, ClockState.Good, false)]
    [InlineData(60, ClockState.Good, false)]
    [InlineData(-60, ClockState.Good, false)]
    [InlineData(61, ClockState.Drifting, true)]
    [InlineData(-61, ClockState.Drifting, true)]
    [InlineData(900, ClockState.Drifting, true)]
    [InlineData(901, ClockState.NeedsPerson, false)]
    [InlineData(-86_400, ClockState.NeedsPerson, false)]
    public void A_drift_is_borne_set_or_left_to_a_person(int seconds, ClockState state, bool set)
    {
        var (next, sets) = Read(Fresh, seconds);
        Assert.Equal((state, set), (next.State, sets));
        Assert.Equal((TimeSpan.FromSeconds(seconds), (Instant?)Now), (next.Drift, next.ReadAt));
        Assert.Equal(state == ClockState.Good ? null : Now, next.FlaggedAt);
        Assert.Equal(set ? Now : null, next.SetAt);
        Assert.Equal(Now + (set ? TimeSpan.FromMinutes(10) : TimeSpan.FromHours(24)), next.DueAt);
    }

    [Fact(Timeout = 10_000)]
    public void A_clock_that_was_set_is_not_set_again_before_its_time_and_stays_flagged()
    {
        var set = Now - TimeSpan.FromHours(3);
        var (next, sets) = Read(Fresh with { SetAt = set, FlaggedAt = set, State = ClockState.Drifting }, 300);
        Assert.False(sets);
        Assert.Equal((ClockState.Drifting, set, set), (next.State, next.SetAt, next.FlaggedAt));
        Assert.Equal(set + TimeSpan.FromHours(24), next.DueAt);
        Assert.True(Read(next with { SetAt = Now - TimeSpan.FromHours(24) }, 300).Set);
    }

    [Fact(Timeout = 10_000)]
    public void A_person_may_set_any_clock_at_once_and_the_order_holds_once()
    {
        var ordered = Fresh with
        {
            State = ClockState.Ordered,
            SetBy = new("ann"),
            SetAt = Now - TimeSpan.FromMinutes(30),
        };
        var (next, set) = Read(ordered, -500_000);
        Assert.True(set);
        Assert.Equal((ClockState.Drifting, "ann", Now), (next.State, next.SetBy?.Value, next.SetAt));
        Assert.Equal(ClockState.NeedsPerson, Read(next, -500_000).Next.State);
        Assert.Equal((ClockState.Good, false), (Read(ordered, 3).Next.State, Read(ordered, 3).Set));
    }

    [Fact(Timeout = 10_000)]
    public void A_clock_that_is_right_again_is_no_longer_flagged()
    {
        var flagged = Fresh with { State = ClockState.NeedsPerson, FlaggedAt = Now - TimeSpan.FromDays(9) };
        Assert.Null(Read(flagged, 1).Next.FlaggedAt);
        Assert.Equal(flagged.FlaggedAt, Read(flagged, 2_000).Next.FlaggedAt);
    }

    [Fact(Timeout = 10_000)]
    public void A_hint_brings_the_next_read_nearer_but_not_too_near()
    {
        var read = Read(Fresh, 0).Next;
        var soon = Now + TimeSpan.FromMinutes(1);
        Assert.Equal(Now + TimeSpan.FromMinutes(10), ClockRules.AfterHint(read, soon, Options).DueAt);
        var later = Now + TimeSpan.FromHours(2);
        Assert.Equal(later, ClockRules.AfterHint(read, later, Options).DueAt);
        Assert.Equal(Fresh, ClockRules.AfterHint(Fresh, later, Options)); // Due long ago.
        var flagged = Read(Fresh, 5_000).Next;
        Assert.Equal(flagged, ClockRules.AfterHint(flagged, later, Options));
    }

    [Fact(Timeout = 10_000)]
    public void A_read_that_brings_nothing_is_tried_again_and_later_where_it_was_refused()
    {
        Assert.Equal(
            Now + TimeSpan.FromMinutes(10), ClockRules.AfterNoRead(Fresh, refused: false, Now, Options).DueAt);
        Assert.Equal(Now + TimeSpan.FromHours(24), ClockRules.AfterNoRead(Fresh, refused: true, Now, Options).DueAt);
    }

    private static (TerminalClock Next, bool Set) Read(TerminalClock before, int seconds) =>
        ClockRules.AfterRead(before, TimeSpan.FromSeconds(seconds), Now, Options);
}
