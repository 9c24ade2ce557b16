using System.Buffers;
using System.IO.Pipelines;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Policies;
using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Host.Sms;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Meters.Storage;
using Meters.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Engine;

/// <summary>An engine with one account and one concentrator that takes commands and never answers them.</summary>
internal sealed class SmallService : IAsyncDisposable
{
    public static readonly Instant Start = LocalZone.China.ToInstant(new DateTime(2025, 11, 3));
    public static readonly TerminalAddress Terminal = TerminalAddress.Of(3301, 1);
    public static readonly AccountId Account = new(501);
    public static readonly MeterId Meter = new(1_001);
    public static readonly PersonId Tester = new("tester");

    private readonly Pipe _up = new();
    private readonly Pipe _down = new();
    private readonly SemaphoreSlim _heard = new(0);
    private readonly List<(Afn Afn, int Sequence)> _frames = [];

    private SmallService(IStore inner, IStore store, Hooks hooks, MetersEngine engine, StepClock clock)
    {
        (Inner, Store, Hooks, Engine, Clock) = (inner, store, hooks, engine, clock);
        engine.Failed = Failures.Add;
    }

    /// <summary>The store without its faults.</summary>
    public IStore Inner { get; }

    public IStore Store { get; }

    public Hooks Hooks { get; }

    public MetersEngine Engine { get; }

    public StepClock Clock { get; }

    /// <summary>What stopped a part of the engine.</summary>
    public List<Exception> Failures { get; } = [];

    public static RegistryAddition Registry => new()
    {
        Tariffs = [TariffOf("flat", 1, DemoPlan.TariffJson["flat"])],
        Policies =
        [
            new(DemoPlan.Policy, 1, Instant.Utc(2025, 1, 1), ShippedPolicies.Json(DemoPlan.Policy), Tester, Start),
        ],
        Terminals = [new(Terminal, "T1", "+08:00", "F1")],
        Accounts = [AccountOf(Account)],
        Meters = [new(Meter, new(260_300_000_001), Terminal, 1, 31, 1, Account, true)],
    };

    public static AccountRecord AccountOf(AccountId account) =>
        new(account, "Ann Baker", "+8613800000001", "en", "CNY", "flat", DemoPlan.Policy, 0, 12_000, false);

    public static VersionedDocument TariffOf(string id, int version, string json) =>
        new(id, version, Instant.Utc(2012, 7, 1), json, Tester, Start);

    public static async Task<SmallService> StartAsync(
        ISmsChannel? sms = null, string connection = "sqlite::memory:", Func<EngineSetup, EngineSetup>? change = null)
    {
        var inner = await Stores.OpenAsync(connection, CancellationToken.None);
        var hooks = new Hooks();
        var store = BreakableStore.Over(inner, hooks);
        var clock = new StepClock(Start);
        var setup = SetupOf(store, clock, sms);
        var engine = await MetersEngine.StartAsync(change?.Invoke(setup) ?? setup, CancellationToken.None);
        var service = new SmallService(inner, store, hooks, engine, clock);
        var (status, faults) = await engine.RegisterAsync(Registry, CancellationToken.None);
        Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
        return service;
    }

    public static EngineSetup SetupOf(IStore store, StepClock clock, ISmsChannel? sms = null) => new(
        store, new() { MeterAnswerSecondsMax = 1 }, new(), new(), new(), sms ?? new Phones(),
            new PasswordSecurityModule(),
        clock, TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>Dials in and waits for the answer to the login.</summary>
    public async Task ConnectAsync()
    {
        _ = new TerminalSession(Engine.SessionServices).RunAsync(
            new Ends(_up.Reader, _down.Writer), "10.0.0.1", CancellationToken.None);
        _ = HearAsync();
        var frame = new byte[LinkFrames.BytesMax];
        await SendAsync(frame.AsMemory(0, LinkFrames.Login(frame, Terminal, 1)));
        await HeardAsync(Afn.Confirm, 1);
    }

    /// <summary>Pushes one register as an hourly curve that wants a confirm.</summary>
    public async Task PushAsync(int point, Instant at, Energy register, int sequence)
    {
        var bytes = Write(new byte[512]);
        await SendAsync(bytes);

        byte[] Write(byte[] to)
        {
            var frame = new FrameBuilder(to);
            frame.Begin(0xC4, Terminal, 0, Afn.HistoryData, (byte)(LinkFrames.OneFrame | LinkFrames.Con | sequence));
            frame.Unit(point, RequestFrames.CurveForwardActiveFn);
            Formats.WriteA15(LocalZone.China.ToLocal(at), frame.Take(Formats.A15Bytes));
            frame.Byte(3);
            frame.Byte(1);
            Formats.WriteA11(register, frame.Take(Formats.A11Bytes));
            return to[..frame.End()];
        }
    }

    /// <summary>Waits until the service has sent such a frame; whatever its number, where none is given.</summary>
    public async Task HeardAsync(Afn afn, int? sequence = null)
    {
        while (true)
        {
            lock (_frames)
            {
                if (_frames.Exists(f => f.Afn == afn && (sequence is null || f.Sequence == sequence))) return;
            }

            await _heard.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public async Task<Command?> ActiveAsync(CommandKind kind)
    {
        var image = await Inner.Control.FindCaseAsync(Account, CancellationToken.None);
        return image?.Active.FirstOrDefault(c => c.Kind == kind);
    }

    public async ValueTask DisposeAsync()
    {
        await _up.Writer.CompleteAsync();
        await Engine.DisposeAsync();
        await Inner.DisposeAsync();
    }

    /// <summary>What is no command is refused: it knows no clock.</summary>
    private async Task DenyAsync(FrameHeader header)
    {
        var frame = new byte[LinkFrames.BytesMax];
        await SendAsync(frame.AsMemory(
            0, LinkFrames.TerminalAnswer(frame, Terminal, header.A3, header.Sequence, accepted: false)));
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _up.Writer.WriteAsync(bytes);

    private async Task HearAsync()
    {
        var scanner = default(FrameScanner);
        while (true)
        {
            var result = await _down.Reader.ReadAsync();
            var rest = result.Buffer;
            while (scanner.Next(ref rest, Ingest.Gdw3761.FrameReader.FrameBytesMax, out var frame)
                == Ingest.Gdw3761.FrameStatus.Complete)
            {
                Assert.True(FrameHeader.TryParse(frame.ToArray().AsSpan(6..^2), out var header));
                lock (_frames) _frames.Add((header.Afn, header.Sequence));
                _heard.Release();
                if (header.Afn == Afn.CurrentData) await DenyAsync(header);
            }

            _down.Reader.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted) return;
        }
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class Phones : ISmsChannel
    {
        public Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping) =>
            Task.FromResult<SmsResult>(new SmsResult.Delivered());
    }
}
