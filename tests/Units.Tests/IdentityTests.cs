namespace Meters.Units.Tests;

public class IdentityTests
{
    [Fact]
    public void A_terminal_address_prints_region_and_terminal_and_reads_back()
    {
        var address = TerminalAddress.Of(4403, 4);
        Assert.Equal("4403-00004", address.ToString());
        Assert.True(TerminalAddress.TryParse("4403-00004", out var again));
        Assert.Equal(address, again);
        Assert.Equal("FFFF-65535", TerminalAddress.Broadcast.ToString());
        Assert.True(TerminalAddress.TryParse("FFFF-65535", out again));
        Assert.Equal(TerminalAddress.Broadcast, again);
    }

    [Fact]
    public void A_terminal_address_stands_on_the_wire_as_bcd_region_and_terminal_low_byte_first()
    {
        var bytes = new byte[4];
        TerminalAddress.Of(4403, 0x1234).Write(bytes);
        Assert.Equal([0x03, 0x44, 0x34, 0x12], bytes);
        Assert.Equal("4403-04660", TerminalAddress.Read(bytes).ToString());
    }

    [Fact]
    public void Any_four_bytes_survive_text() => Seeds.Run(20, random =>
    {
        var address = new TerminalAddress((uint)random.NextInt64(1L << 32));
        Assert.True(TerminalAddress.TryParse(address.ToString(), out var again));
        Assert.Equal(address, again);
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("440300004")]
    [InlineData("44-0300004")]
    [InlineData("4403-")]
    [InlineData("4403-65536")]
    [InlineData("4403--1")]
    [InlineData("44G3-00004")]
    [InlineData("4403- 4")]
    public void A_malformed_address_is_refused(string? text) => Assert.False(TerminalAddress.TryParse(text, out _));

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(10_000, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 65_536)]
    public void Region_and_terminal_have_ranges(int region, int terminal) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TerminalAddress.Of(region, terminal));

    [Fact]
    public void A_channel_is_a_meter_and_a_register()
    {
        foreach (var register in Enum.GetValues<RegisterKind>())
        {
            var channel = new ChannelId(new(MeterId.Max), register);
            Assert.Equal((new MeterId(MeterId.Max), register), (channel.Meter, channel.Register));
            Assert.True(channel.Value > 0);
        }

        Assert.Equal("7/ReverseActive", new ChannelId(new(7), RegisterKind.ReverseActive).ToString());
        Assert.Equal(-1, new ChannelId(1).CompareTo(new(2)));
    }

    [Fact]
    public void Identities_print_as_plain_numbers_and_sort()
    {
        Assert.Equal("12345", new MeterId(12345).ToString());
        Assert.Equal("17", new AccountId(17).ToString());
        Assert.Equal("000000001234", new MeterAddress(1234).ToString());
        Assert.Equal("system", PersonId.System.ToString());
        Assert.Equal(("1", "2"), (new CommandId(1).ToString(), new NoticeId(2).ToString()));
        Assert.Equal(1, new AccountId(2).CompareTo(new(1)) * new MeterId(2).CompareTo(new(1)));
        Assert.Equal(-1, TerminalAddress.Of(0, 1).CompareTo(TerminalAddress.Broadcast));
    }
}
