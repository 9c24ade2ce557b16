using Meters.Billing.Accounts;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What is registered while the shard runs; some of it changes what is rated already.</summary>
public sealed partial class ShardLane
{
    /// <summary>Takes over this shard's part. Again is harmless, so a part that was cut short is completed.</summary>
    public async Task AddAsync(RegistryChange change, CancellationToken stopping)
    {
        _setup.Registry.AddToBook(Book, change.Addition, _clock.Now());
        foreach (var replacement in change.Addition.MeterChanges.Where(one => IsHere(one.NewMeter)))
        {
            await ReplaceAsync(replacement, change.Documents[replacement.NewMeter], stopping);
        }

        foreach (var group in change.Addition.MeterMultipliers.Where(one => IsHere(one.Meter)).GroupBy(m => m.Meter))
        {
            if (!_setup.Registry.TryMeter(group.Key, out var meter)) continue;
            await ReRateAsync([meter.Account], group.Min(one => one.From), stopping);
        }
    }

    private bool IsHere(MeterId meter) => _setup.Registry.ShardOf(meter, -1) == Shard;

    /// <summary>
    /// What the old meter was said to show after it was gone is taken out, and the new one's before it was there; the
    /// closing register is the old one's last value, the opening one the new meter's first. Then both are rated anew:
    /// their tier positions are one.
    /// </summary>
    private async Task ReplaceAsync(MeterChangeRecord change, RawFrame document, CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        await TakeOutAsync(change.Account, change.OldMeter, at => at > change.At, document.Id, stopping);
        await TakeOutAsync(change.Account, change.NewMeter, at => at < change.At, document.Id, stopping);
        await CommitAsync(stopping);
        var old = new ChannelId(change.OldMeter, RegisterKind.ForwardActive);
        var opening = new ChannelId(change.NewMeter, RegisterKind.ForwardActive);
        await EnterAsync(
            new(old, [new(old, change.At, change.ClosingRegister, ReadingQuality.Actual, document.Id)], document),
            stopping);
        await EnterAsync(
            new(opening, [new(opening, change.At, change.OpeningRegister, ReadingQuality.Actual, document.Id)], null),
            stopping);
        await ReRateAsync([change.Account], new(change.At.UnixMicros - 1), stopping);
    }

    /// <summary>Of every register of a meter, in the commit that is being made.</summary>
    private async Task TakeOutAsync(
        AccountId account, MeterId meter, Func<Instant, bool> isGone, FrameId document, CancellationToken stopping)
    {
        var touched = new HashSet<AccountId>();
        var channels = Book.ChannelsOf(account).Select(one => one.Channel).Where(one => one.Meter == meter).ToList();
        foreach (var channel in channels)
        {
            var rows = await RowsAsync(channel, Instant.Epoch, stopping);
            ReadingEdit[] gone =
            [
                .. rows.Where(row => isGone(row.Reading.At) && row.Reading.Quality.IsRated())
                    .Select(row => new ReadingEdit(row.Reading.At, null, document)),
            ];
            if (gone.Length == 0) continue;
            await RerateAsync(new(channel) { Edits = gone }, gone[0].At, touched, _commit.At, stopping);
        }

        foreach (var one in touched) AddSnapshots(one);
    }
}

/// <summary>An addition to the registry on its way to the lanes.</summary>
/// <param name="Addition">What is added; stored already.</param>
/// <param name="Documents">For each new meter of a replacement: what says so, kept among the raw frames.</param>
public sealed record RegistryChange(
    RegistryAddition Addition,
    IReadOnlyDictionary<MeterId, RawFrame> Documents);
