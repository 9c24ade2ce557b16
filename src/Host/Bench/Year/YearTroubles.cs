using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>What goes wrong, drawn anew each day.</summary>
internal sealed class YearTroubles(YearWorld world)
{
    private static readonly PersonId Officer = new("officer");

    private Instant _clockWrongUntil = Instant.Epoch;

    public bool SmsUp { get; private set; } = true;

    public bool PaymentsUp { get; private set; } = true;

    public bool IngestUp { get; private set; } = true;

    private Random Random => world.Random;

    public void PlanDay()
    {
        foreach (var site in world.Fleet.Sites)
        {
            if (Random.Next(60) == 0) Within(() => Outage(site));
        }

        foreach (var home in world.Fleet.Homes)
        {
            if (home.Rows is not null && Random.Next(40) == 0) Within(() => Silence(home));
            var draw = Random.Next(40_000);
            if (draw < 20) Within(() => Hold(home));
            else if (draw < 22) Within(() => ManualCut(home));
        }

        if (Random.Next(90) == 0) Within(Storm);
        if (Random.Next(6) == 0) Within(world.Crash);
        if (Random.Next(25) == 0) Within(StepClock);
        if (Random.Next(20) == 0) Within(() => Away(up => SmsUp = up, YearPart.Sms, Random.Next(20, 1_500)));
        if (Random.Next(30) == 0) Within(() => Away(up => PaymentsUp = up, YearPart.Payments, Random.Next(10, 600)));
        if (Random.Next(30) == 0) Within(() => Away(up => IngestUp = up, YearPart.Ingest, Random.Next(10, 900)));
    }

    private TimeSpan Minutes(int from, int to) => TimeSpan.FromSeconds(Random.Next(from * 60, to * 60));

    /// <summary>Some time today.</summary>
    private void Within(Action happens) => world.At(world.Now + Minutes(0, 1_440), happens);

    private void Away(Action<bool> set, YearPart part, int minutes)
    {
        set(false);
        world.Oracle.Health(part, up: false, world.Now);
        world.At(world.Now + TimeSpan.FromMinutes(minutes), () =>
        {
            set(true);
            world.Oracle.Health(part, up: true, world.Now);
        });
    }

    /// <summary>Nobody is cut in extreme weather.</summary>
    private void Storm()
    {
        var (from, until) = (world.Clock.Now(), world.Clock.Now() + Minutes(600, 5_000));
        Sync.Of(world.Store.Customers.DeclareAsync(
            new(0, MoratoriumKind.Weather, Moratorium.Everywhere, from, until, Officer, "A storm."), default));
        world.Oracle.Declared(from, until);
    }

    private void Outage(Site site)
    {
        var lasts = Minutes(10, Random.Next(3) == 0 ? 2_880 : 300);
        world.Counts.Outages++;
        if (Random.Next(2) == 0)
        {
            world.Darken(site, true);
            if (Random.Next(3) > 0)
            {
                foreach (var home in site.Homes) Add(home, new(home.Account, HoldKind.Outage, world.Clock.Now(),
                    world.Clock.Now() + lasts + TimeSpan.FromHours(1), Officer, "Work on the line."));
            }

            world.At(world.Now + lasts, () => world.Darken(site, false));
        }

        world.Drop(site, lasts);
    }

    private void Silence(Home home)
    {
        home.SilentUntil = world.Now + Minutes(300, 5_000);
        world.Oracle.Reachable(home, world.Now);
        world.At(home.SilentUntil, () => world.Oracle.Reachable(home, world.Now));
    }

    /// <summary>The program's clock is set wrong, and put right later.</summary>
    private void StepClock()
    {
        if (world.Clock.Skew != TimeSpan.Zero) return;
        var ahead = Random.Next(2) == 0;
        var wrong = ahead ? Minutes(1, 240) : Minutes(1, 55);
        world.Counts.ClockSteps++;
        world.Clock.Skew = ahead ? wrong : -wrong;
        world.Oracle.Health(YearPart.Clock, up: false, world.Now);
        var until = world.Now + (wrong * Random.Next(20, 95) / 100);
        _clockWrongUntil = until;
        world.At(until, () =>
        {
            if (_clockWrongUntil == until) SetClockRight();
        });
    }

    /// <summary>
    /// Also when a process starts: a clock that is wrong from its start on cannot be told from one that is right.
    /// </summary>
    public void SetClockRight()
    {
        if (world.Clock.Skew == TimeSpan.Zero) return;
        world.Clock.Skew = TimeSpan.Zero;
        world.Oracle.Health(YearPart.Clock, up: true, world.Now);
    }

    private void Hold(Home home)
    {
        var kind = (HoldKind)Random.Next((int)HoldKind.Dispute, (int)HoldKind.LifeSupport + 1);
        if (kind == HoldKind.Outage) kind = HoldKind.Complaint;
        var from = world.Clock.Now() + (Random.Next(3) == 0 ? Minutes(0, 2_000) : TimeSpan.Zero);
        Add(home, new(home.Account, kind, from, from + Minutes(600, 30_000), Officer, "Asked for."));
        if (Random.Next(2) == 0) world.At(world.Now + Minutes(60, 20_000), () => Lift(home, kind));
    }

    private void Add(Home home, Hold hold)
    {
        world.Counts.Holds++;
        Sync.Of(world.Store.Control.AddHoldAsync(hold, default));
        world.Oracle.Held(home, hold);
    }

    private void Lift(Home home, HoldKind kind)
    {
        var now = world.Clock.Now();
        if (!Sync.Of(world.Store.Control.LiftHoldAsync(home.Account, kind, Officer, now, default))) return;
        world.Oracle.Lifted(home, kind, now);
    }

    private void ManualCut(Home home)
    {
        if (world.Service.IsDead || home.NeverCut) return;
        if (world.Service.Order(home, CommandKind.Trip, "Danger on the premises.") is null) return;
        world.Counts.ManualCuts++;
        world.Oracle.ManualOff(home, true, world.Now);
        world.At(world.Now + Minutes(100, 9_000), () => BackOn(home));
    }

    private void BackOn(Home home)
    {
        if (!world.Service.IsDead && world.Service.Order(home, CommandKind.Close, "The danger is over.") is not null)
        {
            world.Oracle.ManualOff(home, false, world.Now);
            return;
        }

        world.At(world.Now + TimeSpan.FromMinutes(20), () => BackOn(home)); // On its way, or nobody there to ask.
    }
}
