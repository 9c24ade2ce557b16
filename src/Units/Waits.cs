namespace Meters.Units;

/// <summary>Waiting that stays in the context of the waiter.</summary>
public static class Waits
{
    /// <summary>
    /// Waits for a result that nobody else waits for; cancelling gives it up. (<c>Task.WaitAsync</c> passes the result
    /// on through the thread pool when the source runs its continuations asynchronously, and so leaves a simulation.)
    /// </summary>
    /// <exception cref="OperationCanceledException">Given up, here or by whoever was to bring the result.</exception>
    public static async Task<T> WaitAsync<T>(this TaskCompletionSource<T> source, CancellationToken cancellation)
    {
        using var givingUp = cancellation.UnsafeRegister(
            static (waited, token) => ((TaskCompletionSource<T>)waited!).TrySetCanceled(token), source);
        return await source.Task;
    }
}
