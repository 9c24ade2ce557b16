using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>
    /// A live reading. Rated and First are in the book when this returns, and nothing else is; the row goes into the
    /// next commit, with what <see cref="TakeCorrections"/> and <see cref="TakeHolds"/> give.
    /// </summary>
    public ReadingStatus Apply(in Reading reading, Instant now, out long charge)
    {
        charge = 0;
        var index = ChannelIndexOf(reading.Channel);
        if (index < 0) return ReadingStatus.MeterUnknown;
        if ((CheckTime(reading.At, now) ?? CheckFacts(index, reading.At)) is { } bad) return bad;
        ref var channel = ref ChannelAt(index);
        if (channel.HasReadings && reading.At <= channel.LastAt)
        {
            return reading.At < channel.LastAt
                ? ReadingStatus.NeedsHistory
                : Compare(reading, channel.LastRegister, channel.LastQuality);
        }

        if (channel.IsHeld) return ReadingStatus.Held;
        if (channel.HasFacts && MovesAnother(index)) return LeaveToHistory(reading.At, out charge);
        if (channel.IsUnseated || ReachesClosedDays(channel, reading.At)) return LeaveToHistory(reading.At, out charge);
        var (usage, periodBase) = (channel.LastUsage, channel.PeriodBase);
        var lines = LinesFor(channel);
        var status = channel.HasReadings
            ? TryRateNext(index, reading, ref usage, ref periodBase, lines, out charge)
            : TryRateFirst(index, reading, out usage, out periodBase);
        if (status is ReadingStatus.RegisterFell or ReadingStatus.Implausible
            && channel.HasReadings && GivesWay(channel.LastQuality, reading.Quality))
        {
            return LeaveToHistory(reading.At, out charge);
        }

        if (status == ReadingStatus.RegisterFell) HoldAfterFall(index, reading);
        if (status is not (ReadingStatus.Rated or ReadingStatus.First)) return status;
        if (reading.At > NextEnd) return Refuse(ReadingStatus.DayMustCloseFirst, out charge);
        if (!TryAccrue(channel.Account, reading.At, charge, lines))
        {
            return Refuse(ReadingStatus.ChargeOverflow, out charge);
        }

        channel.PeriodBase = periodBase;
        channel.Advance(reading.At, reading.Register, usage, reading.Quality);
        return status;
    }

    /// <summary>
    /// A live interval energy (F97 and its like), which says what was used between two instants and not where the
    /// register stood. It becomes a reading when the channel's last one stands exactly at its start: <paramref
    /// name="derived"/> is that reading, of quality Edited, so that a true register value replaces it. Ends at or
    /// before the channel's last reading: NeedsHistory, then <see cref="Anchor"/>.
    /// </summary>
    public ReadingStatus ApplyInterval(
        ChannelId channel,
        Instant end,
        TimeSpan duration,
        Energy energy,
        FrameId frame,
        Instant now,
        out Reading derived,
        out long charge)
    {
        (derived, charge) = (default, 0);
        var index = ChannelIndexOf(channel);
        if (index < 0) return ReadingStatus.MeterUnknown;
        if (CheckTime(end, now) is { } bad) return bad;
        ref readonly var state = ref ChannelAt(index);
        if (!state.HasReadings) return ReadingStatus.NotAnchored;
        if (end <= state.LastAt) return ReadingStatus.NeedsHistory;
        if (state.LastAt != end - duration) return ReadingStatus.NotAnchored;
        if (energy < Energy.Zero) return ReadingStatus.RegisterFell;
        if (!TryAdd(state.LastRegister, energy, out var register)) return ReadingStatus.ChargeOverflow;
        if (register >= limits.RegisterModulus) register -= limits.RegisterModulus; // It rolls over, as the meter does.
        derived = new(channel, end, register, ReadingQuality.Edited, frame);
        return Apply(derived, now, out charge);
    }

    /// <summary>
    /// A late interval energy against what is stored. Duplicate: registers stand at both ends and agree with it.
    /// Conflict: they do not. NotAnchored: none stands at its start. NeedsHistory: <paramref name="derived"/> is to go
    /// through
    /// <see cref="Rerate"/> as a late reading.
    /// </summary>
    /// <param name="stored">Rows of the channel from the interval's start on, ascending.</param>
    public ReadingStatus Anchor(
        IReadOnlyList<RatedReading> stored,
        ChannelId channel,
        Instant end,
        TimeSpan duration,
        Energy energy,
        FrameId frame,
        out Reading derived)
    {
        derived = default;
        if (energy < Energy.Zero) return ReadingStatus.RegisterFell;
        var start = Find(stored, end - duration);
        if (start < 0 || !TryAdd(stored[start].Reading.Register, energy, out var register))
        {
            return ReadingStatus.NotAnchored;
        }
        var there = Find(stored, end);
        if (there >= 0)
        {
            var off = stored[there].Reading.Register - register;
            return off <= limits.IntervalTolerance && off >= Energy.Zero - limits.IntervalTolerance
                ? ReadingStatus.Duplicate
                : ReadingStatus.Conflict;
        }

        derived = new(channel, end, register, ReadingQuality.Edited, frame);
        return ReadingStatus.NeedsHistory;
    }

    /// <summary>
    /// True: a reading stands at that instant, so a late one is a duplicate or a conflict. False: not known.
    /// </summary>
    public bool WasSeen(ChannelId channel, Instant at) =>
        _channelIndex.TryGetValue(channel.Value, out var index) && ChannelAt(index).WasSeen(at);

    /// <summary>Newer than all others, and still not to be rated alone.</summary>
    private ReadingStatus LeaveToHistory(Instant at, out long charge) =>
        Refuse(at > NextEnd ? ReadingStatus.DayMustCloseFirst : ReadingStatus.NeedsHistory, out charge);

    private static ReadingStatus Refuse(ReadingStatus status, out long charge)
    {
        charge = 0;
        return status;
    }

    private static int Find(IReadOnlyList<RatedReading> stored, Instant at)
    {
        var (low, high) = (0, stored.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var there = stored[middle].Reading.At;
            if (there == at) return middle;
            if (there < at) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    private static bool TryAdd(Energy register, Energy energy, out Energy sum)
    {
        sum = Energy.Zero;
        if (register.TenthsWh > long.MaxValue - energy.TenthsWh) return false;
        sum = register + energy;
        return true;
    }

    private ReadingStatus? CheckTime(Instant at, Instant now)
    {
        if (at > now + limits.ClockAheadMax) return ReadingStatus.InFuture;
        var oldest = new Instant(now.UnixMicros - (limits.ReachBackDays * Instant.MicrosPerDay));
        return at < oldest ? ReadingStatus.TooOld : null;
    }

    /// <summary>A reading against the one that stands at its instant; NeedsHistory: it changes something.</summary>
    private static ReadingStatus Compare(in Reading reading, Energy register, ReadingQuality quality)
    {
        if (quality == ReadingQuality.Removed)
        {
            return reading.Register == register ? ReadingStatus.Duplicate : ReadingStatus.TakenOut;
        }

        // A better rank replaces, even by the same value.
        if (reading.Quality.Outranks(quality)) return ReadingStatus.NeedsHistory;
        if (reading.Register == register) return ReadingStatus.Duplicate;
        if (quality.Outranks(reading.Quality)) return ReadingStatus.Outranked;
        return quality.IsDisputed() ? ReadingStatus.Conflict : ReadingStatus.NeedsHistory;
    }

    private ReadingStatus TryRateFirst(int index, in Reading reading, out Energy usage, out Energy periodBase)
    {
        (usage, periodBase) = (Energy.Zero, Energy.Zero);
        if (reading.Register < Energy.Zero) return ReadingStatus.RegisterFell;
        ref readonly var channel = ref ChannelAt(index);
        var multiplier = Usage.MultiplierAt(channel.Multiplier, MultipliersOf(index), reading.At);
        var sum = (Int128)reading.Register.TenthsWh * multiplier;
        if (sum > long.MaxValue) return ReadingStatus.ChargeOverflow;
        usage = new((long)sum);
        if (IsBilled(channel))
        {
            periodBase = Rater.BaseOfFirst(TariffOf(channel), reading.At, usage) - CarryOf(index, reading.At);
        }

        return ReadingStatus.First;
    }

    private ReadingStatus TryRateNext(
        int index, in Reading reading, ref Energy usage, ref Energy periodBase, Span<long> lines, out long charge)
    {
        charge = 0;
        ref readonly var channel = ref ChannelAt(index);
        var fits = TryAddUp(
            index, channel.LastAt, channel.LastRegister, reading.At, reading.Register, out var used);
        if (fits is { } misfit) return misfit;
        if (channel.LastUsage.TenthsWh > long.MaxValue - used) return ReadingStatus.ChargeOverflow;
        usage = new(channel.LastUsage.TenthsWh + (long)used);
        if (!IsBilled(channel)) return ReadingStatus.Rated;
        return Rater.TryRate(
            TariffOf(channel),
            reading.Channel.Register,
            channel.LastAt,
            channel.LastUsage,
            reading.At,
            usage,
            ref periodBase,
            lines,
            out charge)
            ? ReadingStatus.Rated
            : ReadingStatus.ChargeOverflow;
    }

    /// <summary>
    /// Energy between two values of a channel, after multipliers and a roll-over; or why the second cannot follow the
    /// first.
    /// </summary>
    private ReadingStatus? TryAddUp(int index, Instant t0, Energy r0, Instant t1, Energy r1, out Int128 used)
    {
        used = 0;
        ref readonly var channel = ref ChannelAt(index);
        var rolled = r1 < r0;
        if (r1 < Energy.Zero || (rolled && !IsNearTheTop(channel, r0))) return ReadingStatus.RegisterFell;
        var end = rolled ? r1 + limits.RegisterModulus : r1;
        used = channel.HasFacts
            ? Usage.Between(channel.Multiplier, _facts[index].Multipliers, limits.RegisterModulus, t0, r0, t1, end)
            : (Int128)(end - r0).TenthsWh * channel.Multiplier;
        if (!IsImplausible(channel, used, t1.UnixMicros - t0.UnixMicros)) return null;
        return rolled ? ReadingStatus.RegisterFell : ReadingStatus.Implausible;
    }

    /// <summary>
    /// A register may roll over in the last tenth of its range, and only where the sanctioned load says what is
    /// plausible.
    /// </summary>
    private bool IsNearTheTop(in ChannelState channel, Energy register) =>
        AccountAt(channel.Account).SanctionedWatts > 0 && IsInLastTenth(register);

    private bool IsInLastTenth(Energy register) =>
        register < limits.RegisterModulus && register.TenthsWh >= limits.RegisterModulus.TenthsWh / 10 * 9;

    private bool IsImplausible(in ChannelState channel, Int128 used, long micros)
    {
        if (used <= limits.PlausibleAlways.TenthsWh) return false;
        var watts = AccountAt(channel.Account).SanctionedWatts;
        const int TenthsPerWh = 10;
        return watts > 0
            && used * Instant.MicrosPerHour > (Int128)watts * TenthsPerWh * limits.PlausibleFactor * micros;
    }

    private void HoldAfterFall(int index, in Reading reading)
    {
        if (reading.Register < Energy.Zero || reading.Quality != ReadingQuality.Actual) return;
        var meter = ChannelAt(index).Id.Meter;
        Hold(meter);
        _newHolds.Add(new(meter, reading.At, "Its register fell, and not by rolling over."));
    }

    private bool IsBilled(in ChannelState channel) => TariffOf(channel).Bills(channel.Id.Register);

    private Tariffs.TariffHistory TariffOf(in ChannelState channel) => _tariffs[AccountAt(channel.Account).Tariff];
}
