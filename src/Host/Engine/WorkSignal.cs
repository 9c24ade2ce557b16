using System.Threading.Channels;

namespace Meters.Host.Engine;

/// <summary>
/// "There is something to do": set any number of times, seen once. Continuations follow the waiter's context.
/// </summary>
public sealed class WorkSignal
{
    private readonly Channel<byte> _set = Channel.CreateBounded<byte>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _set.Writer.TryWrite(0);

    public async ValueTask WaitAsync(CancellationToken stopping) => await _set.Reader.ReadAsync(stopping);

    /// <summary>Waits until set, or until the time is over; either way returns.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken stopping)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var due = clock.CreateTimer(
            static s => ((CancellationTokenSource)s!).Cancel(), timer, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            await _set.Reader.ReadAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The time is over.
        }
    }
}
