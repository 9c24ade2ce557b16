using System.Globalization;
using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    // A snapshot may be older than the last day close, and then its next day is open by now. It is not if a register of
    // the account stands after the end of the open day; until a channel shows that, the sum waits here.
    private readonly Dictionary<int, long> _nextOfSnapshot = [];

    /// <summary>Restores an account, before its channels.</summary>
    /// <param name="account">Added before.</param>
    /// <param name="snapshot">Null when it never had one.</param>
    /// <param name="paidAfter">Sum of the payment entries after the snapshot, signed for the customer.</param>
    /// <param name="chargedAfter">
    /// Sum of the charge entries after it, signed for the customer (negative as a rule).
    /// </param>
    /// <param name="lastPurchaseAfter">The last payment after it, if any.</param>
    /// <param name="thresholds">Which are crossed, and the arm number.</param>
    public void Restore(
        AccountId account,
        AccountSnapshot? snapshot,
        Money paidAfter,
        Money chargedAfter,
        Money? lastPurchaseAfter,
        ThresholdState thresholds)
    {
        var index = AccountIndexOf(account);
        ref var state = ref AccountAt(index);
        var from = snapshot ?? default;
        state.Journal = from.Journal + paidAfter + chargedAfter;
        state.AccruedOpen = from.AccruedOpen + from.AccruedNext + (chargedAfter.Minor * ExactCharge.PerMinor);
        state.AccruedNext = 0;
        if (from.AccruedNext != 0) _nextOfSnapshot[index] = from.AccruedNext;
        state.LastPurchase = lastPurchaseAfter ?? from.LastPurchase;
        state.AverageDay = from.AverageDay;
        state.CrossedMask = thresholds.CrossedMask;
        state.Arm = Math.Max(1, thresholds.Arm);
        Watch(ref state);
    }

    /// <summary>Restores a register, after its account.</summary>
    /// <exception cref="InvalidOperationException">Its meter was not added.</exception>
    public void Restore(ChannelSnapshot snapshot)
    {
        ref var state = ref ChannelAt(KnownChannel(snapshot.Channel));
        (state.FirstAt, state.LastAt) = (snapshot.FirstAt, snapshot.LastAt);
        (state.LastRegister, state.LastQuality) = (snapshot.LastRegister, snapshot.LastQuality);
        (state.PeriodBase, state.SeenHours) = (snapshot.PeriodBase, snapshot.SeenHours | 1);
        if (snapshot.LastAt <= OpenEnd || !_nextOfSnapshot.Remove(state.Account, out var next)) return;
        ref var account = ref AccountAt(state.Account);
        (account.AccruedOpen, account.AccruedNext) = (account.AccruedOpen - next, account.AccruedNext + next);
    }

    /// <summary>
    /// A stored row after its channel's snapshot, in order of the channel. Its charge is taken as it is stored.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row does not continue its channel.</exception>
    public void Replay(in RatedReading row)
    {
        var reading = row.Reading;
        ref var channel = ref ChannelAt(KnownChannel(reading.Channel));
        if (channel.HasReadings && (reading.At <= channel.LastAt || reading.Register < channel.LastRegister))
        {
            throw new InvalidOperationException(
                $"The row of {reading.Channel} at {reading.At} does not continue the channel.");
        }

        if (channel.IsBilled && !channel.HasReadings)
        {
            channel.PeriodBase = Rater.BaseOfFirst(
                TariffOf(channel), reading.At, UsageOf(channel, reading.Register));
        }
        else if (channel.IsBilled)
        {
            Rater.TryRate(
                TariffOf(channel),
                reading.Channel.Register,
                channel.LastAt,
                UsageOf(channel, channel.LastRegister),
                reading.At,
                UsageOf(channel, reading.Register),
                ref channel.PeriodBase,
                [],
                out _);
        }

        channel.Advance(reading.At, reading.Register, reading.Quality);
        var inOpen = reading.At <= OpenEnd;
        if (!TryAccrue(channel.Account, inOpen ? row.Charge : 0, inOpen ? 0 : row.Charge))
        {
            throw new InvalidOperationException(
                $"The stored charges of account {AccountAt(channel.Account).Id} do not fit 64 bits.");
        }
    }

    /// <summary>The account as a cache, for the commit that describes it: with its channels'.</summary>
    public AccountSnapshot Snapshot(AccountId account)
    {
        ref readonly var state = ref AccountAt(AccountIndexOf(account));
        return new(
            account,
            LastEntryId,
            state.Journal,
            state.AccruedOpen,
            state.AccruedNext,
            state.LastPurchase,
            state.AverageDay);
    }

    /// <summary>The account's registers that have readings.</summary>
    public IEnumerable<ChannelSnapshot> ChannelsOf(AccountId account)
    {
        for (var i = AccountAt(AccountIndexOf(account)).FirstChannel; i >= 0; i = ChannelAt(i).NextOfAccount)
        {
            if (ChannelAt(i).HasReadings) yield return Snapshot(ChannelAt(i));
        }
    }

    /// <summary>
    /// The positions, in order of account and channel: what depends on the set of accepted readings and payments alone,
    /// and neither on their order nor on batches, day closes or restarts. The position is exact: journal less accrued
    /// charges.
    /// </summary>
    public void ExportPositions(TextWriter writer)
    {
        foreach (var account in Accounts.Order())
        {
            ref readonly var state = ref AccountAt(AccountIndexOf(account));
            var position = ExactCharge.FromMoney(state.Journal) - new ExactCharge(state.Accrued);
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"account {account} position {position.Value} balance {state.Balance.Minor}\n"));
            foreach (var channel in ChannelsOf(account).OrderBy(channel => channel.Channel))
            {
                writer.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"channel {channel.Channel} first {channel.FirstAt} last {channel.LastAt} "
                    + $"register {channel.LastRegister.TenthsWh} {channel.LastQuality} "
                    + $"period {channel.PeriodStart} base {channel.PeriodBase.TenthsWh}\n"));
            }
        }
    }

    private ChannelSnapshot Snapshot(in ChannelState state) => new(
        state.Id,
        state.FirstAt,
        state.LastAt,
        state.LastRegister,
        state.LastQuality,
        state.IsBilled ? TariffOf(state).StretchAt(state.LastAt).PeriodStart : Instant.Epoch,
        state.PeriodBase,
        state.SeenHours);

    private int KnownChannel(ChannelId channel) => ChannelIndexOf(channel) is var index and >= 0
        ? index
        : throw new InvalidOperationException($"The meter of channel {channel} is not in shard {shard}.");
}
