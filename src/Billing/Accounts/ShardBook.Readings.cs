using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    private readonly List<AccrualCorrection> _corrections = [];

    /// <summary>
    /// A live reading. Rated and First are in the book when this returns, and nothing else is; the row goes into the
    /// next commit, with what <see cref="TakeCorrections"/> gives.
    /// </summary>
    public ReadingStatus Apply(in Reading reading, Instant now, out long charge)
    {
        charge = 0;
        var index = ChannelIndexOf(reading.Channel);
        if (index < 0) return ReadingStatus.MeterUnknown;
        if (CheckTime(reading.At, now) is { } bad) return bad;
        ref var channel = ref ChannelAt(index);
        if (channel.HasReadings && reading.At <= channel.LastAt)
        {
            return reading.At < channel.LastAt
                ? ReadingStatus.NeedsHistory
                : Compare(reading, channel.LastRegister, channel.LastQuality);
        }

        var periodBase = channel.PeriodBase;
        var status = channel.HasReadings
            ? TryRateNext(channel, reading, ref periodBase, out charge)
            : TryRateFirst(channel, reading, out periodBase);
        if (status is not (ReadingStatus.Rated or ReadingStatus.First)) return status;
        if (reading.At > NextEnd) return Refuse(ReadingStatus.DayMustCloseFirst, out charge);
        if (!TryAccrue(channel.Account, reading.At, charge)) return Refuse(ReadingStatus.ChargeOverflow, out charge);
        channel.PeriodBase = periodBase;
        channel.Advance(reading.At, reading.Register, reading.Quality);
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

    /// <summary>
    /// What <see cref="Apply"/> put into days that are closed already since the last call; belongs into the same commit
    /// as the rows. (What <see cref="Rerate"/> put there is in its result.)
    /// </summary>
    public void TakeCorrections(List<AccrualCorrection> corrections)
    {
        corrections.AddRange(_corrections);
        _corrections.Clear();
    }

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

    /// <summary>A reading against the one that stands at the same instant.</summary>
    private static ReadingStatus Compare(in Reading reading, Energy register, ReadingQuality quality)
    {
        // A better rank replaces, even by the same value.
        if (reading.Quality < quality) return ReadingStatus.NeedsHistory;
        if (reading.Register == register) return ReadingStatus.Duplicate;
        return reading.Quality > quality ? ReadingStatus.Outranked : ReadingStatus.Conflict;
    }

    private ReadingStatus TryRateFirst(in ChannelState channel, in Reading reading, out Energy periodBase)
    {
        periodBase = Energy.Zero;
        if (reading.Register < Energy.Zero) return ReadingStatus.RegisterFell;
        if (!channel.IsBilled) return ReadingStatus.First;
        periodBase = Rater.BaseOfFirst(TariffOf(channel), reading.At, UsageOf(channel, reading.Register));
        return ReadingStatus.First;
    }

    private ReadingStatus TryRateNext(
        in ChannelState channel, in Reading reading, ref Energy periodBase, out long charge)
    {
        charge = 0;
        var (t0, r0) = (channel.LastAt, channel.LastRegister);
        if (reading.Register < r0) return ReadingStatus.RegisterFell;
        if (IsImplausible(channel, reading.Register - r0, reading.At.UnixMicros - t0.UnixMicros))
        {
            return ReadingStatus.Implausible;
        }
        if (!channel.IsBilled) return ReadingStatus.Rated;
        return Rater.TryRate(
            TariffOf(channel),
            reading.Channel.Register,
            t0,
            UsageOf(channel, r0),
            reading.At,
            UsageOf(channel, reading.Register),
            ref periodBase,
            [],
            out charge)
            ? ReadingStatus.Rated
            : ReadingStatus.ChargeOverflow;
    }

    private bool IsImplausible(in ChannelState channel, Energy increment, long micros)
    {
        var used = (Int128)increment.TenthsWh * channel.Multiplier;
        if (used <= limits.PlausibleAlways.TenthsWh) return false;
        var watts = AccountAt(channel.Account).SanctionedWatts;
        const int TenthsPerWh = 10;
        return watts > 0
            && used * Instant.MicrosPerHour > (Int128)watts * TenthsPerWh * limits.PlausibleFactor * micros;
    }

    /// <summary>Primary energy; the largest that 64 bits hold where it does not fit: its charge never does.</summary>
    private static Energy UsageOf(in ChannelState channel, Energy register)
    {
        var usage = (Int128)register.TenthsWh * channel.Multiplier;
        return new(usage > long.MaxValue ? long.MaxValue : (long)usage);
    }

    private Tariffs.TariffHistory TariffOf(in ChannelState channel) => _tariffs[AccountAt(channel.Account).Tariff];

    private bool TryAccrue(int account, Instant at, long charge)
    {
        if (charge == 0) return true;
        if (at > OpenEnd) return TryAccrue(account, 0, charge);
        if (!TryAccrue(account, charge, 0)) return false;
        if (at <= ClosedEnd) _corrections.Add(Correction(account, billingZone.ServiceDayOfIntervalEnd(at), charge));
        return true;
    }

    private AccrualCorrection Correction(int account, ServiceDay day, long delta) =>
        new(AccountAt(account).Id, day, ClosedThrough, delta);
}
