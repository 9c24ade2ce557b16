using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Units;
using Frames645 = Meters.Ingest.Dlt645.Frames;

namespace Meters.Ingest.Sessions;

/// <summary>
/// What the service asks of the terminal. One request is on the wire at a time, the others wait in turn. Timeouts are
/// on the wire's clock and run from the moment of sending; a request that waits longer than its timeout for its turn
/// ends as Busy. Cancelling stops the wait, not what was sent. What is asked for in the background (curves of missing
/// hours, the clock) only gets its turn when nothing else waits.
/// </summary>
public sealed partial class TerminalSession
{
    /// <summary>The port of carrier and radio modules, where meters are reached by address.</summary>
    public const byte DefaultPort = 31;

    /// <summary>Records asked for in one frame: 50 x 27 bytes come back.</summary>
    private const int TablePageRecords = 50;

    private const int PreambleBytes = 4;

    /// <summary>AFN 10 F1: carries a 645 frame to a meter and its answer back.</summary>
    /// <param name="meter">Whose answer is expected.</param>
    /// <param name="dlt645Frame">A complete 645 frame, without preamble.</param>
    /// <param name="port">1 to 31.</param>
    /// <param name="tpSentAt">
    /// When the order was given, program's clock: the terminal measures its lateness from here.
    /// </param>
    /// <param name="allowedDelay">Sent as whole minutes, 1 to 255. Behind it the request is not sent at all.</param>
    /// <param name="timeout">For the answer, on the wire's clock.</param>
    public async Task<RequestResult> ForwardAsync(MeterAddress meter, ReadOnlyMemory<byte> dlt645Frame, byte port,
        Instant tpSentAt, TimeSpan allowedDelay, TimeSpan timeout, CancellationToken cancellation)
    {
        if (!TryZone(out var zone)) return NotSent(RequestStatus.NotRegistered);
        var request = new PendingRequest(Afn.Forward, timeout) { NotAfter = tpSentAt + allowedDelay, Meter = meter };
        if (!TryExpect(request, dlt645Frame.Span)) return NotSent(RequestStatus.BadAnswer);
        var (target, tag) = Number(request, zone, tpSentAt, allowedDelay);
        var content = new byte[PreambleBytes + dlt645Frame.Length];
        content.AsSpan(0, PreambleBytes).Fill(Dlt645.FrameReader.Preamble); // Wakes the meter's receiver.
        dlt645Frame.CopyTo(content.AsMemory(PreambleBytes));
        var to = new byte[content.Length + RequestFrames.ForwardOverheadBytes];
        var bytes = RequestFrames.Forward(to, target, port, content, _services.TerminalPassword, tag);
        return await SendAsync(request, to, bytes, cancellation);
    }

    /// <summary>
    /// A control command to a meter, sealed by the security module. Accepted is not done: read the relay back.
    /// </summary>
    /// <param name="validUntil">
    /// Deadline, program's clock: stands in the meter's frame and, as allowed delay, in the terminal's.
    /// </param>
    public async Task<RequestResult> MeterControlAsync(MeterAddress meter, ControlCode code, Instant validUntil,
        TimeSpan timeout, CancellationToken cancellation, byte port = DefaultPort,
        MeterProtocol protocol = MeterProtocol.Dlt645Of2007)
    {
        if (protocol == MeterProtocol.Dlt645Of1997) return NotSent(RequestStatus.NoControlIn1997);
        if (!TryZone(out var zone)) return NotSent(RequestStatus.NotRegistered);
        var now = _services.Clock.Now();
        if (now > validUntil) return NotSent(RequestStatus.Expired);
        var command = new byte[ControlCommand.CommandBytes];
        new ControlCommand(code, zone.ToLocal(validUntil)).Write(command);
        var field = new byte[Dlt645.FrameReader.DataBytesMax];
        var sealedBytes = await _services.Security.SealAsync(meter, command, field, cancellation);
        if (sealedBytes <= 0) return NotSent(RequestStatus.SealRefused);
        var frame = new byte[Dlt645.FrameReader.FrameBytesMax];
        var bytes = Frames645.Write(frame, meter, ControlByte.Control, field.AsSpan(0, sealedBytes));
        return await ForwardAsync(meter, frame.AsMemory(0, bytes), port, now, validUntil - now, timeout, cancellation);
    }

    /// <summary>
    /// Reads a meter's data identifier through the terminal. A register among them also goes to the sink.
    /// </summary>
    public async Task<RequestResult> ReadMeterAsync(MeterAddress meter, uint identifier, TimeSpan timeout,
        CancellationToken cancellation, byte port = DefaultPort)
    {
        var frame = new byte[Dlt645.FrameReader.OverheadBytes + 4];
        var bytes = Frames645.ReadRequest(frame, meter, identifier);
        return await ForwardAsync(
            meter, frame.AsMemory(0, bytes), port, _services.Clock.Now(), ReadDelayMax, timeout, cancellation);
    }

    /// <summary>Reads run status word 3: where the relay really is.</summary>
    public async Task<RelayResult> ReadRelayAsync(
        MeterAddress meter, TimeSpan timeout, CancellationToken cancellation, byte port = DefaultPort)
    {
        var result = await ReadMeterAsync(meter, DataIdentifier.RunStatus3, timeout, cancellation, port);
        if (result.Status != RequestStatus.Data) return new(result.Status, Id, default);
        if (result.Data.Length != 2) return new(RequestStatus.BadAnswer, Id, default);
        var open = (result.Data.Span[0] & RelayStatus.RelayBit) != 0;
        return new(RequestStatus.Data, Id, open ? RelayState.Open : RelayState.Closed);
    }

    /// <summary>
    /// AFN 0A F10, page by page from record 1 on, until a page is not full. A terminal that denies a page behind the
    /// first has no more records.
    /// </summary>
    public async Task<MeterTableResult> ReadMeterTableAsync(TimeSpan timeoutPerPage, CancellationToken cancellation)
    {
        var entries = new List<MeterTableEntry>();
        var badRecords = 0;
        for (var first = 1; first <= Dadt.PnMax; first += TablePageRecords)
        {
            var request = new PendingRequest(Afn.ReadParameters, timeoutPerPage) { Table = [] };
            var to = new byte[LinkFrames.BytesMax + (2 * TablePageRecords)];
            var bytes = RequestFrames.ReadMeterTable(to, Number(request), first, TablePageRecords);
            var result = await SendAsync(request, to, bytes, cancellation);
            badRecords += request.BadRecords;
            entries.AddRange(request.Table);
            if (result.Status == RequestStatus.Denied && first > 1) break;
            if (result.Status != RequestStatus.Data) return new(result.Status, Id, entries, badRecords);
            if (request.Table.Count + request.BadRecords < TablePageRecords) break;
        }

        return new(RequestStatus.Data, Id, entries, badRecords);
    }

    /// <summary>AFN 0D F101: hourly registers from a local time on; they go to the sink.</summary>
    /// <param name="count">1 to 255.</param>
    public Task<RequestResult> RequestCurveAsync(
        int pn, DateTime startLocal, byte count, TimeSpan timeout, CancellationToken cancellation) =>
        CurvesAsync(new(Afn.HistoryData, timeout), [new(pn, startLocal, count)], cancellation);

    /// <summary>AFN 0D F101: hourly registers of several ranges; they go to the sink. In the background.</summary>
    /// <param name="ranges">At least one; all must fit one frame.</param>
    public Task<RequestResult> RequestCurvesAsync(
        IReadOnlyList<CurveRange> ranges, TimeSpan timeout, CancellationToken cancellation) =>
        CurvesAsync(new(Afn.HistoryData, timeout) { InBackground = true }, ranges, cancellation);

    /// <summary>AFN 0C F2: what the terminal's clock shows. In the background.</summary>
    public async Task<ClockResult> ReadClockAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (!TryZone(out var zone)) return new(NotSent(RequestStatus.NotRegistered).Status, Id, default);
        var request = new PendingRequest(Afn.CurrentData, timeout) { InBackground = true, ReadsClock = true };
        var to = new byte[LinkFrames.BytesMax];
        var result = await SendAsync(request, to, RequestFrames.ReadClock(to, Number(request)), cancellation);
        if (result.Status != RequestStatus.Data) return new(result.Status, Id, default);
        if (!Formats.TryReadA1(result.Data.Span, out var local)) return new(RequestStatus.BadAnswer, Id, default);
        var shown = zone.ToInstant(local);
        var now = _services.Clock.Now();
        if (shown > now) return new(RequestStatus.Data, Id, shown - now);

        // The clock shows whole seconds: one that is right reads up to a second old.
        var earliest = request.SentAt - TimeSpan.FromSeconds(1);
        return new(RequestStatus.Data, Id, shown < earliest ? shown - request.SentAt : TimeSpan.Zero);
    }

    /// <summary>AFN 0D F161: the register at 24:00 of a local day; it goes to the sink.</summary>
    public Task<RequestResult> RequestDailyAsync(int pn, DateOnly day, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new PendingRequest(Afn.HistoryData, timeout);
        var to = new byte[LinkFrames.BytesMax];
        return SendAsync(request, to, RequestFrames.ReadDaily(to, Number(request), pn, day), cancellation);
    }

    /// <summary>AFN 0C F129: the register of now; it goes to the sink.</summary>
    public Task<RequestResult> RequestCurrentAsync(int pn, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new PendingRequest(Afn.CurrentData, timeout);
        var to = new byte[LinkFrames.BytesMax];
        return SendAsync(request, to, RequestFrames.ReadCurrent(to, Number(request), pn), cancellation);
    }

    /// <summary>
    /// AFN 05 F31: sets the terminal's clock to the program's, sealed by the security module. In the background; not
    /// sent at all where it would have to wait, for the time in it would be wrong.
    /// </summary>
    public async Task<RequestResult> SetClockAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (!TryZone(out var zone)) return NotSent(RequestStatus.NotRegistered);
        var now = _services.Clock.Now();
        var request = new PendingRequest(Afn.Control, timeout)
        {
            InBackground = true,
            NotAfter = now + SetClockDelayMax,
        };
        var order = new byte[RequestFrames.SetClockBytes];
        RequestFrames.WriteSetClock(order, zone.ToLocal(now));
        byte[] password = [.. _services.TerminalPassword];
        if (!await _services.Security.SealTerminalAsync(Address ?? default, order, password, cancellation))
        {
            return NotSent(RequestStatus.SealRefused);
        }

        // Allowed delay 0: a terminal whose clock is wrong would refuse to have it set.
        var (target, tag) = Number(request, zone, now, TimeSpan.Zero);
        var to = new byte[LinkFrames.BytesMax];
        var bytes = RequestFrames.SetClock(to, target, order, password, tag);
        return await SendAsync(request, to, bytes, cancellation);
    }

    /// <summary>AFN 05 F26 or F34: the terminal's own arrears alarm.</summary>
    public Task<RequestResult> TerminalAlarmAsync(bool on, Instant validUntil, TimeSpan timeout,
        CancellationToken cancellation)
    {
        if (!TryZone(out var zone)) return Task.FromResult(NotSent(RequestStatus.NotRegistered));
        var request = new PendingRequest(Afn.Control, timeout) { NotAfter = validUntil };
        var now = _services.Clock.Now();
        if (now > validUntil) return Task.FromResult(NotSent(RequestStatus.Expired));
        var (target, tag) = Number(request, zone, now, validUntil - now);
        var to = new byte[LinkFrames.BytesMax];
        return SendAsync(request, to, RequestFrames.Alarm(to, target, on, _services.TerminalPassword, tag),
            cancellation);
    }

    /// <summary>AFN 05 F32: a text on the terminal's display. In the background: it makes room for commands.</summary>
    public Task<RequestResult> ShowTextAsync(TerminalTextKind kind, byte number, ReadOnlyMemory<byte> text,
        Instant validUntil, TimeSpan timeout, CancellationToken cancellation)
    {
        if (!TryZone(out var zone)) return Task.FromResult(NotSent(RequestStatus.NotRegistered));
        var now = _services.Clock.Now();
        if (now > validUntil) return Task.FromResult(NotSent(RequestStatus.Expired));
        var request = new PendingRequest(Afn.Control, timeout) { InBackground = true, NotAfter = validUntil };
        var (target, tag) = Number(request, zone, now, validUntil - now);
        var to = new byte[LinkFrames.BytesMax + TerminalText.BytesMax];
        var bytes = RequestFrames.Text(to, target, kind, number, text.Span, _services.TerminalPassword, tag);
        return SendAsync(request, to, bytes, cancellation);
    }

    private Task<RequestResult> CurvesAsync(
        PendingRequest request, IReadOnlyList<CurveRange> ranges, CancellationToken cancellation)
    {
        var to = new byte[LinkFrames.BytesMax + (ranges.Count * CurveRange.UnitBytes)];
        return SendAsync(request, to, RequestFrames.ReadCurves(to, Number(request), ranges), cancellation);
    }

    /// <summary>How long a set clock may wait for its turn, on the program's clock.</summary>
    private static readonly TimeSpan SetClockDelayMax = TimeSpan.FromSeconds(2);

    /// <summary>Reads are harmless when late; the tag only keeps a queue from being worked off hours later.</summary>
    private static readonly TimeSpan ReadDelayMax = TimeSpan.FromMinutes(15);

    private async Task<RequestResult> SendAsync(
        PendingRequest request, byte[] buffer, int bytes, CancellationToken cancellation)
    {
        request.Frame = buffer[..bytes];
        Enqueue(request);
        var result = await request.WaitAsync(cancellation);
        _services.Metrics.RequestEnded(result.Status);
        if (result.Status is not (RequestStatus.Accepted or RequestStatus.Data))
        {
            _services.Logger.RequestFailed(Id, request.Afn, Address, result.Status);
        }

        return result;
    }

    private RequestResult NotSent(RequestStatus status)
    {
        _services.Metrics.RequestEnded(status);
        return new(status, Id, false, ErrorFlags.None, default);
    }

    private bool TryZone(out LocalZone zone)
    {
        zone = LocalZone.Utc;
        if (Address is not { } address || !_services.Directory.TryFind(address, out var entry)) return false;
        zone = entry.Zone;
        return true;
    }

    private RequestTarget Number(PendingRequest request)
    {
        var counter = NextCounter();
        request.Sequence = counter & 15;
        return new(Address ?? default, MasterA3, counter);
    }

    private (RequestTarget Target, TimeTag Tag) Number(
        PendingRequest request, LocalZone zone, Instant sentAt, TimeSpan allowedDelay)
    {
        var target = Number(request);
        var minutes = allowedDelay == TimeSpan.Zero ? 0 : Math.Clamp((long)allowedDelay.TotalMinutes, 1, 255);
        return (target, TimeTag.Of(target.Counter, zone.ToLocal(sentAt), (byte)minutes));
    }

    /// <summary>False where the bytes are no 645 frame: such a request could never know its answer.</summary>
    private static bool TryExpect(PendingRequest request, ReadOnlySpan<byte> dlt645Frame)
    {
        if (Dlt645.FrameReader.TryRead(dlt645Frame, out var frame, out _) != Dlt645.FrameStatus.Complete) return false;
        request.MeterFunction = (byte)(frame.Control & 0x1F);
        if (frame is { Control: ControlByte.Read, DataBytes: >= 4 }) request.Identifier = (uint)frame.ReadNumber(0, 4);
        return true;
    }
}
