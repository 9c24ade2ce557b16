using System.Diagnostics.Metrics;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Control.Notices;
using Meters.Host.Api;
using Meters.Host.Sms;
using Meters.Storage.Contract;

namespace Meters.Host.Engine;

/// <summary>Meters of the engine. Units after UCUM, tags from closed sets.</summary>
public sealed class EngineMetrics : IDisposable
{
    private readonly Meter _meter = new("Meters.Engine");
    private readonly Counter<long> _readings;
    private readonly Counter<long> _late;
    private readonly Counter<long> _payments;
    private readonly Counter<long> _notices;
    private readonly Counter<long> _inbound;
    private readonly Counter<long> _commands;
    private readonly Counter<long> _dispatches;
    private readonly Counter<long> _guard;
    private readonly Histogram<double> _commit;
    private long _readingsStored;
    private long _commits;
    private long _commitTicks;

    public EngineMetrics()
    {
        _readings = _meter.CreateCounter<long>("meters.billing.readings", "{reading}");
        _late = _meter.CreateCounter<long>("meters.billing.late_readings", "{reading}");
        _payments = _meter.CreateCounter<long>("meters.billing.payments", "{payment}");
        _notices = _meter.CreateCounter<long>("meters.control.notices", "{notice}");
        _inbound = _meter.CreateCounter<long>("meters.control.inbound_messages", "{message}");
        _commands = _meter.CreateCounter<long>("meters.control.commands", "{command}");
        _dispatches = _meter.CreateCounter<long>("meters.control.dispatches", "{command}");
        _guard = _meter.CreateCounter<long>("meters.control.guard", "{command}");
        _commit = _meter.CreateHistogram<double>("meters.storage.commit.duration", "s");
    }

    /// <summary>Readings committed since the start.</summary>
    public long ReadingsStored => Interlocked.Read(ref _readingsStored);

    /// <summary>Commits since the start, and the time that lanes waited for them, all lanes together.</summary>
    public (long Count, TimeSpan Waited) Commits =>
        (Interlocked.Read(ref _commits), new(Interlocked.Read(ref _commitTicks)));

    public void ReadingTaken(ReadingStatus status) =>
        _readings.Add(1, new KeyValuePair<string, object?>("status", ReadingStatusTags.Tag(status)));

    public void LateRerated(int inserted, int changed, int duplicates)
    {
        _late.Add(inserted, new KeyValuePair<string, object?>("outcome", "inserted"));
        _late.Add(changed, new KeyValuePair<string, object?>("outcome", "changed"));
        _late.Add(duplicates, new KeyValuePair<string, object?>("outcome", "duplicate"));
    }

    public void PaymentAnswered(PaymentStatus status) =>
        _payments.Add(1, new KeyValuePair<string, object?>("status", Tags.Of(status)));

    public void NoticeMoved(NoticeState state, NoticeChannel channel) => _notices.Add(
        1,
        new KeyValuePair<string, object?>("state", Tags.Of(state)),
        new KeyValuePair<string, object?>("channel", Tags.Of(channel)));

    /// <summary>A customer's message: what was understood, or limited where it was not answered.</summary>
    public void Inbound(InboundWord word) =>
        _inbound.Add(1, new KeyValuePair<string, object?>("word", Tags.Of(word)));

    public void CommandMoved(CommandState state) =>
        _commands.Add(1, new KeyValuePair<string, object?>("state", Tags.Of(state)));

    public void Dispatched(DispatchStatus status) =>
        _dispatches.Add(1, new KeyValuePair<string, object?>("status", Tags.Of(status)));

    /// <summary>A cut that crossed a line of the mass-disconnect guard: an alarm for whoever watches.</summary>
    public void GuardCrossed(GuardVerdict verdict) => _guard.Add(
        1,
        new KeyValuePair<string, object?>("line", Tags.Of(verdict.Line)),
        new KeyValuePair<string, object?>("scope", Tags.Of(verdict.Key.Scope)));

    public void Committed(int readings, TimeSpan took)
    {
        Interlocked.Add(ref _readingsStored, readings);
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _commitTicks, took.Ticks);
        _commit.Record(took.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
