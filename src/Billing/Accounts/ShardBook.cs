using System.Runtime.InteropServices;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// All accounts and meters of one shard in memory: readings and payments in, charges, entries and crossings out. One
/// thread at a time; no I/O, no clock. What it returns must be committed before anything else is done with it; when a
/// commit fails, the book is thrown away and made anew from the store.
/// </summary>
/// <remarks>
/// Start: the constructor, <see cref="SetProgress"/>, tariffs and thresholds, accounts and meters; then Restore of each
/// account, Restore of each channel, <see cref="Replay"/> of the rows after the channels' snapshots.
/// </remarks>
/// <param name="shard">Number of the shard, in receipts and entries.</param>
/// <param name="billingZone">Where service days begin and end.</param>
/// <param name="limits">How far it goes.</param>
public sealed partial class ShardBook(int shard, LocalZone billingZone, BookLimits limits)
{
    private readonly Dictionary<long, int> _accountIndex = [];
    private readonly Dictionary<long, int> _channelIndex = [];
    private readonly List<AccountState> _accounts = [];
    private readonly List<ChannelState> _channels = [];
    private readonly NamedList<TariffHistory> _tariffs = new();
    private readonly NamedList<ThresholdSet> _policies = new();

    public int Shard => shard;

    /// <summary>The last closed service day.</summary>
    public ServiceDay ClosedThrough { get; private set; }

    /// <summary>End of the last closed day.</summary>
    public Instant ClosedEnd { get; private set; }

    /// <summary>End of the open service day, the one after the last closed.</summary>
    public Instant OpenEnd { get; private set; }

    /// <summary>End of the day after the open one: a reading after it needs the open day closed first.</summary>
    public Instant NextEnd { get; private set; }

    /// <summary>The last ledger entry of the shard.</summary>
    public long LastEntryId { get; private set; }

    /// <summary>In the order in which they were added.</summary>
    public IEnumerable<AccountId> Accounts => _accounts.Select(account => account.Id);

    /// <summary>At start: where the journal stands.</summary>
    public void SetProgress(ServiceDay closedThrough, long lastEntryId)
    {
        SetClosedThrough(closedThrough);
        LastEntryId = lastEntryId;
    }

    /// <summary>
    /// A tariff, or a further version of one. Where it changes what is rated already, rate anew: <see
    /// cref="ChannelsFrom"/>, <see cref="MarkReckoning(AccountId, Instant)"/>.
    /// </summary>
    public void DefineTariff(TariffHistory history)
    {
        var before = _tariffs.IndexOf(history.Id) is >= 0 and var known ? _tariffs[known] : history;
        var tariff = _tariffs.Set(history.Id, history);
        if (history.Bills(RegisterKind.ReverseActive) && !before.Bills(RegisterKind.ReverseActive))
        {
            foreach (var account in _accounts.Where(account => account.Tariff == tariff)) Unseat(account);
        }

        if (_lines.Length < history.Lines.Count) _lines = new long[history.Lines.Count];
        if (!history.SplitsLines) return;
        foreach (ref var account in CollectionsMarshal.AsSpan(_accounts))
        {
            if (account.Tariff != tariff) continue;
            if (account.LineSlot >= 0) _slab.Widen(account.LineSlot, history.Lines.Count);
            else GiveLines(ref account, history);
        }
    }

    /// <summary>The thresholds of a policy; new ones hold from the next <see cref="TakeCrossings"/>.</summary>
    public void DefineThresholds(string policyId, ThresholdSet set)
    {
        var policy = _policies.Set(policyId, set);
        foreach (ref var account in CollectionsMarshal.AsSpan(_accounts))
        {
            if (account.Policy == policy) Watch(ref account);
        }
    }

    public BookStatus AddAccount(AccountSetup setup)
    {
        var tariff = _tariffs.IndexOf(setup.TariffId);
        var policy = _policies.IndexOf(setup.PolicyId);
        if (_accountIndex.TryGetValue(setup.Account.Value, out var index))
        {
            ref readonly var there = ref AccountAt(index);
            return there.Tariff == tariff && there.Policy == policy && there.SanctionedWatts == setup.SanctionedWatts
                && _tariffs[there.Tariff].Currency == setup.Currency
                ? BookStatus.AlreadyThere
                : BookStatus.Conflict;
        }

        if (tariff < 0) return BookStatus.TariffUnknown;
        if (policy < 0) return BookStatus.PolicyUnknown;
        if (_tariffs[tariff].Currency != setup.Currency) return BookStatus.CurrencyMismatch;
        if (setup.Account.Value <= 0 || setup.SanctionedWatts < 0) return BookStatus.OutOfRange;
        _accountIndex.Add(setup.Account.Value, _accounts.Count);
        _accounts.Add(new()
        {
            Id = setup.Account,
            Tariff = (ushort)tariff,
            Policy = (ushort)policy,
            SanctionedWatts = setup.SanctionedWatts,
            Arm = 1,
            FirstChannel = -1,
            MainChannel = -1,
            LineSlot = -1,
        });
        if (_tariffs[tariff].SplitsLines) GiveLines(ref AccountAt(_accounts.Count - 1), _tariffs[tariff]);
        Watch(ref AccountAt(_accounts.Count - 1));
        return BookStatus.Added;
    }

    public BookStatus AddMeter(MeterSetup setup)
    {
        var billed = new ChannelId(setup.Meter, RegisterKind.ForwardActive);
        var known = _accountIndex.TryGetValue(setup.Account.Value, out var account);
        if (_channelIndex.TryGetValue(billed.Value, out var there))
        {
            ref readonly var channel = ref ChannelAt(there);
            return known && channel.Account == account && channel.Multiplier == setup.Multiplier
                && channel.HasRelay == setup.HasRelay
                ? BookStatus.AlreadyThere
                : BookStatus.Conflict;
        }

        if (!known) return BookStatus.AccountUnknown;
        if (setup.Multiplier < 1 || setup.Meter.Value is < 1 or > MeterId.Max) return BookStatus.OutOfRange;
        var added = AddChannel(billed, account, setup.Multiplier, setup.HasRelay);
        ref var owner = ref AccountAt(account);
        if (owner.MainChannel < 0 || (setup.HasRelay && !ChannelAt(owner.MainChannel).HasRelay))
        {
            owner.MainChannel = added;
        }
        return BookStatus.Added;
    }

    public bool TryPosition(AccountId account, out AccountPosition position)
    {
        position = default;
        if (!_accountIndex.TryGetValue(account.Value, out var index)) return false;
        ref readonly var state = ref AccountAt(index);
        var main = state.MainChannel < 0 ? default : ChannelAt(state.MainChannel);
        position = new(
            account,
            _tariffs[state.Tariff].Currency,
            BalanceOf(state),
            state.Journal,
            state.Accrued,
            state.LastPurchase,
            state.AverageDay,
            state.CrossedMask,
            state.Arm,
            main.HasReadings ? main.LastAt : null,
            main.LastQuality);
        return true;
    }

    private int AddChannel(ChannelId id, int account, int multiplier, bool hasRelay)
    {
        ref var owner = ref AccountAt(account);
        _channelIndex.Add(id.Value, _channels.Count);
        _channels.Add(new()
        {
            Id = id,
            Account = account,
            Multiplier = multiplier,
            HasRelay = hasRelay,
            NextOfAccount = owner.FirstChannel,
        });
        return owner.FirstChannel = _channels.Count - 1;
    }

    /// <summary>
    /// Finds a channel; a further register of a known meter comes into being here. -1 for an unknown meter.
    /// </summary>
    private int ChannelIndexOf(ChannelId id)
    {
        if (_channelIndex.TryGetValue(id.Value, out var index)) return index;
        if (id.Register > RegisterKind.ForwardActiveTariff4) return -1;
        var billed = new ChannelId(id.Meter, RegisterKind.ForwardActive);
        if (!_channelIndex.TryGetValue(billed.Value, out var meter)) return -1;
        var owner = ChannelAt(meter);
        var added = AddChannel(id, owner.Account, owner.Multiplier, owner.HasRelay);
        ChannelAt(added).IsHeld = owner.IsHeld;
        if (!owner.HasFacts) return added;
        var (facts, own) = (_facts[meter], FactsOf(added));
        (own.Installed, own.Removed) = (facts.Installed, facts.Removed);
        own.Multipliers = [.. facts.Multipliers.Select(change => change with { Register = null })];
        return added;
    }

    /// <summary>What is fed in begins to count: where its registers stand must be found from their rows.</summary>
    private void Unseat(in AccountState account)
    {
        for (var i = account.FirstChannel; i >= 0; i = ChannelAt(i).NextOfAccount)
        {
            ref var channel = ref ChannelAt(i);
            if (channel.Id.Register == RegisterKind.ReverseActive) channel.IsUnseated = channel.HasReadings;
        }
    }

    private void GiveLines(ref AccountState account, TariffHistory tariff)
    {
        account.LineSlot = _slab.Add(tariff.Lines.Count);
        GiveLines(account);
    }

    /// <summary>What is accrued came about by the first line alone.</summary>
    private void GiveLines(in AccountState account)
    {
        (_slab.Open(account.LineSlot)[0], _slab.Next(account.LineSlot)[0]) = (account.AccruedOpen, account.AccruedNext);
    }

    private Money BalanceOf(in AccountState account) => account.BalanceAt(_tariffs[account.Tariff].PerMinor);

    private ref AccountState AccountAt(int index) => ref CollectionsMarshal.AsSpan(_accounts)[index];

    private ref ChannelState ChannelAt(int index) => ref CollectionsMarshal.AsSpan(_channels)[index];

    private int AccountIndexOf(AccountId account) => _accountIndex.TryGetValue(account.Value, out var index)
        ? index
        : throw new InvalidOperationException($"Account {account} is not in shard {shard}.");

    private void SetClosedThrough(ServiceDay day)
    {
        ClosedThrough = day;
        ClosedEnd = billingZone.StartOf(day.AddDays(1));
        OpenEnd = billingZone.StartOf(day.AddDays(2));
        NextEnd = billingZone.StartOf(day.AddDays(3));
    }
}

/// <summary>Values that others refer to by a small number.</summary>
internal sealed class NamedList<T>
    where T : class
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<T> _values = [];

    public T this[int index] => _values[index];

    /// <summary>-1 where there is none.</summary>
    public int IndexOf(string name) => _index.TryGetValue(name, out var index) ? index : -1;

    /// <exception cref="OverflowException">More than 65,536 names.</exception>
    public ushort Set(string name, T value)
    {
        if (_index.TryGetValue(name, out var index))
        {
            _values[index] = value;
            return (ushort)index;
        }

        var added = (ushort)_values.Count;
        _index.Add(name, added);
        _values.Add(value);
        return added;
    }
}
