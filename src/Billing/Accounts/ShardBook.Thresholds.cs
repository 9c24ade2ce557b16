using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    private readonly List<int> _touched = [];

    /// <summary>
    /// Crossings of all accounts whose balance, levels or thresholds moved since the last call, as they are now; and
    /// the new threshold state of each account that has one. Call it for each commit.
    /// </summary>
    /// <param name="at">Program's clock: the instant of the crossings.</param>
    /// <param name="crossings">Added to.</param>
    /// <param name="states">Added to.</param>
    public void TakeCrossings(Instant at, List<Crossing> crossings, List<ThresholdState> states)
    {
        foreach (var index in _touched)
        {
            ref var account = ref AccountAt(index);
            account.Touched = false;
            var (mask, arm) = (account.CrossedMask, account.Arm);
            Cross(ref account, at, crossings);
            if (account.CrossedMask != mask || account.Arm != arm)
            {
                states.Add(new(account.Id, account.CrossedMask, account.Arm));
            }
            SetQuietBounds(ref account);
        }

        _touched.Clear();
    }

    private void Cross(ref AccountState account, Instant at, List<Crossing> crossings)
    {
        var set = _policies[account.Policy];
        var balance = BalanceOf(account);
        account.CrossedMask &= set.Mask; // A threshold that the policy no longer has is forgotten.
        foreach (ref readonly var threshold in set.Span)
        {
            var bit = (byte)(1 << threshold.Number);
            var level = threshold.Level(account.LastPurchase, account.AverageDay);
            if ((account.CrossedMask & bit) == 0)
            {
                if (balance >= level) continue;
                account.CrossedMask |= bit;
                crossings.Add(
                    new(account.Id, threshold.Number, account.Arm, at, balance, level, CrossingDirection.Fell));
            }
            else if ((Int128)balance.Minor >= (Int128)level.Minor + threshold.Hysteresis.Minor)
            {
                account.CrossedMask ^= bit;
                crossings.Add(
                    new(account.Id, threshold.Number, account.Arm, at, balance, level, CrossingDirection.Recovered));
                account.Arm++;
            }
        }
    }

    /// <summary>Notes an account that may have something to cross: two comparisons for an ordinary reading.</summary>
    private void Notice(ref AccountState account, int index)
    {
        var accrued = account.Accrued;
        if ((accrued >= account.QuietFrom && accrued < account.QuietBelow) || account.Touched) return;
        account.Touched = true;
        _touched.Add(index);
    }

    /// <summary>After anything but a reading: journal, levels or thresholds moved, and the bounds with them.</summary>
    private void Watch(ref AccountState account)
    {
        SetQuietBounds(ref account);
        Notice(ref account, _accountIndex[account.Id.Value]);
    }

    /// <summary>
    /// Balance &lt; level means journal - round(accrued) &lt; level, which for half-up rounding is accrued &gt;=
    /// journal - level + 1/2: so each armed threshold bounds the accrued charges from above, and each crossed one from
    /// below.
    /// </summary>
    private void SetQuietBounds(ref AccountState account)
    {
        var set = _policies[account.Policy];
        var perMinor = _tariffs[account.Tariff].PerMinor;
        var (from, below) = ((Int128)long.MinValue, (Int128)long.MaxValue);
        if ((account.CrossedMask & ~set.Mask) != 0) below = from; // Something to forget.
        foreach (ref readonly var threshold in set.Span)
        {
            var level = (Int128)threshold.Level(account.LastPurchase, account.AverageDay).Minor;
            if ((account.CrossedMask & (1 << threshold.Number)) == 0)
            {
                below = Int128.Min(below, AccruedAtWhich(account.Journal, level, perMinor));
            }
            else
            {
                from = Int128.Max(from, AccruedAtWhich(account.Journal, level + threshold.Hysteresis.Minor, perMinor));
            }
        }

        account.QuietFrom = (long)Int128.Min(from, long.MaxValue);
        account.QuietBelow = (long)Int128.Max(below, long.MinValue);

        // The least accrued charge with which the balance is below the level.
        static Int128 AccruedAtWhich(Money journal, Int128 level, long perMinor) =>
            ((journal.Minor - level) * perMinor) + (perMinor / 2);
    }
}
