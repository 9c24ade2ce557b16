using Meters.Control.Commands;
using Meters.Host.Engine;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;

namespace Meters.Host.Bench.Year;

/// <summary>A session of a simulated concentrator: ends with its process or with its site.</summary>
internal sealed class YearLine(YearField field, Site site, long id) : ICommandLine
{
    private readonly List<Action> _lost = [];
    private bool _forgotten;

    public long Id => id;

    public Site Site => site;

    public bool IsOver { get; private set; }

    public bool HasRequests => _lost.Count > 0;

    public Task<RequestResult> ControlAsync(
        Command command, byte port, TimeSpan timeout, CancellationToken stopping)
    {
        var answer = new TaskCompletionSource<RequestResult>();
        if (_forgotten) return answer.Task; // The process died of a command of the same round: no bytes, no answer.
        var end = Open(() => answer.TrySetResult(Of(RequestStatus.SessionLost)));
        field.Carry(this, command, timeout, status => end(() => answer.TrySetResult(Of(status))));
        return answer.Task;
    }

    public Task<RelayResult> ReadRelayAsync(
        Command command, byte port, TimeSpan timeout, CancellationToken stopping)
    {
        var answer = new TaskCompletionSource<RelayResult>();
        var end = Open(() => answer.TrySetResult(new(RequestStatus.SessionLost, id, default)));
        field.ReadBack(this, command, timeout, (status, relay) =>
            end(() => answer.TrySetResult(new(status, id, relay))));
        return answer.Task;
    }

    /// <summary>The connection is gone: whoever waits is told so.</summary>
    public void Lose()
    {
        IsOver = true;
        foreach (var lost in _lost.ToList()) lost();
        _lost.Clear();
    }

    /// <summary>The process is gone: nobody waits any more.</summary>
    public void Forget()
    {
        (IsOver, _forgotten) = (true, true);
        _lost.Clear();
    }

    private Action<Action> Open(Action lost)
    {
        _lost.Add(lost);
        return answer =>
        {
            if (_lost.Remove(lost)) answer();
        };
    }

    private RequestResult Of(RequestStatus status) =>
        new(status, id, true, (ErrorFlags)(status == RequestStatus.Refused ? 1 : 0), default);
}
