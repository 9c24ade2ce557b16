using System.Diagnostics.Metrics;
using Meters.Host.Api;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;

namespace Meters.Host.Gaps;

/// <summary>Meters of completeness and asking. Units after UCUM, tags from closed sets.</summary>
public sealed class GapMetrics : IDisposable
{
    private readonly Meter _meter = new("Meters.Gaps");
    private readonly Counter<long> _requests;
    private readonly Counter<long> _hours;
    private long _expected;
    private long _stored;

    public GapMetrics()
    {
        _requests = _meter.CreateCounter<long>("meters.gaps.requests", "{request}");
        _hours = _meter.CreateCounter<long>("meters.gaps.hours", "{hour}");
        _meter.CreateObservableGauge("meters.completeness.readings", Latest, "{reading}");
    }

    public void Asked(RequestStatus status) =>
        _requests.Add(1, new KeyValuePair<string, object?>("status", Tags.Of(status)));

    /// <summary>Hours of concentrators that were counted, all concentrators of one hour together.</summary>
    public void Counted(IReadOnlyList<HourCount> counts)
    {
        _hours.Add(counts.Count(c => c.IsComplete), new KeyValuePair<string, object?>("state", "complete"));
        _hours.Add(counts.Count(c => !c.IsComplete), new KeyValuePair<string, object?>("state", "incomplete"));
        Interlocked.Exchange(ref _expected, counts.Sum(c => (long)c.Expected));
        Interlocked.Exchange(ref _stored, counts.Sum(c => (long)c.Stored));
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Of the hour counted last, as it was when it was counted.</summary>
    private IEnumerable<Measurement<long>> Latest() =>
    [
        new(Interlocked.Read(ref _expected), new KeyValuePair<string, object?>("state", "expected")),
        new(Interlocked.Read(ref _stored), new KeyValuePair<string, object?>("state", "stored")),
    ];
}
