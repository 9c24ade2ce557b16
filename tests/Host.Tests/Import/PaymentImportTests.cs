using Meters.Billing.Ledger;
using Meters.Host.Import;

namespace Meters.Host.Tests.Import;

public sealed class PaymentImportTests
{
    private const string Header = "key,account,amount,currency,channel,reference\n";
    private const string Two = Header + "bank-1,1001,50.00,CNY,bank,slip 7\nbank-2,1002,0.5,CNY,bank,\n";
    private static readonly PersonId Bank = new("bank-feed");

    [Fact]
    public void A_file_whose_trailer_agrees_is_read_whole()
    {
        var read = PaymentImport.Payments(new StringReader(Two + "TOTAL,2,50.50,CNY\n"), Bank, null);

        Assert.Empty(read.Faults);
        Assert.Equal(
            [
                new PaymentOrder("bank-1", new(1001), new(5_000), Currency.Parse("CNY"), PaymentChannel.Bank, Bank,
                    "slip 7"),
                new PaymentOrder("bank-2", new(1002), new(50), Currency.Parse("CNY"), PaymentChannel.Bank, Bank, null),
            ],
            read.Records);
    }

    [Theory]
    [InlineData("TOTAL,2,50.50,CNY,,\n")]
    [InlineData("TOTAL,2,50.5,CNY")]
    [InlineData("")]
    public void The_count_and_sum_may_be_told_beside_the_file_too(string trailer) =>
        Assert.True(PaymentImport.Payments(new StringReader(Two + trailer), Bank, new(2, "50.50", "CNY")).IsGood);

    [Theory]
    [InlineData(Two, "There is neither a TOTAL line")]
    [InlineData(Two + "TOTAL,3,50.50,CNY\n", "line 4, TOTAL: the count is 3; there are 2 payments")]
    [InlineData(Two + "TOTAL,2,50.51,CNY\n", "line 4, TOTAL: the sum is 50.51 CNY; the payments sum to 50.50 CNY")]
    [InlineData(Two + "TOTAL,2,50.505,CNY\n", "line 4, TOTAL: '50.505' has 3 decimals")]
    [InlineData(Two + "TOTAL,2,50.50,USD\n", "line 4, TOTAL: the sum is in USD, payments are in CNY")]
    [InlineData(Two + "TOTAL,two,50.50,CNY\n", "line 4: must be TOTAL,count,sum,currency")]
    [InlineData(Two + "TOTAL\n", "line 4: must be TOTAL,count,sum,currency")]
    [InlineData(Two + "TOTAL,2,50.50,CNY\nbank-3,1001,1.00,CNY,bank,\n", "line 5: stands after the TOTAL line 4")]
    [InlineData(Header + "k,1001,1.00,CNY,bank,\nk,1002,1.00,CNY,bank,\nTOTAL,2,2.00,CNY\n",
        "line 3, key: is the same as in line 2")]
    [InlineData(Header + ",1001,1.00,CNY,bank,\nTOTAL,1,1.00,CNY\n", "line 2, key: must have 1 to 100")]
    [InlineData(Header + "k,x,1.00,CNY,bank,\nTOTAL,1,1.00,CNY\n", "line 2, account: must be a whole number")]
    [InlineData(Header + "k,1001,1.001,CNY,bank,\nTOTAL,1,1.00,CNY\n",
        "line 2, amount: '1.001' has 3 decimals; CNY has 2")]
    [InlineData(Header + "k,1001,0.00,CNY,bank,\nTOTAL,1,0.00,CNY\n", "line 2, amount: must be above zero")]
    [InlineData(Header + "k,1001,-5.00,CNY,bank,\nTOTAL,1,-5.00,CNY\n", "line 2, amount: must be above zero")]
    [InlineData(Header + "k,1001,5.00,RMB,bank,\nTOTAL,1,5.00,CNY\n",
        "line 2, currency: The currency 'RMB' is not known")]
    [InlineData(Header + "k,1001,5.00,CNY,cash,\nTOTAL,1,5.00,CNY\n",
        "line 2, channel: must be one of counter, bank, mobile, agent")]
    public void A_bad_file_gives_its_fault_and_posts_nothing(string text, string expected)
    {
        var read = PaymentImport.Payments(new StringReader(text), Bank, null);

        Assert.Empty(read.Records);
        Assert.StartsWith(expected, Assert.Single(read.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_told_beside_the_file_must_agree_even_when_the_trailer_does()
    {
        var read = PaymentImport.Payments(new StringReader(Two + "TOTAL,2,50.50,CNY\n"), Bank, new(2, "60.00", "CNY"));

        Assert.StartsWith("TOTAL: the sum is 60.00 CNY", Assert.Single(read.Faults).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_good_file_is_refused()
    {
        const string Whole = Two + "TOTAL,2,50.50,CNY";
        for (var length = 0; length < Whole.Length; length++)
        {
            var read = PaymentImport.Payments(new StringReader(Whole[..length]), Bank, null);
            // "50.5" is the same sum as "50.50"; the currency is still missing there, so that no cut passes.
            Assert.False(read.IsGood, $"cut at {length}");
        }
    }

    [Fact]
    public void A_huge_sum_does_not_overflow()
    {
        var rows = string.Concat(Enumerable.Range(1, 3).Select(i => $"k{i},1,90000000000000000.00,CNY,bank,\n"));

        var read = PaymentImport.Payments(new StringReader(Header + rows + "TOTAL,3,1.00,CNY\n"), Bank, null);

        Assert.Contains("270000000000000000.00 CNY", Assert.Single(read.Faults).Sentence, StringComparison.Ordinal);
    }
}
