using Meters.Control.Limits;
using Meters.Host.Engine;
using Meters.Storage.Contract;
using Meters.Storage.Memory;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>
/// The world on a virtual clock: homes, meters, lines, customers and what goes wrong, and the service in the middle of
/// it. One thread; every draw comes from one seed, in an order that the seed decides.
/// </summary>
internal sealed class YearWorld
{
    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(1);

    /// <summary>Rows of an account that the store keeps beyond those that decisions need.</summary>
    private const int RowsOfAccountMax = 4;

    private readonly PriorityQueue<Action, (Instant At, long Order)> _events = new();
    private readonly Dictionary<AccountId, Home> _homes;
    private readonly Dictionary<TerminalAddress, Site> _sites;
    private readonly Func<string, string> _oracleReads;
    private YearLedger? _ledger;
    private long _order;
    private long _lastLine;

    public YearWorld(
        int accounts, int seed, Instant start, EngineMetrics metrics, Func<string, string>? oracleReads = null)
    {
        _oracleReads = oracleReads ?? (json => json);
        (Start, Random, Clock, Metrics) = (start, new(seed), new(start), metrics);
        Store = new MemoryStore(RowsOfAccountMax);
        Fleet = new(accounts, Random, start);
        _homes = Fleet.Homes.ToDictionary(home => home.Account);
        _sites = Fleet.Sites.ToDictionary(site => site.Address);
        Field = new(this);
        People = new(this);
        Troubles = new(this);
        Oracle = new(this);
        Register(Fleet.Opening(start));
        Sync.Of(Store.Registry.AddAsync(Registered[0], default));
        Fleet.Tell(Store.Customers, start);
        Service = new(this, Store, null);
    }

    public Instant Start { get; }

    public Random Random { get; }

    public YearClock Clock { get; }

    /// <summary>Of all lives of the process.</summary>
    public EngineMetrics Metrics { get; }

    public IStore Store { get; }

    public YearFleet Fleet { get; }

    public YearField Field { get; }

    public YearPeople People { get; }

    public YearTroubles Troubles { get; }

    public YearOracle Oracle { get; }

    public YearCounts Counts { get; } = new();

    public GuardOptions Guard { get; } = new();

    public List<RegistryAddition> Registered { get; } = [];

    public YearService Service { get; private set; }

    /// <summary>What stopped a part of the service.</summary>
    public Exception? Fault { get; set; }

    public Instant Now => Clock.True;

    public Home HomeOf(AccountId account) => _homes[account];

    public void At(Instant at, Action happens) => _events.Enqueue(happens, (at, ++_order));

    public void Run(int days, Action<int> dayDone, CancellationToken stopping)
    {
        Open();
        var end = Start + TimeSpan.FromDays(days);
        Every(TimeSpan.FromHours(1), Start + TimeSpan.FromHours(1), ReadHour);
        Every(TimeSpan.FromDays(1), Start, Troubles.PlanDay);
        Every(TimeSpan.FromDays(1), Start + TimeSpan.FromDays(1), () =>
        {
            stopping.ThrowIfCancellationRequested();
            dayDone((int)(Now - Start).TotalDays);
        });
        At(Start + TimeSpan.FromDays(days / 2), ChangePolicies);
        while (Now < end && Fault is null)
        {
            Pump();
            Clock.Reach(Next());
            while (_events.TryPeek(out _, out var due) && due.At <= Now) _events.Dequeue()();
        }

        if (Fault is not null) throw new InvalidOperationException("A part of the service stopped.", Fault);
        Oracle.Finish(Now);
    }

    /// <summary>Everything in memory is gone; a new process starts a little later on what the store holds.</summary>
    public void Crash()
    {
        if (Service.IsDead) return;
        Counts.Restarts++;
        _ledger = Service.Books.Snapshot();
        Service.Die();
        Oracle.Health(YearPart.Process, up: false, Now);
        At(Now + TimeSpan.FromSeconds(Random.Next(5, 900)), () =>
        {
            Troubles.SetClockRight();
            Service = new(this, Store, _ledger);
            Oracle.Health(YearPart.Process, up: true, Now);
        });
    }

    public ICommandLine? LineTo(TerminalAddress terminal) =>
        _sites[terminal] is { Line: { IsOver: false } line } site && site.DownUntil <= Now ? line : null;

    public YearLine NewLine(Site site) => new(Field, site, ++_lastLine);

    /// <summary>The site's session is lost, and there is none for a while.</summary>
    public void Drop(Site site, TimeSpan lasts)
    {
        var until = Now + lasts;
        if (until > site.DownUntil) site.DownUntil = until;
        site.Line?.Lose();
        foreach (var home in site.Homes) Oracle.Reachable(home, Now);
        At(site.DownUntil, () =>
        {
            if (site.DownUntil > Now) return;
            site.Line = NewLine(site);
            foreach (var home in site.Homes) Oracle.Reachable(home, Now);
        });
    }

    public void Darken(Site site, bool dark)
    {
        foreach (var home in site.Homes) home.MeterTo(Now);
        site.IsDark = dark;
    }

    public void Move(Home home, bool on)
    {
        home.MeterTo(Now);
        home.RelayOn = on;
        Oracle.Moved(home, on, Now);
    }

    private void Register(RegistryAddition addition)
    {
        Registered.Add(addition);
        foreach (var policy in addition.Policies)
        {
            Oracle.PolicyFrom(policy.Id, _oracleReads(policy.Json), policy.EffectiveFrom);
        }
    }

    private void Open()
    {
        foreach (var home in Fleet.Homes)
        {
            Give(home, Now, home.RegisterWh, ReadingQuality.Actual);
            People.Open(home);
        }

        Service.Books.CommitReadings(Clock.Now());
    }

    private void Every(TimeSpan step, Instant first, Action happens) => At(first, () =>
    {
        happens();
        Every(step, first + step, happens);
    });

    /// <summary>When anything happens next; at once again while the service waits for nothing but a moment.</summary>
    private Instant Next()
    {
        var next = _events.TryPeek(out _, out var due) ? due.At : Instant.Never;
        if (Service.IsDead) return next;
        var own = Service.NextDue;
        if (own >= Instant.Never) return next;
        own -= Clock.Skew;
        if (own <= Now) own = Now + Nap;
        return own < next ? own : next;
    }

    private void Pump()
    {
        if (!Service.IsDead) Service.Pump();
    }

    private void ChangePolicies()
    {
        var addition = new RegistryAddition
        {
            Policies = [.. Fleet.Regions.Select(region => YearFleet.Changed(region, Now + TimeSpan.FromDays(1)))],
        };
        Register(addition);
        if (!Service.IsDead) Service.Registry.AddRecords(addition);
    }

    /// <summary>
    /// The top of an hour: who has something going on is read each hour, the others every six; a register is
    /// cumulative, so the balance is exact at each reading either way.
    /// </summary>
    private void ReadHour()
    {
        Oracle.Hour(Now);
        if (Service.IsDead || !Troubles.IngestUp) return;
        var hour = Now.UnixMicros / Instant.MicrosPerHour;
        foreach (var home in Fleet.Homes)
        {
            if (!home.IsNear && (hour + home.Index) % 6 != 0) continue;
            home.MeterTo(Now);
            if (LineTo(home.Site.Address) is null || home.SilentUntil > Now)
            {
                if (home.Rows is not null && Now - home.ReadAt > TimeSpan.FromHours(12)) Estimate(home);
                continue;
            }

            if (home.Rows is not null && Random.Next(60) == 0) Delay(home);
            else Give(home, Now, home.RegisterWh, ReadingQuality.Actual);
        }

        Service.Books.CommitReadings(Clock.Now());
        foreach (var region in Service.Books.CloseDue(Clock.Now())) Oracle.DayClosed(region, Now);
    }

    private void Estimate(Home home)
    {
        Counts.Estimates++;
        var hours = (long)(Now - home.ReadAt).TotalHours;
        Give(home, Now, home.RegisterWh + (home.Watts * hours * Random.Next(-20, 40) / 100), ReadingQuality.Estimated);
    }

    /// <summary>The value of this hour comes hours later, between others.</summary>
    private void Delay(Home home)
    {
        var (at, register) = (Now, home.RegisterWh);
        this.At(Now + TimeSpan.FromMinutes(Random.Next(30, 2_000)), Deliver);
        void Deliver()
        {
            if (Service.IsDead || !Troubles.IngestUp)
            {
                this.At(Now + TimeSpan.FromHours(1), Deliver);
                return;
            }

            Counts.LateReadings++;
            Give(home, at, register, ReadingQuality.Actual);
            Service.Books.CommitReadings(Clock.Now());
        }
    }

    private void Give(Home home, Instant at, long register, ReadingQuality quality)
    {
        Counts.Readings++;
        if (register < 0 || !Service.Books.Take(home, at, register, quality, Clock.Now()))
        {
            Counts.Refused++;
            return;
        }

        if (at > home.ReadAt) home.ReadAt = at;
        Oracle.Reading(home, at, register, quality == ReadingQuality.Actual, Now);
        Service.Books.TryPosition(home, out var position);
        Oracle.Compare(home, position.Balance.Minor, Now);
        home.IsNear = !home.RelayOn || position.CrossedMask != 0;
    }
}
