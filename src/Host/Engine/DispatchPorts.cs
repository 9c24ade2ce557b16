using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What the dispatcher needs of the process around it.</summary>
/// <param name="Registry">Whose relay it is.</param>
/// <param name="Line">The live session of a concentrator; null when it has none.</param>
/// <param name="Facts">Accounts as of now, for the gates; one that is not known is left out.</param>
/// <param name="Failed">A fault that stops the engine.</param>
public sealed record DispatchPorts(
    LiveRegistry Registry,
    Func<TerminalAddress, ICommandLine?> Line,
    Func<IReadOnlyList<AccountId>, CancellationToken, Task<IReadOnlyDictionary<AccountId, CaseFacts>>> Facts,
    Action<Exception> Failed)
{
    /// <summary>Those of a running engine.</summary>
    public static DispatchPorts Of(
        LiveRegistry registry, SessionTable sessions, ControlWorker cases, Action<Exception> failed)
    {
        ArgumentNullException.ThrowIfNull(sessions);
        ArgumentNullException.ThrowIfNull(cases);
        return new(registry, LineTo, cases.FactsAsync, failed);

        ICommandLine? LineTo(TerminalAddress terminal) =>
            sessions.TryGet(terminal, out var session) ? new SessionLine(session) : null;
    }
}

/// <summary>A live session as commands need it: the bytes leave when it is called.</summary>
public interface ICommandLine
{
    long Id { get; }

    /// <summary>Something else is on it, or waits for it.</summary>
    bool HasRequests { get; }

    Task<RequestResult> ControlAsync(Command command, byte port, TimeSpan timeout, CancellationToken stopping);

    Task<RelayResult> ReadRelayAsync(Command command, byte port, TimeSpan timeout, CancellationToken stopping);
}

/// <summary>The session of a concentrator.</summary>
public sealed class SessionLine(TerminalSession session) : ICommandLine
{
    public long Id => session.Id;

    public bool HasRequests => session.HasRequests;

    public Task<RequestResult> ControlAsync(
        Command command, byte port, TimeSpan timeout, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(command);
        return session.MeterControlAsync(
            command.MeterAddress, MeterEvents.CodeOf(command.Kind), command.ExpiresAt, timeout, stopping, port);
    }

    public Task<RelayResult> ReadRelayAsync(
        Command command, byte port, TimeSpan timeout, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(command);
        return session.ReadRelayAsync(command.MeterAddress, timeout, stopping, port);
    }
}
