using System.Numerics;

namespace Meters.Units.Tests;

public class QuantityTests
{
    private const long Minor = ExactCharge.PerMinor;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Minor / 2, 1)]
    [InlineData((Minor / 2) - 1, 0)]
    [InlineData(Minor, 1)]
    [InlineData((Minor * 3 / 2) - 1, 1)]
    [InlineData(Minor * 3 / 2, 2)]
    [InlineData(-Minor / 2, 0)]
    [InlineData((-Minor / 2) - 1, -1)]
    [InlineData(-Minor * 3 / 2, -1)]
    [InlineData((-Minor * 3 / 2) - 1, -2)]
    public void A_charge_rounds_half_up_on_both_sides_of_zero(long exact, long expected) =>
        Assert.Equal(new Money(expected), new ExactCharge(exact).RoundHalfUp());

    [Fact]
    public void Rounding_commutes_with_whole_minor_units() => Seeds.Run(20, random =>
    {
        for (var i = 0; i < 200; i++)
        {
            var exact = new ExactCharge(random.NextInt64(-100 * Minor, 100 * Minor));
            var whole = new Money(random.NextInt64(-1_000, 1_000));
            Assert.Equal(exact.RoundHalfUp() + whole, (exact + ExactCharge.FromMoney(whole)).RoundHalfUp());
            var floor = BigInteger.DivRem(
                ((BigInteger)exact.Value * 2) + Minor, 2 * Minor, out var rest) - (rest < 0 ? 1 : 0);
            Assert.Equal(floor, exact.RoundHalfUp().Minor);
        }
    });

    [Fact]
    public void Money_beyond_64_bits_throws_and_never_wraps()
    {
        Assert.Throws<OverflowException>(() => new ExactCharge(Int128.MaxValue / 4).RoundHalfUp());
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
        Assert.Throws<OverflowException>(() => new Money(long.MinValue) - new Money(1));
        Assert.Throws<OverflowException>(() => -new Money(long.MinValue));
        Assert.Throws<OverflowException>(() => new Energy(long.MaxValue) + new Energy(1));
        Assert.Throws<OverflowException>(() => Energy.FromKwh(long.MaxValue));
    }

    [Fact]
    public void One_kilowatt_hour_at_a_price_is_that_price()
    {
        Assert.Equal(new Money(54), ExactCharge.Of(Energy.FromKwh(1), new(53_800_000)).RoundHalfUp());
        Assert.Equal(538 * (Minor / 10), ExactCharge.Of(Energy.FromKwh(1), new(53_800_000)).Value);
        Assert.Equal(
            (Int128)long.MaxValue * long.MaxValue, ExactCharge.Of(new(long.MaxValue), new(long.MaxValue)).Value);
    }

    [Fact]
    public void Quantities_compare_and_print_for_people()
    {
        Assert.True(new Money(1) < new Money(2) && new Money(2) >= new Money(2) && new Energy(3) > new Energy(2));
        Assert.True(new Money(-1) <= Money.Zero && new Energy(2) <= new Energy(2) && new Energy(2) >= new Energy(2));
        Assert.Equal("1234.5600 kWh", new Energy(12_345_600).ToString());
        Assert.Equal("-12.50 CNY", Currency.Parse("CNY").Format(new(-1_250)));
        Assert.Equal("7 JPY", Currency.Parse("JPY").Format(new(7)));
        Assert.Equal(new Energy(60), new Energy(20) * 3);
        Assert.Equal(1, new ExactCharge(2).CompareTo(new(1)));
    }

    [Theory]
    [InlineData("ZZZ")]
    [InlineData("cny")]
    [InlineData("")]
    [InlineData(null)]
    public void An_unknown_currency_is_refused(string? code)
    {
        Assert.False(Currency.TryParse(code, out _));
        Assert.Throws<ArgumentException>(() => Currency.Parse(code!));
    }
}
