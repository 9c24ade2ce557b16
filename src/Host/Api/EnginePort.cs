using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Host.Changes;
using Meters.Host.Customers;
using Meters.Host.Engine;
using Meters.Host.Guard;
using Meters.Host.Ledger;
using Meters.Host.Readings;
using Meters.Host.Standings;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Api;

/// <summary>
/// What the endpoints ask of the running engine, as delegates: everything that does not come from the store.
/// </summary>
public sealed record EnginePort
{
    public required IStore Store { get; init; }

    public required Func<bool> IsReady { get; init; }

    /// <summary>Live sessions of concentrators.</summary>
    public required Func<int> Sessions { get; init; }

    /// <summary>Whether a concentrator has a live session; null when this process cannot know.</summary>
    public Func<TerminalAddress, bool?> HasSession { get; init; } = static _ => null;

    /// <summary>A concentrator's live session, for requests now; null when it has none.</summary>
    public Func<TerminalAddress, TerminalSession?> SessionOf { get; init; } = static _ => null;

    public required Func<PaymentOrder, CancellationToken,
        Task<(PaymentStatus Status, PaymentRecord? Record)>> PostPayment
    { get; init; }

    public required Func<RegistryAddition, CancellationToken,
        Task<(RegistryStatus Status, IReadOnlyList<string> Faults)>> Register
    {
        get;
        init;
    }

    /// <summary>Account, kind, person, reason.</summary>
    public required Func<AccountId, CommandKind, PersonId, string, CancellationToken,
        Task<(Command? Command, string? Refusal)>> Command
    {
        get;
        init;
    }

    /// <summary>What a decision on an account looks at, as of now; null for one that is not known.</summary>
    public Func<AccountId, CancellationToken, Task<CaseFacts?>> Facts { get; init; } =
        static (_, _) => Task.FromResult<CaseFacts?>(null);

    /// <summary>What policies ask about customers; only a running engine has it.</summary>
    public CustomerDesk? CustomerDesk { get; init; }

    public CustomerDesk Customers =>
        CustomerDesk ?? throw new NotSupportedException("There is no engine behind it.");

    /// <summary>Whether nobody asks any more for what an hour lacks.</summary>
    public Func<TerminalHour, bool> IsExhausted { get; init; } = static _ => false;

    /// <summary>Concentrator and person; null for an unknown concentrator.</summary>
    public Func<TerminalAddress, PersonId, CancellationToken, Task<TerminalClock?>> OrderClock { get; init; } =
        static (_, _, _) => Task.FromResult<TerminalClock?>(null);

    /// <summary>Tariffs and policies under four eyes.</summary>
    public required ChangeDesk Changes { get; init; }

    /// <summary>Flags, contacts and value classes; only a running engine has it.</summary>
    public StandingDesk? Standings { get; init; }

    /// <summary>What is known beside the account; without content where nothing is.</summary>
    public Func<AccountId, CustomerStanding> StandingOf { get; init; } = static account => new(account);

    /// <summary>The texts of messages.</summary>
    public Func<NoticeBook> NoticeTexts { get; init; } = static () => NoticeBook.Shipped;

    /// <summary>Null for an unknown account.</summary>
    public required Func<AccountId, AccountRecord?> FindAccount { get; init; }

    /// <summary>Decisions about readings.</summary>
    public required Func<ReadingDesk> Desk { get; init; }

    /// <summary>Where service days begin and end.</summary>
    public LocalZone BillingZone { get; init; } = LocalZone.China;

    /// <summary>Money beside plain payments; only a running engine has it.</summary>
    public LedgerDesk? Ledger { get; init; }

    public LedgerDesk Money => Ledger ?? throw new NotSupportedException("There is no engine behind it.");

    public StandingDesk Office => Standings ?? throw new NotSupportedException("There is no engine behind it.");

    /// <summary>What people do about the mass-disconnect guard; only a running engine has it.</summary>
    public GuardDesk? Guard { get; init; }

    public GuardDesk GuardWork => Guard ?? throw new NotSupportedException("There is no engine behind it.");

    /// <summary>The guard's sliding window.</summary>
    public TimeSpan GuardWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The program's clock.</summary>
    public Func<Instant> Now { get; init; } = static () => Instant.Epoch;

    /// <summary>Largest payment, minor units.</summary>
    public long PaymentMinorMax { get; init; } = long.MaxValue;

    public static EnginePort Of(MetersEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new()
        {
            Store = engine.Store,
            IsReady = () => engine.IsReady,
            Sessions = () => engine.Sessions,
            HasSession = terminal => engine.SessionTable.TryGet(terminal, out _),
            SessionOf = terminal => engine.SessionTable.TryGet(terminal, out var session) ? session : null,
            PostPayment = engine.PostPaymentAsync,
            Register = engine.RegisterFromOutsideAsync,
            Changes = engine.Changes,
            BillingZone = engine.BillingZone,
            Ledger = engine.Ledger,
            Standings = engine.Standings,
            StandingOf = engine.Registry.StandingOf,
            NoticeTexts = () => engine.Registry.Texts,
            Guard = engine.Guard,
            GuardWindow = engine.GuardWindow,
            Now = engine.Now,
            CustomerDesk = engine.Customers,
            Facts = engine.Cases.FactsAsync,
            PaymentMinorMax = engine.PaymentMinorMax,
            Command = engine.CommandAsync,
            Desk = () => engine.Desk,
            IsExhausted = engine.Gaps.IsExhausted,
            OrderClock = engine.Clocks.OrderAsync,
            FindAccount = account => engine.TryFindAccount(account, out var record) ? record : null,
        };
    }
}
