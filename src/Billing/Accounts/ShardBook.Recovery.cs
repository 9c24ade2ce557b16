using System.Globalization;
using System.Text;
using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>Restores an account, before its channels.</summary>
    /// <param name="account">Added before.</param>
    /// <param name="snapshot">Null when it never had one.</param>
    /// <param name="paidAfter">Sum of the payment entries after the snapshot, signed for the customer.</param>
    /// <param name="chargedAfter">
    /// Sum of the charge entries after it, signed for the customer (negative as a rule).
    /// </param>
    /// <param name="lastPurchaseAfter">The last payment after it, if any.</param>
    /// <param name="thresholds">Which are crossed, and the arm number.</param>
    /// <param name="days">
    /// Of an account without a snapshot: its last closed day, and what was corrected since. Its channels have no
    /// snapshots either then: all their rows follow.
    /// </param>
    public void Restore(
        AccountId account,
        AccountSnapshot? snapshot,
        Money paidAfter,
        Money chargedAfter,
        Money? lastPurchaseAfter,
        ThresholdState thresholds,
        AccountDays? days = null)
    {
        var index = AccountIndexOf(account);
        ref var state = ref AccountAt(index);
        var from = snapshot ?? default;
        state.Journal = from.Journal + paidAfter + chargedAfter;
        var taken = days is null ? chargedAfter.Minor * _tariffs[state.Tariff].PerMinor : 0;
        var stillOpen = snapshot is null || from.ClosedThrough == ClosedThrough;
        state.AccruedOpen = from.AccruedOpen + (stillOpen ? 0 : from.AccruedNext) + taken;
        state.AccruedNext = stillOpen ? from.AccruedNext : 0;
        if (state.LineSlot >= 0) RestoreLines(state, from, stillOpen);
        state.LastPurchase = lastPurchaseAfter ?? from.LastPurchase;
        state.AverageDay = from.AverageDay;
        state.IsFromDays = days is not null;
        if (days is not null) RestoreFrom(ref state, days);
        state.CrossedMask = thresholds.CrossedMask;
        state.Arm = Math.Max(1, thresholds.Arm);
        Watch(ref state);
    }

    /// <summary>Without a snapshot: what the last journal line and the corrections since it left.</summary>
    private void RestoreFrom(ref AccountState account, AccountDays days)
    {
        var accounted = new AccountedDays(_tariffs[account.Tariff], ClosedThrough.AddDays(1), days);
        (account.AccruedOpen, account.AccruedNext) = (checked((long)accounted.CarryTotal), 0);
        if (days.Charges.Count > 0) account.AverageDay = days.Charges[^1].AverageDay;
        if (account.LineSlot < 0) return;
        for (var i = 0; i < accounted.Carry.Length; i++)
        {
            _slab.Open(account.LineSlot)[i] = checked((long)accounted.Carry[i]);
            _slab.Next(account.LineSlot)[i] = 0;
        }
    }

    /// <summary>
    /// Channels that go on from the tier position of a meter before, of accounts restored without a snapshot: the rows
    /// alone do not say it, so each is to be given to <see cref="Reseat"/> in this order.
    /// </summary>
    public IReadOnlyList<ChannelId> TakeUnseated()
    {
        var found = new List<(int Depth, ChannelId Channel)>();
        for (var i = 0; i < _channels.Count; i++)
        {
            if (!_channels[i].HasReadings || !_channels[i].HasFacts || !IsBilled(_channels[i])) continue;
            if (!AccountAt(_channels[i].Account).IsFromDays || !HasPredecessor(i)) continue;
            var depth = 0;
            for (var before = i; before >= 0; depth++) before = NeighbourOf(before, facts => facts.Predecessor);
            found.Add((depth, _channels[i].Id));
        }

        return [.. found.OrderBy(one => one.Depth).ThenBy(one => one.Channel).Select(one => one.Channel)];
    }

    /// <summary>Finds a channel's tier position from all its rows and the meters before it.</summary>
    public void Reseat(ChannelId channel, IReadOnlyList<RatedReading> rows)
    {
        var index = KnownChannel(channel);
        var points = PointsOf(rows);
        if (points.Count == 0) return;
        var carry = CarryOf(index, points[0].At);
        var rated = Rate(TermsOf(index), points, points[0].At, true, carry, channel.Register, out _);
        if (rated is null) return;
        ref var state = ref ChannelAt(index);
        (state.LastUsage, state.PeriodBase) = (rated.LastUsage, rated.PeriodBase);
        MarkReckoning(state.Account, ClosedEnd);
    }

    /// <summary>Restores a register, after its account; not one of an account without a snapshot.</summary>
    /// <exception cref="InvalidOperationException">Its meter was not added.</exception>
    public void Restore(ChannelSnapshot snapshot)
    {
        ref var state = ref ChannelAt(KnownChannel(snapshot.Channel));
        if (AccountAt(state.Account).IsFromDays) return;
        (state.FirstAt, state.LastAt) = (snapshot.FirstAt, snapshot.LastAt);
        (state.LastRegister, state.LastUsage) = (snapshot.LastRegister, snapshot.LastUsage);
        (state.LastQuality, state.PeriodBase) = (snapshot.LastQuality, snapshot.PeriodBase);
        state.SeenHours = snapshot.SeenHours;
        state.IsUnseated = snapshot.PeriodStart == Instant.Epoch && state.HasReadings && IsBilled(state)
            && TariffOf(state).StretchAt(state.LastAt).Accumulates;
    }

    /// <summary>
    /// A stored row after its channel's snapshot, in order of the channel. Its charge is taken as it is stored.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row does not continue its channel.</exception>
    public void Replay(in RatedReading row)
    {
        var reading = row.Reading;
        var index = KnownChannel(reading.Channel);
        if (!reading.Quality.IsRated())
        {
            RestoreUnrated(reading.Channel, reading.At);
            return;
        }

        ref var channel = ref ChannelAt(index);
        var fell = reading.Register < channel.LastRegister && !IsInLastTenth(channel.LastRegister);
        if (channel.HasReadings && (reading.At <= channel.LastAt || fell))
        {
            throw new InvalidOperationException(
                $"The row of {reading.Channel} at {reading.At} does not continue the channel.");
        }

        var (usage, periodBase) = (channel.LastUsage, channel.PeriodBase);
        var lines = LinesFor(channel);
        if (channel.HasReadings) ReplayNext(index, reading, ref usage, ref periodBase, lines);
        else TryRateFirst(index, reading, out usage, out periodBase);
        channel.PeriodBase = periodBase;
        channel.Advance(reading.At, reading.Register, usage, reading.Quality);
        if (reading.At <= ClosedEnd && AccountAt(channel.Account).IsFromDays) return; // In a journal line already.
        var inOpen = reading.At <= OpenEnd;
        if (inOpen ? TryAccrue(channel.Account, row.Charge, 0, lines, [])
            : TryAccrue(channel.Account, 0, row.Charge, [], lines)) return;
        throw new InvalidOperationException(
            $"The stored charges of account {AccountAt(channel.Account).Id} do not fit 64 bits.");
    }

    /// <summary>
    /// Usage and lines as they were live. A person may have let something implausible pass: here nothing is judged.
    /// </summary>
    private void ReplayNext(
        int index, in Reading reading, ref Energy usage, ref Energy periodBase, Span<long> lines)
    {
        ref readonly var channel = ref ChannelAt(index);
        var end = reading.Register;
        if (end < channel.LastRegister) end += limits.RegisterModulus;
        usage += new Energy((long)Usage.Between(
            channel.Multiplier,
            MultipliersOf(index),
            limits.RegisterModulus,
            channel.LastAt,
            channel.LastRegister,
            reading.At,
            end));
        if (!IsBilled(channel)) return;
        Rater.TryRate(
            TariffOf(channel),
            reading.Channel.Register,
            channel.LastAt,
            channel.LastUsage,
            reading.At,
            usage,
            ref periodBase,
            lines,
            out _);
    }

    private void RestoreLines(in AccountState account, in AccountSnapshot snapshot, bool stillOpen)
    {
        if (string.IsNullOrEmpty(snapshot.Lines))
        {
            GiveLines(account); // It was taken when the tariff had one line.
            return;
        }

        var parts = snapshot.Lines.Split(';').Select(part => part.Split(',').Select(ParseLine).ToArray()).ToArray();
        var open = _slab.Open(account.LineSlot);
        var next = _slab.Next(account.LineSlot);
        parts[0].CopyTo(open);
        parts[1].CopyTo(next);
        if (stillOpen) return;
        Add(open, next);
        next.Clear();

        static long ParseLine(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    private string LinesOf(in AccountState account) => account.LineSlot < 0
        ? ""
        : string.Join(
            ';',
            Numbers(_slab.Open(account.LineSlot)),
            Numbers(_slab.Next(account.LineSlot)));

    private static string Numbers(ReadOnlySpan<long> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{line}");
        }

        return text.ToString();
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
            state.AverageDay,
            ClosedThrough,
            LinesOf(state));
    }

    /// <summary>
    /// The account's registers that have readings; also one whose readings all do not count any more, so that nobody
    /// takes it up from an earlier snapshot.
    /// </summary>
    public IEnumerable<ChannelSnapshot> ChannelsOf(AccountId account)
    {
        for (var i = AccountAt(AccountIndexOf(account)).FirstChannel; i >= 0; i = ChannelAt(i).NextOfAccount)
        {
            var emptied = ChannelAt(i).HasFacts && _facts[i].Unrated.Count > 0;
            if (ChannelAt(i).HasReadings || emptied) yield return Snapshot(ChannelAt(i));
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
            var position = ((Int128)state.Journal.Minor * _tariffs[state.Tariff].PerMinor) - state.Accrued;
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"account {account} position {position} balance {BalanceOf(state).Minor}\n"));
            ExportLateFees(account, writer);
            foreach (var channel in ChannelsOf(account).OrderBy(channel => channel.Channel))
            {
                if (channel.SeenHours == 0) continue;
                writer.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"channel {channel.Channel} first {channel.FirstAt} last {channel.LastAt} "
                    + $"register {channel.LastRegister.TenthsWh} {channel.LastQuality} "
                    + $"period {channel.PeriodStart} used {UsedInPeriod(channel)}\n"));
            }
        }
    }

    /// <summary>The tier position; zero where nothing accumulates. Unlike the base, it has no origin.</summary>
    private static long UsedInPeriod(in ChannelSnapshot channel) =>
        channel.PeriodStart == Instant.Epoch ? 0 : (channel.LastUsage - channel.PeriodBase).TenthsWh;

    private ChannelSnapshot Snapshot(in ChannelState state) => new(
        state.Id,
        state.FirstAt,
        state.LastAt,
        state.LastRegister,
        state.LastUsage,
        state.LastQuality,
        state.HasReadings && IsBilled(state) && !state.IsUnseated
            ? TariffOf(state).StretchAt(state.LastAt).PeriodStart
            : Instant.Epoch,
        state.PeriodBase,
        state.SeenHours);

    private int KnownChannel(ChannelId channel) => ChannelIndexOf(channel) is var index and >= 0
        ? index
        : throw new InvalidOperationException($"The meter of channel {channel} is not in shard {shard}.");
}
