namespace Meters.Tests;

/// <summary>
/// Runs asynchronous code on one thread, the next step drawn by a seed, on virtual time that moves only when there is
/// nothing left to do. Same seed, same run. Work that leaves for another thread is a fault: its way back is noticed
/// here.
/// </summary>
public sealed class DeterministicContext(int seed) : SynchronizationContext
{
    /// <summary>Steps of one run; a run that needs more has lost itself in a loop.</summary>
    private const long StepsMax = 20_000_000;

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly List<(SendOrPostCallback Run, object? State)> _ready = [];
    private int _thread;
    private string? _escape;

    /// <summary>The time of sockets and waiting.</summary>
    public VirtualTime Wire { get; } = new();

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// Runs to the end of <paramref name="body"/>, in the thread pool's place, on a thread of its own.
    /// </summary>
    public Task RunAsync(Func<Task> body) => OnThread(() => RunToEnd(body(), long.MaxValue));

    /// <summary>
    /// Runs until the body has ended or that many steps are done, and then never again: whatever was going on stays
    /// where it was, as in a process that was killed. True when the body had ended.
    /// </summary>
    public Task<bool> RunUntilKilledAsync(Func<Task> body, long steps) => OnThread(() => RunToEnd(body(), steps));

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (Environment.CurrentManagedThreadId != _thread) _escape ??= Environment.StackTrace;
            _ready.Add((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private Task<T> OnThread<T>(Func<T> run) => Task.Factory.StartNew(
        () =>
        {
            _thread = Environment.CurrentManagedThreadId;
            SetSynchronizationContext(this);
            try
            {
                return run();
            }
            finally
            {
                SetSynchronizationContext(null);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private bool RunToEnd(Task body, long stepsMax)
    {
        while (!body.IsCompleted)
        {
            if (Steps >= stepsMax) return false;
            if (_escape is { } trace)
            {
                throw new InvalidOperationException("Something came back from another thread:\n" + trace);
            }
            if (++Steps > StepsMax) throw new TimeoutException($"Not done after {StepsMax} steps.");
            if (TryTake(out var next)) next.Run(next.State);
            else if (!Wire.TryAdvance()) throw new TimeoutException(
                "Nothing can go on: everything waits for something else.");
        }

        body.GetAwaiter().GetResult();
        return true;
    }

    private bool TryTake(out (SendOrPostCallback Run, object? State) next)
    {
        lock (_gate)
        {
            next = default;
            if (_ready.Count == 0) return false;
            var at = _random.Next(_ready.Count);
            next = _ready[at];
            _ready[at] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            return true;
        }
    }
}
