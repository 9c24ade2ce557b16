using Meters.Ingest.Gdw3761;

namespace Meters.Ingest.Tests;

public class Gdw3761RequestTests
{
    private static readonly byte[] Password = new byte[16];

    [Fact]
    public void A06_without_its_tag_is_what_we_ask_for_the_current_register()
    {
        var to = new byte[64];
        var target = new RequestTarget(new(0x0822_0171), 2, 2);
        var bytes = RequestFrames.ReadCurrent(to, target, 1);
        Assert.Equal("4B7101220802" + "0C62" + "01010110", Convert.ToHexString(to, 6, bytes - 8));
    }

    [Fact]
    public void A15_is_a_forward_request_with_a_meter_read_inside()
    {
        var (header, userData) = Parse(Vectors.A15);
        Assert.True(ForwardContent.TryReadRequest(header.Units(userData), out var port, out var content));
        Assert.Equal(0x1F, port);
        Assert.Equal(Vectors.B13, Convert.ToHexString(content));
        Assert.True(header.TryTimeTag(userData, out var tag));
        Assert.Equal(5, tag.DelayMinutes);
    }

    [Fact]
    public void A16_is_its_answer()
    {
        var (header, userData) = Parse(Vectors.A16);
        Assert.True(ForwardContent.TryReadAnswer(header.Units(userData), out var port, out var content));
        Assert.Equal((0x1F, Vectors.B14), (port, Convert.ToHexString(content)));
        Assert.True(header.TryEventCounts(userData, out var important, out _));
        Assert.Equal(0x4F, important);
    }

    [Fact]
    public void A17_is_what_we_build_for_a_remote_trip()
    {
        var content = Vectors.Bytes("FEFEFEFE68230100000326681C1035333333333333334D338C8C56643659C416");
        var to = new byte[128];
        var target = new RequestTarget(default, 2, 5);
        var (header, userData) = Parse(Vectors.A17);
        target = target with { Address = header.Address };
        Assert.True(header.TryTimeTag(userData, out var tag));
        var bytes = RequestFrames.Forward(to, target, 0x1F, content, Password, tag);
        Assert.Equal(Vectors.A17, Convert.ToHexString(to, 0, bytes));
    }

    [Theory]
    [InlineData(Vectors.A18, "68230100000326689C00B916")]
    [InlineData(Vectors.A19, "")]
    public void A18_carries_the_meters_answer_and_A19_says_that_it_is_silent(string hex, string expected)
    {
        var (header, userData) = Parse(hex);
        Assert.True(ForwardContent.TryReadAnswer(header.Units(userData), out var port, out var content));
        Assert.Equal((0x1F, expected), (port, Convert.ToHexString(content)));
        var to = new byte[128];
        var bytes = ForwardContent.WriteAnswer(to, header.Address, header.A3, header.Sequence, port, content);
        Assert.Equal(hex, Convert.ToHexString(to, 0, bytes));
    }

    [Fact]
    public void A_forward_answer_that_is_shorter_than_its_count_is_refused()
    {
        var units = Vectors.Bytes("00000100" + "1F" + "0500" + "01020304");
        Assert.False(ForwardContent.TryReadAnswer(units, out _, out _));
    }

    [Fact]
    public void Alarm_keep_power_and_clock_carry_password_and_tag()
    {
        var to = new byte[128];
        var target = new RequestTarget(TerminalAddress.Of(4401, 1), 2, 0x13);
        var tag = TimeTag.Of(0x13, new(2026, 3, 1, 8, 9, 10), 5);
        var at = new DateTime(2026, 3, 1, 8, 9, 10); // A Sunday.
        var order = new byte[RequestFrames.SetClockBytes];
        RequestFrames.WriteSetClock(order, at);
        (int Bytes, int Fn)[] frames =
        [
            (RequestFrames.Alarm(to, target, true, Password, tag), 26),
            (RequestFrames.Alarm(to, target, false, Password, tag), 34),
            (RequestFrames.KeepPower(to, target, true, Password, tag), 25),
            (RequestFrames.KeepPower(to, target, false, Password, tag), 33),
            (RequestFrames.SetClock(to, target, order, Password, tag), 31),
        ];
        var last = to.AsSpan(0, frames[^1].Bytes);
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(last, 200, out _));
        Assert.True(FrameHeader.TryParse(last[6..^2], out var header));
        Assert.Equal((Afn.Control, 3, true), (header.Afn, header.Sequence, header.HasTimeTag));
        Assert.True(header.TryTimeTag(last[6..^2], out var got));
        Assert.Equal(tag, got);
        var units = header.Units(last[6..^2]);
        Assert.True(Formats.TryReadA1(units[4..], out var clock));
        Assert.Equal(at, clock);
        Assert.Equal(0xE3, units[8]); // Weekday 7 above month 03.
        Assert.Equal([44 - 2, 44 - 2, 45 - 2, 44 - 2, 50 - 2], frames.Select(f => f.Bytes));
    }

    /// <summary>F32 is 80 03 (bit 7 of group 3); GB 2312 of 余额 is D3 E0 B6 EE.</summary>
    [Fact]
    public void A_text_carries_type_number_length_and_the_national_characters()
    {
        var to = new byte[128];
        var target = new RequestTarget(TerminalAddress.Of(4401, 1), 2, 3);
        var tag = TimeTag.Of(3, new(2026, 3, 1, 8, 9, 10), 5);
        var text = TerminalText.Parts("余额5").Single();
        var bytes = RequestFrames.Text(to, target, TerminalTextKind.Important, 2, text, Password, tag);
        var userData = to.AsSpan(6, bytes - 8);
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(to.AsSpan(0, bytes), 200, out _));
        Assert.True(FrameHeader.TryParse(userData, out var header));
        Assert.Equal("00008003" + "01" + "02" + "05" + "D3E0B6EE35", Convert.ToHexString(header.Units(userData)));
        Assert.Throws<ArgumentOutOfRangeException>(() => RequestFrames.Text(
            new byte[400], target, TerminalTextKind.Normal, 1, new byte[201], Password, tag));
    }

    [Fact]
    public void A_long_text_goes_in_parts_that_tear_no_character()
    {
        Assert.Empty(TerminalText.Parts(""));
        var text = "a" + new string('电', 150); // 301 bytes.
        var parts = TerminalText.Parts(text);
        Assert.Equal([199, 102], parts.Select(part => part.Length));
        Assert.Equal(text, string.Concat(parts.Select(part => TerminalText.Read(part))));
        Assert.Equal("?", TerminalText.Read(TerminalText.Parts("😀").Single()));
    }

    /// <summary>
    /// Units as protocols.md 1.2 and 1.4 write them: P9 F101 is 01 02 10 0C, Td_c minute hour day month year, density
    /// 03, n; the terminal of A11.
    /// </summary>
    [Fact]
    public void Missing_hours_of_several_points_are_asked_for_in_one_frame()
    {
        var to = new byte[128];
        var target = new RequestTarget(new(0x0123_4401), 2, 0x15);
        var first = new DateTime(2026, 3, 1, 1, 0, 0);
        var bytes = RequestFrames.ReadCurves(to, target, [new(9, first, 24), new(10, new(2025, 12, 31, 23, 0, 0), 2)]);
        Assert.Equal(
            "687A007A0068" + "4B0144230102" + "0D65"
            + "0102100C" + "0001010326" + "0318"
            + "0202100C" + "0023311225" + "0302"
            + "3D16",
            Convert.ToHexString(to, 0, bytes));
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(to.AsSpan(0, bytes), 200, out _));
    }

    [Fact]
    public void The_clock_is_asked_for_by_F2_of_point_0()
    {
        var to = new byte[64];
        var bytes = RequestFrames.ReadClock(to, new(new(0x0123_4401), 2, 3));
        Assert.Equal(
            "683200320068" + "4B0144230102" + "0C63" + "00000200" + "2716", Convert.ToHexString(to, 0, bytes));
    }

    [Fact]
    public void The_meter_table_is_asked_for_and_read_back()
    {
        var to = new byte[512];
        var target = new RequestTarget(TerminalAddress.Of(4401, 1), 2, 1);
        var bytes = RequestFrames.ReadMeterTable(to, target, 3, 2);
        Assert.True(FrameHeader.TryParse(to.AsSpan(6, bytes - 8), out var header));
        var asked = new List<int>();
        Assert.True(MeterTable.TryReadRequest(header.Units(to.AsSpan(6, bytes - 8)), asked));
        Assert.Equal([3, 4], asked);

        MeterTableEntry[] entries = [new(3, 9, 31, 30, new(260300000123)), new(4, 10, 31, 1, new(1))];
        bytes = MeterTable.WriteAnswer(to, target.Address, 2, 1, entries);
        Assert.True(FrameHeader.TryParse(to.AsSpan(6, bytes - 8), out header));
        var read = new List<MeterTableEntry>();
        Assert.True(MeterTable.TryRead(header.Units(to.AsSpan(6, bytes - 8)), read, out var bad));
        Assert.Equal(entries, read);
        Assert.Equal(0, bad);
    }

    [Fact]
    public void A_meter_table_with_a_bad_address_keeps_the_other_records_and_a_short_one_is_refused()
    {
        var to = new byte[512];
        MeterTableEntry[] entries = [new(1, 1, 1, 30, new(1)), new(2, 2, 1, 30, new(2))];
        var bytes = MeterTable.WriteAnswer(to, TerminalAddress.Of(4401, 1), 2, 1, entries);
        var units = to[14..(bytes - 2)];
        units[4 + 2 + 6] = 0xAB;
        var read = new List<MeterTableEntry>();
        Assert.True(MeterTable.TryRead(units, read, out var bad));
        Assert.Equal((entries[1], 1), (Assert.Single(read), bad));
        Assert.False(MeterTable.TryRead(units.AsSpan(0, units.Length - 1), read, out _));
    }

    private static (FrameHeader Header, byte[] UserData) Parse(string hex)
    {
        var userData = Vectors.Bytes(hex)[6..^2];
        Assert.True(FrameHeader.TryParse(userData, out var header));
        return (header, userData);
    }
}
