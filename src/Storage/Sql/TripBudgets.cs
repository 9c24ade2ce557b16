using Meters.Control.Guard;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// The guard's budgets that the cuts of one transaction draw on. Read and written under the guard's lock: what other
/// processes dispatched is in it, and what is taken here is there for the next.
/// </summary>
internal sealed class TripBudgets
{
    private readonly Dictionary<GuardKey, Budget> _budgets = [];
    private readonly List<object?[]> _rows = [];
    private readonly Dictionary<(GuardLine Line, GuardKey Key), (string Sentence, long Times)> _alarms = [];
    private long _proposed;

    /// <summary>
    /// The instant of all these cuts. Instants of cuts never fall (a clock that stands behind the last cut is taken as
    /// being there), so a cap on every window that ends at a cut is a cap on every window.
    /// </summary>
    public Instant At { get; private init; }

    public static async Task<TripBudgets> LoadAsync(SqlSession session, IReadOnlyList<DispatchAttempt> trips)
    {
        var window = trips[0].Guard.Window;
        if (trips.Any(trip => trip.Guard.Window != window))
        {
            throw new ArgumentException("The guard has one window.", nameof(trips));
        }

        var latest = await session.QueryAsync(
            "SELECT max(at) FROM trip_spent WHERE scope = 1 AND name = ''", row => row.InstantOrNull(0));
        var now = trips.Max(trip => trip.Now);
        var budgets = new TripBudgets { At = latest[0] is { } last && last > now ? last : now };
        foreach (var key in trips.SelectMany(trip => trip.Guard.Budgets).Select(budget => budget.Key).Distinct())
        {
            var total = await TotalAsync(session, key, budgets.At);
            var before = total.Trips == 0 ? default : await TotalAsync(session, key, budgets.At - window);
            budgets._budgets.Add(key, new(total, before));
        }

        if (trips.Any(trip => trip.Guard.Jump is not null))
        {
            await budgets.CountProposedAsync(session, trips.Max(trip => trip.Guard.Jump?.Quarantine ?? 0));
        }

        return budgets;
    }

    /// <summary>Decides, and draws on the budgets where the cut goes.</summary>
    public GuardVerdict TryTake(DispatchAttempt attempt, bool released)
    {
        var terms = attempt.Guard;
        var spent = new TripLoad[terms.Budgets.Count];
        for (var i = 0; i < spent.Length; i++) spent[i] = _budgets[terms.Budgets[i].Key].Spent;
        var verdict = TripGuard.Decide(terms, spent, _proposed, released);
        if (verdict.Line > GuardLine.Clear)
        {
            var times = _alarms.GetValueOrDefault((verdict.Line, verdict.Key)).Times;
            _alarms[(verdict.Line, verdict.Key)] = (verdict.Sentence, times + 1);
        }

        if (!verdict.Goes) return verdict;
        foreach (var (key, _) in terms.Budgets)
        {
            var total = _budgets[key].Total + new TripLoad(1, terms.Watts);
            _budgets[key] = _budgets[key] with { Total = total };
            _rows.Add([(short)key.Scope, key.Name, At, total.Trips, total.Watts]);
        }

        return verdict;
    }

    public async Task SaveAsync(SqlSession session)
    {
        await session.InsertAsync("INSERT INTO trip_spent (scope, name, at, trips, watts)", _rows);
        await session.InsertAsync(
            "INSERT INTO guard_alarm (line, scope, name, sentence, first_at, last_at, times)",
            _alarms.Select(alarm => new object?[]
            {
                (short)alarm.Key.Line, (short)alarm.Key.Key.Scope, alarm.Key.Key.Name, alarm.Value.Sentence, At, At,
                alarm.Value.Times,
            }),
            """
            ON CONFLICT (line, scope, name) WHERE seen_at IS NULL DO UPDATE SET
                sentence = excluded.sentence, last_at = excluded.last_at, times = guard_alarm.times + excluded.times
            """);
    }

    /// <summary>Counted no further than matters: the row after the last that is allowed decides.</summary>
    private async Task CountProposedAsync(SqlSession session, long most) =>
        _proposed = await session.NumberAsync(
            """
            SELECT count(*) FROM (SELECT 1 FROM command WHERE kind = 1 AND created_at > $1 LIMIT $2) AS proposed
            """,
            At - TimeSpan.FromHours(1),
            most + 1) ?? 0;

    private static async Task<TripLoad> TotalAsync(SqlSession session, GuardKey key, Instant through)
    {
        var found = await session.QueryAsync(
            """
            SELECT trips, watts FROM trip_spent WHERE scope = $1 AND name = $2 AND at <= $3
            ORDER BY at DESC, trips DESC LIMIT 1
            """,
            row => new TripLoad(row.Long(0), row.Long(1)),
            (short)key.Scope,
            key.Name,
            through);
        return found.Count == 0 ? default : found[0];
    }

    /// <param name="Total">Of all time.</param>
    /// <param name="Before">Of all time before the window.</param>
    private readonly record struct Budget(TripLoad Total, TripLoad Before)
    {
        public TripLoad Spent => Total - Before;
    }
}
