using Meters.Billing.Ledger;
using Meters.Host.Sms;

namespace Meters.Host.Tests.Engine;

/// <summary>
/// Some thirty hours in the life of six homes: readings in order, late, repeated and contradicted, payments once,
/// twice and under a used key, connections that break, a gateway that is away now and then; all at once, in an order
/// that a seed draws.
/// </summary>
internal sealed class SimulationRun(int seed)
{
    private const int Hours = 30;

    private readonly Random _random = new(seed);
    private readonly DeterministicContext _context = new(seed);
    private readonly List<Func<Task>> _things = [];
    private World? _world;
    private int _keys;

    public string Export { get; private set; } = "";

    public string History { get; private set; } = "";

    private World World => _world!;

    public Task RunAsync(CancellationToken stopping) => _context.RunAsync(async () =>
    {
        _world = await World.OpenAsync();
        World.Phones.Answer = _ => _random.Next(8) == 0 ? new SmsResult.TryLater("busy") : new SmsResult.Delivered();
        await World.OpenHomesAsync(_context.Wire, _ => _random.Next(100, 400));
        World.Engine.RunControl();
        for (var hour = 1; hour <= Hours; hour++)
        {
            stopping.ThrowIfCancellationRequested();
            await HourAsync(World.Start + TimeSpan.FromHours(hour));
        }

        await PayUpAsync();
        await World.CheckAsync();
        CheckNobodyIsDark();
        (Export, History) = (await World.ExportAsync(), await World.HistoryAsync());
        await World.Engine.StopAsync(snapshot: _random.Next(2) == 0, CancellationToken.None);
        await World.DisposeAsync();
    });

    private async Task HourAsync(Instant end)
    {
        await World.AdvanceAsync(end, _context.Wire);
        foreach (var home in World.Homes) World.Use(home, _random.Next(0, 120));
        foreach (var terminal in World.Terminals) AddReadings(terminal);
        foreach (var home in World.Homes) AddPayments(home);
        foreach (var terminal in World.Terminals)
        {
            if (_random.Next(5) == 0) _things.Add(() => BreakAsync(terminal));
        }

        if (_random.Next(3) == 0)
        {
            _things.Add(async () =>
            {
                await Task.Yield();
                World.Clock.MoveTo(World.Clock.Now() + TimeSpan.FromSeconds(_random.Next(1, 30)));
            });
        }

        var going = _things.OrderBy(_ => _random.Next()).Select(thing => thing()).ToList();
        _things.Clear();
        await Task.WhenAll(going);
        await World.ConfirmedAsync(_context.Wire);
        Assert.Empty(World.Store.Violations);
    }

    /// <summary>
    /// One frame, or one per home, or some of them an hour late; repeated now and then; sometimes a lie behind it.
    /// </summary>
    private void AddReadings(ScriptedTerminal terminal)
    {
        var points = terminal.Homes.Select(World.Read).ToList();
        var frames = _random.Next(3) == 0 ? points.Select(p => new[] { p }) : [points.ToArray()];
        foreach (var frame in frames.OrderBy(_ => _random.Next()))
        {
            var late = _random.Next(6) == 0;
            _things.Add(async () =>
            {
                await Task.Yield();
                if (late) await World.SettleAsync(_context.Wire, _random.Next(1, 5));
                while (!terminal.Push(frame)) await World.SettleAsync(_context.Wire, 1);
                if (_random.Next(3) == 0) terminal.Repeat(_random);
            });
        }

        if (_random.Next(10) != 0) return;
        _things.Add(async () =>
        {
            // Confirmed, so the true value stands: what contradicts it now is kept aside.
            while (!terminal.Confirmed.Contains(points[0])) await World.SettleAsync(_context.Wire, 1);
            var other = points[0] with { HundredthsKwh = points[0].HundredthsKwh + 3 };
            if (terminal.Push([other])) other.Home.Disputed.Add(other.At);
        });
    }

    private void AddPayments(Home home)
    {
        var chance = home.IsOn ? 12 : 3;
        if (_random.Next(chance) != 0) return;
        var key = $"pay-{++_keys}";
        var minor = (long)_random.Next(20, 300);
        _things.Add(() => PayAsync(home, minor, key));
        if (_random.Next(3) == 0) _things.Add(() => PayAsync(home, minor, key));
        if (_random.Next(6) == 0) _things.Add(() => PayAsync(home, minor + 7, key));
    }

    private async Task PayAsync(Home home, long minor, string key)
    {
        await Task.Yield();
        if (_random.Next(2) == 0) await World.SettleAsync(_context.Wire, _random.Next(1, 4));
        var status = await World.PayAsync(home, minor, key);
        Assert.True(
            status is PaymentStatus.Posted or PaymentStatus.AlreadyPosted or PaymentStatus.KeyReusedWithOtherContent);
    }

    private async Task BreakAsync(ScriptedTerminal terminal)
    {
        for (var i = _random.Next(20); i > 0; i--) await Task.Yield();
        terminal.Drop();
        await World.SettleAsync(_context.Wire, _random.Next(0, 7));
        if (!terminal.IsConnected) await terminal.ConnectAsync(World.Engine);
    }

    private async Task PayUpAsync()
    {
        foreach (var home in World.Homes)
        {
            var owes = (long)-World.OracleBalance(home);
            await World.PayAsync(home, Math.Max(0, owes) + 500, $"last-{home.Account}");
        }

        foreach (var terminal in World.Terminals.Where(t => !t.IsConnected)) await terminal.ConnectAsync(World.Engine);
        await World.AdvanceAsync(World.Clock.Now() + TimeSpan.FromHours(2), _context.Wire);
    }

    private void CheckNobodyIsDark()
    {
        foreach (var home in World.Homes) Assert.True(home.IsOn, $"Account {home.Account} has paid and is dark.");
    }
}
