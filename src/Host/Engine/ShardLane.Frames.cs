using Meters.Billing.Accounts;
using Meters.Host.Api;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Frames to rows: the ordinary reading in one pass, late ones through their stored neighbours.</summary>
public sealed partial class ShardLane
{
    private readonly Dictionary<ChannelId, List<Reading>> _late = [];
    private readonly Dictionary<ChannelId, List<IntervalEnergy>> _lateIntervals = [];
    private readonly Dictionary<FrameId, ReceivedFrame> _lateFrames = [];

    /// <summary>Frames whose raw bytes need no keeping (any more): each is stored once, by its home lane.</summary>
    private readonly HashSet<FrameId> _kept = [];
    private readonly HashSet<QuarantineItem> _quarantined = [];
    private readonly HashSet<AccountId> _toSnapshot = [];

    private async Task StoreFramesAsync(CancellationToken stopping)
    {
        var now = _clock.Now();
        BeginCommit(now);
        _late.Clear();
        _lateIntervals.Clear();
        _lateFrames.Clear();
        await RememberKeptAsync(stopping);
        foreach (var ticket in _taken)
        {
            if (ticket.Frame.Registered) await ApplyAsync(ticket, now, stopping);
            else if (_kept.Add(ticket.Frame.Id)) _commit.Unregistered.Add(RawOf(ticket.Frame));
        }

        await CommitAsync(stopping);
        if (_late.Count + _lateIntervals.Count > 0) await StoreLateAsync(now, stopping);
    }

    /// <summary>
    /// Readings that were stored come back as duplicates; raw frames and quarantine have to be asked for.
    /// </summary>
    private async Task RememberKeptAsync(CancellationToken stopping)
    {
        _kept.Clear();
        _quarantined.Clear();
        if (!_outcomeUnknown) return;
        var stored = await _shard!.FindKeptAsync([.. _taken.Select(t => t.Frame.Id)], stopping);
        _kept.UnionWith(stored.Frames);
        _quarantined.UnionWith(stored.Quarantined);
    }

    private void BeginCommit(Instant now)
    {
        _commit.Clear();
        _disputed.Clear();
        _inHand.Clear();
        _toSnapshot.Clear();
        _commit.At = now;
    }

    private async ValueTask ApplyAsync(FrameTicket ticket, Instant now, CancellationToken stopping)
    {
        var frame = ticket.Frame;
        if (ticket.Home == Shard) KeepFaults(frame, ticket.IsShared);
        else _kept.Add(frame.Id); // By its home lane, already.
        for (var i = 0; i < frame.Readings.Length; i++)
        {
            var reading = frame.Readings[i];
            if (ticket.IsShared && !IsOurs(ticket, reading.Channel.Meter)) continue;
            var status = Book.Apply(reading, now, out var charge);
            while (status == ReadingStatus.DayMustCloseFirst)
            {
                await CommitAsync(stopping);
                await CloseDayAsync(stopping);
                BeginCommit(now);
                status = Book.Apply(reading, now, out charge);
            }

            Take(frame, reading, status, charge);
        }

        for (var i = 0; i < frame.Intervals.Length; i++)
        {
            var part = frame.Intervals[i];
            if (ticket.IsShared && !IsOurs(ticket, part.Channel.Meter)) continue;
            TakeInterval(frame, part, now);
        }
    }

    private bool IsOurs(FrameTicket ticket, MeterId meter) => _setup.Registry.ShardOf(meter, ticket.Home) == Shard;

    private void TakeInterval(ReceivedFrame frame, in IntervalEnergy part, Instant now)
    {
        var status = Book.ApplyInterval(
            part.Channel, part.End, part.Duration, part.Energy, frame.Id, now, out var derived, out var charge);
        if (status != ReadingStatus.NeedsHistory)
        {
            var shown = status is ReadingStatus.Rated or ReadingStatus.First
                ? derived
                : new Reading(part.Channel, part.End, part.Energy, ReadingQuality.Edited, frame.Id);
            Take(frame, shown, status, charge);
            return;
        }

        if (!_lateIntervals.TryGetValue(part.Channel, out var late)) _lateIntervals.Add(part.Channel, late = []);
        late.Add(part);
        _lateFrames[frame.Id] = frame;
    }

    private void Take(ReceivedFrame frame, in Reading reading, ReadingStatus status, long charge)
    {
        _metrics.ReadingTaken(status);
        switch (status)
        {
            case ReadingStatus.Rated or ReadingStatus.First:
                _commit.Readings.Add(new(reading, charge));
                KeepRaw(frame);
                break;
            case ReadingStatus.Duplicate:
                break;
            case ReadingStatus.NeedsHistory:
                if (!_late.TryGetValue(reading.Channel, out var late)) _late.Add(reading.Channel, late = []);
                late.Add(reading);
                _lateFrames[frame.Id] = frame;
                break;
            default:
                Quarantine(frame, reading, status);
                break;
        }
    }

    /// <summary>
    /// What the frame itself brought that cannot be used, and the raw bytes of a frame that several lanes share.
    /// </summary>
    private void KeepFaults(ReceivedFrame frame, bool shared)
    {
        if (shared) KeepRaw(frame);
        if (frame.Faults.Count == 0) return;
        KeepRaw(frame);
        foreach (var fault in frame.Faults)
        {
            Quarantine(new QuarantineItem(
                frame.Id,
                frame.Terminal,
                frame.ReceivedAt,
                Tags.Of(fault.Kind),
                fault.Pn,
                fault.Fn,
                null,
                fault.At,
                null,
                QuarantineSentences.Of(fault.Kind, fault.Detail)));
        }
    }

    private void Quarantine(ReceivedFrame frame, in Reading reading, ReadingStatus status)
    {
        KeepRaw(frame);
        // The energy of an interval is no register value: it is in quarantine only.
        var isValue = reading.Quality == ReadingQuality.Actual;
        if (status == ReadingStatus.Conflict && isValue) _disputed.Add(reading);
        Quarantine(new QuarantineItem(
            frame.Id,
            frame.Terminal,
            frame.ReceivedAt,
            ReadingStatusTags.Tag(status),
            null,
            null,
            reading.Channel,
            reading.At,
            reading.Register.TenthsWh,
            QuarantineSentences.Of(status)));
    }

    private void Quarantine(QuarantineItem item)
    {
        if (!_quarantined.Contains(item)) _commit.Quarantine.Add(item);
    }

    private void KeepRaw(ReceivedFrame frame)
    {
        if (_kept.Add(frame.Id)) _commit.Frames.Add(RawOf(frame));
    }

    private static RawFrame RawOf(ReceivedFrame frame) => new(frame.Id, frame.Terminal, frame.ReceivedAt, frame.Raw);

    /// <summary>
    /// Readings that lie before their channel's latest: rated between their stored neighbours. The snapshot of the
    /// account goes into the same commit, because recovery replays only what lies after the snapshot.
    /// </summary>
    private async Task StoreLateAsync(Instant now, CancellationToken stopping)
    {
        BeginCommit(now);
        var accounts = new HashSet<AccountId>();
        foreach (var channel in _late.Keys.Union(_lateIntervals.Keys).ToList())
        {
            var late = _late.GetValueOrDefault(channel) ?? [];
            var intervals = _lateIntervals.GetValueOrDefault(channel) ?? [];
            var earliest = late.Select(r => r.At).Concat(intervals.Select(i => i.End - i.Duration)).Min();
            if (intervals.Count > 0)
            {
                var rows = await _shard!.ReadChannelAsync(channel, earliest, Instant.Never, stopping);
                AnchorIntervals(channel, intervals, rows, late);
            }

            await RerateAsync(new(channel) { Late = late }, earliest, accounts, now, stopping);
        }

        foreach (var account in accounts) AddSnapshots(account);
        await CommitAsync(stopping);
    }

    /// <summary>
    /// Turns late interval energies into late readings, where a stored register stands at their start.
    /// </summary>
    private void AnchorIntervals(
        ChannelId channel, List<IntervalEnergy> intervals, IReadOnlyList<RatedReading> stored, List<Reading> late)
    {
        foreach (var part in intervals)
        {
            var status = Book.Anchor(
                stored, channel, part.End, part.Duration, part.Energy, part.Frame, out var derived);
            if (status == ReadingStatus.NeedsHistory) late.Add(derived);
            else if (status != ReadingStatus.Duplicate)
            {
                Quarantine(
                    _lateFrames[part.Frame],
                    new(channel, part.End, part.Energy, ReadingQuality.Edited, part.Frame),
                    status);
            }
        }
    }

    private void KeepLate(FrameId frame)
    {
        if (_lateFrames.TryGetValue(frame, out var received)) KeepRaw(received);
    }

    /// <summary>They are taken when all else is in the commit.</summary>
    private void AddSnapshots(AccountId account) => _toSnapshot.Add(account);

    private void TakeSnapshots()
    {
        foreach (var account in _toSnapshot)
        {
            _commit.AccountSnapshots.Add(Book.Snapshot(account));
            _commit.ChannelSnapshots.AddRange(Book.ChannelsOf(account));
        }

        _toSnapshot.Clear();
    }

    /// <summary>Snapshots of the whole shard, so that the next start replays next to nothing.</summary>
    public async Task SnapshotAsync(CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        foreach (var account in Book.Accounts) AddSnapshots(account);
        await CommitAsync(stopping);
    }
}
