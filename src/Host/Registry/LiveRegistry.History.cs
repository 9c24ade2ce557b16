using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Meters.Billing.Accounts;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Registry;

/// <summary>What meters were before: their multipliers, and which meter took whose place.</summary>
public sealed partial class LiveRegistry
{
    private readonly ConcurrentDictionary<MeterId, IReadOnlyList<MultiplierRecord>> _multipliers = [];
    private readonly ConcurrentDictionary<MeterId, MeterChangeRecord> _changeOfOld = [];
    private readonly ConcurrentDictionary<MeterId, MeterChangeRecord> _changeOfNew = [];

    /// <summary>Changes of its multiplier that stand, by instant; before the first, its record's holds.</summary>
    public IReadOnlyList<MultiplierRecord> MultipliersOf(MeterId meter) =>
        _multipliers.GetValueOrDefault(meter) ?? [];

    /// <summary>True when the meter gave way to another.</summary>
    public bool IsReplaced(MeterId meter) => _changeOfOld.ContainsKey(meter);

    /// <summary>The change that took the meter away.</summary>
    public bool TryRemoval(MeterId meter, [NotNullWhen(true)] out MeterChangeRecord? change) =>
        _changeOfOld.TryGetValue(meter, out change);

    /// <summary>The change that brought the meter.</summary>
    public bool TryInstallation(MeterId meter, [NotNullWhen(true)] out MeterChangeRecord? change) =>
        _changeOfNew.TryGetValue(meter, out change);

    /// <summary>Whether a reading of that instant can be the meter's.</summary>
    public MeterPresence PresenceOf(MeterId meter, Instant at)
    {
        if (TryInstallation(meter, out var came) && at < came.At) return MeterPresence.BeforeInstallation;
        return TryRemoval(meter, out var gone) && at > gone.At ? MeterPresence.AfterRemoval : MeterPresence.Present;
    }

    /// <summary>A meter's multipliers, and the meter before it, as the book takes them.</summary>
    private void AddHistoryToBook(ShardBook book, MeterId meter)
    {
        if (MultipliersOf(meter) is { Count: > 0 } multipliers) book.SetMultipliers(meter, InBook(multipliers));
        if (!TryInstallation(meter, out var change)) return;
        book.SetReplacement(
            new(change.At, change.OldMeter, change.ClosingRegister, change.NewMeter, change.OpeningRegister));
    }

    public static IReadOnlyList<MultiplierChange> InBook(IEnumerable<MultiplierRecord> multipliers) =>
        [.. multipliers.Select(one => new MultiplierChange(one.From, one.Multiplier, one.RegisterAtChange))];

    private void AddHistory(RegistryAddition addition)
    {
        foreach (var change in addition.MeterMultipliers)
        {
            _multipliers[change.Meter] =
            [
                .. MultipliersOf(change.Meter).Where(one => one.From != change.From || one.Revision > change.Revision)
                    .Append(change)
                    .GroupBy(one => one.From)
                    .Select(group => group.MaxBy(one => one.Revision)!)
                    .OrderBy(one => one.From),
            ];
        }

        foreach (var change in addition.MeterChanges)
        {
            (_changeOfOld[change.OldMeter], _changeOfNew[change.NewMeter]) = (change, change);

            // The new meter's relay, if it has one, comes with its record, after this.
            if (_relays.TryGetValue(change.Account, out var relay) && relay.Id == change.OldMeter)
            {
                _relays.TryRemove(new(change.Account, relay));
            }
        }
    }

    /// <summary>Meters that stood at the point of this one before it, back to the first.</summary>
    private IEnumerable<FormerMeter> FormerAtPointOf(MeterRecord meter)
    {
        var newer = meter.Id;
        while (TryInstallation(newer, out var change)
            && TryMeter(change.OldMeter, out var old) && old.Terminal == meter.Terminal && old.Point == meter.Point)
        {
            yield return new(meter.Id, old.Id, change.At);
            newer = old.Id;
        }
    }
}

/// <summary>Whether a meter was in its place at an instant.</summary>
public enum MeterPresence
{
    Present,
    BeforeInstallation,
    AfterRemoval,
}
