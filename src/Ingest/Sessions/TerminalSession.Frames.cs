using System.Buffers;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>What each frame means: an answer at once, an answer to a request, or readings for the sink.</summary>
public sealed partial class TerminalSession
{
    /// <summary>Returns what is for the sink, or null.</summary>
    private ReceivedFrame? Handle(in ReadOnlySequence<byte> frame)
    {
        var whole = Whole(frame);
        var userData = whole[Gdw3761.FrameReader.HeadBytes..^2];
        if (!FrameHeader.TryParse(userData, out var header))
        {
            return Keep(whole, TerminalAddress.Read(userData[1..]), FrameFaultKind.BadHeader);
        }

        if (!header.FromTerminal)
        {
            // C = 00 is how some terminals answer. Anything else from the master's side is an echo of our own bytes.
            if (header is { Control: 0, Afn: Afn.Confirm }) OnConfirm(header, userData);
            return null;
        }

        if (header.Address != Address) return Keep(whole, header.Address, FrameFaultKind.AddressMismatch);
        if (header.Started) ObserveClock(header, userData);
        switch (header.Afn)
        {
            case Afn.Link:
                // Login, heartbeat, logout, and the deviations of their function bits: all are answered alike, at once.
                if (header.Started) SendConfirm(header.Address, header.A3, header.Sequence);
                return null;
            case Afn.Confirm:
                OnConfirm(header, userData);
                return null;
            case Afn.CurrentData or Afn.HistoryData:
                return OnData(whole, header, userData);
            case Afn.Forward when !header.Started:
                return OnForwardAnswer(whole, header, userData);
            case Afn.ReadParameters when !header.Started && OnMeterTable(header, userData):
                return null;
            default:
                return OnOther(whole, header);
        }
    }

    private void SendConfirm(TerminalAddress address, byte a3, int sequence)
    {
        Span<byte> frame = stackalloc byte[LinkFrames.BytesMax];
        if (_outgoing.TryAdd(frame[..LinkFrames.Confirm(frame, address, a3, sequence)])) _services.Metrics.Confirmed();
    }

    private ReceivedFrame? OnData(ReadOnlySpan<byte> whole, in FrameHeader header, ReadOnlySpan<byte> userData)
    {
        var received = Begin(whole, header.Address, header);
        if (_services.Directory.TryFind(header.Address, out var entry))
        {
            received.Registered = true;
            new UnitReader(header.Afn, header.Units(userData), entry.Zone, received.Points).ReadAll();
            Resolve(received, entry);
        }
        else
        {
            Add(received, new(FrameFaultKind.UnregisteredTerminal, 0, 0, null));
        }

        if (header.Started) return received;
        OnDataAnswer(header, header.Units(userData), received.Points.Count > 0 || received.Points.Missing > 0);
        return received;
    }

    /// <summary>
    /// Points become channels; points that nobody has registered become faults, one for each run of a point.
    /// </summary>
    private void Resolve(ReceivedFrame received, TerminalEntry entry)
    {
        var points = received.Points;
        var (pn, known, meter) = (-1, false, default(MeterId));
        var latest = Instant.MinValue;
        for (var i = 0; i < points.Count; i++)
        {
            if (points.At[i] > latest) latest = points.At[i];
            if (points.Pn[i] != pn)
            {
                pn = points.Pn[i];
                known = entry.TryMeterOfPoint(pn, out meter);
                if (!known) Add(received, new(FrameFaultKind.UnknownPoint, pn, 0, points.At[i]));
            }

            if (!known) continue;
            var channel = new ChannelId(entry.MeterThen(meter, points.At[i]), points.Register[i]);
            if (points.IsInterval(i))
            {
                var duration = TimeSpan.FromMinutes(points.IntervalMinutes[i]);
                received.Add(new IntervalEnergy(channel, points.At[i], duration, points.Value[i], received.Id));
            }
            else
            {
                received.Add(new Reading(channel, points.At[i], points.Value[i], ReadingQuality.Actual, received.Id));
            }
        }

        // What has been measured cannot lie ahead: the clock that dated it does.
        if (latest > received.ReceivedAt) _services.Clocks?.Observed(entry.Address, latest - received.ReceivedAt);
        foreach (var fault in points.Faults) Add(received, new(KindOf(fault.Kind), fault.Pn, fault.Fn, fault.At));
        received.Missing = points.Missing;
        _services.Metrics.Decoded(received.Readings.Length + received.Intervals.Length, points.Missing);
    }

    /// <summary>
    /// A register read through the terminal becomes a reading; a meter's answer carries no time but its arrival.
    /// </summary>
    private ReceivedFrame? OnForwardAnswer(ReadOnlySpan<byte> whole, in FrameHeader header, ReadOnlySpan<byte> userData)
    {
        if (!ForwardContent.TryReadAnswer(header.Units(userData), out _, out var content))
        {
            return Keep(whole, header.Address, FrameFaultKind.TruncatedUnit, header);
        }

        if (content.IsEmpty)
        {
            OnMeterSilent(header);
            return null;
        }

        var inner = Dlt645.FrameReader.TryRead(content, out var answer, out var consumed);
        if (inner == Dlt645.FrameStatus.Complete && !answer.FromMeter)
        {
            // A half-duplex port hears itself: our own request comes back before the answer.
            inner = Dlt645.FrameReader.TryRead(content[consumed..], out answer, out _);
        }

        if (inner != Dlt645.FrameStatus.Complete)
        {
            OnBadForwardAnswer(header);
            return Keep(whole, header.Address, FrameFaultKind.BadMeterFrame, header);
        }

        OnMeterAnswer(header, answer);
        var status = RegisterAnswer.TryRead(answer, out var register, out var value);
        if (status is RegisterStatus.NotRegister) return null;
        var received = Begin(whole, header.Address, header);
        if (!_services.Directory.TryFind(header.Address, out var entry))
        {
            Add(received, new(FrameFaultKind.UnregisteredTerminal, 0, 0, null));
            return received;
        }

        received.Registered = true;
        AddRegister(received, entry, answer.Address, status, new(register, value));
        return received;
    }

    private readonly record struct RegisterValue(RegisterKind Register, Energy Value);

    private void AddRegister(
        ReceivedFrame received, TerminalEntry entry, MeterAddress address, RegisterStatus status, RegisterValue read)
    {
        if (status == RegisterStatus.Missing)
        {
            received.Missing = 1;
        }
        else if (status != RegisterStatus.Ok)
        {
            var kind = status == RegisterStatus.BadBcd ? FrameFaultKind.BadBcd : FrameFaultKind.BadMeterFrame;
            Add(received, new(kind, 0, RequestFrames.ForwardFn, received.ReceivedAt, address.Digits));
        }
        else if (entry.TryMeterOfAddress(address, out var meter))
        {
            var channel = new ChannelId(meter, read.Register);
            received.Add(new Reading(channel, received.ReceivedAt, read.Value, ReadingQuality.Actual, received.Id));
        }
        else
        {
            Add(received, new(FrameFaultKind.UnknownMeter, 0, RequestFrames.ForwardFn, received.ReceivedAt,
                address.Digits));
        }

        _services.Metrics.Decoded(received.Readings.Length, received.Missing);
    }

    /// <summary>
    /// Events, files and the rest: kept raw, and confirmed once durable, or they would come back for ever.
    /// </summary>
    private ReceivedFrame OnOther(ReadOnlySpan<byte> whole, in FrameHeader header)
    {
        var received = Begin(whole, header.Address, header);
        received.Registered = _services.Directory.TryFind(header.Address, out _);
        var kind = received.Registered ? FrameFaultKind.UnknownAfn : FrameFaultKind.UnregisteredTerminal;
        Add(received, new(kind, 0, 0, null, (byte)header.Afn));
        return received;
    }

    /// <summary>A frame that belongs to nobody: never confirmed.</summary>
    private ReceivedFrame Keep(ReadOnlySpan<byte> whole, TerminalAddress address, FrameFaultKind kind)
    {
        var received = Begin(whole, address, default);
        Add(received, new(kind, 0, 0, null));
        return received;
    }

    private ReceivedFrame Keep(
        ReadOnlySpan<byte> whole, TerminalAddress address, FrameFaultKind kind, in FrameHeader header)
    {
        var received = Begin(whole, address, header);
        received.Registered = _services.Directory.TryFind(address, out _);
        Add(received, new(kind, 0, RequestFrames.ForwardFn, null));
        return received;
    }

    private ReceivedFrame Begin(ReadOnlySpan<byte> whole, TerminalAddress address, in FrameHeader header)
    {
        var received = _services.Pool.Rent();
        received.Begin(this, _services.FrameIds.Next(), _services.Clock.Now(), address);
        received.SetConfirm(header);
        received.SetRaw(whole);
        received.Points.Clear();
        return received;
    }

    private void Add(ReceivedFrame received, FrameFault fault)
    {
        received.Add(fault);
        _services.Metrics.Fault(fault.Kind);
    }

    private static FrameFaultKind KindOf(ItemFaultKind kind) => kind switch
    {
        ItemFaultKind.UnknownFn => FrameFaultKind.UnknownFn,
        ItemFaultKind.UnsupportedPoints => FrameFaultKind.UnsupportedPoints,
        ItemFaultKind.TruncatedUnit => FrameFaultKind.TruncatedUnit,
        ItemFaultKind.BadBcd => FrameFaultKind.BadBcd,
        ItemFaultKind.BadTime => FrameFaultKind.BadTime,
        ItemFaultKind.BadDensity => FrameFaultKind.BadDensity,
        ItemFaultKind.BadTariffCount => FrameFaultKind.BadTariffCount,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a fault."),
    };
}
