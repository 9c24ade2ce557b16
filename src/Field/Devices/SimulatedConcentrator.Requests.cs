using System.Buffers;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>
/// What the service asks and orders. A command whose time tag is too old is refused before anything else is looked at;
/// what is not understood is denied, never ignored: a master that gets no answer believes the link to be dead.
/// </summary>
public sealed partial class SimulatedConcentrator
{
    private const int AnswerPreamblePurpose = 220;

    /// <summary>A meter table of all records that fit one frame.</summary>
    private const int TableRecordsMax = 600;

    /// <summary>The longest unit of an answer: a curve of 96 points.</summary>
    private const int AnswerUnitBytesMax = CurveFrames.UnitHeadBytes + (96 * Formats.A11Bytes);

    private long _answers;

    /// <summary>AFN 05 F26 and F34: the terminal's own arrears alarm.</summary>
    public bool TerminalAlarmIsOn { get; private set; }

    private readonly Dictionary<byte, (TerminalTextKind Kind, string Text)> _texts = [];

    /// <summary>What its display shows, by number.</summary>
    public IReadOnlyDictionary<byte, (TerminalTextKind Kind, string Text)> Texts
    {
        get
        {
            lock (_gate) return new Dictionary<byte, (TerminalTextKind Kind, string Text)>(_texts);
        }
    }

    /// <summary>AFN 05 F25 and F33.</summary>
    public bool TerminalKeepsPower { get; private set; }

    /// <summary>How far the terminal's clock is ahead of the program's; negative behind it.</summary>
    public TimeSpan ClockError
    {
        get
        {
            lock (_gate) return _clockError;
        }
    }

    /// <summary>By hand: from now on the clock is off by so much, until AFN 05 F31 sets it.</summary>
    public void SetClockError(TimeSpan ahead)
    {
        lock (_gate) _clockError = ahead;
    }

    private DateTime LocalNow => _options.Zone.ToLocal(_setup.Clock.Now()) + _clockError;

    private void TakeRequest(in FrameHeader header, ReadOnlySpan<byte> userData)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Ingest.Gdw3761.FrameReader.FrameBytesMax);
        try
        {
            var bytes = Answer(header, userData, buffer);
            if (bytes == 0) bytes = Short(header, buffer, accepted: false);
            _setup.Counters.Answered();
            _link?.Append(buffer.AsSpan(0, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>0 for what is denied.</summary>
    private int Answer(in FrameHeader header, ReadOnlySpan<byte> userData, Span<byte> to)
    {
        if (header.HasTimeTag && (!header.TryTimeTag(userData, out var tag) || tag.IsLate(LocalNow)))
        {
            _setup.Counters.RefusedLate();
            return 0;
        }

        var units = header.Units(userData);
        return header.Afn switch
        {
            Afn.Link => Short(header, to, accepted: true),
            Afn.Control => Obey(units) ? Short(header, to, accepted: true) : 0,
            Afn.ReadParameters => AnswerTable(header, units, to),
            Afn.CurrentData or Afn.HistoryData => AnswerData(header, units, to),
            Afn.Forward => AnswerForward(header, units, to),
            _ => 0,
        };
    }

    private int Short(in FrameHeader header, Span<byte> to, bool accepted) =>
        LinkFrames.TerminalAnswer(to, Address, header.A3, header.Sequence, accepted);

    private bool Obey(ReadOnlySpan<byte> units)
    {
        if (!Dadt.TryRead(units, out var dadt) || !dadt.IsSingle(out var pn, out var fn) || pn != 0) return false;
        switch (fn)
        {
            case RequestFrames.SetClockFn:
                if (!Formats.TryReadA1(units[Dadt.Bytes..], out var local)) return false;
                _clockError = local - _options.Zone.ToLocal(_setup.Clock.Now());
                return true;
            case RequestFrames.AlarmFn or RequestFrames.AlarmReleaseFn:
                TerminalAlarmIsOn = fn == RequestFrames.AlarmFn;
                return true;
            case RequestFrames.KeepPowerFn or RequestFrames.KeepPowerReleaseFn:
                TerminalKeepsPower = fn == RequestFrames.KeepPowerFn;
                return true;
            case RequestFrames.TextFn:
                return Show(units[Dadt.Bytes..]);
            default:
                return false;
        }
    }

    /// <summary>AFN 05 F32: type, number, length, GB text. A number shows its newest text.</summary>
    private bool Show(ReadOnlySpan<byte> data)
    {
        const int Head = 3;
        if (data.Length < Head || data.Length < Head + data[2]) return false;
        if (data[0] > (byte)TerminalTextKind.Important || data[1] is 0 or > TerminalText.PartsMax) return false;
        lock (_gate) _texts[data[1]] = ((TerminalTextKind)data[0], TerminalText.Read(data.Slice(Head, data[2])));
        return true;
    }

    private int AnswerTable(in FrameHeader header, ReadOnlySpan<byte> units, Span<byte> to)
    {
        const byte Dlt645Of2007 = 30;
        const byte PowerLine = 31;
        var sequences = new List<int>();
        if (!MeterTable.TryReadRequest(units, sequences)) return 0;
        var records = new List<MeterTableEntry>();
        foreach (var sequence in sequences)
        {
            if (sequence < 1 || sequence > _meters.Length || records.Count == TableRecordsMax) continue;
            records.Add(new(sequence, sequence, PowerLine, Dlt645Of2007, _meters[sequence - 1].Address));
        }

        return MeterTable.WriteAnswer(to, Address, header.A3, header.Sequence, records.ToArray());
    }

    private int AnswerForward(in FrameHeader header, ReadOnlySpan<byte> units, Span<byte> to)
    {
        if (!ForwardContent.TryReadRequest(units, out var port, out var content)) return 0;
        Span<byte> answer = stackalloc byte[Preamble.Length + Ingest.Dlt645.FrameReader.FrameBytesMax];
        var preamble = 0;
        if (Dice.Hits(_options.Faults.PreamblePerMille, _options.Seed, Address.Raw, ++_answers, AnswerPreamblePurpose))
        {
            Preamble.CopyTo(answer);
            preamble = Preamble.Length;
        }

        var bytes = AskMeter(content, answer[preamble..]);
        return ForwardContent.WriteAnswer(
            to, Address, header.A3, header.Sequence, port, bytes == 0 ? default : answer[..(preamble + bytes)]);
    }

    /// <summary>0 where no meter answers, or where several would at once.</summary>
    private int AskMeter(ReadOnlySpan<byte> content, Span<byte> answer)
    {
        var status = Ingest.Dlt645.FrameReader.TryRead(content, out var frame, out var consumed);
        if (status != Ingest.Dlt645.FrameStatus.Complete) return 0;
        var bytes = frame.DataBytes + Ingest.Dlt645.FrameReader.OverheadBytes;
        var place = PlaceOf(content.Slice(consumed - bytes + 1, 6));
        var now = _setup.Clock.Now();
        if (place < 0 || IsSilentAt(place, new(now.UnixMicros - (now.UnixMicros % Instant.MicrosPerHour)))) return 0;
        Settle(place, now);
        var world = new MeterConditions(
            now, _options.Zone, _options.MeterPassword, _options.RelayDelay, _options.ButtonDelay,
            _options.KeepPowerAccepts);
        ref var meter = ref _meters[place];
        var written = meter.Answer(frame, world, answer, out var seen);
        if (written > 0 && frame is { Control: ControlByte.Read, DataBytes: >= 4 }
            && frame.ReadNumber(0, 4) == DataIdentifier.ForwardActive)
        {
            _setup.Truth.WasRead(new(_firstMeter + place, now, meter.Shown));
        }

        if (seen is { } command)
        {
            var index = _firstMeter + place;
            _setup.Truth.Controlled(command with { Meter = index });
            _setup.Truth.Alarmed(new(index, now, meter.AlarmIsOn));
            Settle(place, now);
        }

        return written;
    }

    /// <summary>AA stands for any byte; -1 where none or more than one meter matches.</summary>
    private int PlaceOf(ReadOnlySpan<byte> sixBytes)
    {
        Span<byte> own = stackalloc byte[6];
        var found = -1;
        for (var place = 0; place < _meters.Length; place++)
        {
            Formats.WriteA12(_meters[place].Address, own);
            var matches = true;
            for (var i = 0; i < own.Length && matches; i++)
            {
                matches = sixBytes[i] == own[i] || sixBytes[i] == Ingest.Dlt645.FrameReader.Wildcard;
            }

            if (!matches) continue;
            if (found >= 0) return -1;
            found = place;
        }

        return found;
    }

    private int AnswerData(in FrameHeader header, ReadOnlySpan<byte> units, Span<byte> to)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x88, Address, header.A3, header.Afn, (byte)(LinkFrames.OneFrame | header.Sequence));
        while (!units.IsEmpty)
        {
            if (!Dadt.TryRead(units, out var dadt) || !dadt.IsSingle(out var pn, out var fn)) return 0;
            var isClock = (header.Afn, pn, fn) == (Afn.CurrentData, 0, RequestFrames.TerminalClockFn);
            if (!isClock && (pn < 1 || pn > _meters.Length)) return 0;
            if (frame.Free < AnswerUnitBytesMax) return 0;
            var parameters = units[Dadt.Bytes..];
            var taken = (header.Afn, fn) switch
            {
                _ when isClock => WriteClock(ref frame),
                (Afn.CurrentData, RequestFrames.CurrentForwardActiveFn or 33) => WriteCurrent(ref frame, pn, fn),
                (Afn.HistoryData, RequestFrames.CurveForwardActiveFn) => WriteCurve(ref frame, pn, parameters),
                (Afn.HistoryData, RequestFrames.DailyForwardActiveFn) => WriteDaily(ref frame, pn, parameters),
                _ => -1,
            };
            if (taken < 0) return 0;
            units = parameters[taken..];
        }

        return frame.End();
    }

    /// <summary>Parameters used: none.</summary>
    private int WriteClock(ref FrameBuilder frame)
    {
        frame.Unit(0, RequestFrames.TerminalClockFn);
        Formats.WriteA1(LocalNow, frame.Take(Formats.A1Bytes));
        return 0;
    }

    /// <summary>Whole seconds: a clock shows no more.</summary>
    private TimeSpan FirstClockError()
    {
        const int ClockPurpose = 221;
        var most = _options.Faults.ClockDriftSecondsMax;
        var hash = Dice.Hash(_options.Seed, Index, 0, ClockPurpose);
        return TimeSpan.FromSeconds(most == 0 ? 0 : Dice.Below(hash, (2 * most) + 1) - most);
    }

    /// <summary>
    /// The register of the last full hour, with that hour as its time: the terminal's own latest reading of the meter.
    /// So it agrees with the curve. Parameters used: none. -1 where there is no such reading.
    /// </summary>
    private int WriteCurrent(ref FrameBuilder frame, int pn, int fn)
    {
        const int Tariffs = 4;
        if (_options.RecordReadings && RegisterOf(pn, _lastHour) is null) return -1;
        frame.Unit(pn, fn);
        Formats.WriteA15(_options.Zone.ToLocal(_lastHour), frame.Take(Formats.A15Bytes));
        frame.Byte(Tariffs);
        var shown = _meters[pn - 1].Shown;
        Formats.WriteA14(shown, frame.Take(Formats.A14Bytes));
        frame.Take(Tariffs * Formats.A14Bytes).Fill(0xEE);
        if (fn == 33) frame.Take(3 * (Tariffs + 1) * Formats.A11Bytes).Fill(0xEE); // Reactive: this meter has none.
        Sent(pn, _lastHour, shown);
        return 0;
    }

    private int WriteCurve(ref FrameBuilder frame, int pn, ReadOnlySpan<byte> parameters)
    {
        const int ParameterBytes = Formats.A15Bytes + 2;
        if (parameters.Length < ParameterBytes || !Formats.TryReadA15(parameters, out var local)) return -1;
        var count = parameters[6];
        if (parameters[5] != CurveFrames.Hourly || count is 0 or > 96) return -1;
        frame.Unit(pn, RequestFrames.CurveForwardActiveFn);
        frame.Bytes(parameters[..ParameterBytes]);
        var at = _options.Zone.ToInstant(local);
        for (var i = 0; i < count; i++, at = new(at.UnixMicros + Instant.MicrosPerHour))
        {
            var value = frame.Take(Formats.A11Bytes);
            value.Fill(0xEE);
            if (RegisterOf(pn, at) is not { } register) continue;
            Formats.WriteA11(register, value);
            Sent(pn, at, register);
        }

        return ParameterBytes;
    }

    private int WriteDaily(ref FrameBuilder frame, int pn, ReadOnlySpan<byte> parameters)
    {
        const int Tariffs = 4;
        if (!Formats.TryReadA20(parameters, out var day)) return -1;
        var at = _options.Zone.ToInstant(day.AddDays(1).ToDateTime(TimeOnly.MinValue));
        frame.Unit(pn, RequestFrames.DailyForwardActiveFn);
        Formats.WriteA20(day, frame.Take(Formats.A20Bytes));
        Formats.WriteA15(_options.Zone.ToLocal(at), frame.Take(Formats.A15Bytes));
        frame.Byte(Tariffs);
        var values = frame.Take((Tariffs + 1) * Formats.A14Bytes);
        values.Fill(0xEE);
        if (RegisterOf(pn, at) is { } register)
        {
            Formats.WriteA14(register, values);
            Sent(pn, at, register);
        }

        return Formats.A20Bytes;
    }

    /// <summary>What the terminal has of that hour; nothing while the meter is silent.</summary>
    private Energy? RegisterOf(int pn, Instant hourEnd) =>
        IsSilentAt(pn - 1, _lastHour) ? null : _setup.Truth.RegisterOf(_firstMeter + pn - 1, hourEnd);

    private void Sent(int pn, Instant at, Energy shown) =>
        _setup.Truth.WasSent(_firstMeter, [new(pn - 1, at, shown.TenthsWh)]);
}
