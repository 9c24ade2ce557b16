using Meters.Billing.Accounts;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>The way out of quarantine.</summary>
public sealed partial class ReadingDesk
{
    /// <summary>Held readings that are read at once; more follow.</summary>
    private const int HeldPerRoundMax = 1_000;

    /// <summary>Values that the book refuses by its own rules: they go on only by a person's word.</summary>
    private static readonly HashSet<string> ByWord = new(StringComparer.Ordinal)
    {
        ReadingStatus.Implausible.Tag(), ReadingStatus.RegisterFell.Tag(),
    };

    /// <summary>Two values are settled among the conflicts; the energy of an interval is no register value.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.Ordinal)
    {
        ReadingStatus.Conflict.Tag(), ReadingStatus.NotAnchored.Tag(),
    };

    /// <summary>
    /// Lets an item go on: an implausible value or one below the register as the person's word, any other as it came,
    /// and a frame without a value of its own by decoding it once more. The item stays open when the book refuses.
    /// </summary>
    public async Task<DeskOutcome> ReleaseAsync(ReleaseItem request, CancellationToken stopping)
    {
        if (await store.Work.FindQuarantineAsync(request.Item, stopping) is not { } row)
        {
            return new(DeskStatus.Unknown);
        }

        if (row.Release is not null) return new(DeskStatus.ClosedBefore);
        if (Elsewhere.Contains(row.Item.Kind)) return new(DeskStatus.NotReleasable);
        var closing = new Closing(request.By, clock.Now(), request.Note);
        if (row.Item is { Channel: { } channel, At: { } at, Value: { } value })
        {
            return OutcomeOf(ByWord.Contains(row.Item.Kind)
                ? await SayAsync(row, channel, at, new(value), closing, stopping)
                : await FeedAsync(row, channel, at, new(value), closing, stopping));
        }

        return await FeedFrameAsync(row, closing, stopping);
    }

    private Task<ReadingStatus> SayAsync(
        QuarantineRow row, ChannelId channel, Instant at, Energy value, Closing closing, CancellationToken stopping)
    {
        var document = DocumentOf("release", closing.By, closing.Note, channel, [(at, value)]);
        var edit = new EnteredEdit(channel, at, value, row.Item.Frame, document)
        {
            Also = (work, status) => Release(work, row, status, closing),
        };
        return lane.EditAsync(edit, stopping);
    }

    private async Task<ReadingStatus> FeedAsync(
        QuarantineRow row, ChannelId channel, Instant at, Energy value, Closing closing, CancellationToken stopping)
    {
        var reading = new Reading(channel, at, value, ReadingQuality.Actual, row.Item.Frame);
        var outcomes = await lane.EnterAsync(
            new(channel, [reading], null) { Also = (work, all) => Release(work, row, all[0], closing) }, stopping);
        return outcomes[0];
    }

    /// <summary>A frame whose point or terminal was not registered: what it holds is decoded anew.</summary>
    private async Task<DeskOutcome> FeedFrameAsync(
        QuarantineRow row, Closing closing, CancellationToken stopping)
    {
        if (!registry.TryFind(row.Item.Terminal, out var entry)
            || await store.Queries.FrameAsync(row.Item.Frame, stopping) is not { } frame)
        {
            return new(DeskStatus.NotReleasable);
        }

        var channels = FrameAgain.Readings(frame, entry, row.Item.Point).GroupBy(reading => reading.Channel).ToList();
        if (channels.Count == 0) return new(DeskStatus.NotReleasable);
        var best = ReadingStatus.MeterUnknown;
        foreach (var group in channels)
        {
            var entered = new EnteredReadings(group.Key, [.. group.OrderBy(reading => reading.At)], null)
            {
                Also = (work, all) =>
                {
                    best = all.FirstOrDefault(IsTaken, IsTaken(best) ? best : all[0]);
                    if (group == channels[^1]) Release(work, row, best, closing);
                },
            };
            await lane.EnterAsync(entered, stopping);
        }

        return OutcomeOf(best);
    }

    /// <summary>Until none waits, or the next fault holds the meter again.</summary>
    private async Task<int> FeedHeldAsync(MeterId meter, Closing closing, CancellationToken stopping)
    {
        var fed = 0;
        while (true)
        {
            var waiting = await store.Work.QuarantineAsync(
                ReadingQuarantine.Held, meter, openOnly: true, HeldPerRoundMax, stopping);
            var before = fed;
            foreach (var row in waiting.OrderBy(one => one.Item.At))
            {
                if (row.Item is not { Channel: { } channel, At: { } at, Value: { } value }) continue;
                var status = await FeedAsync(row, channel, at, new(value), closing, stopping);
                if (IsTaken(status)) fed++;
                else if (status.Tag() == ReadingQuarantine.Held) return fed;
            }

            if (waiting.Count < HeldPerRoundMax || fed == before) return fed;
        }
    }

    private static void Release(ReadingWork work, QuarantineRow row, ReadingStatus status, Closing closing)
    {
        if (IsTaken(status)) work.Releases.Add(new(row.Id, status.Tag(), closing));
    }
}

/// <summary>Kinds of quarantine that the desk looks for.</summary>
public static class ReadingQuarantine
{
    /// <summary>Came while its meter was held.</summary>
    public const string Held = "held";
}
