using System.Diagnostics.Metrics;
using Meters.Host.Api;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;

namespace Meters.Host.Clocks;

/// <summary>Meters of the concentrators' clocks. Units after UCUM, tags from closed sets.</summary>
public sealed class ClockMetrics : IDisposable
{
    private readonly Meter _meter = new("Meters.Clocks");
    private readonly Counter<long> _reads;
    private readonly Counter<long> _sets;
    private readonly Histogram<double> _drift;

    public ClockMetrics()
    {
        _reads = _meter.CreateCounter<long>("meters.clocks.reads", "{read}");
        _sets = _meter.CreateCounter<long>("meters.clocks.sets", "{set}");
        _drift = _meter.CreateHistogram<double>("meters.clocks.drift", "s");
    }

    /// <summary>What a read found: its state then; and how far off the clock was, either way.</summary>
    public void Read(TerminalClock clock)
    {
        _reads.Add(1, new KeyValuePair<string, object?>("state", Tags.Of(clock.State)));
        _drift.Record(clock.Drift.Duration().TotalSeconds);
    }

    public void Set(RequestStatus status) =>
        _sets.Add(1, new KeyValuePair<string, object?>("status", Tags.Of(status)));

    public void Dispose() => _meter.Dispose();
}
