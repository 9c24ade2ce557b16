using System.Collections.Concurrent;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Work that is under way for concentrators, one piece each. It ends by itself, by the time-outs of its requests at the
/// latest; a fault of the store leaves it to the next look, any other stops the engine.
/// </summary>
public sealed class OpenWork(string part, ILogger log, Action<Exception> failed, Action ended)
{
    private readonly ConcurrentDictionary<TerminalAddress, byte> _open = [];
    private readonly WorkSignal _landed = new();

    public int Count => _open.Count;

    public bool Has(TerminalAddress terminal) => _open.ContainsKey(terminal);

    /// <summary>Begins the work, unless some is under way for this concentrator.</summary>
    public void Begin(TerminalAddress terminal, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (_open.TryAdd(terminal, 0)) Track(terminal, work);
    }

    /// <summary>Waits until nothing is under way.</summary>
    public async Task IdleAsync(CancellationToken stopping)
    {
        while (!_open.IsEmpty) await _landed.WaitAsync(stopping);
    }

    private async void Track(TerminalAddress terminal, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // Stopping: the store says what is due after the restart.
        }
        catch (StoreUnavailableException fault)
        {
            log.ControlFailed(fault.Message);
        }
        catch (Exception fault)
        {
            log.PartStopped(fault, part);
            failed(fault);
        }
        finally
        {
            _open.TryRemove(terminal, out _);
            _landed.Set();
            ended();
        }
    }
}
