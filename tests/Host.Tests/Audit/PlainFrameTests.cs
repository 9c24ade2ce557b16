using Meters.Host.Audit.Frames;
using Meters.Ingest.Gdw3761;

namespace Meters.Host.Tests.Audit;

/// <summary>The audit's own decoder against published bytes, and against the decoder of the sessions.</summary>
public sealed class PlainFrameTests
{
    private static readonly byte[] Functions = [1, 2, 25, 33, 34, 89, 97, 98, 99, 100, 101, 102, 103, 129, 145, 161];

    [Fact(Timeout = 10_000)]
    public void A_published_curve_gives_its_instants_and_registers()
    {
        var frame = Read(
            "68CE01CE0168C401442301000D650102100C00010103260318563412009334120030351200673512000436120041361200783612"
            + "00153712005237120089371200263812006338120000391200373912007439120011401200484012008540120022411200594112"
            + "00964112003342120070421200074312002C16");
        Assert.Equal(24, frame.Points.Count);
        var first = LocalZone.China.ToInstant(new DateTime(2026, 3, 1, 1, 0, 0)).UnixMicros;
        Assert.Equal(new PlainPoint(9, 0, first, 12_345_600, 0), frame.Points[0]);
        Assert.Equal(new PlainPoint(9, 0, first + (23 * Instant.MicrosPerHour), 12_430_700, 0), frame.Points[^1]);
    }

    [Fact(Timeout = 10_000)]
    public void A_published_current_register_gives_one_value_and_no_fillers()
    {
        var point = Assert.Single(Read(
            "68C600C600688871012208020CA2010101101816280818040001000000EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE02391916"
            + "28008C16").Points);
        Assert.Equal((1, 0, 100L), (point.Pn, point.Register, point.TenthsWh));
    }

    [Theory(Timeout = 10_000)]
    [InlineData("6812907856341268910833333433896745335416", 123_456_789_012, 12_345_600)]
    [InlineData("FEFE6861010000000068910833333433593333338A16", 161, 2_600)]
    [InlineData("68610100000000681104333334331416" + "6861010000000068910833333433593333338A16", 161, 2_600)]
    public void A_meters_own_answer_gives_its_register(string meter, long address, long tenthsWh)
    {
        var content = Convert.FromHexString(meter);
        var frame = PlainFrame.Read(Forwarded(content), LocalZone.China);
        Assert.Equal(new PlainMeterAnswer(address, 0, tenthsWh), frame?.Answer);
        content[^2] ^= 1;
        Assert.Null(PlainFrame.Read(Forwarded(content), LocalZone.China)?.Answer);
    }

    [Fact(Timeout = 60_000)]
    public Task Both_decoders_read_the_same_out_of_random_frames() => Seeds.RunAsync(20_000, random =>
    {
        var bytes = RandomFrame(random);
        var plain = PlainFrame.Read(bytes, LocalZone.China);
        var user = bytes.AsSpan()[FrameReader.HeadBytes..^2];
        Assert.NotNull(plain);
        Assert.True(FrameHeader.TryParse(user, out var header));
        var points = new DecodedPoints();
        new UnitReader(header.Afn, header.Units(user), LocalZone.China, points).ReadAll();
        var expected = Enumerable.Range(0, points.Count).Select(i => new PlainPoint(
            points.Pn[i], (int)points.Register[i], points.At[i].UnixMicros, points.Value[i].TenthsWh,
            points.IsInterval(i) ? points.IntervalMinutes[i] : 0));
        Assert.Equal(expected, plain.Points);
        return Task.CompletedTask;
    });

    [Fact(Timeout = 60_000)]
    public Task No_bytes_are_too_strange() => Seeds.RunAsync(20_000, random =>
    {
        var bytes = RandomFrame(random);
        for (var flips = random.Next(4); flips >= 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        _ = PlainFrame.Read(bytes.AsSpan()[..random.Next(bytes.Length + 1)], LocalZone.China);
        _ = PlainDocument.Read(bytes);
        return Task.CompletedTask;
    });

    private static PlainFrame Read(string hex)
    {
        var frame = PlainFrame.Read(Convert.FromHexString(hex), LocalZone.China);
        Assert.NotNull(frame);
        return frame;
    }

    private static byte[] Forwarded(byte[] content)
    {
        var to = new byte[512];
        return to[..ForwardContent.WriteAnswer(to, TerminalAddress.Of(3301, 1), 0, 1, 31, content)];
    }

    /// <summary>Units that make sense as a rule, with a right check sum whatever they hold.</summary>
    private static byte[] RandomFrame(Random random)
    {
        var to = new byte[16_500];
        var frame = new FrameBuilder(to);
        var afn = random.Next(2) == 0 ? Afn.CurrentData : Afn.HistoryData;
        frame.Begin(0xC4, TerminalAddress.Of(3301, 1), 0, afn, (byte)(LinkFrames.OneFrame | random.Next(16)));
        for (var units = random.Next(1, 4); units > 0; units--)
        {
            frame.Unit(random.Next(0, 40), Functions[random.Next(Functions.Length)]);
            Formats.WriteA15(
                new DateTime(2026, 1, 1).AddMinutes(random.Next(500_000)), frame.Take(Formats.A15Bytes));
            frame.Byte((byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(4)));
            var count = random.Next(4) == 0 ? random.Next(64) : random.Next(6);
            frame.Byte((byte)count);
            for (var i = random.Next(5) == 0 ? random.Next(200) : count * 4; i > 0; i--)
            {
                frame.Byte((byte)(random.Next(12) == 0 ? 0xEE : (random.Next(10) * 16) + random.Next(10)));
            }
        }

        return to[..frame.End()];
    }
}
