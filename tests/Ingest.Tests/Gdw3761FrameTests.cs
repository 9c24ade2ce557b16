using System.Buffers;
using Meters.Ingest.Gdw3761;

namespace Meters.Ingest.Tests;

public class Gdw3761FrameTests
{
    public static TheoryData<string, string, FrameStatus> Whole => new()
    {
        { "A01", Vectors.A01, FrameStatus.Complete }, { "A02", Vectors.A02, FrameStatus.Complete },
        { "A03", Vectors.A03, FrameStatus.Complete }, { "A04", Vectors.A04, FrameStatus.Complete },
        { "A05", Vectors.A05, FrameStatus.Complete }, { "A06", Vectors.A06, FrameStatus.Complete },
        { "A07", Vectors.A07, FrameStatus.Complete }, { "A08", Vectors.A08, FrameStatus.Complete },
        { "A09", Vectors.A09, FrameStatus.Complete }, { "A10", Vectors.A10, FrameStatus.Complete },
        { "A11", Vectors.A11, FrameStatus.Complete }, { "A12", Vectors.A12, FrameStatus.Complete },
        { "A13", Vectors.A13, FrameStatus.Complete }, { "A14", Vectors.A14, FrameStatus.Complete },
        { "A15", Vectors.A15, FrameStatus.Complete }, { "A16", Vectors.A16, FrameStatus.Complete },
        { "A17", Vectors.A17, FrameStatus.Complete }, { "A18", Vectors.A18, FrameStatus.Complete },
        { "A19", Vectors.A19, FrameStatus.Complete }, { "A20", Vectors.A20, FrameStatus.Complete },
        { "A21", Vectors.A21, FrameStatus.Complete }, { "A22", Vectors.A22, FrameStatus.Complete },
        { "A23", Vectors.A23, FrameStatus.BadProtocolId }, { "A24", Vectors.A24, FrameStatus.Complete },
        { "A25", Vectors.A25, FrameStatus.Complete }, { "A26", Vectors.A26, FrameStatus.Complete },
        { "a frame and a start", Vectors.A01 + "68", FrameStatus.Complete },
        { "nothing", "", FrameStatus.NeedMore },
        { "an FE before the frame", "FE" + Vectors.A01, FrameStatus.BadStart },
        { "protocol id 00", "68300030006800", FrameStatus.BadProtocolId },
        { "too short for a unit", "682E002E0068", FrameStatus.TooShort },
        { "too long is known after the head", "68FEFFFEFF68", FrameStatus.TooLong },
        { "lengths differ in the low byte", "68320036", FrameStatus.LengthMismatch },
        { "lengths differ in the high byte", "6832003201", FrameStatus.LengthMismatch },
        { "the second start is missing", "683200320067", FrameStatus.BadStart },
        { "checksum", Vectors.A01[..^4] + "E116", FrameStatus.BadChecksum },
        { "end", Vectors.A01[..^4] + "E017", FrameStatus.BadEnd },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Reads_each_vector_however_it_is_cut(string name, string hex, FrameStatus expected)
    {
        var bytes = Vectors.Bytes(hex);
        foreach (var input in Cuts.Of(bytes))
        {
            var rest = input;
            var status = FrameReader.TryRead(ref rest, 2_000, out var userData);
            Assert.True(expected == status, $"{name}: {status}");
            if (status != FrameStatus.Complete)
            {
                Assert.Equal(bytes.Length, rest.Length);
                continue;
            }

            var frameBytes = bytes.Length - (int)rest.Length;
            Assert.Equal(bytes[6..(frameBytes - 2)], userData.ToArray());
        }
    }

    [Fact]
    public void Every_prefix_of_a_frame_needs_more_and_every_single_damaged_byte_is_rejected()
    {
        foreach (var row in Whole.Where(r => r.Data.Item3 == FrameStatus.Complete && r.Data.Item1.Length == 3))
        {
            var bytes = Vectors.Bytes(row.Data.Item2);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.Equal(FrameStatus.NeedMore, FrameReader.Check(bytes.AsSpan(0, length), 2_000, out _));
            }

            for (var at = 0; at < bytes.Length; at++)
            {
                for (var flip = 1; flip < 256; flip++)
                {
                    bytes[at] ^= (byte)flip;
                    var status = FrameReader.Check(bytes, 2_000, out _);
                    Assert.True(status is not (FrameStatus.Complete or FrameStatus.NeedMore),
                        $"{row.Data.Item1} {at} {flip}");
                    bytes[at] ^= (byte)flip;
                }
            }
        }
    }

    [Fact]
    public void The_largest_frame_is_read_and_one_byte_less_of_allowance_rejects_it()
    {
        var buffer = new byte[FrameReader.FrameBytesMax];
        var frame = new FrameBuilder(buffer);
        frame.Begin(0xC4, TerminalAddress.Of(4403, 4), 0, Afn.File, 0x60);
        frame.Unit(0, 1);
        frame.Bytes(new byte[FrameReader.UserDataBytesMax - FrameReader.UserDataBytesMin]);
        Assert.Equal(FrameReader.FrameBytesMax, frame.End());
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(buffer, FrameReader.FrameBytesMax, out _));
        Assert.Equal(FrameStatus.TooLong, FrameReader.Check(buffer, FrameReader.FrameBytesMax - 1, out _));
    }

    [Fact]
    public void The_scanner_finds_frames_in_noise_and_counts_what_it_skipped()
    {
        // A banner, FE, a stray start, a false start that claims 70 bytes, then two frames.
        var falseStart = "68FA00FA";
        var noise = "41540D0A" + "FEFEFEFE";
        var bytes = Vectors.Bytes(noise + Vectors.A12 + "68" + Vectors.A01 + "00" + falseStart + Vectors.A02);
        foreach (var input in Cuts.Of(bytes))
        {
            var scanner = new FrameScanner();
            var rest = input;
            var found = new List<string>();
            while (scanner.Next(ref rest, 2_000, out var frame) == FrameStatus.Complete)
            {
                found.Add(Convert.ToHexString(frame.ToArray()));
            }

            Assert.Equal([Vectors.A12, Vectors.A01, Vectors.A02], found);
            Assert.True(rest.IsEmpty);
            Assert.Equal(4 + 4 + 1 + 1 + 4, scanner.SkippedBytes);
            Assert.Equal(2, scanner.FalseStarts);
        }
    }

    [Fact]
    public void The_scanner_goes_on_one_byte_behind_a_frame_with_a_bad_checksum()
    {
        var damaged = Vectors.Bytes(Vectors.A11);
        damaged[^2] ^= 1;
        Vectors.Bytes(Vectors.A02).CopyTo(damaged, 20); // A good frame inside the damaged one.
        var rest = new ReadOnlySequence<byte>(damaged);
        var scanner = new FrameScanner();
        Assert.Equal(FrameStatus.Complete, scanner.Next(ref rest, 2_000, out var frame));
        Assert.Equal(Vectors.A02, Convert.ToHexString(frame.ToArray()));
        Assert.Equal(20, scanner.SkippedBytes);
        Assert.Equal(FrameStatus.BadChecksum, scanner.LastRejection);
    }

    [Fact]
    public void The_checksum_is_the_low_byte_of_the_sum_at_every_length() => Seeds.Run(20, random =>
    {
        for (var length = 0; length < 150; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal((byte)(bytes.Sum(b => b) & 0xFF), FrameReader.Checksum(bytes));
        }
    });
}
