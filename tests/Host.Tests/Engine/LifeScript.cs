using Meters.Billing.Ledger;
using Meters.Ingest.Gdw3761;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>
/// A fixed plan of readings and payments, carried out in as many lives of the service as it takes: what was not
/// confirmed or not answered when a life ended is sent again in the next. Consumption does not depend on the relays
/// here, so the same plan must end in the same positions whatever happens to the service.
/// </summary>
internal sealed class LifeScript
{
    private readonly Random _plan;
    private readonly Queue<(ScriptedTerminal Terminal, Point[] Points)> _toPush = new();
    private readonly Dictionary<string, (Home Home, long Minor)> _toPay = new(StringComparer.Ordinal);
    private readonly List<(int Hour, ScriptedTerminal Terminal, Point[] Points)> _late = [];
    private readonly int _hours;
    private int _hour;
    private bool _pushedOpening;
    private bool _paidUp;

    public LifeScript(World world, int planSeed, int hours)
    {
        (World, _hours, _plan) = (world, hours, new(planSeed));
    }

    public World World { get; }

    public bool IsDone { get; private set; }

    /// <summary>Frames with a point that nobody has registered are among those pushed.</summary>
    public bool WithBadFrames { get; init; }

    public int BadFrames { get; private set; }

    public int Lives { get; private set; }

    public Dictionary<string, List<PaymentStatus>> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>One life of the service: as long as the plan lasts, or that many hours of it.</summary>
    public async Task LiveAsync(TimeProvider wire, int hoursMax, bool snapshot)
    {
        Lives++;
        foreach (var terminal in World.Terminals) terminal.Drop();
        await RetryAsync(wire, () => World.StartAsync(wire));
        await RetryAsync(wire, World.RegisterAsync);
        World.Engine.RunControl();
        foreach (var terminal in World.Terminals) await terminal.ConnectAsync(World.Engine);
        Open();
        for (var until = _hour + hoursMax; _hour < _hours && _hour < until;)
        {
            await DoAsync(wire);
            await World.AdvanceAsync(World.Start + TimeSpan.FromHours(_hour + 1), wire);
            PlanHour();
        }

        await DoAsync(wire);
        if (_hour >= _hours)
        {
            await EndAsync(wire);
        }

        await World.Engine.StopAsync(snapshot, CancellationToken.None);
    }

    private void Open()
    {
        if (_pushedOpening) return;
        _pushedOpening = true;
        foreach (var terminal in World.Terminals) Enqueue(terminal, [.. terminal.Homes.Select(World.Read)]);
        foreach (var home in World.Homes) _toPay.Add($"opening-{home.Account}", (home, _plan.Next(50, 300)));
    }

    /// <summary>All at once, with nothing awaited in between: a life ends before or after it.</summary>
    private void PlanHour()
    {
        _hour++;
        foreach (var home in World.Homes) home.Meter.Use(new(_plan.Next(0, 120) * 100));
        foreach (var terminal in World.Terminals)
        {
            Point[] points = [.. terminal.Homes.Select(World.Read)];
            if (_plan.Next(6) == 0)
            {
                _late.Add((_hour + _plan.Next(1, 4), terminal, points)); // Newer ones overtake it.
            }
            else if (_plan.Next(3) == 0)
            {
                foreach (var point in points.OrderBy(_ => _plan.Next())) Enqueue(terminal, [point]);
            }
            else
            {
                Enqueue(terminal, points);
            }

            if (WithBadFrames && _plan.Next(4) == 0)
            {
                BadFrames++;
                terminal.PushRaw(pseq => UnknownPoint(terminal.Address, World.Clock.Now(), pseq));
            }
        }

        foreach (var late in _late.Where(l => l.Hour <= _hour || _hour == _hours)) Enqueue(late.Terminal, late.Points);
        _late.RemoveAll(l => l.Hour <= _hour || _hour == _hours);
        foreach (var home in World.Homes)
        {
            if (_plan.Next(8) == 0) _toPay.Add($"pay-{home.Account}-{_hour}", (home, _plan.Next(20, 200)));
        }
    }

    private void Enqueue(ScriptedTerminal terminal, Point[] points) => _toPush.Enqueue((terminal, points));

    private async Task DoAsync(TimeProvider wire)
    {
        var paying = _toPay.OrderBy(
            p => p.Key, StringComparer.Ordinal).Select(p => PayAsync(p.Key, p.Value.Home, p.Value.Minor)).ToList();
        while (_toPush.TryPeek(out var next))
        {
            if (next.Terminal.Push(next.Points)) _toPush.Dequeue();
            else await World.SettleAsync(wire, 1);
        }

        await Task.WhenAll(paying);
        await World.ConfirmedAsync(wire);
    }

    private async Task PayAsync(string key, Home home, long minor)
    {
        await Task.Yield();
        var status = await World.PayAsync(home, minor, key);
        _toPay.Remove(key);
        if (!Answers.TryGetValue(key, out var list)) Answers.Add(key, list = []);
        list.Add(status);
    }

    /// <summary>Everybody pays what he owes and more; then there is time for everything that is on its way.</summary>
    private async Task EndAsync(TimeProvider wire)
    {
        if (!_paidUp)
        {
            _paidUp = true;
            foreach (var home in World.Homes) _toPay.Add($"last-{home.Account}", (home, 50_000));
        }

        await DoAsync(wire);
        await World.AdvanceAsync(World.Start + TimeSpan.FromHours(_hours + 3), wire);
        IsDone = true;
    }

    private static async Task RetryAsync(TimeProvider wire, Func<Task> work)
    {
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await work();
                return;
            }
            catch (StoreUnavailableException)
            {
                await World.SettleAsync(wire, 1);
            }
        }

        Assert.Fail("The store stays away.");
    }

    /// <summary>A curve of a point that is not in the registry.</summary>
    public static byte[] UnknownPoint(TerminalAddress address, Instant at, int pseq)
    {
        var to = new byte[FrameReader.FrameBytesMax];
        var frame = new FrameBuilder(to);
        frame.Begin(0xC4, address, 0, Afn.HistoryData, (byte)(LinkFrames.OneFrame | LinkFrames.Con | pseq));
        frame.Unit(99, RequestFrames.CurveForwardActiveFn);
        Formats.WriteA15(LocalZone.China.ToLocal(at), frame.Take(Formats.A15Bytes));
        frame.Byte(3);
        frame.Byte(1);
        Formats.WriteA11(new(77_700), frame.Take(Formats.A11Bytes));
        return to[..frame.End()];
    }
}
