using System.Text.Json.Nodes;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Policies;
using Meters.Host.Bench.Year.Oracle;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>Parts whose health the world knows.</summary>
internal enum YearPart
{
    Sms,
    Payments,
    Ingest,
    Clock,
    Process,
}

/// <summary>A rule that was broken.</summary>
internal sealed record Violation(AccountId Account, Instant At, string Rule, string Trail);

/// <summary>
/// Judges the service by the world alone: what was paid and when, what was read, which messages arrived, which holds
/// stood, what left on the wire and what the relays did. It reads the policies by itself and calls nothing that
/// decides in the engine. The average day, a figure of billing, is asked of the book.
/// </summary>
internal sealed partial class YearOracle
{
    /// <summary>Violations told one by one; of further ones only the number.</summary>
    private const int ToldMax = 50;

    /// <summary>A person's command that has not left by then never does.</summary>
    private static readonly TimeSpan ManualLife = TimeSpan.FromMinutes(30);

    private readonly YearWorld _world;
    private readonly Watched[] _homes;
    private readonly Dictionary<string, List<(Instant From, RuleBook Rules)>> _policies = new(StringComparer.Ordinal);
    private readonly HashSet<YearPart> _down = [];
    private readonly List<(Instant From, Instant Until)> _moratoria = [];
    private readonly CapWatch _caps;

    public YearOracle(YearWorld world)
    {
        _world = world;
        _homes = [.. world.Fleet.Homes.Select(home => new Watched(home))];
        _caps = new(world.Fleet.Homes.Count);
    }

    public List<Violation> Violations { get; } = [];

    public SortedDictionary<string, long> ByRule { get; } = new(StringComparer.Ordinal);

    public long CutsJudged { get; private set; }

    public long WaitsServed { get; private set; }

    public void PolicyFrom(string id, string json, Instant from)
    {
        if (!_policies.TryGetValue(id, out var versions)) _policies.Add(id, versions = []);
        var rules = new RuleBook(json);
        foreach (var calendar in ShippedPolicies.CalendarIds)
        {
            rules.Calendar.Learn(JsonNode.Parse(ShippedPolicies.CalendarDocument(calendar))!);
        }

        versions.Add((from, rules));
    }

    public void Health(YearPart part, bool up, Instant at)
    {
        if (part == YearPart.Process)
        {
            foreach (var seen in _homes) Advance(seen, at);
        }

        if (up) _down.Remove(part);
        else _down.Add(part);
        if (part != YearPart.Process || !up) return;
        foreach (var seen in _homes) TakeUpLevels(seen, at); // Whoever starts begins with the versions in force.
    }

    public void Reading(Home home, Instant readAt, long registerWh, bool actual, Instant at)
    {
        var seen = Of(home);
        if (actual)
        {
            if (seen.Actual is not { } last || readAt > last.At) seen.Actual = (readAt, registerWh);
        }
        else
        {
            seen.Estimate = (readAt, registerWh);
        }

        Settle(seen, at);
    }

    /// <summary>The service's balance against the world's, which knows no ledger: paid less used.</summary>
    public void Compare(Home home, long balance, Instant at)
    {
        var seen = Of(home);
        if (balance != seen.Balance) Break(seen, at, "a balance that is not what was paid less what was used");
    }

    public void Paid(Home home, long amount, Instant at)
    {
        var seen = Of(home);
        seen.Note(at, "paid", amount);
        seen.Paid += amount;
        seen.LastPurchase = amount;
        seen.LastPaidAt = at;
        seen.DueSince = null;
        Settle(seen, at);
    }

    /// <summary>Nobody is cut anywhere for a while.</summary>
    public void Declared(Instant from, Instant until)
    {
        _moratoria.Add((from, until));
        foreach (var seen in _homes) seen.DueSince = null;
    }

    public void Held(Home home, Hold hold)
    {
        var seen = Of(home);
        seen.Note(hold.From, "hold", (long)hold.Kind);
        seen.Holds.Add(hold);
        seen.DueSince = null;
    }

    public void Lifted(Home home, HoldKind kind, Instant at)
    {
        var seen = Of(home);
        seen.Note(at, "lifted", (long)kind);
        seen.Holds.RemoveAll(hold => hold.Kind == kind && hold.Until > at);
    }

    public void ManualOff(Home home, bool off, Instant at)
    {
        var seen = Of(home);
        seen.Note(at, off ? "manual off" : "manual on");
        (seen.ManualOff, seen.ManualHolds, seen.ManualLapsesAt) = (off, off, at + ManualLife);
        seen.DueSince = null;
        Advance(seen, at);
    }

    /// <summary>
    /// A meter or its concentrator said no, or the relay did not move: unless it opens after all, a person's cut has
    /// come to nothing, and what is not cut by a person is the policy's again.
    /// </summary>
    public void Declined(Home home, Command command)
    {
        var seen = Of(home);
        if (command is { Kind: CommandKind.Trip, Origin: CommandOrigin.Manual } && seen.RelayOn)
        {
            seen.ManualHolds = false;
        }
    }

    public void Alarm(Home home, bool on, Instant at) => Of(home).Note(at, on ? "alarm on" : "alarm off");

    /// <summary>A relay moved in the field.</summary>
    public void Moved(Home home, bool on, Instant at)
    {
        var seen = Of(home);
        Advance(seen, at);
        seen.Note(at, on ? "relay closed" : "relay open");
        seen.RelayOn = on;
        if (!on) seen.ManualHolds = seen.ManualOff;
        seen.Tries.Clear();
        Advance(seen, at);
    }

    /// <summary>All that we can do: the customer presses the button.</summary>
    public void Permitted(Home home, Instant at)
    {
        var seen = Of(home);
        Advance(seen, at);
        seen.Note(at, "permitted");
        if (seen.Waits) WaitsServed++;
        seen.Waits = false;
    }

    /// <summary>Whether the home can be reached may have changed.</summary>
    public void Reachable(Home home, Instant at)
    {
        var seen = Of(home);
        Advance(seen, at);
        seen.DueSince = null;
    }

    /// <summary>
    /// Averages of own use have moved, and with them levels in days; and the levels of the versions in force are taken
    /// up (docs/policies.md).
    /// </summary>
    public void DayClosed(Region region, Instant at)
    {
        foreach (var seen in _homes.Where(seen => seen.Home.Region == region)) TakeUpLevels(seen, at);
    }

    public void Hour(Instant at)
    {
        if (at.UnixMicros / Instant.MicrosPerHour % 24 != 0) return;
        foreach (var seen in _homes)
        {
            Advance(seen, at);
            SeeDue(seen, at);
        }
    }

    public void Finish(Instant at)
    {
        foreach (var seen in _homes) Advance(seen, at);
    }

    private Watched Of(Home home) => _homes[home.Index];

    /// <summary>Rules in force, by the world's time.</summary>
    private RuleBook RulesOf(Watched seen, Instant at)
    {
        var versions = _policies[seen.Home.Region.Policy];
        return versions.FindLast(version => version.From <= at).Rules ?? versions[0].Rules;
    }

    private void Break(Watched seen, Instant at, string rule)
    {
        ByRule[rule] = ByRule.GetValueOrDefault(rule) + 1;
        if (Violations.Count >= ToldMax) return;
        Violations.Add(new(seen.Home.Account, at, $"{RulesOf(seen, at).Name}: {rule}", seen.Trail()));
    }

    private void TakeUpLevels(Watched seen, Instant at)
    {
        seen.Levels = RulesOf(seen, _world.Clock.Now()); // By the program's clock, which may stand elsewhere.
        Settle(seen, at);
    }

    private bool CanReach(Watched seen, Instant at) => !_down.Contains(YearPart.Process)
        && seen.Home.SilentUntil <= at && seen.Home.Site.DownUntil <= at && !seen.Home.Site.IsDark;

    /// <summary>The balance moved: which levels lie above it now, and does anybody wait in the dark.</summary>
    private void Settle(Watched seen, Instant at)
    {
        Advance(seen, at);
        var rules = RulesOf(seen, at);
        var before = Reach(seen.Crossed);
        var levels = seen.Levels ??= rules;
        for (var i = 0; i < levels.Steps.Count; i++)
        {
            var level = LevelOf(seen, levels.Steps[i]);
            if (seen.Balance < level) seen.Crossed |= 1 << i;
            else if (seen.Balance >= level + levels.Hysteresis) seen.Crossed &= ~(1 << i);
        }

        if (seen.Balance >= LevelOf(seen, rules.Steps[^1])) seen.Tries.Clear();
        var after = Reach(seen.Crossed);
        if (after > 0 && before == 0) seen.CrossedSince = at;
        if (after == 0 && before > 0)
        {
            seen.Messages.Clear();
            (seen.MayTell, seen.Told, seen.CrossedSince) = (0, 0, null);
        }

        if (seen.Rules != rules.Name)
        {
            (seen.Rules, before) = (rules.Name, 0); // Another ladder: its steps are told anew, where they still hold.
        }

        if (after > before) seen.MayTell += Tells(seen, rules, before, after);
        Advance(seen, at);
    }

    private static int Reach(int crossed) => 32 - int.LeadingZeroCount(crossed);

    private static int Tells(Watched seen, RuleBook rules, int from, int to) =>
        rules.Steps.Skip(from).Take(to - from).Count(step => step.Does.Contains("sms") && step.Is(seen.Home));

    private decimal LevelOf(Watched seen, Step step) => step.Unit switch
    {
        "percentOfLastPurchase" => Math.Floor(seen.LastPurchase * step.Level / 100),
        "daysOfOwnUse" => _world.Service.Books.TryPosition(seen.Home, out var position)
            ? Math.Floor(position.AverageDay.Minor * step.Level)
            : 0,
        _ => step.Level,
    };

    /// <summary>Counts the time for which somebody who paid enough waits in the dark and can be reached.</summary>
    private void Advance(Watched seen, Instant at)
    {
        var rules = RulesOf(seen, at);
        if (seen.Waits && seen.WasReachable) seen.Waited += at - seen.WaitMark;
        (seen.WaitMark, seen.WasReachable) = (at, CanReach(seen, at));
        var owed = !seen.RelayOn && !seen.ManualOff && seen.Balance >= rules.ConnectAt && !seen.Home.Permitted;
        if (!owed)
        {
            if (seen.Waits) WaitsServed++;
            (seen.Waits, seen.Waited, seen.WaitTold) = (false, TimeSpan.Zero, false);
            return;
        }

        seen.Waits = true;
        if (seen.WaitTold || seen.Waited <= rules.Within) return;
        seen.WaitTold = true;
        Break(seen, at, "paid, and not back on within the service level");
    }

}
