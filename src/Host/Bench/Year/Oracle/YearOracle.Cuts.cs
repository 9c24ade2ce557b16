using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Host.Bench.Year.Oracle;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>Every cut at the instant at which its bytes leave; messages; cuts that never come.</summary>
internal sealed partial class YearOracle
{
    private const int SendsMax = 3;

    /// <summary>Delays, proofs and ten days beyond them: who is due that long without a cut is forgotten.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromDays(10);

    /// <summary>A message is handed to the gateway, or was meant to be while it was away.</summary>
    public void Handed(Home home, NoticeId id, Instant at)
    {
        var seen = Of(home);
        if (!seen.Handed.Add(id)) return; // Tried again, perhaps when its run of the ladder was over already.
        var rows = Sync.Of(_world.Store.Queries.NoticesAsync(home.Account, 60, default));
        if (rows.FirstOrDefault(row => row.Id == id) is not { } row) return;
        seen.Note(at, "message", (long)row.Kind);
        if (row.Kind is NoticeKind.CutDone or NoticeKind.Reconnected) return;
        Settle(seen, at);
        seen.Messages.Add(new(id, row.Kind, row.CreatedAt));
        if (seen.CrossedSince is null) return; // It waited until its run was over: none of the next run's.
        if (++seen.Told > seen.MayTell) Break(seen, at, "told more often than levels were crossed");
    }

    /// <summary>It is on the customer's screen.</summary>
    public void Read(Home home, NoticeId id, Instant at) => Of(home).Note(at, "read", id.Value);

    public void Delivered(Home home, NoticeId id, Instant at)
    {
        if (Of(home).Messages.Find(message => message.Id == id) is { } message) message.DeliveredAt ??= at;
    }

    public void Failed(Home home, NoticeId id, Instant at)
    {
        Of(home).Note(at, "message failed", id.Value);
        if (Of(home).Messages.Find(message => message.Id == id) is { } message) message.HasFailed = true;
    }

    /// <summary>The bytes of a command leave.</summary>
    public void Left(Home home, Command command, Instant at)
    {
        var seen = Of(home);
        var cut = command.Kind == CommandKind.Trip;
        seen.Note(at, command.Kind.ToString(), command.Id.Value);
        if (_caps.Left(home.Site.Address, cut, at) is { } broken) Break(seen, at, broken);
        if (!cut) return;
        CutsJudged++;
        seen.DueSince = null;
        if (command.ExpiresAt <= _world.Clock.Now()) Break(seen, at, "cut after its expiry");
        if (command.Attempts > SendsMax) Break(seen, at, "cut sent too often");
        if (command.Id.Value < seen.LastTrip) Break(seen, at, "two cuts of one meter at once");
        seen.LastTrip = command.Id.Value;
        if (home.NeverCut) Break(seen, at, "cut of a protected customer");
        if (IsHeld(seen, at)) Break(seen, at, "cut under a hold");
        if (command.Origin == CommandOrigin.Policy)
        {
            Judge(seen, command, at);
            seen.Tries.Add(command.Id.Value);
        }
        else (seen.ManualHolds, seen.ManualLapsesAt) = (seen.ManualOff, null);
    }

    private static bool IsHeld(Watched seen, Instant at) =>
        seen.Holds.Exists(hold => hold.From <= at && at < hold.Until);

    private void Judge(Watched seen, Command command, Instant at)
    {
        var rules = RulesOf(seen, at);
        if (seen is { ManualOff: true, ManualHolds: true } && !(seen.ManualLapsesAt <= at))
        {
            Break(seen, at, "cut of what a person has cut");
        }

        if (seen.LastPaidAt > command.CreatedAt) Break(seen, at, "cut after a payment that was durable before");
        if (seen.Balance >= LevelOf(seen, rules.Steps[^1])) Break(seen, at, "cut above the cut level");
        if (seen.Actual is not { } actual || seen.IsEstimated) Break(seen, at, "cut on an estimate");
        else if (at - actual.At > rules.ReadingAge) Break(seen, at, "cut on an old reading");
        if (rules.Calendar.WhyNot(at, seen.Home.Classes) is { } why) Break(seen, at, $"cut in {why}");
        foreach (var part in _down.Where(part => part is not YearPart.Sms))
        {
            Break(seen, at, $"cut while {part} was not well");
        }

        if (rules.NeverCut.Overlaps(seen.Home.Classes)) Break(seen, at, "cut of a protected class");
        if (rules.NeedsApproval.Overlaps(seen.Home.Classes)) Break(seen, at, "cut without approval");
        if (_moratoria.Exists(one => one.From <= at && at < one.Until)) Break(seen, at, "cut in a declared moratorium");
        foreach (var step in rules.Steps.Where(step => step.LimitDays > 0 && step.Is(seen.Home)))
        {
            if (seen.CrossedSince is { } since && since + TimeSpan.FromDays(step.LimitDays) <= at) continue;
            Break(seen, at, "cut before the days of a limited load");
        }

        JudgeMessages(seen, rules, at);
    }

    private void JudgeMessages(Watched seen, RuleBook rules, Instant at)
    {
        var steps = Enumerable.Range(0, rules.Steps.Count - 1)
            .Where(i => rules.Steps[i].Does.Contains("sms") && rules.Steps[i].Is(seen.Home)).ToList();
        if (steps.Count == 0) return;
        var last = MessagesOf(seen, rules, steps);
        if (last is null)
        {
            if (!(seen.Home.Phone.Length == 0 && HasFallback(seen, rules.Steps[steps[^1]])))
            {
                Break(seen, at, "cut without every message");
            }

            return;
        }

        for (var k = 0; k < steps.Count; k++)
        {
            var (from, next) = (steps[k], k + 1 < steps.Count ? steps[k + 1] : rules.Steps.Count - 1);
            var until = k + 1 < steps.Count ? last[k + 1].WrittenAt : at;
            if (!HavePassed(seen, rules, from, next, last[k].WrittenAt, until))
            {
                Break(seen, at, "cut before a delay had passed");
            }

            if (last[k].DeliveredAt is not null || !rules.Steps[from].NeedsProof) continue;
            var given = last[k].HasFailed || at - last[k].WrittenAt >= rules.Proof;
            if (!given) Break(seen, at, "cut while a message was on its way");
            else if (!HasFallback(seen, rules.Steps[from])) Break(seen, at, "cut without proof of a message");
        }

        if (seen.Messages.Count(message => message.DeliveredAt is not null) < rules.ContactsMin)
        {
            Break(seen, at, "cut before enough contacts");
        }

        var grace = last[^1].WrittenAt;
        if (!rules.Calendar.HavePassed(
            grace, at, Math.Max(rules.GraceDays, rules.CreditDays), rules.GraceWorkingDays, TimeSpan.Zero))
        {
            Break(seen, at, "cut within the days of grace");
        }
    }

    /// <summary>
    /// The latest message of each step, each before that of the next; null where one is missing.
    /// </summary>
    private static List<Message>? MessagesOf(Watched seen, RuleBook rules, List<int> steps)
    {
        var found = new List<Message>();
        var before = long.MaxValue;
        foreach (var step in Enumerable.Reverse(steps))
        {
            var kind = rules.Steps[step].Kind;
            var message = seen.Messages.Where(one => one.Id.Value < before
                    && one.Kind.ToString().Equals(kind, StringComparison.OrdinalIgnoreCase))
                .MaxBy(one => one.Id.Value);
            if (message is null) return null;
            found.Insert(0, message);
            before = message.Id.Value;
        }

        return found;
    }

    private static bool HasFallback(Watched seen, Step step) =>
        (step.Fallback.Contains("alarm") && seen.Home.AlarmOn) || step.Fallback.Contains("record");

    /// <summary>Each step's delay counts from the one before; with several between two messages they add up.</summary>
    private static bool HavePassed(
        Watched seen, RuleBook rules, int from, int to, Instant start, Instant end)
    {
        var between = rules.Steps.Skip(from + 1).Take(to - from).Where(step => step.Is(seen.Home)).ToList();
        var span = between.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Delay);
        return rules.Calendar.HavePassed(
            start, end, between.Sum(step => step.Days), between.Max(step => step.WorkingDays), span);
    }

    /// <summary>Once a day: who has been due for long, with nothing in the way?</summary>
    private void SeeDue(Watched seen, Instant at)
    {
        var rules = RulesOf(seen, at);
        var due = rules.Cuts && rules.Calendar.HasWindows && seen.RelayOn && !seen.ManualOff && !seen.Home.NeverCut
            && seen.Balance < LevelOf(seen, rules.Steps[^1]) && seen.Tries.Count < rules.CutAttemptsMax
            && !seen.IsEstimated && CanReach(seen, at)
            && seen.Actual is { } actual && at - actual.At < TimeSpan.FromHours(8)
            && !rules.NeverCut.Overlaps(seen.Home.Classes) && !rules.NeedsApproval.Overlaps(seen.Home.Classes)
            && !_moratoria.Exists(one => one.From <= at && at < one.Until)
            && !rules.Steps.Any(step => step.LimitDays > 0 && step.Is(seen.Home))
            && seen.Holds.TrueForAll(hold => hold.Until <= at)
            && rules.ContactsMin <= seen.Messages.Count(message => message.DeliveredAt is not null)
            && seen.Messages.Count > 0 && seen.Messages.TrueForAll(message => message.DeliveredAt is not null)
            && !rules.Calendar.InSeasonAround(at, seen.Home.Classes);
        if (!due)
        {
            (seen.DueSince, seen.DueTold) = (null, false);
            return;
        }

        seen.DueSince ??= at;
        if (seen.DueTold || at - seen.DueSince <= WaitOf(rules)) return;
        seen.DueTold = true;
        Break(seen, at, "due for a cut, everything open, and forgotten");
    }

    private static TimeSpan WaitOf(RuleBook rules)
    {
        var days = rules.GraceDays + rules.CreditDays + (2 * rules.GraceWorkingDays)
            + rules.Steps.Sum(step => step.Days + (2 * step.WorkingDays) + step.LimitDays);
        var spans = rules.Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Delay + rules.Proof);
        return TimeSpan.FromDays(days) + spans + Slack;
    }
}
