using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Policies;

namespace Meters.Tests.Control.Cases;

/// <summary>A payment that lifts the balance above the cut level and no further, and the fall that follows.</summary>
public class BetweenLevelsTests
{
    private const int Patience = 10_000;

    /// <summary>Whoever is off comes back at 20.00 only.</summary>
    private static readonly Policy BackAtTwenty =
        Given.Demo with { Reconnect = new(new(2_000), ReconnectMode.Close) };

    [Theory(Timeout = Patience)]
    [InlineData(CommandState.Failed)]
    [InlineData(CommandState.TimedOut)]
    [InlineData(CommandState.Expired)]
    public async Task After_a_cut_without_proof_the_next_one_comes_with_new_messages(CommandState ended)
    {
        await Task.CompletedTask;
        var facts = Given.TripStands(ended, sent: true) with { Policy = BackAtTwenty };
        var paid = Ladder.Decide(facts.Balance(1_900, 0));
        Assert.Equal((0, Supply.On), (paid.After.Rung, paid.After.Desired));
        Assert.Contains(paid.Commands, command => command.Kind == CommandKind.Close); // It may have happened.
        Assert.Contains(paid.Decision!.Reasons, why => why.Contains("was not proven", StringComparison.Ordinal));

        var later = facts.At(Given.Local(2026, 3, 4, 10)) with { Case = paid.After };
        var again = Ladder.Decide(later.Balance(-300, 0b111));
        Assert.DoesNotContain(again.Commands, command => command.Kind == CommandKind.Trip);
    }

    [Fact(Timeout = Patience)]
    public async Task A_cut_that_is_queued_again_after_a_sending_is_taken_back_and_leaves_nothing_behind()
    {
        await Task.CompletedTask;
        var facts = Given.TripStands(CommandState.Queued, sent: true) with { Policy = BackAtTwenty };
        var paid = Ladder.Decide(facts.Balance(1_900, 0));
        Assert.Single(paid.Cancelled);
        Assert.Equal((0, Supply.On), (paid.After.Rung, paid.After.Desired));
    }

    [Theory(Timeout = Patience)]
    [InlineData(CommandState.Sent)]
    [InlineData(CommandState.Accepted)]
    [InlineData(CommandState.Acknowledged)]
    public async Task A_cut_on_its_way_is_waited_for(CommandState state)
    {
        await Task.CompletedTask;
        var facts = Given.TripStands(state, sent: true) with { Policy = BackAtTwenty };
        var paid = Ladder.Decide(facts.Balance(1_900, 0));
        Assert.Equal((3, Supply.Off), (paid.After.Rung, paid.After.Desired));
        Assert.DoesNotContain(paid.Commands, command => command.Kind == CommandKind.Close);
    }

    [Fact(Timeout = Patience)]
    public async Task A_proven_cut_stays()
    {
        await Task.CompletedTask;
        var cut = Ladder.Decide(Given.CutAndProven().Balance(1_900, 0) with { Policy = BackAtTwenty });
        Assert.Equal((3, Supply.Off), (cut.After.Rung, cut.After.Desired));
        Assert.DoesNotContain(cut.Commands, command => command.Kind == CommandKind.Close);
    }

    [Fact(Timeout = Patience)]
    public async Task Above_the_cut_level_by_less_than_the_hysteresis_the_case_is_looked_at_again_by_itself()
    {
        await Task.CompletedTask;
        var facts = Given.DueForCut();
        var between = Ladder.Decide(facts.Balance(50, 0b111)); // Crossed still: when it falls, nothing crosses anew.
        Assert.Empty(between.Commands);
        Assert.Equal(facts.Now + Ladder.CompareEvery, between.DueAt);
        var fallen = Ladder.Decide(facts.At(between.DueAt) with { Case = between.After });
        Assert.Contains(fallen.Commands, command => command.Kind == CommandKind.Trip);
    }
}
