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
    public Instant HistoryFrom(ChannelId channel, Instant earliest, EarlierTerms? before = null)
    {
        if (!_channelIndex.TryGetValue(channel.Value, out var index)) return earliest;
        var from = StartOf(TermsOf(index));
        return before is null || StartOf(before.Terms) is var other && other >= from ? from : other;

        Instant StartOf(RatingTerms terms)
        {
            if (!terms.Tariff.Bills(channel.Register)) return earliest;
            var stretch = terms.Tariff.StretchAt(new(earliest.UnixMicros - 1));
            return stretch.Accumulates ? stretch.PeriodStart : earliest;
        }
    }

    /// <summary>The terms of a channel as they are now, or as they were by an earlier state of its tariff.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="tariff">The tariff without what is new of it; null: as the book has it.</param>
    /// <param name="multipliers">The multipliers of before; null: as the book has them.</param>
    public EarlierTerms TakeTerms(
        ChannelId channel, TariffHistory? tariff = null, IReadOnlyList<MultiplierChange>? multipliers = null)
    {
        var now = TermsBefore(KnownChannel(channel));
        return new(
            now.Terms with { Tariff = tariff ?? now.Terms.Tariff, Multipliers = multipliers ?? now.Terms.Multipliers },
            now.Carry);
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
    /// Rates the old rows by the old terms and the new ones by the new, and takes the difference over. Null, with
    /// nothing changed, where a charge does not fit.
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
        var nextBefore = next < 0 ? null : TermsBefore(next);
        var (news, olds) = (rows.Series(now: true), rows.Series(now: false));
        var at = rows.All[first].Reading.At;
        var carry = news.Count == 0 ? Energy.Zero : CarryOf(index, news[0].At);
        var to = Rate(TermsOf(index), news, at, starts, carry, channel.Id.Register, out var need);
        if (need is not null) return new() { NeedsHistoryFrom = need };
        if (to is null && news.Count > 0) return null;
        SeriesRater? from = null;
        if (AccountAt(channel.Account).LineSlot >= 0 && olds.Count > 0)
        {
            var before = work.Before ?? TermsBefore(index);
            from = Rate(before.Terms, olds, at, starts, before.Carry, channel.Id.Register, out need);
            if (need is not null) return new() { NeedsHistoryFrom = need };
        }

        var difference = new RerateDifference(ClosedEnd, OpenEnd, billingZone, TariffOf(channel).Lines.Count);
        rows.Compare(from, to, difference);
        if (!TryTake(channel.Account, difference)) return null;
        rows.WriteTo(result);
        Settle(index, rows, news, to, starts);
        foreach (var row in rows.All) NoteUnrated(index, row.Reading);
        if (nextBefore is not null && TermsBefore(next).Carry != nextBefore.Carry)
        {
            result.AlsoRerate = new(ChannelAt(next).Id)
            {
                From = new(ChannelAt(next).FirstAt.UnixMicros - 1),
                Before = work.Before is null ? nextBefore : nextBefore.With(work.Before.Terms.Tariff),
            };
        }

        return result;
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
        foreach (var row in rows.All.Where(row => row.Change == RowChange.Inserted)) channel.MarkSeen(row.Reading.At);
    }

    private void NoteUnrated(int index, in Reading reading)
    {
        if (!reading.Quality.IsRated()) FactsOf(index).Unrated.Add(reading.At);
        else if (ChannelAt(index).HasFacts) _facts[index].Unrated.Remove(reading.At);
    }

    private EarlierTerms TermsBefore(int index) => new(TermsOf(index), CarryOf(index, ChannelAt(index).FirstAt));
}
