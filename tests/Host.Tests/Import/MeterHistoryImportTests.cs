using Meters.Host.Import;

namespace Meters.Host.Tests.Import;

public sealed class MeterHistoryImportTests
{
    private const string Multipliers = "meter,from,multiplier,note,register_kwh,revision\n";
    private const string Changes =
        "account,old_meter,closing_kwh,new_meter,opening_kwh,at,note,new_address,new_multiplier\n";

    [Fact(Timeout = 10_000)]
    public void Multipliers_are_read_with_what_may_be_absent()
    {
        var read = RegistryImport.Multipliers(new StringReader(Multipliers
            + "9,2026-02-01T00:00:00+08:00,40,new CT,12.5,2\n"
            + "9,2026-03-01T00:00:00Z,60,again,,\n"));
        Assert.Empty(read.Faults);
        Assert.Equal(
            [new(9, "2026-02-01T00:00:00+08:00", 40, "new CT", "12.5", 2), new(9, "2026-03-01T00:00:00Z", 60, "again")],
            read.Records);
    }

    [Fact(Timeout = 10_000)]
    public void Replacements_are_read_with_what_may_be_absent()
    {
        var read = RegistryImport.MeterChanges(new StringReader(Changes
            + "1,9,99.5,10,0,2026-02-01T00:00:00Z,burnt,000000000013,40\n"
            + "2,11,1,12,0.0001,2026-02-01T00:00:00Z,burnt,,\n"));
        Assert.Empty(read.Faults);
        Assert.Equal((40, null), (read.Records[0].NewMultiplier, read.Records[1].NewMultiplier));
        Assert.Equal(("000000000013", null), (read.Records[0].NewAddress, read.Records[1].NewAddress));
    }

    [Fact(Timeout = 10_000)]
    public void Moves_of_accounts_are_read_and_a_bad_one_is_named()
    {
        const string Head = "account,tariff,from,reason\n";
        var read = RegistryImport.AccountTariffs(new StringReader(Head
            + "7,tou,2026-03-01T00:00:00+08:00,contract\n8,tou,2026-03-01T00:00:00+08:00,\n"));
        Assert.Empty(read.Faults);
        Assert.Equal(new(7, "tou", "2026-03-01T00:00:00+08:00", "contract"), read.Records[0]);
        (string, string)[] all =
        [
            ("0,tou,2026-03-01T00:00:00Z,", "account"), ("7,a b,2026-03-01T00:00:00Z,", "tariff"),
            ("7,tou,March,", "from"),
        ];
        foreach (var (line, fault) in all)
        {
            var bad = RegistryImport.AccountTariffs(new StringReader(Head + line + "\n"));
            Assert.Empty(bad.Records);
            Assert.StartsWith($"line 2, {fault}", Assert.Single(bad.Faults).ToString(), StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 10_000)]
    [InlineData("9,2026-02-01,40,n,,", "line 2, from")]
    [InlineData("9,2026-02-01T00:00:00Z,0,n,,", "line 2, multiplier")]
    [InlineData("9,2026-02-01T00:00:00Z,40,,,", "line 2, note")]
    [InlineData("9,2026-02-01T00:00:00Z,40,n,-1,", "line 2, register_kwh")]
    [InlineData("9,2026-02-01T00:00:00Z,40,n,,0", "line 2, revision")]
    [InlineData("x,2026-02-01T00:00:00Z,40,n,,", "line 2, meter")]
    [InlineData("9,2026-02-01T00:00:00Z,4,n,,\n9,2026-02-01T00:00:00Z,5,n,,", "line 3, from")]
    public void A_file_with_a_bad_multiplier_is_not_taken(string line, string fault)
    {
        var read = RegistryImport.Multipliers(new StringReader(Multipliers + line + "\n"));
        Assert.Empty(read.Records);
        Assert.StartsWith(fault, read.Faults[0].ToString(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 10_000)]
    [InlineData("1,9,1.00001,10,0,2026-02-01T00:00:00Z,n,,", "line 2, closing_kwh")]
    [InlineData("1,9,1,10,,2026-02-01T00:00:00Z,n,,", "line 2, opening_kwh")]
    [InlineData("1,9,1,10,0,yesterday,n,,", "line 2, at")]
    [InlineData("1,9,1,10,0,2026-02-01T00:00:00Z,n,13,", "line 2, new_address")]
    [InlineData("1,0,1,10,0,2026-02-01T00:00:00Z,n,,", "line 2, old_meter")]
    public void A_file_with_a_bad_replacement_is_not_taken(string line, string fault)
    {
        var read = RegistryImport.MeterChanges(new StringReader(Changes + line + "\n"));
        Assert.Empty(read.Records);
        Assert.StartsWith(fault, read.Faults[0].ToString(), StringComparison.Ordinal);
    }
}
