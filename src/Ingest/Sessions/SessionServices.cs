using Meters.Ingest.Dlt645;
using Microsoft.Extensions.Logging;

namespace Meters.Ingest.Sessions;

/// <summary>What all sessions share. Two clocks: the program's may run fast, the wire's never does.</summary>
public sealed class SessionServices
{
    /// <param name="clock">The program's: times of arrival, time tags, deadlines.</param>
    /// <param name="wire">Of timeouts.</param>
    public SessionServices(
        IngestOptions options, ITerminalDirectory directory, IFrameSink sink, IFrameIds frameIds,
        ISecurityModule security, TimeProvider clock, TimeProvider wire, SessionTable table, IngestMetrics metrics,
        ILogger<TerminalSession> logger)
    {
        (Options, Directory, Sink, FrameIds, Security) = (options, directory, sink, frameIds, security);
        (Clock, Wire, Table, Metrics, Logger) = (clock, wire, table, metrics, logger);
        Pool = new(options.FramesPooledMax);
        TerminalPassword = Convert.FromHexString(options.TerminalPasswordHex);
    }

    public IngestOptions Options { get; }

    public ITerminalDirectory Directory { get; }

    public IFrameSink Sink { get; }

    public IFrameIds FrameIds { get; }

    public ISecurityModule Security { get; }

    public TimeProvider Clock { get; }

    public TimeProvider Wire { get; }

    public SessionTable Table { get; }

    public IngestMetrics Metrics { get; }

    public ILogger Logger { get; }

    public IClockObserver? Clocks { get; init; }

    internal FramePool Pool { get; }

    internal byte[] TerminalPassword { get; }
}
