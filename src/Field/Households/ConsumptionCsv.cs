using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsvHelper;
using Meters.Units;

namespace Meters.Field.Households;

/// <summary>
/// Hourly consumption of a file, plain or gzip. The timestamp is the END of the hour; a missing hour is absent. The
/// whole file is read or nothing of it: the first fault names line and field.
/// <code>meter_no,utc_timestamp,kwh
/// 6110000001,2025-11-03T01:00:00Z,0.090</code>
/// </summary>
public sealed class ConsumptionCsv
{
    /// <summary>Rows in a file: 1,000 meters for two years.</summary>
    public const int RowsMax = 20_000_000;

    public const int MetersMax = 100_000;

    /// <summary>From the first to the last hour of a file: ten years.</summary>
    public const int HoursMax = 88_000;

    private const int TenthsWhMax = 2_000_000_000;
    private const int MeterCharsMax = 32;
    private static readonly string[] Header = ["meter_no", "utc_timestamp", "kwh"];

    private readonly Dictionary<string, Series> _byMeter = new(StringComparer.Ordinal);
    private readonly List<Series> _series = [];

    private ConsumptionCsv()
    {
    }

    /// <summary>The meters' numbers, in the order of their first rows.</summary>
    public IReadOnlyList<string> Meters => [.. _series.Select(s => s.Meter)];

    public long Rows { get; private set; }

    /// <summary>End of the earliest hour of any meter.</summary>
    public Instant FirstHourEnd { get; private set; } = Instant.Never;

    public Instant LastHourEnd { get; private set; } = Instant.MinValue;

    public Energy Total { get; private set; }

    /// <param name="meter">Place in <see cref="Meters"/>.</param>
    /// <param name="hourEnd">A whole hour.</param>
    /// <param name="used">Meaningless where the hour is missing.</param>
    public bool TryUse(int meter, Instant hourEnd, out Energy used) => _series[meter].TryGet(HourOf(hourEnd), out used);

    public static bool TryOpen(string path, out ConsumptionCsv? file, out CsvFault? fault)
    {
        file = null;
        try
        {
            using var stream = File.OpenRead(path);
            return TryRead(stream, out file, out fault);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            fault = new(CsvFaultKind.Unreadable, 0, "", Cut(Path.GetFileName(path)));
            return false;
        }
    }

    /// <param name="stream">Read to its end from where it stands; plain or gzip, told by the first two bytes.</param>
    /// <param name="file">Null where there is a fault.</param>
    /// <param name="fault">Null where there is none.</param>
    public static bool TryRead(Stream stream, out ConsumptionCsv? file, out CsvFault? fault)
    {
        file = new();
        try
        {
            using var buffered = new BufferedStream(stream, 65_536);
            using var plain = IsGzip(buffered, out var whole)
                ? new GZipStream(whole, CompressionMode.Decompress)
                : whole;
            using var text = new StreamReader(plain, new UTF8Encoding(false, throwOnInvalidBytes: true));
            fault = file.ReadAll(text);
        }
        catch (InvalidDataException damaged)
        {
            fault = new(CsvFaultKind.DamagedArchive, 0, "", Cut(damaged.Message));
        }
        catch (DecoderFallbackException)
        {
            fault = new(CsvFaultKind.DamagedText, 0, "", "not UTF-8");
        }

        if (fault is not null) file = null;
        return fault is null;
    }

    private CsvFault? ReadAll(StreamReader text)
    {
        var rules = new CsvReaderOptions
        {
            HasHeader = false, // Ours is compared exactly, so it is read as a row.
            Separator = ',',
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            BufferSize = 65_536,
            MaxRecordSize = 4_096,
        };
        using var rows = CsvReader.Create(text, rules, leaveOpen: true);
        try
        {
            if (!rows.Read() || !IsHeader(rows)) return new(CsvFaultKind.BadHeader, 1, "", RowText(rows));
            while (rows.Read())
            {
                if (Add(rows) is { } fault) return fault;
            }
        }
        catch (CsvFormatException damaged)
        {
            return new(CsvFaultKind.DamagedText, damaged.LineNumber, "", Cut(damaged.Message));
        }

        return Rows == 0 ? new(CsvFaultKind.NoRows, 0, "", "") : null;
    }

    private static bool IsHeader(CsvReader row)
    {
        if (row.FieldCount != Header.Length) return false;
        for (var i = 0; i < Header.Length; i++)
        {
            if (row.GetString(i) != Header[i]) return false;
        }

        return true;
    }

    private static string RowText(CsvReader row) =>
        Cut(string.Join(',', Enumerable.Range(0, row.FieldCount).Select(row.GetString)));

    private CsvFault? Add(CsvReader rows)
    {
        CsvFault Fault(CsvFaultKind kind, int field) =>
            field < 0
                ? new(kind, rows.LineNumber, "", RowText(rows))
                : new(kind, rows.LineNumber, Header[field], Cut(rows.GetString(field)));

        if (rows.FieldCount != Header.Length) return Fault(CsvFaultKind.WrongFieldCount, -1);
        var (meter, time, kwh) = (rows.GetString(0), rows.GetString(1), rows.GetString(2));
        if (meter.Length is 0 or > MeterCharsMax) return Fault(CsvFaultKind.BadMeter, 0);
        if (!DateTime.TryParseExact(time, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc))
        {
            return Fault(CsvFaultKind.BadTime, 1);
        }

        var hourEnd = Instant.From(new DateTimeOffset(utc, TimeSpan.Zero));
        if (hourEnd.UnixMicros % Instant.MicrosPerHour != 0) return Fault(CsvFaultKind.NotAnHour, 1);
        if (!Decimals.TryParse(kwh, 4, out var tenthsWh)) return Fault(CsvFaultKind.BadEnergy, 2);
        if (tenthsWh is < 0 or > TenthsWhMax) return Fault(CsvFaultKind.EnergyOutOfRange, 2);
        if (!_byMeter.TryGetValue(meter, out var series))
        {
            if (_series.Count == MetersMax) return Fault(CsvFaultKind.TooMuch, 0);
            series = new(meter, HourOf(hourEnd));
            _byMeter.Add(meter, series);
            _series.Add(series);
        }

        if (HourOf(hourEnd) <= series.LastHour && series.Any)
        {
            var seen = series.TryGet(HourOf(hourEnd), out _);
            return Fault(seen ? CsvFaultKind.DuplicateRow : CsvFaultKind.Unsorted, 1);
        }

        var first = hourEnd < FirstHourEnd ? hourEnd : FirstHourEnd;
        var last = hourEnd > LastHourEnd ? hourEnd : LastHourEnd;
        if (Rows == RowsMax || HourOf(last) - HourOf(first) >= HoursMax) return Fault(CsvFaultKind.TooMuch, 1);
        series.Append(HourOf(hourEnd), (int)tenthsWh);
        (FirstHourEnd, LastHourEnd, Total, Rows) = (first, last, Total + new Energy(tenthsWh), Rows + 1);
        return null;
    }

    private static int HourOf(Instant at) => (int)(at.UnixMicros / Instant.MicrosPerHour);

    private static string Cut(string text) => text.Length <= 64 ? text.Trim() : text[..64].Trim();

    private static bool IsGzip(Stream stream, out Stream whole)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        whole = new Rejoined(magic[..read].ToArray(), stream);
        return read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    }

    /// <summary>Hours of one meter from its first on; -1 is a missing one.</summary>
    private sealed class Series(string meter, int firstHour)
    {
        private readonly List<int> _tenthsWh = [];

        public string Meter => meter;

        public bool Any => _tenthsWh.Count > 0;

        public int LastHour => firstHour + _tenthsWh.Count - 1;

        public void Append(int hour, int tenthsWh)
        {
            while (Any && LastHour + 1 < hour) _tenthsWh.Add(-1);
            _tenthsWh.Add(tenthsWh);
        }

        public bool TryGet(int hour, out Energy used)
        {
            var at = hour - firstHour;
            var value = at >= 0 && at < _tenthsWh.Count ? _tenthsWh[at] : -1;
            used = new(value);
            return value >= 0;
        }
    }
}
