using Meters.Storage.Contract;

namespace Meters.Host.Audit.Frames;

/// <summary>What one of the raw frames holds, looked up by meter, register and instant.</summary>
internal sealed class FrameContent
{
    private readonly Dictionary<(int Pn, int Register, long At), long> _registers = [];
    private readonly Dictionary<(int Pn, int Register, long At), (long Energy, int Minutes)> _energies = [];

    public FrameContent(RawFrame raw, MeterPlaces places)
    {
        Raw = raw;
        IsDocument = PlainDocument.Is(raw.Bytes.Span);
        if (IsDocument)
        {
            Document = PlainDocument.Read(raw.Bytes);
            return;
        }

        Frame = PlainFrame.Read(raw.Bytes.Span, places.ZoneOf(raw.Terminal));
        foreach (var point in Frame?.Points ?? [])
        {
            var key = (point.Pn, point.Register, point.At);
            if (point.Minutes == 0) _registers[key] = point.TenthsWh;
            else _energies[key] = (point.TenthsWh, point.Minutes);
        }
    }

    public RawFrame Raw { get; }

    /// <summary>Not of the wire.</summary>
    public bool IsDocument { get; }

    public PlainDocument? Document { get; }

    public PlainFrame? Frame { get; }

    /// <summary>A meter's own answer has no time but its arrival.</summary>
    public long? RegisterOf(MeterRecord meter, AuditReading row)
    {
        var register = (int)(row.Channel & 15);
        if (_registers.TryGetValue((meter.Point, register, row.At), out var value)) return value;
        return Frame?.Answer is { } answer && answer.Address == meter.Address.Digits && answer.Register == register
            && row.At == Raw.ReceivedAt.UnixMicros
            ? answer.TenthsWh
            : null;
    }

    public (long Energy, int Minutes)? EnergyOf(MeterRecord meter, AuditReading row) =>
        _energies.TryGetValue((meter.Point, (int)(row.Channel & 15), row.At), out var found) ? found : null;
}
