namespace Meters.Host.Bench.Races;

/// <summary>
/// Whose turn it is: everybody who waits here goes on one at a time, in an order that the seed draws. One thread; what
/// goes on runs until it waits here again.
/// </summary>
internal sealed class RaceTurns(Random random)
{
    private readonly List<(TaskCompletionSource Go, RaceLife? Life)> _waiting = [];

    public int Taken { get; private set; }

    /// <param name="life">The process that waits; dead, it never goes on.</param>
    public Task NextAsync(RaceLife? life = null)
    {
        var go = new TaskCompletionSource();
        _waiting.Add((go, life));
        return go.Task;
    }

    /// <summary>Until nobody waits who is alive.</summary>
    public void Run()
    {
        const int TurnsMax = 20_000;
        while (_waiting.Count > 0)
        {
            if (++Taken > TurnsMax) throw new InvalidOperationException("The trial does not end.");
            var place = random.Next(_waiting.Count);
            var (go, life) = _waiting[place];
            _waiting.RemoveAt(place);
            if (life is not { IsDead: true }) go.SetResult();
        }
    }
}

/// <summary>A process.</summary>
internal sealed class RaceLife
{
    public bool IsDead { get; set; }
}
