namespace Meters.Units.Tests;

public class DecimalsTests
{
    [Theory]
    [InlineData(0, 0, "0")]
    [InlineData(0, 2, "0.00")]
    [InlineData(-5, 2, "-0.05")]
    [InlineData(12345, 4, "1.2345")]
    [InlineData(long.MinValue, 2, "-92233720368547758.08")]
    public void All_decimals_are_written(long value, int places, string expected) =>
        Assert.Equal(expected, Decimals.Format(value, places));

    [Fact]
    public void A_negative_number_of_places_is_the_callers_fault() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Decimals.Format(1, -1));

    [Fact]
    public void Sums_of_128_bits_are_written_whole() =>
        Assert.Equal("-170141183460469231731687303715884105.728", Decimals.Format(Int128.MinValue, 3));

    [Theory]
    [InlineData("12", 2, 1200)]
    [InlineData("-0.5", 2, -50)]
    [InlineData("3.10", 1, 31)]
    [InlineData("007", 0, 7)]
    [InlineData("1.50000", 2, 150)]
    [InlineData("-0", 3, 0)]
    [InlineData("9223372036854775807", 0, long.MaxValue)]
    [InlineData("-9223372036854775808", 0, long.MinValue)]
    [InlineData("92233720368547758.07", 2, long.MaxValue)]
    public void Plain_decimals_are_read_exactly(string text, int places, long expected)
    {
        Assert.True(Decimals.TryParse(text, places, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.2.3")]
    [InlineData("1,2")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("0.001")]
    [InlineData("1.x0")]
    [InlineData("1.-1")]
    [InlineData("\u0661")]
    [InlineData("NaN")]
    [InlineData("92233720368547758.08")]
    [InlineData("-92233720368547758.09")]
    [InlineData("99999999999999999999999999999999999999999999999999")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(Decimals.TryParse(text, 2, out var value));
        Assert.Equal(0, value);
    }

    [Fact]
    public void What_is_written_is_read_back() => Seeds.Run(50, random =>
    {
        for (var i = 0; i < 100; i++)
        {
            var value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(60);
            var places = random.Next(11);
            Assert.True(Decimals.TryParse(Decimals.Format(value, places), places, out var again));
            Assert.Equal(value, again);
        }
    });
}
