using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

/// <summary>
/// What must never happen under the demo policy, told without the ladder's own code: its numbers are written out here a
/// second time (windows 08:00 to 16:00 less half an hour, six hours between steps, cut below zero, back on from 0.01).
/// </summary>
internal sealed class LadderOracle
{
    private readonly List<Instant> _rungsDone = [];
    private Instant? _owedSince;

    public void AfterDecision(CaseFacts facts, LadderOutcome outcome)
    {
        Must(outcome.DueAt > facts.Now, "The next look lies in the future.");
        var (before, after) = (Math.Min(facts.Case.Rung, 3), Math.Min(outcome.After.Rung, 3));
        Must(after <= before + 1, "No rung is skipped.");
        if (after < before)
        {
            _rungsDone.RemoveRange(after, _rungsDone.Count - after);
            if (after > 0) _rungsDone[after - 1] = facts.Now; // Re-anchored.
        }

        if (after > before)
        {
            Must(_rungsDone.Count == before, "Every rung before it was done.");
            if (before > 0)
            {
                Must(facts.Now - _rungsDone[before - 1] >= TimeSpan.FromHours(6), "Six hours lie between steps.");
            }
            _rungsDone.Add(facts.Now);
            if (after < 3)
            {
                Must(outcome.Notices.Count(n => n.Kind is NoticeKind.Remind or NoticeKind.Warn) == 1, "One message.");
            }
        }
        else
        {
            Must(
                outcome.Notices.All(n => n.Kind is NoticeKind.CutDone or NoticeKind.Reconnected),
                "No message without a step.");
        }

        var cancelled = outcome.Cancelled.Select(c => c.Id).ToHashSet();
        var active = facts.Active.Where(c => !cancelled.Contains(c.Id)).Concat(outcome.Commands).ToList();
        var trips = active.Count(c => c.Kind == CommandKind.Trip);
        var closes = active.Count(c => c.Kind == CommandKind.Close);
        Must(trips + closes <= 1, "Never two orders to one relay.");
        if (outcome.Commands.FirstOrDefault(c => c.Kind == CommandKind.Trip) is { } trip)
        {
            CheckCut(facts);
            Must(_rungsDone.Count == 3, "A cut is the last rung.");
            Must(trip.Fence == facts.Case.Fence, "The cut carries the fence.");
            Must(
                MinuteOfDay(trip.ExpiresAt) <= (15 * 60) + 30 && trip.ExpiresAt - facts.Now <= TimeSpan.FromHours(1),
                "It expires in time.");
        }

        if (facts.Account.Balance.Minor >= 1)
        {
            Must(outcome.After.Desired != Supply.Off, "Who has paid is wanted on.");
            Must(!active.Exists(c => c.Kind == CommandKind.Trip && c.State == CommandState.Queued), "No cut waits.");
        }
    }

    public void AtDispatch(Command command, CaseFacts facts)
    {
        if (command.Kind != CommandKind.Trip) return;
        CheckCut(facts);
        Must(command.Fence == facts.Case.Fence, "No payment since.");
        Must(facts.Now < command.ExpiresAt, "Not expired.");
        Must(!facts.Active.Any(c => c.Kind == CommandKind.Close), "No close on its way.");
    }

    /// <summary>
    /// Power is owed from the payment on; the program may need an hour and a half of lost commands, not a day.
    /// </summary>
    public void AfterTick(SimulatedAccount account)
    {
        if (account.Balance < 1 || account.Relay == Supply.On)
        {
            _owedSince = null;
            return;
        }

        _owedSince ??= account.Now;
        Must(account.Now - _owedSince < TimeSpan.FromHours(24), "Who has paid is back on.");
        var facts = account.Facts;
        var underWay = facts.Active.Any(c => c.Kind is CommandKind.Close || CommandLifecycle.IsInFlight(c.State));
        Must(
            underWay || facts.Case.DueAt - facts.Now <= TimeSpan.FromMinutes(15),
            "A close is on its way or due soon.");
    }

    private static void CheckCut(CaseFacts facts)
    {
        var minute = MinuteOfDay(facts.Now);
        Must(minute is >= 8 * 60 and < (15 * 60) + 30, "Inside the hours.");
        Must(facts.Account.Balance.Minor < 0, "Below zero.");
        Must(!facts.Customer.NeverCut, "May be cut.");
        Must(!facts.Holds.Any(hold => hold.From <= facts.Now && facts.Now < hold.Until), "No hold.");
        Must(facts.Account.LastReadingQuality == ReadingQuality.Actual, "Actual.");
        Must(facts.Account.LastReadingAt is { } at && facts.Now - at <= TimeSpan.FromHours(3), "Fresh.");
        Must(facts.Health == HealthFacts.Good, "Healthy.");
        foreach (var kind in new[] { NoticeKind.Remind, NoticeKind.Warn })
        {
            var latest = facts.Notices.Where(n => n.Kind == kind).MaxBy(n => n.CreatedAt);
            Must(latest is not null, "Told.");
            var proven = latest!.State == NoticeState.Delivered
                || (facts.Case.AlarmOn
                    && (latest.State == NoticeState.Failed || facts.Now - latest.CreatedAt >= TimeSpan.FromHours(6)));
            Must(proven, "The message arrived, or the alarm stood in for it.");
        }
    }

    private static int MinuteOfDay(Instant at) => (int)(at.UnixMicros / Instant.MicrosPerMinute + (8 * 60)) % 1_440;

    private static void Must(bool held, string what)
    {
        if (!held) throw new InvalidOperationException($"Broken: {what}");
    }
}
