using Meters.Units;

namespace Meters.Control.Guard;

/// <summary>
/// Budgets in memory: for each a list of running totals by instant, so that the sum of any window is a difference of
/// two entries. The store keeps the same list as rows. Not thread-safe.
/// </summary>
public sealed class GuardBook
{
    private readonly Dictionary<GuardKey, Account> _accounts = [];
    private Instant _latest = Instant.MinValue;

    /// <summary>
    /// The instant that counts: a clock that stands behind the latest cut is taken as being there, so a cap on
    /// every window that ends at a cut is a cap on every window.
    /// </summary>
    public Instant At(Instant now) => now > _latest ? now : _latest;

    /// <summary>Dispatched within the window that ends now: what is a whole window old has left it.</summary>
    public TripLoad Spent(GuardKey key, Instant now, TimeSpan window) =>
        _accounts.TryGetValue(key, out var account) ? account.Since(At(now) - window) : default;

    /// <summary>Decides about a cut and, where it goes, books it.</summary>
    public GuardVerdict TryTake(GuardTerms terms, Instant now, long proposed = 0, bool released = false)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Span<TripLoad> spent = stackalloc TripLoad[terms.Budgets.Count];
        for (var i = 0; i < spent.Length; i++) spent[i] = Spent(terms.Budgets[i].Key, now, terms.Window);
        var verdict = TripGuard.Decide(terms, spent, proposed, released);
        if (verdict.Goes) Book(terms, now);
        return verdict;
    }

    /// <summary>Books a cut that goes, or that went before a restart.</summary>
    public void Book(GuardTerms terms, Instant now)
    {
        ArgumentNullException.ThrowIfNull(terms);
        _latest = At(now);
        foreach (var budget in terms.Budgets)
        {
            if (!_accounts.TryGetValue(budget.Key, out var account)) _accounts.Add(budget.Key, account = new());
            account.Add(_latest, new(1, terms.Watts));
        }
    }

    /// <summary>Takes back the latest booking: the cut did not go after all.</summary>
    public void Unbook(GuardTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        foreach (var budget in terms.Budgets) _accounts[budget.Key].RemoveLast();
    }

    /// <summary>When such a cut would find room in every budget; now when it does, and nothing is booked.</summary>
    /// <remarks>A cut that no window could ever hold is not kept waiting: the guard decides about it.</remarks>
    public Instant FreeAt(GuardTerms terms, Instant now)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var at = At(now);
        var free = now;
        foreach (var budget in terms.Budgets)
        {
            if (!_accounts.TryGetValue(budget.Key, out var account)) continue;
            var next = account.FreeAt(budget.Cap, new(1, terms.Watts), at, terms.Window);
            if (next > free) free = next;
        }

        return free;
    }

    /// <summary>What was booked after an instant, budget by budget and oldest first; long ago is forgotten.</summary>
    public IEnumerable<(GuardKey Key, Instant At, TripLoad Load)> Since(Instant after) =>
        _accounts.SelectMany(one => one.Value.Rows(after).Select(row => (one.Key, row.At, row.Load)));

    /// <summary>Puts back what a budget had spent before a restart, oldest first.</summary>
    public void Restore(GuardKey key, Instant at, TripLoad load)
    {
        if (!_accounts.TryGetValue(key, out var account)) _accounts.Add(key, account = new());
        account.Add(at, load);
        if (at > _latest) _latest = at;
    }

    private sealed class Account
    {
        /// <summary>What left every window long ago goes from time to time.</summary>
        private const int OutsideKept = 4_096;

        private readonly List<(Instant At, TripLoad Total)> _totals = [];

        /// <summary>Entries up to here were outside the last window asked for.</summary>
        private int _outside;

        public void Add(Instant at, TripLoad load)
        {
            if (_outside > OutsideKept)
            {
                _totals.RemoveRange(0, _outside - 1);
                _outside = 1;
            }

            _totals.Add((at, (_totals.Count == 0 ? default : _totals[^1].Total) + load));
        }

        public IEnumerable<(Instant At, TripLoad Load)> Rows(Instant after)
        {
            for (var i = 0; i < _totals.Count; i++)
            {
                if (_totals[i].At <= after) continue;
                yield return (_totals[i].At, _totals[i].Total - (i == 0 ? default : _totals[i - 1].Total));
            }
        }

        public void RemoveLast()
        {
            _totals.RemoveAt(_totals.Count - 1);
            _outside = Math.Min(_outside, _totals.Count);
        }

        /// <summary>The first instant at which the window has room for one more.</summary>
        public Instant FreeAt(TripLoad cap, TripLoad load, Instant now, TimeSpan window)
        {
            var spent = Since(now - window);
            if (Fits(spent + load, cap) || !Fits(load, cap)) return now;
            var leaves = _outside;
            while (!Fits(_totals[^1].Total - _totals[leaves].Total + load, cap)) leaves++;
            return _totals[leaves].At + window;
        }

        private static bool Fits(TripLoad load, TripLoad cap) => load.Trips <= cap.Trips && load.Watts <= cap.Watts;

        public TripLoad Since(Instant boundary)
        {
            while (_outside > 0 && _totals[_outside - 1].At > boundary) _outside--;
            while (_outside < _totals.Count && _totals[_outside].At <= boundary) _outside++;
            return _totals.Count == 0
                ? default
                : _totals[^1].Total - (_outside == 0 ? default : _totals[_outside - 1].Total);
        }
    }
}
