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
            var before = LiveRegistry.InBook(change.MultipliersBefore[group.Key]);
            await ReRateAsync(
                [meter.Account],
                group.Min(one => one.From),
                channel => Book.TakeTerms(channel, multipliers: channel.Meter == group.Key ? before : null),
                stopping);
        }
    }

    private bool IsHere(MeterId meter) => _setup.Registry.ShardOf(meter, -1) == Shard;

    /// <summary>
    /// What the old meter was said to show after it was gone is taken out; its closing register is its last value, the
    /// opening one the new meter's first.
    /// </summary>
    private async Task ReplaceAsync(MeterChangeRecord change, RawFrame document, CancellationToken stopping)
    {
        var now = _clock.Now();
        var old = new ChannelId(change.OldMeter, RegisterKind.ForwardActive);
        var opening = new ChannelId(change.NewMeter, RegisterKind.ForwardActive);
        var rows = await _shard!.ReadChannelAsync(old, change.At, Instant.Never, stopping);
        ReadingEdit[] gone =
        [
            .. rows.Where(row => row.Reading.At > change.At && row.Reading.Quality.IsRated())
                .Select(row => new ReadingEdit(row.Reading.At, null, document.Id)),
        ];
        if (gone.Length > 0)
        {
            BeginCommit(now);
            var touched = new HashSet<AccountId>();
            await RerateAsync(new(old) { Edits = gone }, change.At, touched, now, stopping);
            foreach (var account in touched) AddSnapshots(account);
            await CommitAsync(stopping);
        }

        await EnterAsync(
            new(old, [new(old, change.At, change.ClosingRegister, ReadingQuality.Actual, document.Id)], document),
            stopping);
        await EnterAsync(
            new(opening, [new(opening, change.At, change.OpeningRegister, ReadingQuality.Actual, document.Id)], null),
            stopping);
    }
}

/// <summary>An addition to the registry on its way to the lanes.</summary>
/// <param name="Addition">What is added; stored already.</param>
/// <param name="MultipliersBefore">Of each meter whose multipliers it changes: those that stood without it.</param>
/// <param name="Documents">For each new meter of a replacement: what says so, kept among the raw frames.</param>
public sealed record RegistryChange(
    RegistryAddition Addition,
    IReadOnlyDictionary<MeterId, IReadOnlyList<MultiplierRecord>> MultipliersBefore,
    IReadOnlyDictionary<MeterId, RawFrame> Documents);
