using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>The running engine, as the HTTP API and the command line see it.</summary>
public sealed class MetersEngine
{
    /// <summary>The store behind it: for queries of committed rows.</summary>
    public IStore Store => throw new NotSupportedException();

    /// <summary>True once every shard has loaded its state.</summary>
    public bool IsReady => throw new NotSupportedException();

    /// <summary>Live sessions of concentrators.</summary>
    public int Sessions => throw new NotSupportedException();

    /// <summary>Durable when it returns Posted or AlreadyPosted; the record is null for every other status.</summary>
    public Task<(PaymentStatus Status, PaymentRecord? Record)> PostPaymentAsync(PaymentOrder order, CancellationToken stopping) =>
        throw new NotSupportedException();

    /// <summary>Adds to the registry and to the running shards; faults are plain sentences, empty when it was added.</summary>
    public Task<(RegistryStatus Status, IReadOnlyList<string> Faults)> RegisterAsync(RegistryAddition addition, CancellationToken stopping) =>
        throw new NotSupportedException();

    /// <summary>Committed state of an account, or null for an unknown one.</summary>
    public Task<AccountFacts?> FactsAsync(AccountId account, CancellationToken stopping) => throw new NotSupportedException();

    /// <summary>Registry lookups for the API: committed and live.</summary>
    public bool TryFindAccount(AccountId account, out AccountRecord? record) => throw new NotSupportedException();

    /// <summary>A person's command; null with a sentence when it is refused (unknown account, no relay).</summary>
    public Task<(Command? Command, string? Refusal)> CommandAsync(
        AccountId account, CommandKind kind, PersonId by, string reason, CancellationToken stopping) => throw new NotSupportedException();
}
