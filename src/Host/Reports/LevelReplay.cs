using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Policies;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>
/// One account's balance through recorded days at given charges, and which levels of a policy it fell below. Payments
/// are those that were made. A level in days of own use moves at the end of each day, not some hours later at its
/// close. Pure.
/// </summary>
internal sealed class LevelReplay
{
    private const int AverageDays = 7;

    private readonly ThresholdSet _set;
    private readonly long _perMinor;
    private Money _others;
    private Money _lastPurchase;
    private Money _average;
    private Int128 _accrued;
    private int _mask;

    /// <param name="policy">Whose levels.</param>
    /// <param name="history">Where the account stands before the first day.</param>
    /// <param name="perMinor">Steps of the charges that are tried, in a minor unit.</param>
    /// <param name="recordedPerMinor">Steps of the recorded charges.</param>
    public LevelReplay(Policy policy, AccountHistory history, long perMinor, long recordedPerMinor)
    {
        _accrued = (Int128)(history.LastDayBefore?.Carry ?? 0) * perMinor / recordedPerMinor;
        _set = PolicyTerms.ThresholdsOf(policy);
        _perMinor = perMinor;
        (Falls, First) = (new int[policy.Rungs.Count], new Instant?[policy.Rungs.Count]);
        _others = history.JournalBefore;
        _lastPurchase = history.LastPurchaseBefore;
        _average = history.LastDayBefore?.AverageDay ?? Money.Zero;
    }

    /// <summary>By number of the rung: how often the balance fell below its level.</summary>
    public int[] Falls { get; }

    /// <summary>By number of the rung: when the balance was first below its level.</summary>
    public Instant?[] First { get; }

    /// <summary>Number of the deepest rung reached, -1 for none.</summary>
    public int Deepest => Array.FindLastIndex(First, at => at is not null);

    /// <param name="history">What else was posted.</param>
    /// <param name="charges">Ascending.</param>
    /// <param name="days">When each day ends, ascending.</param>
    /// <param name="fromAt">Begin of the first day.</param>
    public void Run(
        AccountHistory history, List<(Instant At, long Charge)> charges, IReadOnlyList<Instant> days, Instant fromAt)
    {
        // Charges are what is tried: the journal's own, and corrections of them, are left out.
        var posted = history.Entries
            .Where(entry => entry.Kind is not (EntryKind.EnergyCharge or EntryKind.Correction)).ToList();
        Look(fromAt, counts: false);
        var (charge, entry, dayStart) = (0, 0, _accrued);
        foreach (var end in days)
        {
            while (true)
            {
                var chargeAt = charge < charges.Count ? charges[charge].At : Instant.Never;
                var entryAt = entry < posted.Count ? posted[entry].PostedAt : Instant.Never;
                if (chargeAt > end && entryAt > end) break;
                if (entryAt < chargeAt) Post(posted[entry++]);
                else _accrued += charges[charge++].Charge;
                Look(entryAt < chargeAt ? entryAt : chargeAt, counts: true);
            }

            _average = Average(_average, Rounded(_accrued) - Rounded(dayStart));
            dayStart = _accrued;
            Look(end, counts: true);
        }
    }

    private void Post(LedgerEntry entry)
    {
        _others += entry.ToCustomer;
        if (entry.Kind == EntryKind.Payment && entry.Credit == LedgerAccount.CustomerPrepayment)
        {
            _lastPurchase = entry.Amount;
        }
    }

    private void Look(Instant at, bool counts)
    {
        var balance = _others - Rounded(_accrued);
        foreach (var threshold in _set.Thresholds)
        {
            var (bit, level) = (1 << threshold.Number, threshold.Level(_lastPurchase, _average));
            if ((_mask & bit) == 0 && balance < level)
            {
                _mask |= bit;
                First[threshold.Number] ??= at;
                if (counts) Falls[threshold.Number]++;
            }
            else if ((_mask & bit) != 0
                && (Int128)balance.Minor >= (Int128)level.Minor + threshold.Hysteresis.Minor)
            {
                _mask ^= bit;
            }
        }
    }

    private Money Rounded(Int128 exact) => ExplainedAmounts.RoundHalfUp(exact, _perMinor);

    /// <summary>As the books do at a day's close: a seventh of the newest day.</summary>
    private static Money Average(Money average, Money day)
    {
        if (average == Money.Zero) return day < Money.Zero ? Money.Zero : day;
        var next = ((Int128)average.Minor * (AverageDays - 1)) + day.Minor;
        return next < 0 ? Money.Zero : new((long)(next / AverageDays));
    }
}
