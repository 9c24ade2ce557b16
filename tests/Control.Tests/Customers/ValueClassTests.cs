using Meters.Control.Customers;
using Meters.Units;

namespace Meters.Tests.Control.Customers;

public class ValueClassTests
{
    private static readonly Currency Cny = Currency.Parse("CNY");

    [Theory]
    [InlineData("", "")]
    [InlineData("5", "A")]
    [InlineData("0", "C")]
    [InlineData("-5", "C")]
    [InlineData("100,100,100", "ABB")] // The first third ends exactly with the first.
    [InlineData("40,30,20,6,4", "ABBBC")] // 96 % are reached with the fourth, which began below 95 %.
    [InlineData("95,5", "AC")]
    [InlineData("94,6", "AB")]
    [InlineData("10,10,10,10,10,10", "AABBBB")]
    [InlineData("1,1000,1", "CAC")]
    [InlineData("0,7,0", "CAC")]
    [InlineData("-50,10", "CA")]
    public void Classes_follow_the_share_of_the_larger_ones(string volumes, string classes) =>
        Assert.Equal(classes, Classes(volumes, Cny));

    [Fact]
    public void Currencies_are_classed_apart()
    {
        var inr = Currency.Parse("INR");
        PurchaseVolume[] volumes =
            [new(new(1), Cny, 10), new(new(2), inr, 1_000_000), new(new(3), inr, 1), new(new(4), Cny, 1)];
        Assert.Equal(
            [ValueClass.A, ValueClass.A, ValueClass.C, ValueClass.B],
            ValueClasses.Of(volumes).Select(one => one.Class));
    }

    [Fact]
    public void The_largest_amounts_do_not_overflow()
    {
        var volumes = Enumerable.Range(1, 50).Select(i => new PurchaseVolume(new(i), Cny, long.MaxValue));
        var classes = ValueClasses.Of(volumes);
        Assert.Equal(17, classes.Count(one => one.Class == ValueClass.A));
        Assert.Equal(31, classes.Count(one => one.Class == ValueClass.B));
        Assert.Equal(2, classes.Count(one => one.Class == ValueClass.C));
    }

    [Fact]
    public void The_order_in_which_customers_come_does_not_matter_and_shares_hold() => Seeds.Run(300, random =>
    {
        var volumes = Enumerable.Range(1, random.Next(1, 60))
            .Select(i => new PurchaseVolume(new(i), Cny, random.Next(20))).ToArray();
        var classes = ValueClasses.Of(volumes).ToDictionary(one => one.Account, one => one.Class);
        random.Shuffle(volumes);
        Assert.Equal(classes, ValueClasses.Of(volumes).ToDictionary(one => one.Account, one => one.Class));
        var total = volumes.Sum(one => one.Volume);
        if (total == 0) return;
        long Of(params ValueClass[] some) =>
            volumes.Where(one => some.Contains(classes[one.Account])).Sum(one => one.Volume);
        Assert.True(Of(ValueClass.A) * 3 >= total);
        Assert.True(Of(ValueClass.A, ValueClass.B) * 100 >= total * 95);
        foreach (var one in volumes)
        {
            foreach (var other in volumes.Where(other => other.Volume > one.Volume))
            {
                Assert.True(classes[other.Account] <= classes[one.Account]);
            }
        }
    });

    [Fact]
    public void Flags_are_words_and_the_safety_critical_ones_are_never_cut()
    {
        Assert.True(CustomerFlagWords.TryParse(["hospital", "social"], out var flags));
        Assert.Equal(CustomerFlags.Hospital | CustomerFlags.Social, flags);
        Assert.Equal(["hospital", "social"], CustomerFlagWords.Of(flags));
        Assert.True(flags.IsNeverCut());
        Assert.False(CustomerFlags.Social.IsNeverCut());
        Assert.False(CustomerFlagWords.TryParse(["social", "social"], out _));
        Assert.False(CustomerFlagWords.TryParse(["Hospital"], out _));
        Assert.False(CustomerFlagWords.TryParse([""], out _));
        Assert.True(CustomerFlagWords.TryParse([], out var none));
        Assert.Equal(CustomerFlags.None, none);
        Assert.All(
            Enum.GetValues<CustomerFlags>().Where(flag => flag != CustomerFlags.None),
            flag => Assert.Single(CustomerFlagWords.Of(flag)));
    }

    private static string Classes(string volumes, Currency currency)
    {
        var list = volumes.Length == 0 ? [] : volumes.Split(',')
            .Select((text, i) => new PurchaseVolume(new(i + 1), currency, long.Parse(text)));
        return string.Concat(ValueClasses.Of(list).Select(one => one.Class.ToString()));
    }
}
