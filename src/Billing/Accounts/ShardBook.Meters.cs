using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>What is known of meters beyond their first multiplier: changes of it, replacements, holds.</summary>
public sealed partial class ShardBook
{
    private readonly Dictionary<int, ChannelFacts> _facts = [];
    private readonly List<MeterHold> _newHolds = [];

    /// <summary>
    /// All changes of a meter's multiplier. Rows that lie after a change are to be rated anew: see
    /// <see cref="ChannelsFrom"/> and <see cref="Rerate"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The meter was not added.</exception>
    public void SetMultipliers(MeterId meter, IReadOnlyList<MultiplierChange> changes)
    {
        var sorted = changes.OrderBy(change => change.From).ToList();
        KnownChannel(new(meter, RegisterKind.ForwardActive));
        foreach (var index in ChannelsOfMeter(meter))
        {
            FactsOf(index).Multipliers = ChannelAt(index).Id.Register == RegisterKind.ForwardActive
                ? sorted
                : [.. sorted.Select(change => change with { Register = null })];
        }
    }

    /// <summary>
    /// A meter took the place of another of the same account. The closing and the opening register are readings of
    /// their own: apply them, the closing one first.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of them was not added, or they are of two accounts.</exception>
    public void SetReplacement(MeterReplacement change)
    {
        var old = KnownChannel(new(change.Old, RegisterKind.ForwardActive));
        var @new = KnownChannel(new(change.New, RegisterKind.ForwardActive));
        if (ChannelAt(old).Account != ChannelAt(@new).Account)
        {
            throw new InvalidOperationException($"Meters {change.Old} and {change.New} are of two accounts.");
        }

        foreach (var index in ChannelsOfMeter(change.Old)) FactsOf(index).Removed = change.At;
        foreach (var index in ChannelsOfMeter(change.New)) FactsOf(index).Installed = change.At;
        FactsOf(old).Successor = @new;
        FactsOf(@new).Predecessor = old;
        ref var owner = ref AccountAt(ChannelAt(old).Account);
        if (owner.MainChannel == old) owner.MainChannel = @new;
    }

    /// <summary>Rates nothing more of a meter until <see cref="Lift"/>.</summary>
    /// <returns>False for a meter that is not here.</returns>
    public bool Hold(MeterId meter) => SetHeld(meter, true);

    /// <returns>False for a meter that is not here.</returns>
    public bool Lift(MeterId meter) => SetHeld(meter, false);

    /// <summary>Holds that readings led to since the last call: they belong into the same commit.</summary>
    public void TakeHolds(List<MeterHold> holds)
    {
        holds.AddRange(_newHolds);
        _newHolds.Clear();
    }

    /// <summary>At start: an instant at which a value stands that is not rated.</summary>
    public void RestoreUnrated(ChannelId channel, Instant at) => FactsOf(KnownChannel(channel)).Unrated.Add(at);

    /// <summary>The channels of an account that cost something and have readings after an instant.</summary>
    public IReadOnlyList<ChannelId> ChannelsFrom(AccountId account, Instant from)
    {
        var found = new List<ChannelId>();
        for (var i = AccountAt(AccountIndexOf(account)).FirstChannel; i >= 0; i = ChannelAt(i).NextOfAccount)
        {
            ref readonly var channel = ref ChannelAt(i);
            var counts = IsBilled(channel) || Measures(TariffOf(channel), channel.Id.Register);
            if (!channel.HasReadings || !counts) continue;
            if (channel.LastAt > from || channel.IsUnseated) found.Add(channel.Id);
        }

        return [.. found.Order()];
    }

    /// <summary>Accounts that a tariff bills.</summary>
    public IEnumerable<AccountId> AccountsOf(string tariffId) =>
        _accounts.Where(account => _tariffs[account.Tariff].Id == tariffId).Select(account => account.Id);

    private bool SetHeld(MeterId meter, bool held)
    {
        var any = false;
        foreach (var index in ChannelsOfMeter(meter)) any |= (ChannelAt(index).IsHeld = held) == held;
        return any;
    }

    private List<int> ChannelsOfMeter(MeterId meter)
    {
        var found = new List<int>();
        for (var kind = RegisterKind.ForwardActive; kind <= RegisterKind.ForwardActiveTariff4; kind++)
        {
            if (_channelIndex.TryGetValue(new ChannelId(meter, kind).Value, out var index)) found.Add(index);
        }

        return found;
    }

    private ChannelFacts FactsOf(int channel)
    {
        if (_facts.TryGetValue(channel, out var facts)) return facts;
        _facts.Add(channel, facts = new());
        ChannelAt(channel).HasFacts = true;
        return facts;
    }

    /// <summary>What the channel's facts say against a reading; null where they say nothing.</summary>
    private ReadingStatus? CheckFacts(int index, Instant at)
    {
        if (!ChannelAt(index).HasFacts) return null;
        var facts = _facts[index];
        if (at < facts.Installed) return ReadingStatus.BeforeInstallation;
        if (at > facts.Removed) return ReadingStatus.AfterRemoval;
        return facts.Unrated.Contains(at) ? ReadingStatus.NeedsHistory : null;
    }

    /// <summary>Multipliers that hold now, beside the channel's first.</summary>
    private IReadOnlyList<MultiplierChange> MultipliersOf(int index) =>
        ChannelAt(index).HasFacts ? _facts[index].Multipliers : [];

    private RatingTerms TermsOf(int index) =>
        new(TariffOf(ChannelAt(index)), ChannelAt(index).Multiplier, MultipliersOf(index));

    /// <summary>
    /// What the meters before this one used in the accumulation period that its first reading lies in: the tier
    /// position goes on. A meter in between of which nothing is known passes on what came before it.
    /// </summary>
    private Energy CarryOf(int index, Instant first)
    {
        var before = NeighbourOf(index, facts => facts.Predecessor);
        if (before < 0) return Energy.Zero;
        ref readonly var old = ref ChannelAt(before);
        var stretch = TariffOf(old).StretchAt(first);
        var goesOn = stretch.Accumulates && old.LastAt >= stretch.PeriodStart;
        return goesOn ? old.LastUsage - old.PeriodBase : Energy.Zero;
    }

    /// <summary>
    /// The same register of the next meter after this one that has readings, as a channel; -1 without one.
    /// </summary>
    private int SuccessorOf(int index) => NeighbourOf(index, facts => facts.Successor);

    /// <summary>Meters follow each other; so do their registers of one kind, those that have readings.</summary>
    private int NeighbourOf(int index, Func<ChannelFacts, int> next)
    {
        var register = ChannelAt(index).Id.Register;
        var meter = MeterOf(index);
        while (ChannelAt(meter).HasFacts && next(_facts[meter]) is >= 0 and var other)
        {
            meter = other;
            var channel = new ChannelId(ChannelAt(meter).Id.Meter, register);
            if (_channelIndex.TryGetValue(channel.Value, out var found) && ChannelAt(found).HasReadings) return found;
        }

        return -1;
    }

    /// <summary>The channel of the meter's billed register, which knows what came before and after the meter.</summary>
    private int MeterOf(int index) =>
        _channelIndex[new ChannelId(ChannelAt(index).Id.Meter, RegisterKind.ForwardActive).Value];

    private bool HasPredecessor(int index) =>
        MeterOf(index) is var meter && ChannelAt(meter).HasFacts && _facts[meter].Predecessor >= 0;

    /// <summary>
    /// A new reading of a meter that was replaced moves the tier position of those after it, and the first one of a
    /// meter that took another's place starts from a position that the rows alone do not say.
    /// </summary>
    private bool MovesAnother(int index) => IsBilled(ChannelAt(index))
        && (SuccessorOf(index) >= 0 || (HasPredecessor(index) && !ChannelAt(index).HasReadings));
}
