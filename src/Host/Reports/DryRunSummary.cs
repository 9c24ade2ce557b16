using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>Collects the accounts of a dry run, in order of their numbers.</summary>
internal sealed class DryRunSummary(DryRunOrder order, Trial trial, int accountsOn)
{
    /// <summary>Accounts listed of each kind.</summary>
    public const int ListedMax = 20;

    // Thousandths of the old charge, upper ends; a change of nothing is by itself.
    private static readonly (long UpTo, string Words)[] Shares =
    [
        (-200, "at least 20 % less"), (-100, "10 to 20 % less"), (-50, "5 to 10 % less"),
        (-1, "up to 5 % less"), (0, "the same"), (50, "up to 5 % more"), (100, "5 to 10 % more"),
        (200, "10 to 20 % more"), (long.MaxValue, "more than 20 % more"),
    ];

    private readonly List<(AccountId Account, AccountTrial Trial)> _tried = [];
    private readonly List<long> _skipped = [];

    public void Add(AccountId account, AccountTrial? tried)
    {
        if (tried is null) _skipped.Add(account.Value);
        else _tried.Add((account, tried));
    }

    public DryRunResult Make()
    {
        var rows = _tried.Select(row => (Change: row.Trial.New - row.Trial.Old, Text: TextOf(row.Account, row.Trial)))
            .ToList();
        var (old, fresh) = (Sum(row => row.ExactOld), Sum(row => row.ExactNew));
        var totals = new DryRunTotals(
            Amount(old),
            Amount(fresh),
            Amount(fresh - old),
            rows.Count(row => row.Change > Money.Zero),
            rows.Count(row => row.Change < Money.Zero),
            rows.Count(row => row.Change == Money.Zero),
            SharesOf(),
            // Stable: of equal changes the lower number first.
            [.. rows.Where(row => row.Change > Money.Zero).OrderByDescending(row => row.Change).Take(ListedMax)
                .Select(row => row.Text)],
            [.. rows.Where(row => row.Change < Money.Zero).OrderBy(row => row.Change).Take(ListedMax)
                .Select(row => row.Text)]);
        return new(
            Tags.Of(order.Kind),
            trial.Label,
            trial.On,
            trial.Currency.Code,
            order.From.ToString(),
            order.To.ToString(),
            accountsOn,
            totals,
            RungsOf(),
            [.. rows.Select(row => row.Text)],
            _skipped,
            [.. _tried.Where(row => row.Trial.IsRecordedOtherwise).Select(row => row.Account.Value)]);
    }

    private List<DryRunShare> SharesOf()
    {
        var counts = new int[Shares.Length];
        foreach (var (_, tried) in _tried)
        {
            counts[Array.FindIndex(Shares, share => ThousandthsOf(tried) <= share.UpTo)]++;
        }

        return [.. Shares.Select((share, i) => new DryRunShare(share.Words, counts[i]))];
    }

    /// <summary>Away from zero, so that only no change at all is none.</summary>
    private static long ThousandthsOf(AccountTrial tried)
    {
        var change = (Int128)tried.New.Minor - tried.Old.Minor;
        if (change == 0) return 0;
        var old = Int128.Abs(tried.Old.Minor);
        if (old == 0) return change > 0 ? long.MaxValue : long.MinValue;
        var share = ((Int128.Abs(change) * 1_000) + old - 1) / old;
        return (long)Int128.Min(share, long.MaxValue) * (change > 0 ? 1 : -1);
    }

    /// <summary>Rungs of all policies by name, in the order of their ladders.</summary>
    private List<DryRunRung> RungsOf()
    {
        var names = new List<(string Name, RungActions Does)>();
        foreach (var (policy, _) in _tried.SelectMany(row => new[] { row.Trial.Before, row.Trial.After }))
        {
            foreach (var rung in policy.Rungs)
            {
                if (!names.Exists(known => known.Name == rung.Name)) names.Add((rung.Name, rung.Actions));
            }
        }

        return [.. names.Select(rung => RungOf(rung.Name, rung.Does))];
    }

    private DryRunRung RungOf(string name, RungActions does)
    {
        var (old, fresh) = (new List<long>(), new List<long>());
        var (oldFalls, newFalls) = (0, 0);
        foreach (var (account, tried) in _tried)
        {
            if (Reached(tried.Before, name, ref oldFalls)) old.Add(account.Value);
            if (Reached(tried.After, name, ref newFalls)) fresh.Add(account.Value);
        }

        var (onlyOld, onlyNew) = (old.Except(fresh).ToList(), fresh.Except(old).ToList());
        return new(
            name,
            string.Join(", ", Enum.GetValues<RungActions>().Where(action => action != 0 && (does & action) != 0)
                .Select(Tags.Of)),
            old.Count,
            fresh.Count,
            onlyOld.Count,
            onlyNew.Count,
            oldFalls,
            newFalls,
            [.. onlyOld.Take(ListedMax)],
            [.. onlyNew.Take(ListedMax)]);
    }

    private static bool Reached((Policy Policy, LevelReplay Levels) side, string name, ref int falls)
    {
        for (var i = 0; i < side.Policy.Rungs.Count; i++)
        {
            if (side.Policy.Rungs[i].Name != name) continue;
            falls += side.Levels.Falls[i];
            return side.Levels.First[i] is not null;
        }

        return false;
    }

    private DryRunAccount TextOf(AccountId account, AccountTrial tried)
    {
        var (oldRung, oldAt) = DeepestOf(tried.Before);
        var (newRung, newAt) = DeepestOf(tried.After);
        return new(
            account.Value, Amount(tried.Old), Amount(tried.New), Amount(tried.New - tried.Old), oldRung, oldAt,
            newRung, newAt);
    }

    private static (string? Rung, string? At) DeepestOf((Policy Policy, LevelReplay Levels) side)
    {
        var deepest = side.Levels.Deepest;
        return deepest < 0 ? (null, null) : (side.Policy.Rungs[deepest].Name, $"{side.Levels.First[deepest]}");
    }

    /// <summary>Exact, and rounded once: what accounts show rounded need not add up to it.</summary>
    private Money Sum(Func<AccountTrial, Ratio> exact) =>
        AccountTrial.Rounded(_tried.Aggregate(default(Ratio), (sum, row) => sum + exact(row.Trial)));

    private string Amount(Money amount) => Decimals.Format(amount.Minor, trial.Currency.Decimals);
}
