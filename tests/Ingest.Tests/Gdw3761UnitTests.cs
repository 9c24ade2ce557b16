using Meters.Ingest.Gdw3761;

namespace Meters.Ingest.Tests;

public class Gdw3761UnitTests
{
    private static readonly TerminalAddress Address = TerminalAddress.Of(4401, 1);

    [Fact]
    public void A07_is_one_current_register_and_four_missing_tariffs()
    {
        var points = Decode(Vectors.A07);
        Assert.Equal((1, 4, 0), (points.Count, points.Missing, points.Faults.Length));
        Assert.Equal(1, points.Pn[0]);
        Assert.Equal(RegisterKind.ForwardActive, points.Register[0]);
        Assert.Equal(Instant.Utc(2018, 8, 28, 8, 18), points.At[0]);
        Assert.Equal(new Energy(100), points.Value[0]);
    }

    [Fact]
    public void A08_is_a_daily_register_that_stands_at_the_end_of_its_day()
    {
        var points = Decode(Vectors.A08);
        Assert.Equal((1, 0), (points.Count, points.Faults.Length));
        // Four tariffs and the reactive total; its tariffs and quadrants are not kept.
        Assert.Equal(4 + 1, points.Missing);
        Assert.Equal(Instant.Utc(2018, 8, 27, 16), points.At[0]);
        Assert.Equal(new Energy(100), points.Value[0]);
    }

    [Fact]
    public void A10_is_a_curve_of_six_minutes()
    {
        var points = Decode(Vectors.A10);
        Assert.Equal([12_345_600, 99_999_900, 100, 66_665_500, 85_239_800, 30_000_000],
            points.Value.ToArray().Select(v => v.TenthsWh));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => Instant.Utc(2012, 6, 19, 10, 46 + i)), points.At.ToArray());
        Assert.False(points.IsInterval(0));
    }

    [Fact]
    public void A11_is_24_hourly_registers_of_point_9()
    {
        var points = Decode(Vectors.A11);
        Assert.Equal((24, 0, 0), (points.Count, points.Missing, points.Faults.Length));
        for (var i = 0; i < 24; i++)
        {
            Assert.Equal(9, points.Pn[i]);
            Assert.Equal(Instant.Utc(2026, 2, 28, 17) + TimeSpan.FromHours(i), points.At[i]);
            Assert.Equal(new Energy(12_345_600 + (3_700 * i)), points.Value[i]);
        }
    }

    [Fact]
    public void F97_is_the_energy_of_the_interval_that_ends_at_the_point()
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            Curve(ref f, 5, 97, new(2026, 3, 1, 1, 0, 0), 3, 2);
            Formats.WriteA13(new(4_321), f.Take(4));
            Formats.WriteA13(new(7), f.Take(4));
        }));
        Assert.Equal([4_321, 7], points.Value.ToArray().Select(v => v.TenthsWh));
        Assert.Equal([60, 60], points.IntervalMinutes.ToArray());
        Assert.True(points.IsInterval(1));
        Assert.Equal(Instant.Utc(2026, 2, 28, 18), points.At[1]);
    }

    [Fact]
    public void F33_gives_total_four_tariffs_and_reactive_and_the_unit_behind_it_is_found()
    {
        var points = Decode(Build(Afn.CurrentData, (ref FrameBuilder f) =>
        {
            f.Unit(3, 33);
            Formats.WriteA15(new(2026, 3, 1, 8, 30, 0), f.Take(5));
            f.Byte(4);
            for (var i = 0; i < 5; i++) Formats.WriteA14(new(1_000 + i), f.Take(5));
            for (var i = 0; i < 15; i++) Formats.WriteA11(new(100 * i), f.Take(4));
            f.Unit(4, 129);
            Formats.WriteA15(new(2026, 3, 1, 8, 31, 0), f.Take(5));
            f.Byte(0);
            Formats.WriteA14(new(77), f.Take(5));
        }));
        Assert.Equal(
            [RegisterKind.ForwardActive, RegisterKind.ForwardActiveTariff1, RegisterKind.ForwardActiveTariff2,
                RegisterKind.ForwardActiveTariff3, RegisterKind.ForwardActiveTariff4, RegisterKind.ForwardReactive,
                RegisterKind.ForwardActive],
            points.Register.ToArray());
        Assert.Equal([1_000, 1_001, 1_002, 1_003, 1_004, 0, 77], points.Value.ToArray().Select(v => v.TenthsWh));
        Assert.Equal(4, points.Pn[6]);
    }

    [Fact]
    public void F161_stands_at_midnight_after_its_day_and_F103_is_reverse()
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            f.Unit(1, 161);
            Formats.WriteA20(new(2026, 2, 28), f.Take(3));
            Formats.WriteA15(new(2026, 3, 1, 0, 5, 0), f.Take(5));
            f.Byte(0);
            Formats.WriteA14(new(55), f.Take(5));
            Curve(ref f, 2, 103, new(2026, 3, 1, 0, 0, 0), 1, 1);
            Formats.WriteA11(new(900), f.Take(4));
        }));
        Assert.Equal(points.At[0], points.At[1]);
        Assert.Equal(Instant.Utc(2026, 2, 28, 16), points.At[0]);
        Assert.Equal(RegisterKind.ReverseActive, points.Register[1]);
        Assert.Equal(new Energy(900), points.Value[1]);
    }

    [Theory]
    [InlineData(0xEE, true)]
    [InlineData(0xFF, true)]
    [InlineData(0xEF, true)]
    [InlineData(0xAA, false)]
    [InlineData(0xE0, false)]
    public void A_filler_is_missing_and_any_other_bad_nibble_rejects_the_item_and_keeps_the_frame(byte fill,
        bool missing)
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            Curve(ref f, 1, 101, new(2026, 3, 1, 1, 0, 0), 3, 3);
            Formats.WriteA11(new(100), f.Take(4));
            f.Take(4).Fill(fill);
            Formats.WriteA11(new(300), f.Take(4));
        }));
        Assert.Equal([100, 300], points.Value.ToArray().Select(v => v.TenthsWh));
        Assert.Equal(missing ? 1 : 0, points.Missing);
        if (missing) return;
        var fault = Assert.Single(points.Faults.ToArray());
        Assert.Equal(new(ItemFaultKind.BadBcd, 1, 101, Instant.Utc(2026, 2, 28, 18)), fault);
    }

    [Fact]
    public void Mixed_filler_bytes_are_damage()
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            Curve(ref f, 1, 101, new(2026, 3, 1, 1, 0, 0), 3, 1);
            f.Bytes([0xEE, 0xEE, 0xFF, 0xEE]);
        }));
        Assert.Equal(ItemFaultKind.BadBcd, Assert.Single(points.Faults.ToArray()).Kind);
    }

    [Theory]
    [InlineData("0000000000")] // Never frozen.
    [InlineData("0001010026")] // Month 00.
    [InlineData("0001010300")] // Year 00.
    [InlineData("0001310226")] // 31 February.
    [InlineData("0024010326")] // Hour 24.
    [InlineData("6001010326")] // Minute 60.
    [InlineData("0001011326")] // Month 13.
    [InlineData("EEEEEEEEEE")]
    public void A_time_that_is_none_loses_the_unit_and_the_walk_goes_on(string time)
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            f.Unit(1, 101);
            f.Bytes(Convert.FromHexString(time));
            f.Bytes([3, 2]);
            f.Take(8).Clear();
            Curve(ref f, 2, 101, new(2026, 3, 1, 1, 0, 0), 3, 1);
            Formats.WriteA11(new(100), f.Take(4));
        }));
        Assert.Equal(new(ItemFaultKind.BadTime, 1, 101, null), Assert.Single(points.Faults.ToArray()));
        Assert.Equal(2, Assert.Single(points.Pn.ToArray()));
    }

    [Fact]
    public void An_unknown_function_ends_the_decode_and_keeps_what_came_before()
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            Curve(ref f, 1, 101, new(2026, 3, 1, 1, 0, 0), 3, 1);
            Formats.WriteA11(new(100), f.Take(4));
            f.Unit(7, 250);
            f.Take(10).Clear();
        }));
        Assert.Equal(1, points.Count);
        Assert.Equal(new(ItemFaultKind.UnknownFn, 7, 250, null), Assert.Single(points.Faults.ToArray()));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0x10, 0x0C }, ItemFaultKind.UnsupportedPoints)] // All valid points.
    [InlineData(new byte[] { 0x01, 0x00, 0x10, 0x0C }, ItemFaultKind.UnsupportedPoints)] // Group 0 with a bit.
    [InlineData(new byte[] { 0x01, 0x01, 0x00, 0x0C }, ItemFaultKind.UnsupportedPoints)] // No function.
    [InlineData(new byte[] { 0x01, 0x01, 0x10, 0x0C, 0x00 }, ItemFaultKind.TruncatedUnit)]
    [InlineData(new byte[] { 0x01, 0x01, 0x10, 0x0C, 0, 1, 1, 3, 0x26, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0 },
        ItemFaultKind.BadDensity)]
    [InlineData(new byte[] { 0x01, 0x01, 0x01, 0x14, 1, 3, 0x26, 0, 1, 1, 3, 0x26, 200 }, ItemFaultKind.BadTariffCount)]
    public void A_unit_against_the_rules_is_a_typed_fault(byte[] unit, ItemFaultKind expected)
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) => f.Bytes(unit)));
        Assert.Equal(0, points.Count);
        Assert.Equal(expected, Assert.Single(points.Faults.ToArray()).Kind);
    }

    [Fact]
    public void Several_points_and_functions_in_one_identifier_follow_point_by_point()
    {
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            f.Bytes([0b101, 2, 0b101_0000, 12]); // P9 and P11; F101 and F103.
            for (var i = 1; i <= 4; i++)
            {
                Formats.WriteA15(new(2026, 3, 1, 1, 0, 0), f.Take(5));
                f.Bytes([3, 1]);
                Formats.WriteA11(new(100 * i), f.Take(4));
            }
        }));
        Assert.Equal([9, 9, 11, 11], points.Pn.ToArray());
        Assert.Equal(
            [RegisterKind.ForwardActive, RegisterKind.ReverseActive, RegisterKind.ForwardActive,
                RegisterKind.ReverseActive],
            points.Register.ToArray());
        Assert.Equal([100, 200, 300, 400], points.Value.ToArray().Select(v => v.TenthsWh));
    }

    [Fact]
    public void Summer_time_moves_the_instants_and_keeps_the_distance_of_the_points()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var berlin));
        var points = Decode(Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            Curve(ref f, 1, 101, new(2026, 3, 29, 1, 0, 0), 3, 3);
            for (var i = 0; i < 3; i++) Formats.WriteA11(new(100), f.Take(4));
        }), berlin);
        Assert.Equal([Instant.Utc(2026, 3, 29, 0), Instant.Utc(2026, 3, 29, 1), Instant.Utc(2026, 3, 29, 2)],
            points.At.ToArray());
    }

    [Fact]
    public void Decoding_a_curve_allocates_nothing()
    {
        var frame = Vectors.Bytes(Vectors.A11);
        var points = new DecodedPoints();
        for (var i = 0; i < 200; i++) DecodeInto(frame, points);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) DecodeInto(frame, points);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(24, points.Count);
    }

    [Fact]
    public void What_the_builder_writes_the_reader_reads() => Seeds.Run(200, random =>
    {
        var expected = new List<(int Pn, Instant At, long Value)>();
        var frame = Build(Afn.HistoryData, (ref FrameBuilder f) =>
        {
            for (var units = random.Next(1, 20); units > 0; units--)
            {
                var pn = random.Next(1, Dadt.PnMax + 1 - 8);
                var count = random.Next(0, 25);
                var start = new DateTime(2001, 1, 1).AddMinutes(random.Next(60 * 24 * 365 * 98));
                Curve(ref f, pn, 101, start, 3, (byte)count);
                for (var i = 0; i < count; i++)
                {
                    var value = random.NextInt64(100_000_000) * 100;
                    Formats.WriteA11(new(value), f.Take(4));
                    expected.Add((pn, LocalZone.China.ToInstant(start) + TimeSpan.FromHours(i), value));
                }
            }
        });
        var points = Decode(frame);
        Assert.Equal(0, points.Faults.Length);
        var got = Enumerable.Range(0, points.Count).Select(i => (points.Pn[i], points.At[i], points.Value[i].TenthsWh));
        Assert.Equal(expected, got);
    });

    [Fact]
    public void No_bytes_make_the_decoder_throw() => Seeds.Run(2_000, random =>
    {
        string[] seeds = [Vectors.A07, Vectors.A08, Vectors.A10, Vectors.A11, Vectors.A16, Vectors.A18, Vectors.A24];
        var frame = Vectors.Bytes(seeds[random.Next(seeds.Length)]);
        for (var changes = random.Next(1, 8); changes > 0; changes--)
        {
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        }

        FrameReader.Check(frame, 2_000, out _);
        DecodeInto(frame, new());
        var noise = new byte[random.Next(0, 300)];
        random.NextBytes(noise);
        var points = new DecodedPoints();
        new UnitReader(Afn.HistoryData, noise, LocalZone.China, points).ReadAll();
        new UnitReader(Afn.CurrentData, noise, LocalZone.China, points).ReadAll();
        MeterTable.TryRead(noise, new List<MeterTableEntry>(), out _);
        MeterTable.TryReadRequest(noise, new List<int>());
        ForwardContent.TryReadAnswer(noise, out _, out _);
        ForwardContent.TryReadRequest(noise, out _, out _);
        _ = TimeTag.TryParse(noise, out _);
        var rest = new System.Buffers.ReadOnlySequence<byte>(noise);
        var scanner = new FrameScanner();
        while (scanner.Next(ref rest, 2_000, out _) == FrameStatus.Complete)
        {
        }
    });

    private delegate void Fill(ref FrameBuilder frame);

    private static void Curve(ref FrameBuilder f, int pn, int fn, DateTime start, byte density, byte count)
    {
        f.Unit(pn, fn);
        Formats.WriteA15(start, f.Take(5));
        f.Byte(density);
        f.Byte(count);
    }

    private static string Build(Afn afn, Fill fill)
    {
        var to = new byte[FrameReader.FrameBytesMax];
        var frame = new FrameBuilder(to);
        frame.Begin(0xC4, Address, 0, afn, 0x70);
        fill(ref frame);
        return Convert.ToHexString(to, 0, frame.End());
    }

    private static DecodedPoints Decode(string hex, LocalZone? zone = null)
    {
        var bytes = Vectors.Bytes(hex);
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(bytes, FrameReader.FrameBytesMax, out _));
        var points = new DecodedPoints();
        DecodeInto(bytes, points, zone);
        return points;
    }

    private static void DecodeInto(ReadOnlySpan<byte> frame, DecodedPoints points, LocalZone? zone = null)
    {
        var userData = frame[FrameReader.HeadBytes..^2];
        if (!FrameHeader.TryParse(userData, out var header)) return;
        new UnitReader(header.Afn, header.Units(userData), zone ?? LocalZone.China, points).ReadAll();
    }
}
