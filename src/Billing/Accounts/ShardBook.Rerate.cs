using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>Late readings, a person's edits and changed terms: what is stored is rated anew.</summary>
public sealed partial class ShardBook
{
    /// <summary>
    /// From where <see cref="Rerate(RerateWork, IReadOnlyList{RatedReading}, Instant)"/> needs the channel's stored
    /// rows (with the last rated row before it, and up to the newest): the start of the accumulation period that the
    /// interval ending at the earliest change lies in.
    /// </summary>
    public Instant HistoryFrom(ChannelId channel, Instant earliest)
    {
        if (!_channelIndex.TryGetValue(channel.Value, out var index)) return earliest;
        var tariff = TariffOf(ChannelAt(index));
        if (!tariff.Bills(channel.Register)) return earliest;
        var stretch = tariff.StretchAt(new(earliest.UnixMicros - 1));
        return stretch.Accumulates ? stretch.PeriodStart : earliest;
    }

    /// <summary>Late readings alone.</summary>
    public RerateResult Rerate(
        ChannelId channel, IReadOnlyList<RatedReading> stored, IReadOnlyList<Reading> late, Instant now) =>
        Rerate(new RerateWork(channel) { Late = late }, stored, now);

    /// <summary>
    /// Puts late readings and edits in their places between the stored rows, rates again from the first change to the
    /// newest, and moves account and channel by the difference.
    /// </summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="stored">
    /// The channel's rows from the last rated one before <see cref="HistoryFrom"/> up to the newest, ascending.
    /// </param>
    /// <param name="now">Program's clock.</param>
    /// <exception cref="ArgumentException">The rows or a reading are not of the channel.</exception>
    public RerateResult Rerate(RerateWork work, IReadOnlyList<RatedReading> stored, Instant now)
    {
        var index = KnownChannel(work.Channel);
        var state = ChannelAt(index);
        var lastRated = stored.LastOrDefault(row => row.Reading.Quality.IsRated());
        if (state.HasReadings && lastRated.Reading.At != state.LastAt)
        {
            throw new ArgumentException(
                $"The rows of {work.Channel} do not end at its last reading.", nameof(stored));
        }

        var rows = new RowList(stored);
        var result = new RerateResult();
        foreach (var reading in work.Late.OrderBy(reading => reading.At)) // Stable: at one instant, as they arrived.
        {
            var isNewest = !state.HasReadings || reading.At > state.LastAt;
            if (reading.Channel != work.Channel)
            {
                throw new ArgumentException($"A reading of {reading.Channel} is none of {work.Channel}.", nameof(work));
            }

            var status = CheckTime(reading.At, now)
                ?? (reading.At > NextEnd ? ReadingStatus.DayMustCloseFirst : Place(index, rows, reading, result));
            if (status == ReadingStatus.RegisterFell && isNewest) HoldAfterFall(index, reading);
            if (status == ReadingStatus.Duplicate) result.Duplicates++;
            else if (status != ReadingStatus.Rated) result.Rejected.Add((reading, status));
        }

        foreach (var edit in work.Edits)
        {
            var status = Place(index, rows, edit, now);
            if (status != ReadingStatus.Rated) result.Refused.Add((edit, status));
        }

        var first = rows.FirstChange;
        if (work.From is { } from && rows.FirstAfter(from) is var forced && forced < first) first = forced;
        if (state.IsUnseated && first > rows.Count - 1) first = rows.Count - 1;
        if (first >= rows.Count) return result;
        return TakeOver(index, rows, first, work, result) ?? AllRefused(work, result);
    }

    /// <summary>What came to be taken, and not the rows that stood there: those stay as they are.</summary>
    private static RerateResult AllRefused(RerateWork work, RerateResult result)
    {
        var known = result.Rejected.Select(one => one.Reading).ToHashSet();
        foreach (var reading in work.Late.Where(reading => !known.Contains(reading)))
        {
            result.Rejected.Add((reading, ReadingStatus.ChargeOverflow));
        }

        var refused = result.Refused.Select(one => one.Edit).ToHashSet();
        foreach (var edit in work.Edits.Where(edit => !refused.Contains(edit)))
        {
            result.Refused.Add((edit, ReadingStatus.ChargeOverflow));
        }

        return result;
    }

    /// <summary>
    /// Rates the rows anew and takes the difference over: of an account with several lines when it is reckoned. Null,
    /// with nothing changed, where a charge does not fit.
    /// </summary>
    private RerateResult? TakeOver(int index, RowList rows, int first, RerateWork work, RerateResult result)
    {
        var channel = ChannelAt(index);
        var starts = channel.HasReadings && rows.All[0].Reading.At <= channel.FirstAt;
        if (!channel.HasReadings) starts = true;
        // It gave way: whether what stands before it does too is to be seen.
        var gaveWay = !starts && rows.All[0].Change == RowChange.Replaced;
        if (gaveWay) return new() { NeedsHistoryFrom = rows.All[0].Reading.At };
        if (!starts && rows.All[0].Change != RowChange.None)
        {
            throw new ArgumentException(
                $"The rows of {channel.Id} begin after {rows.All[0].Reading.At}, its first does not.", nameof(rows));
        }

        var next = SuccessorOf(index);
        var carried = next < 0 ? Energy.Zero : CarryOf(next, ChannelAt(next).FirstAt);
        var news = rows.Series();
        var at = rows.All[first].Reading.At;
        var carry = news.Count == 0 ? Energy.Zero : CarryOf(index, news[0].At);
        var to = Rate(TermsOf(index), news, at, starts, carry, channel.Id.Register, out var need);
        if (need is not null) return new() { NeedsHistoryFrom = need };
        if (to is null && news.Count > 0) return null;
        if (!TryTake(index, rows, news, to)) return null;
        rows.WriteTo(result);
        Settle(index, rows, news, to, starts);
        foreach (var row in rows.All) NoteUnrated(index, row.Reading);
        MarkReckoning(channel.Account, rows.RatedBefore(at)?.At ?? new(at.UnixMicros - 1));
        if (next >= 0 && CarryOf(next, ChannelAt(next).FirstAt) != carried)
        {
            result.AlsoRerate = new(ChannelAt(next).Id) { From = new(ChannelAt(next).FirstAt.UnixMicros - 1) };
        }

        return result;
    }

    /// <summary>False, with nothing changed, where a charge or a day's sum does not fit.</summary>
    private bool TryTake(int index, RowList rows, IReadOnlyList<SeriesPoint> points, SeriesRater? rated)
    {
        var account = ChannelAt(index).Account;
        var isSplit = AccountAt(account).LineSlot >= 0;
        var sums = new DaySums(ClosedEnd, OpenEnd, billingZone, TariffOf(ChannelAt(index)).Lines.Count);
        for (var i = 0; isSplit && i < points.Count; i++)
        {
            if (rated!.IsRatedAt(i)) sums.Add(points[i].At, rated.LinesOf(i));
        }

        if (!sums.Fits) return false;
        var difference = new DaySums(ClosedEnd, OpenEnd, billingZone, 1);
        rows.Compare(rated, difference);
        return isSplit || TryTake(account, difference);
    }

    private SeriesRater? Rate(
        RatingTerms terms,
        IReadOnlyList<SeriesPoint> points,
        Instant firstChange,
        bool starts,
        Energy carry,
        RegisterKind register,
        out Instant? needed)
    {
        needed = null;
        if (points.Count == 0) return null;
        var before = 0;
        while (before + 1 < points.Count && points[before + 1].At < firstChange) before++;
        var rater = new SeriesRater(terms, register, limits.RegisterModulus, points, starts, carry);
        if (rater.TryRate(before)) return rater;
        needed = rater.Needed;
        return null;
    }

    /// <summary>The channel's state after its last rated row.</summary>
    private void Settle(int index, RowList rows, IReadOnlyList<SeriesPoint> points, SeriesRater? rated, bool starts)
    {
        ref var channel = ref ChannelAt(index);
        if (rated is null)
        {
            channel.Empty();
            return;
        }

        var last = rows.All.Last(row => row.Reading.Quality.IsRated()).Reading;
        if (last.At > channel.LastAt || !channel.HasReadings)
        {
            channel.Advance(last.At, last.Register, rated.LastUsage, last.Quality);
        }
        else if (last.At < channel.LastAt)
        {
            channel.StepBack(last.At);
        }

        if (starts) channel.FirstAt = points[0].At;
        (channel.LastRegister, channel.LastQuality) = (last.Register, last.Quality);
        (channel.LastUsage, channel.PeriodBase) = (rated.LastUsage, rated.PeriodBase);
        channel.IsUnseated = false;
        foreach (var row in rows.All.Where(row => row.Change == RowChange.Inserted)) channel.MarkSeen(row.Reading.At);
    }

    private void NoteUnrated(int index, in Reading reading)
    {
        if (!reading.Quality.IsRated()) FactsOf(index).Unrated.Add(reading.At);
        else if (ChannelAt(index).HasFacts) _facts[index].Unrated.Remove(reading.At);
    }
}
