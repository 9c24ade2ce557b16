using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>The live sessions by terminal address, and how many connections there are.</summary>
public sealed class SessionTable
{
    private readonly ConcurrentDictionary<TerminalAddress, TerminalSession> _byAddress = new();
    private readonly Dictionary<string, int> _byRemote = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _connections;
    private long _lastId;

    /// <summary>Terminals with a live session.</summary>
    public int Count => _byAddress.Count;

    /// <summary>Connections, those without a login included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A picture that may be behind.</summary>
    public IEnumerable<TerminalSession> Sessions => _byAddress.Select(pair => pair.Value);

    public bool TryGet(TerminalAddress address, [NotNullWhen(true)] out TerminalSession? session) =>
        _byAddress.TryGetValue(address, out session);

    internal long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>
    /// Null when there is room; otherwise which limit is reached. <see cref="Leave"/> gives the room back.
    /// </summary>
    internal SessionEnd? TryEnter(string remote, IngestOptions options)
    {
        lock (_gate)
        {
            if (_connections >= options.SessionsMax) return SessionEnd.TooManySessions;
            var ofRemote = _byRemote.GetValueOrDefault(remote);
            if (ofRemote >= options.SessionsPerRemoteMax) return SessionEnd.TooManySessionsOfRemote;
            _byRemote[remote] = ofRemote + 1;
            _connections++;
            return null;
        }
    }

    internal void Leave(string remote)
    {
        lock (_gate)
        {
            _connections--;
            if (--_byRemote[remote] == 0) _byRemote.Remove(remote);
        }
    }

    /// <summary>Null when the session has the address now; otherwise the session that has it.</summary>
    internal TerminalSession? TryBind(TerminalAddress address, TerminalSession session)
    {
        var holder = _byAddress.GetOrAdd(address, session);
        return holder == session ? null : holder;
    }

    internal bool TryReplace(TerminalAddress address, TerminalSession old, TerminalSession by) =>
        _byAddress.TryUpdate(address, by, old);

    internal void Unbind(TerminalAddress address, TerminalSession session) =>
        _byAddress.TryRemove(new(address, session));
}
