using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>
    /// From where <see cref="Rerate"/> needs the channel's stored rows (with the last row before it, and up to the
    /// newest): the start of the accumulation period that the interval ending at the earliest late reading lies in.
    /// </summary>
    public Instant HistoryFrom(ChannelId channel, Instant earliestLate)
    {
        if (!_channelIndex.TryGetValue(channel.Value, out var index) || !ChannelAt(index).IsBilled) return earliestLate;
        var stretch = TariffOf(ChannelAt(index)).StretchAt(new(earliestLate.UnixMicros - 1));
        return stretch.Accumulates ? stretch.PeriodStart : earliestLate;
    }

    /// <summary>
    /// Late readings of one channel: puts each in its place between the stored rows, rates again from there to the
    /// newest, and moves account and channel by the difference.
    /// </summary>
    /// <param name="channel">Meter and register.</param>
    /// <param name="stored">
    /// Its rows from the last one before <see cref="HistoryFrom"/> up to the newest, ascending.
    /// </param>
    /// <param name="late">Readings at or before the channel's last, in order of arrival.</param>
    /// <param name="now">Program's clock.</param>
    /// <exception cref="ArgumentException">The rows are not those of the channel, or a reading is not late.</exception>
    public RerateResult Rerate(
        ChannelId channel, IReadOnlyList<RatedReading> stored, IReadOnlyList<Reading> late, Instant now)
    {
        var index = KnownChannel(channel);
        var state = ChannelAt(index);
        if (stored.Count == 0 || !state.HasReadings || stored[^1].Reading.At != state.LastAt)
        {
            throw new ArgumentException($"The rows of {channel} do not end at its last reading.", nameof(stored));
        }

        var rows = new List<RerateRow>(stored.Count + late.Count);
        foreach (var row in stored) rows.Add(new(row.Reading, row.Charge, RowChange.None));
        var result = new RerateResult();
        foreach (var reading in late.OrderBy(reading => reading.At)) // Stable: at one instant, in order of arrival.
        {
            if (reading.At > state.LastAt || reading.Channel != channel)
            {
                throw new ArgumentException(
                    $"The reading of {reading.Channel} at {reading.At} is not late.", nameof(late));
            }

            var status = CheckTime(reading.At, now) ?? Place(state, rows, reading);
            if (status == ReadingStatus.Duplicate) result.Duplicates++;
            else if (status != ReadingStatus.Rated) result.Rejected.Add((reading, status));
        }

        var first = rows.FindIndex(row => row.Change != RowChange.None);
        if (first < 0) return result;
        var before = Math.Max(0, first - 1);
        if (!TryFindBase(state, rows, before, out var periodBase, out var needed))
        {
            return new() { NeedsHistoryFrom = needed };
        }
        return TryRateRows(state, rows, before, ref periodBase) && TryTakeOver(index, rows, periodBase, result)
            ? result
            : AllRefused(rows, result);
    }

    private static RerateResult AllRefused(List<RerateRow> rows, RerateResult result)
    {
        foreach (var row in rows)
        {
            if (row.Change != RowChange.None) result.Rejected.Add((row.Reading, ReadingStatus.ChargeOverflow));
        }

        return result;
    }

    /// <summary>Puts one reading between the rows, or says why not.</summary>
    private ReadingStatus Place(in ChannelState channel, List<RerateRow> rows, in Reading reading)
    {
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Reading.At < reading.At) low = middle + 1;
            else high = middle;
        }

        var stands = low < rows.Count && rows[low].Reading.At == reading.At;
        if (stands)
        {
            var there = rows[low].Reading;
            var compared = Compare(reading, there.Register, there.Quality);
            if (compared != ReadingStatus.NeedsHistory) return compared;
        }

        var after = stands ? low + 1 : low;
        if (reading.Register < Energy.Zero) return ReadingStatus.RegisterFell;
        if (after < rows.Count && reading.Register > rows[after].Reading.Register) return ReadingStatus.RegisterFell;
        if (low > 0)
        {
            var before = rows[low - 1].Reading;
            if (reading.Register < before.Register) return ReadingStatus.RegisterFell;
            var micros = reading.At.UnixMicros - before.At.UnixMicros;
            if (IsImplausible(channel, reading.Register - before.Register, micros)) return ReadingStatus.Implausible;
        }

        if (!stands) rows.Insert(low, new(reading, 0, RowChange.Inserted));
        else if (rows[low].Change == RowChange.Inserted) rows[low] = rows[low] with { Reading = reading };
        else rows[low] = rows[low] with { Reading = reading, Change = RowChange.Replaced };
        return ReadingStatus.Rated;
    }

    /// <summary>The tier position's origin for the period that row <paramref name="at"/> lies in.</summary>
    private bool TryFindBase(
        in ChannelState channel, List<RerateRow> rows, int at, out Energy periodBase, out Instant needed)
    {
        (periodBase, needed) = (Energy.Zero, default);
        var isFirst = rows[0].Reading.At <= channel.FirstAt;
        if (at == 0 && rows[0].Change != RowChange.None && !isFirst)
        {
            throw new ArgumentException(
                $"The rows of {channel.Id} begin after {rows[0].Reading.At}, its first does not.", nameof(rows));
        }

        if (!channel.IsBilled) return true;
        var stretch = TariffOf(channel).StretchAt(rows[at].Reading.At);
        if (!stretch.Accumulates) return true;
        var i = at;
        while (i > 0 && rows[i - 1].Reading.At >= stretch.PeriodStart) i--;
        var row = rows[i].Reading;
        if (row.At == stretch.PeriodStart || (i == 0 && isFirst))
        {
            periodBase = UsageOf(channel, row.Register);
            return true;
        }

        needed = stretch.PeriodStart;
        if (i == 0) return false;
        var before = rows[i - 1].Reading;
        periodBase = Rater.UsageAt(
            before.At,
            UsageOf(channel, before.Register),
            row.At,
            UsageOf(channel, row.Register),
            stretch.PeriodStart);
        return true;
    }

    private bool TryRateRows(in ChannelState channel, List<RerateRow> rows, int from, ref Energy periodBase)
    {
        if (!channel.IsBilled) return true;
        for (var i = from + 1; i < rows.Count; i++)
        {
            var (before, row) = (rows[i - 1].Reading, rows[i].Reading);
            if (!Rater.TryRate(
                TariffOf(channel),
                row.Channel.Register,
                before.At,
                UsageOf(channel, before.Register),
                row.At,
                UsageOf(channel, row.Register),
                ref periodBase,
                [],
                out var charge))
            {
                return false;
            }

            rows[i] = rows[i] with { NewCharge = charge };
        }

        return true;
    }

    private bool TryTakeOver(int index, List<RerateRow> rows, Energy periodBase, RerateResult result)
    {
        ref var channel = ref ChannelAt(index);
        Int128 toOpen = 0, toNext = 0;
        var closed = new SortedDictionary<ServiceDay, Int128>();
        foreach (var row in rows)
        {
            var delta = (Int128)row.NewCharge - row.OldCharge;
            if (delta == 0) continue;
            if (row.Reading.At > OpenEnd) toNext += delta;
            else toOpen += delta;
            if (row.Reading.At > ClosedEnd) continue;
            var day = billingZone.ServiceDayOfIntervalEnd(row.Reading.At);
            closed[day] = closed.GetValueOrDefault(day) + delta;
        }

        if (closed.Values.Any(sum => sum != (long)sum) || !TryAccrue(channel.Account, toOpen, toNext)) return false;
        foreach (var (day, sum) in closed)
        {
            if (sum != 0) result.Corrections.Add(Correction(channel.Account, day, (long)sum));
        }

        foreach (var row in rows)
        {
            if (row.Change == RowChange.Inserted) result.Inserted.Add(new(row.Reading, row.NewCharge));
            else if (row.Change == RowChange.Replaced) result.Replaced.Add(new(row.Reading, row.NewCharge));
            else if (row.NewCharge != row.OldCharge)
            {
                result.Changed.Add(new(row.Reading.Channel, row.Reading.At, row.NewCharge));
            }
            if (row.Change == RowChange.Inserted) channel.MarkSeen(row.Reading.At);
        }

        var last = rows[^1].Reading;
        if (rows[0].Reading.At < channel.FirstAt) channel.FirstAt = rows[0].Reading.At;
        (channel.LastRegister, channel.LastQuality, channel.PeriodBase) = (last.Register, last.Quality, periodBase);
        return true;
    }

    private enum RowChange : byte
    {
        None,
        Inserted,
        Replaced,
    }

    private readonly record struct RerateRow(Reading Reading, long OldCharge, RowChange Change)
    {
        public long NewCharge { get; init; } = OldCharge;
    }
}
