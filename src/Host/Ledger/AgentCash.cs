using Meters.Billing.Ledger;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

/// <summary>
/// Cash that agents hold, over all shards. A payment reserves its amount before it is committed, so that two shards
/// together cannot pass a ceiling; what a retried commit reserves again is counted once, by its key.
/// </summary>
public sealed class AgentCash
{
    private readonly Dictionary<(string Person, Currency Currency), (Money? Ceiling, Money Cash)> _agents = [];
    private readonly HashSet<string> _reserved = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Cash taken by an agent; a cheque is not.</summary>
    public static bool Concerns(PaymentOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order is { Channel: PaymentChannel.Agent, Tender: not Tender.Cheque };
    }

    public void Set(AgentRecord agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        lock (_lock) _agents[(agent.Person.Value, agent.Currency)] = (agent.Ceiling, agent.Outstanding);
    }

    /// <summary>A new ceiling; cash above it may stay, and no more is taken.</summary>
    public void SetCeiling(PersonId agent, Currency currency, Money ceiling)
    {
        lock (_lock)
        {
            _agents[(agent.Value, currency)] = (ceiling, _agents.GetValueOrDefault((agent.Value, currency)).Cash);
        }
    }

    /// <summary>False when the agent would hold more than allowed; who has no ceiling may always.</summary>
    public bool TryReserve(PaymentOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        lock (_lock)
        {
            if (_reserved.Contains(order.Key)) return true;
            var (ceiling, cash) = _agents.GetValueOrDefault((order.TakenBy.Value, order.Currency));
            var after = cash + order.Amount;
            if (after > ceiling) return false;
            _agents[(order.TakenBy.Value, order.Currency)] = (ceiling, after);
            _reserved.Add(order.Key);
            return true;
        }
    }

    /// <summary>The payment of this key is durable.</summary>
    public void Settle(string key)
    {
        lock (_lock) _reserved.Remove(key);
    }

    public void Lower(PersonId agent, Currency currency, Money by)
    {
        lock (_lock)
        {
            var (ceiling, cash) = _agents.GetValueOrDefault((agent.Value, currency));
            _agents[(agent.Value, currency)] = (ceiling, cash - by);
        }
    }

    /// <summary>What the agent holds.</summary>
    public Money Of(PersonId agent, Currency currency)
    {
        lock (_lock) return _agents.GetValueOrDefault((agent.Value, currency)).Cash;
    }
}
