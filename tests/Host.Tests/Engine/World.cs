using System.Globalization;
using System.Numerics;
using System.Text;
using Meters.Billing.Ledger;
using Meters.Control.Limits;
using Meters.Host.Audit;
using Meters.Host.Clocks;
using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Host.Gaps;
using Meters.Host.Sms;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;
using Meters.Storage;
using Meters.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Engine;

internal sealed record WorldOptions
{
    public int Terminals { get; init; } = 2;

    public int HomesPerTerminal { get; init; } = 3;

    public string Connection { get; init; } = "sqlite::memory:";

    /// <summary>Who is never cut.</summary>
    public Func<int, bool> NeverCut { get; init; } = _ => false;

    public EngineOptions Engine { get; init; } = new()
    {
        MeterAnswerSecondsMax = 5,
        StoreRetrySeconds = 1,
        Shards = 2,
    };

    public LimiterOptions Limiter { get; init; } = new();

    public GuardOptions Guard { get; init; } = new();

    public GapOptions Gaps { get; init; } = new();

    public ClockOptions Clocks { get; init; } = new();

    public ISecurityModule Security { get; init; } = new PasswordSecurityModule();
}

/// <summary>
/// The whole service without a socket, with its field and its people: an engine over a store that outlives it,
/// terminals, a clock that the test moves, and the truth to compare with.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2025, 11, 3));
    public static readonly Currency Yuan = Currency.Parse("CNY");
    public static readonly PersonId Tester = new("tester");

    private const string Policy = """
        {"id":"fast","version":1,"zone":"+08:00","currency":"CNY",
         "rungs":[
           {"name":"remind","threshold":{"amount":"1.00"},"do":["sms"]},
           {"name":"warn","threshold":{"amount":"0.50"},"do":["sms","alarm"],"minMinutesAfterPrevious":30},
           {"name":"cut","threshold":{"amount":"0.00"},"do":["cut"],"minMinutesAfterPrevious":30}],
         "hysteresis":"0.10",
         "cutWindows":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"from":"06:00","to":"22:00"}],
         "windowMarginMinutes":0,"reconnect":{"atLeast":"0.01","mode":"close"},
         "readingAgeHoursMax":3,"noticeProofHours":6,"commandMinutesMax":60,"cutAttemptsMax":3}
        """;

    private readonly WorldOptions _options;
    private readonly string[] _tariffs = [.. DemoPlan.TariffJson.Keys.Order(StringComparer.Ordinal)];
    private readonly Dictionary<AccountId, List<(Instant At, long Minor)>> _paid = [];
    private MetersEngine? _engine;

    private World(WorldOptions options, ProbeStore store)
    {
        (_options, Store) = (options, store);
        for (var t = 0; t < options.Terminals; t++)
        {
            var address = TerminalAddress.Of(3301, 1 + t);
            var homes = Enumerable.Range(0, options.HomesPerTerminal)
                .Select(p => new Home((t * options.HomesPerTerminal) + p, address, p + 1)).ToList();
            Homes.AddRange(homes);
            Terminals.Add(new(address, homes, Clock));
        }
    }

    public StepClock Clock { get; } = new(Start);

    public ProbeStore Store { get; }

    public MetersEngine Engine => _engine ?? throw new InvalidOperationException("Not started.");

    public List<Home> Homes { get; } = [];

    public List<ScriptedTerminal> Terminals { get; } = [];

    public TestPhones Phones { get; } = new();

    /// <summary>What stopped a part of the engine.</summary>
    public List<Exception> Failures { get; } = [];

    public static async Task<World> OpenAsync(WorldOptions? options = null)
    {
        options ??= new();
        var store = new ProbeStore(await Stores.OpenAsync(options.Connection, CancellationToken.None));
        return new(options, store);
    }

    /// <summary>A new engine on the same store; whatever ran before is forgotten, not stopped.</summary>
    public async Task StartAsync(TimeProvider wire)
    {
        _engine = await MetersEngine.StartAsync(
            new(
                Store, _options.Engine, new IngestOptions { IdleSecondsMax = 86_400 }, _options.Limiter, _options.Guard,
                    Phones,
                _options.Security, Clock, wire, NullLoggerFactory.Instance)
            {
                Gaps = _options.Gaps,
                Clocks = _options.Clocks,
            },
            CancellationToken.None);
        _engine.Failed = Failures.Add;
    }

    public async Task RegisterAsync()
    {
        var (status, faults) = await Engine.RegisterAsync(Everything(), CancellationToken.None);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
    }

    /// <summary>
    /// Everything but the meters, then the meters: an account is placed before its concentrator is known.
    /// </summary>
    public async Task RegisterAccountsFirstAsync()
    {
        var all = Everything();
        foreach (var part in new[] { all with { Meters = [] }, new RegistryAddition { Meters = all.Meters } })
        {
            var (status, faults) = await Engine.RegisterAsync(part, CancellationToken.None);
            Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
        }
    }

    /// <summary>Registered, everybody connected, first registers pushed, and so much paid by each.</summary>
    public async Task OpenHomesAsync(TimeProvider wire, Func<Home, long> opening)
    {
        await StartAsync(wire);
        await RegisterAsync();
        foreach (var terminal in Terminals)
        {
            await terminal.ConnectAsync(Engine);
            PushHour(terminal, _ => true);
        }

        foreach (var home in Homes) await PayAsync(home, opening(home), $"opening-{home.Account}");
        await ConfirmedAsync(wire);
    }

    public Point Read(Home home)
    {
        var point = new Point(home, Clock.Now(), home.Meter.Shown.TenthsWh / 100);
        home.Sent[point.At] = point.HundredthsKwh;
        return point;
    }

    public bool PushHour(ScriptedTerminal terminal, Func<Home, bool> which) =>
        terminal.Push([.. terminal.Homes.Where(which).Select(Read)]);

    /// <summary>Uses so much, in hundredths of a kWh; nothing with an open relay.</summary>
    public static void Use(Home home, long hundredthsKwh)
    {
        if (home.IsOn) home.Meter.Use(new(hundredthsKwh * 100));
    }

    /// <summary>Waits until nothing that was pushed is unconfirmed.</summary>
    public async Task ConfirmedAsync(TimeProvider wire)
    {
        for (var i = 0; Terminals.Any(t => t.Unconfirmed > 0); i++)
        {
            Assert.Empty(Failures);
            Assert.True(i < 600, "Frames stay unconfirmed.");
            foreach (var terminal in Terminals.Where(t => !t.IsConnected)) await terminal.ConnectAsync(Engine);
            await SettleAsync(wire, 1);
        }
    }

    /// <summary>On virtual time: everything that can happen without time happens first.</summary>
    public static Task SettleAsync(TimeProvider wire, int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), wire);

    public PaymentOrder OrderOf(Home home, long minor, string key) =>
        new(key, home.Account, new(minor), Yuan, PaymentChannel.Counter, Tester, "test");

    /// <summary>Posts and writes down what the receipt says.</summary>
    public async Task<PaymentStatus> PayAsync(Home home, long minor, string key)
    {
        var (status, record) = await Engine.PostPaymentAsync(OrderOf(home, minor, key), CancellationToken.None);
        if (record is not null) Paid(record);
        return status;
    }

    /// <summary>A receipt counts once, however often it is shown.</summary>
    public void Paid(PaymentRecord record)
    {
        if (!Receipts.TryAdd(record.Order.Key, record)) Assert.Equal(Receipts[record.Order.Key], record);
        else PaidOf(record.Order.Account).Add((record.PostedAt, record.Order.Amount.Minor));
    }

    public Dictionary<string, PaymentRecord> Receipts { get; } = new(StringComparer.Ordinal);

    public BigInteger OracleBalance(Home home)
    {
        var oracle = new BalanceOracle(OracleTariff.OfDemo[TariffOf(home)]);
        foreach (var (at, value) in home.Sent.Where(s => !home.Disputed.Contains(s.Key)))
        {
            oracle.Sent(at.ToDateTimeOffset().UtcDateTime, value);
        }

        foreach (var (at, minor) in PaidOf(home.Account)) oracle.Paid(at.ToDateTimeOffset().UtcDateTime, minor);
        return oracle.Balance();
    }

    /// <summary>
    /// Moves the clock from one due instant to the next; the engine's own control loop does what is due.
    /// </summary>
    public async Task AdvanceAsync(Instant to, TimeProvider wire)
    {
        await SettleAsync(wire, 2);
        while (await Engine.NextDueAsync(CancellationToken.None) is { } next && next < to)
        {
            var now = Clock.Now();
            var at = next > now ? next : now + TimeSpan.FromSeconds(1);
            if (at >= to) break;
            Clock.MoveTo(at);
            await Engine.CloseDueDaysAsync(CancellationToken.None); // The scheduler's part.
            await SettleAsync(wire, 2);
            Assert.Empty(Failures);
        }

        if (Clock.Now() < to) Clock.MoveTo(to);
        await SettleAsync(wire, 2);
    }

    public async Task<string> ExportAsync()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        await Engine.ExportPositionsAsync(text, CancellationToken.None);
        return text.ToString();
    }

    /// <summary>Commands, decisions and ledger entries as text: equal for equal runs.</summary>
    public async Task<string> HistoryAsync()
    {
        var text = new StringBuilder();
        foreach (var home in Homes)
        {
            foreach (var command in await Store.Queries.CommandsAsync(home.Account, 1_000, CancellationToken.None))
            {
                text.Append(command).AppendLine();
            }

            foreach (var one in await Store.Queries.DecisionsAsync(home.Account, 1_000, CancellationToken.None))
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"{one.At} {one.Outcome} {string.Join(' ', one.Reasons)}").AppendLine();
            }

            foreach (var entry in await Store.Queries.EntriesAsync(home.Account, 1_000, CancellationToken.None))
            {
                text.Append(entry).AppendLine();
            }
        }

        return text.ToString();
    }

    /// <summary>Every promise that must hold at any quiet moment.</summary>
    public async Task CheckAsync()
    {
        Assert.Empty(Failures);
        Assert.Empty(Store.Violations);
        Assert.Equal(0, await Store.Queries.LedgerImbalanceAsync(CancellationToken.None));
        var audit = await Auditor.RunAsync(Store, null, CancellationToken.None);
        Assert.True(audit.Holds, audit.ToText());
        foreach (var home in Homes)
        {
            var channel = new ChannelId(home.Meter.Id, RegisterKind.ForwardActive);
            var stored = await Store.Queries.ReadingsAsync(
                channel, Start - TimeSpan.FromDays(9), Instant.Never, 100_000, CancellationToken.None);
            Assert.Equal(
                home.Sent.Select(s => (s.Key, s.Value)),
                stored.Select(r => (r.Reading.At, r.Reading.Register.TenthsWh / 100)).Order());
            var facts = await Engine.FactsAsync(home.Account, CancellationToken.None);
            var view = await Store.Queries.BalanceAsync(home.Account, CancellationToken.None);
            var expected = OracleBalance(home);
            Assert.Equal((expected, expected), (facts!.Balance.Minor, view!.Value.Balance.Minor));
            await CheckCommandsAsync(home);
        }
    }

    /// <summary>What reached the meter was dispatched, each dispatch reached it once at most.</summary>
    private async Task CheckCommandsAsync(Home home)
    {
        var commands = await Store.Queries.CommandsAsync(home.Account, 1_000, CancellationToken.None);
        foreach (var kind in Enum.GetValues<Meters.Control.Commands.CommandKind>())
        {
            var ofKind = commands.Where(c => c.Kind == kind).ToList();
            var dispatched = Store.Dispatched.Count(d => ofKind.Exists(c => c.Id == d.Command));
            Assert.Equal(dispatched, ofKind.Sum(c => c.Attempts));
            var seen = home.Seen.Count(s => s.Code == MeterEvents.CodeOf(kind));
            Assert.True(seen <= dispatched,
                $"Account {home.Account}: {seen} times {kind} at the meter, {dispatched} dispatched.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var terminal in Terminals) terminal.Drop();
        await Store.DisposeAsync();
    }

    private RegistryAddition Everything() => new()
    {
        Tariffs = [.. DemoPlan.TariffJson.Select(t =>
            new VersionedDocument(t.Key, 1, Instant.Utc(2012, 7, 1), t.Value, Tester, Start))],
        Policies = [new("fast", 1, Instant.Utc(2025, 1, 1), Policy, Tester, Start)],
        Terminals = [.. Terminals.Select(t => new TerminalRecord(t.Address, $"T{t.Address}", "+08:00", "F1"))],
        Accounts = [.. Homes.Select(AccountOf)],
        Meters = [.. Homes.Select(h => new MeterRecord(
            h.Meter.Id, h.Meter.Address, h.Terminal, h.Point, 31, 1, h.Account, true))],
    };

    private string TariffOf(Home home) => _tariffs[home.Index % _tariffs.Length];

    private AccountRecord AccountOf(Home home) => new(
        home.Account, $"Home {home.Index}", $"+8613800{home.Index:D6}", "en", "CNY", TariffOf(home), "fast", 0, 12_000,
        _options.NeverCut(home.Index));

    private List<(Instant At, long Minor)> PaidOf(AccountId account)
    {
        if (!_paid.TryGetValue(account, out var list)) _paid.Add(account, list = []);
        return list;
    }
}

/// <summary>Phones that are always on, unless the test says otherwise.</summary>
internal sealed class TestPhones : ISmsChannel
{
    public Func<SmsMessage, SmsResult> Answer { get; set; } = _ => new SmsResult.Delivered();

    public List<SmsMessage> Received { get; } = [];

    public Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping)
    {
        var answer = Answer(message);
        if (answer is SmsResult.Delivered) Received.Add(message);
        return Task.FromResult(answer);
    }
}
