using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Meters.Units;
using Microsoft.Extensions.Logging;

namespace Meters.Ingest;

/// <summary>Everything that ingest logs: 1000 to 1999. Nothing here is logged once a frame.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(1001, LogLevel.Debug, "Session {Session}: connection from {Remote}")]
    public static partial void SessionBegan(this ILogger logger, long session, string remote);

    [LoggerMessage(1002, LogLevel.Information,
        "Session {Session} of {Terminal} from {Remote} ended: {End}; {Frames} frames, {SkippedBytes} bytes " +
        "skipped, last rejection {Rejection}")]
    public static partial void SessionEnded(this ILogger logger, long session, TerminalAddress? terminal, string remote,
        SessionEnd end, long frames, long skippedBytes, FrameStatus rejection);

    [LoggerMessage(1003, LogLevel.Information, "Session {Session}: terminal {Terminal} is here")]
    public static partial void TerminalBound(this ILogger logger, long session, TerminalAddress terminal);

    [LoggerMessage(1004, LogLevel.Warning, "Session {Session}: terminal {Terminal} is not registered; its data " +
        "are kept apart")]
    public static partial void TerminalUnregistered(this ILogger logger, long session, TerminalAddress terminal);

    [LoggerMessage(1005, LogLevel.Warning,
        "Session {Session}: terminal {Terminal} has a live session {Other}; that one answered the link test, " +
        "this one ends")]
    public static partial void DuplicateRefused(this ILogger logger, long session, TerminalAddress terminal,
        long other);

    [LoggerMessage(1006, LogLevel.Warning,
        "Session {Session}: terminal {Terminal} takes the place of session {Other}, which did not answer the " +
        "link test")]
    public static partial void SessionReplaced(this ILogger logger, long session, TerminalAddress terminal, long other);

    [LoggerMessage(1007, LogLevel.Warning, "Connection from {Remote} refused: {End}")]
    public static partial void ConnectionRefused(this ILogger logger, string remote, SessionEnd end);

    [LoggerMessage(1008, LogLevel.Warning, "Session {Session}: request {Afn} to {Terminal} ended: {Status}")]
    public static partial void RequestFailed(
        this ILogger logger, long session, Afn afn, TerminalAddress? terminal, RequestStatus status);
}
