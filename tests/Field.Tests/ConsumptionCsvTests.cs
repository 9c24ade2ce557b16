using System.IO.Compression;
using System.Text;
using Meters.Field.Households;

namespace Meters.Field.Tests;

public class ConsumptionCsvTests
{
    private const string Header = "meter_no,utc_timestamp,kwh\n";
    private const string Good = Header + "A,2026-03-01T01:00:00Z,0.090\nA,2026-03-01T03:00:00Z,1.2345\n"
        + "B,2026-03-01T02:00:00Z,0\n";

    public static TheoryData<string, string, CsvFaultKind, long, string> Faults => new()
    {
        { "an empty file", "", CsvFaultKind.BadHeader, 1, "" },
        { "another header", "meter,utc_timestamp,kwh\n", CsvFaultKind.BadHeader, 1, "" },
        { "a header in another order", "utc_timestamp,meter_no,kwh\n", CsvFaultKind.BadHeader, 1, "" },
        { "no header", "A,2026-03-01T01:00:00Z,0.090\n", CsvFaultKind.BadHeader, 1, "" },
        { "nothing below the header", Header, CsvFaultKind.NoRows, 0, "" },
        { "a field too few", Good + "A,2026-03-01T04:00:00Z\n", CsvFaultKind.WrongFieldCount, 5, "" },
        { "a field too many", Good + "A,2026-03-01T04:00:00Z,1,2\n", CsvFaultKind.WrongFieldCount, 5, "" },
        { "a decimal comma", Good + "A,2026-03-01T04:00:00Z,1,2\n", CsvFaultKind.WrongFieldCount, 5, "" },
        { "no meter", Good + ",2026-03-01T04:00:00Z,1\n", CsvFaultKind.BadMeter, 5, "meter_no" },
        { "a meter too long", Good + new string('9', 33) + ",2026-03-01T04:00:00Z,1\n", CsvFaultKind.BadMeter, 5,
            "meter_no" },
        { "a time without zone", Good + "A,2026-03-01T04:00:00,1\n", CsvFaultKind.BadTime, 5, "utc_timestamp" },
        { "month 13", Good + "A,2026-13-01T04:00:00Z,1\n", CsvFaultKind.BadTime, 5, "utc_timestamp" },
        { "30 February", Good + "A,2026-02-30T04:00:00Z,1\n", CsvFaultKind.BadTime, 5, "utc_timestamp" },
        { "half an hour", Good + "A,2026-03-01T04:30:00Z,1\n", CsvFaultKind.NotAnHour, 5, "utc_timestamp" },
        { "a word for energy", Good + "A,2026-03-01T04:00:00Z,x\n", CsvFaultKind.BadEnergy, 5, "kwh" },
        { "an exponent", Good + "A,2026-03-01T04:00:00Z,1e3\n", CsvFaultKind.BadEnergy, 5, "kwh" },
        { "a fifth decimal", Good + "A,2026-03-01T04:00:00Z,0.12345\n", CsvFaultKind.BadEnergy, 5, "kwh" },
        { "no energy", Good + "A,2026-03-01T04:00:00Z,\n", CsvFaultKind.BadEnergy, 5, "kwh" },
        { "negative energy", Good + "A,2026-03-01T04:00:00Z,-0.1\n", CsvFaultKind.EnergyOutOfRange, 5, "kwh" },
        { "too much energy", Good + "A,2026-03-01T04:00:00Z,200000.1\n", CsvFaultKind.EnergyOutOfRange, 5, "kwh" },
        { "an hour twice", Good + "A,2026-03-01T03:00:00Z,1\n", CsvFaultKind.DuplicateRow, 5, "utc_timestamp" },
        { "an earlier hour twice", Good + "A,2026-03-01T01:00:00Z,1\n", CsvFaultKind.DuplicateRow, 5, "utc_timestamp" },
        { "an hour out of order", Good + "A,2026-03-01T02:00:00Z,1\n", CsvFaultKind.Unsorted, 5, "utc_timestamp" },
        { "twenty years", Good + "A,2046-03-01T02:00:00Z,1\n", CsvFaultKind.TooMuch, 5, "utc_timestamp" },
        { "an open quote", Good + "A,\"2026-03-01T04:00:00Z,1\n", CsvFaultKind.DamagedText, 5, "" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_malformed_file_is_refused_as_a_whole_and_the_place_is_named(
        string what, string text, CsvFaultKind kind, long line, string field)
    {
        Assert.False(Read(text, out var file, out var fault), what);
        Assert.Null(file);
        Assert.NotNull(fault);
        Assert.Equal((kind, line, field), (fault.Kind, fault.Line, fault.Field));
        Assert.Contains(kind.ToString(), fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\n")]
    [InlineData(false, "\r\n")]
    public void A_good_file_is_read_plain_and_packed_with_its_gaps(bool packed, string newLine)
    {
        var bytes = Encoding.UTF8.GetBytes(Good.Replace("\n", newLine, StringComparison.Ordinal));
        if (packed) bytes = Pack(bytes);
        Assert.True(ConsumptionCsv.TryRead(new MemoryStream(bytes), out var file, out var fault));
        Assert.Null(fault);
        Assert.Equal(["A", "B"], file!.Meters);
        Assert.Equal(3, file.Rows);
        Assert.Equal(new Energy(900 + 12_345), file.Total);
        Assert.Equal(Instant.Utc(2026, 3, 1, 1), file.FirstHourEnd);
        Assert.Equal(Instant.Utc(2026, 3, 1, 3), file.LastHourEnd);
        Assert.True(file.TryUse(0, Instant.Utc(2026, 3, 1, 1), out var used));
        Assert.Equal(new Energy(900), used);
        Assert.False(file.TryUse(0, Instant.Utc(2026, 3, 1, 2), out _));
        Assert.False(file.TryUse(1, Instant.Utc(2026, 3, 1, 1), out _));
        Assert.True(file.TryUse(1, Instant.Utc(2026, 3, 1, 2), out used));
        Assert.Equal(Energy.Zero, used);
        Assert.False(file.TryUse(0, Instant.Utc(2026, 3, 1, 4), out _));
    }

    [Fact]
    public void A_cut_archive_is_named_as_such()
    {
        var packed = Pack(Encoding.UTF8.GetBytes(Good));
        packed[^6] ^= 0xFF; // The checksum of the archive.
        Assert.False(ConsumptionCsv.TryRead(new MemoryStream(packed), out _, out var fault));
        Assert.Equal(CsvFaultKind.DamagedArchive, fault!.Kind);
        Assert.False(ConsumptionCsv.TryRead(new MemoryStream(packed[..12]), out _, out fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void A_missing_file_and_bytes_that_are_no_text_are_faults_too()
    {
        Assert.False(ConsumptionCsv.TryOpen(Path.Combine(AppContext.BaseDirectory, "no-such.csv"), out _,
            out var fault));
        Assert.Equal(CsvFaultKind.Unreadable, fault!.Kind);
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Header), 0xC3, 0x28, 10];
        Assert.False(ConsumptionCsv.TryRead(new MemoryStream(bytes), out _, out fault));
        Assert.Equal(CsvFaultKind.DamagedText, fault!.Kind);
    }

    [Fact]
    public void Replay_shifts_the_files_first_hour_to_the_fields_and_shares_meters_round_robin()
    {
        Assert.True(Read(Good, out var file, out _));
        var replay = new ReplayedConsumption(file!, Instant.Utc(2030, 7, 1, 1));
        foreach (var meter in new[] { 0, 2, 4 })
        {
            Assert.True(replay.TryUse(meter, Instant.Utc(2030, 7, 1, 3), out var used));
            Assert.Equal(new Energy(12_345), used);
        }

        Assert.False(replay.TryUse(1, Instant.Utc(2030, 7, 1, 1), out _));
        Assert.False(replay.TryUse(0, Instant.Utc(2030, 7, 1, 4), out _));
    }

    private static bool Read(string text, out ConsumptionCsv? file, out CsvFault? fault) =>
        ConsumptionCsv.TryRead(new MemoryStream(Encoding.UTF8.GetBytes(text)), out file, out fault);

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
