using Meters.Ingest.Gdw3761;

namespace Meters.Ingest.Tests;

public class Gdw3761HeaderTests
{
    [Fact]
    public void A01_is_a_login_that_wants_a_confirm()
    {
        var (header, units) = Parse(Vectors.A01);
        Assert.True(header.FromTerminal && header.Started && header.ConfirmWanted && header.First && header.Final);
        Assert.Equal(9, header.Function);
        Assert.Equal("0171-02082", header.Address.ToString());
        Assert.Equal((Afn.Link, 8), (header.Afn, header.Sequence));
        Assert.Equal((0, 1), Single(units));
    }

    [Theory]
    [InlineData(Vectors.A02, Afn.Link, 0, 3)]
    [InlineData(Vectors.A03, Afn.Link, 0, 1)]
    [InlineData(Vectors.A04, Afn.Confirm, 0, 1)]
    [InlineData(Vectors.A05, Afn.Confirm, 0, 3)]
    [InlineData(Vectors.A06, Afn.CurrentData, 1, 129)]
    [InlineData(Vectors.A09, Afn.HistoryData, 1, 101)]
    [InlineData(Vectors.A11, Afn.HistoryData, 9, 101)]
    [InlineData(Vectors.A12, Afn.ReadParameters, 0, 89)]
    [InlineData(Vectors.A13, Afn.Reset, 0, 2)]
    [InlineData(Vectors.A20, Afn.Control, 1, 2)]
    [InlineData(Vectors.A21, Afn.Control, 0, 25)]
    [InlineData(Vectors.A22, Afn.Control, 0, 26)]
    [InlineData(Vectors.A24, Afn.Events, 0, 1)]
    [InlineData(Vectors.A25, Afn.SetParameters, 0, 11)]
    [InlineData(Vectors.A26, Afn.ReadParameters, 0, 1)]
    public void Each_vector_names_its_function_and_point(string hex, Afn afn, int pn, int fn)
    {
        var (header, units) = Parse(hex);
        Assert.Equal(afn, header.Afn);
        Assert.Equal((pn, fn), Single(units));
    }

    [Fact]
    public void A04_is_what_we_answer_to_A03()
    {
        var (header, _) = Parse(Vectors.A03);
        var to = new byte[LinkFrames.BytesMax];
        var bytes = LinkFrames.Confirm(to, header.Address, header.A3, header.Sequence);
        Assert.Equal(Vectors.A04, Convert.ToHexString(to, 0, bytes));
    }

    [Fact]
    public void A01_A02_and_A03_are_what_a_terminal_builds()
    {
        var to = new byte[LinkFrames.BytesMax];
        var address = Parse(Vectors.A01).Header.Address;
        Assert.Equal(Vectors.A01, Convert.ToHexString(to, 0, LinkFrames.Login(to, address, 8)));
        Assert.Equal(Vectors.A02, Convert.ToHexString(to, 0, LinkFrames.Heartbeat(to, address, 9)));
        Assert.Equal(Vectors.A03, Convert.ToHexString(to, 0, LinkFrames.Login(to, TerminalAddress.Of(4403, 4), 1)));
    }

    [Fact]
    public void A06_has_a_master_address_and_a_time_tag()
    {
        var (header, userData) = ParseAll(Vectors.A06);
        Assert.False(header.FromTerminal);
        Assert.Equal(2, header.A3);
        Assert.True(header.TryTimeTag(userData, out var tag));
        Assert.Equal(new TimeTag(2, 28, 16, 19, 39, 0), tag);
    }

    [Fact]
    public void A07_is_marked_last_and_not_first_though_it_is_alone()
    {
        var (header, _) = Parse(Vectors.A07);
        Assert.True(header is { First: false, Final: true, HasTimeTag: true });
    }

    [Fact]
    public void A13_has_a_password_and_a_tag_whose_low_nibble_is_the_sequence()
    {
        var (header, userData) = ParseAll(Vectors.A13);
        Assert.Equal(new byte[16], header.Password(userData).ToArray());
        Assert.True(header.TryTimeTag(userData, out var tag));
        Assert.Equal(new TimeTag(0xC1, 17, 10, 58, 37, 0), tag);
        Assert.Equal(header.Sequence, tag.Counter & 15);
    }

    [Fact]
    public void A14_has_event_counts_and_a_tag()
    {
        var (header, userData) = ParseAll(Vectors.A14);
        Assert.True(header.TryEventCounts(userData, out var important, out var normal));
        Assert.Equal((0x11, 0x00), (important, normal));
        Assert.True(header.TryTimeTag(userData, out var tag));
        Assert.Equal(new TimeTag(0, 7, 13, 52, 27, 5), tag);
        Assert.Equal((0, LinkFrames.AllAcceptedFn), Single(header.Units(userData).ToArray()));
    }

    [Fact]
    public void A20_and_A21_end_with_a_password_that_is_no_data()
    {
        Assert.Equal(4, Parse(Vectors.A20).Units.Length);
        Assert.Equal([0x00, 0x00, 0x01, 0x03, 0x00], Parse(Vectors.A21).Units);
        Assert.Equal(4, Parse(Vectors.A22).Units.Length);
    }

    [Fact]
    public void A23_with_its_protocol_id_repaired_names_a_point_group_that_does_not_exist()
    {
        var bytes = Vectors.Bytes(Vectors.A23);
        (bytes[1], bytes[3]) = (0x76, 0x76);
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(bytes, 2_000, out _));
        var userData = bytes.AsSpan(6, bytes.Length - 8);
        Assert.True(FrameHeader.TryParse(userData, out var header));
        Assert.True(Dadt.TryRead(header.Units(userData), out var dadt));
        Assert.False(dadt.IsValid);
    }

    [Fact]
    public void A24_A25_and_A26_keep_their_data()
    {
        Assert.Equal("0100" + "0001" + "0E0A" + "4014310710" + "3111030810",
            Convert.ToHexString(Parse(Vectors.A24).Units[4..]));
        Assert.Equal("02" + "0104006400" + "020501C800", Convert.ToHexString(Parse(Vectors.A25).Units[4..]));
        Assert.Equal("0A141E03070F", Convert.ToHexString(Parse(Vectors.A26).Units[4..]));
    }

    [Fact]
    public void A_header_whose_flags_promise_more_than_there_is_is_refused()
    {
        var userData = Vectors.Bytes(Vectors.A01)[6..^2];
        userData[7] |= 0x80; // A time tag where no bytes are left for one.
        Assert.False(FrameHeader.TryParse(userData, out _));
        Assert.False(FrameHeader.TryParse(userData.AsSpan(0, 11), out _));
        Assert.False(FrameHeader.TryParse(default, out _));
    }

    [Fact]
    public void A_downlink_frame_without_its_password_still_parses()
    {
        var to = new byte[64];
        var frame = new FrameBuilder(to);
        frame.Begin(0x4A, TerminalAddress.Of(4401, 1), 2, Afn.Control, 0x60);
        frame.Unit(1, 2);
        var bytes = frame.End();
        Assert.True(FrameHeader.TryParse(to.AsSpan(6, bytes - 8), out var header));
        Assert.Equal(4, header.Units(to.AsSpan(6, bytes - 8)).Length);
        Assert.True(header.Password(to.AsSpan(6, bytes - 8)).IsEmpty);
    }

    [Theory]
    [InlineData(1, 1, "01010100")]
    [InlineData(9, 101, "0102100C")]
    [InlineData(0, 3, "00000400")]
    [InlineData(1, 129, "01010110")]
    [InlineData(2040, 161, "80FF0114")]
    public void Unit_identifiers_are_written_and_read_back(int pn, int fn, string hex)
    {
        var bytes = new byte[4];
        Dadt.Of(pn, fn).Write(bytes);
        Assert.Equal(hex, Convert.ToHexString(bytes));
        Assert.Equal((pn, fn), Single(bytes));
    }

    [Theory]
    [InlineData("2026-03-01T00:04:00", 5, false)]
    [InlineData("2026-03-01T00:05:01", 5, true)]
    [InlineData("2026-02-28T23:59:00", 5, false)] // The sender's clock is ahead.
    [InlineData("2026-03-20T00:00:00", 0, false)] // 0: not judged.
    public void A_tag_is_late_when_its_delay_is_over(string now, byte delay, bool late)
    {
        var tag = TimeTag.Of(1, new DateTime(2026, 3, 1, 0, 0, 0), delay);
        Assert.Equal(late, tag.IsLate(DateTime.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_tag_of_the_last_day_of_a_month_is_judged_over_the_turn_of_the_month()
    {
        var tag = TimeTag.Of(1, new DateTime(2026, 1, 31, 23, 58, 0), 5);
        Assert.False(tag.IsLate(new DateTime(2026, 2, 1, 0, 2, 0)));
        Assert.True(tag.IsLate(new DateTime(2026, 2, 1, 0, 4, 0)));
    }

    private static (FrameHeader Header, byte[] Units) Parse(string hex)
    {
        var (header, userData) = ParseAll(hex);
        return (header, header.Units(userData).ToArray());
    }

    private static (FrameHeader Header, byte[] UserData) ParseAll(string hex)
    {
        var bytes = Vectors.Bytes(hex);
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(bytes, 2_000, out _));
        var userData = bytes[6..^2];
        Assert.True(FrameHeader.TryParse(userData, out var header));
        return (header, userData);
    }

    private static (int Pn, int Fn) Single(byte[] units)
    {
        Assert.True(Dadt.TryRead(units, out var dadt));
        Assert.True(dadt.IsSingle(out var pn, out var fn));
        return (pn, fn);
    }
}
