using System.Globalization;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Validation;
using Meters.Control.Commands;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Corrections that show that a cut should not have happened: had the charges been right then, the balance would not
/// have been below the level that led to it. The supply comes back by the ladder, since the level recovers in the same
/// commit; what remains is a case for a person.
/// </summary>
public sealed partial class ShardLane
{
    /// <summary>Cuts of one account that are looked at, the newest.</summary>
    private const int CutsLookedAtMax = 50;

    /// <summary>Entries of one account among which corrections of earlier commits are sought, the newest.</summary>
    private const int EntriesLookedAtMax = 1_000;

    private async Task FindWrongfulCutsAsync(CancellationToken stopping)
    {
        foreach (var group in _commit.Corrections.GroupBy(correction => correction.Account))
        {
            // Negative charges are the customer's gain.
            if (!group.Any(one => one.Delta < 0) || !_setup.Registry.TryRelay(group.Key, out var relay)) continue;
            var commands = await _store.Queries.CommandsAsync(group.Key, CutsLookedAtMax, stopping);
            var cuts = commands.Where(command => command is
            {
                Kind: CommandKind.Trip, Origin: CommandOrigin.Policy, SentAt: not null,
                State: CommandState.Sent or CommandState.Accepted or CommandState.Acknowledged
                    or CommandState.Confirmed,
            }).ToList();
            if (cuts.Count == 0) continue;
            var earlier = (await _store.Queries.EntriesAsync(group.Key, EntriesLookedAtMax, stopping))
                .Where(entry => entry.Kind == EntryKind.Correction).ToList();
            var crossings = await _store.Queries.CrossingsAsync(group.Key, CutsLookedAtMax, stopping);
            foreach (var cut in cuts)
            {
                if (Judge(cut, crossings, earlier, [.. group]) is not { } gain) continue;
                _commit.Work.Findings.Add(new(
                    CheckKind.WrongfulCut,
                    new(relay.Id, RegisterKind.ForwardActive),
                    cut.SentAt!.Value,
                    _commit.At,
                    [new("credited", gain.Minor, "minor")],
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The cut of account {group.Key} at {cut.SentAt.Value} rested on charges that were too high: "
                        + $"corrected, the balance was not below the level. Compensation may be due.")));
            }
        }
    }

    /// <summary>
    /// What the corrections of days up to the cut's own give back, where that lifts the balance of the crossing that
    /// led to it to its level; null otherwise. Corrections come commit by commit: those that were posted after the
    /// crossing count together with those of this commit, the others are in the crossing's balance.
    /// </summary>
    private Units.Money? Judge(
        Command cut,
        IReadOnlyList<Crossing> crossings,
        IReadOnlyList<LedgerEntry> earlier,
        IReadOnlyList<AccrualCorrection> corrections)
    {
        var day = _setup.BillingZone.ServiceDayOfIntervalEnd(cut.SentAt!.Value);
        var fell = crossings.Where(one => one.Direction == CrossingDirection.Fell && one.At <= cut.SentAt)
            .OrderBy(one => one.At).ThenByDescending(one => one.Level).LastOrDefault();
        if (fell is null) return null;
        var gain = new Units.Money(
            earlier.Where(entry => entry.PostedAt > fell.At && entry.CorrectsDay <= day)
                .Sum(entry => entry.ToCustomer.Minor)
            - corrections.Where(one => one.Day <= day).Sum(one => one.Posted.Minor));
        return gain > Units.Money.Zero && fell.Balance + gain >= fell.Level ? gain : null;
    }
}
