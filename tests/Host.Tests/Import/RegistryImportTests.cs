using Meters.Host.Import;

namespace Meters.Host.Tests.Import;

public sealed class RegistryImportTests
{
    private const string AccountHeader = "id,name,phone,language,currency,tariff,policy,sanctioned_watts,never_cut\n";
    private const string MeterHeader = "id,address,concentrator,point,account,port,multiplier,has_relay\n";

    [Fact]
    public void A_good_file_of_accounts_is_read_whole()
    {
        var read = RegistryImport.Accounts(
            new StringReader("\uFEFF" + AccountHeader
                + "1001,\"Wang, Li\",+86 138 0000 0001,zh,CNY,home,standard,8000,\n"
                + "\n"
                + "1002,\"The \"\"Corner\"\" Shop\",,en,CNY,shop,standard,20000,true\r\n"));

        Assert.Empty(read.Faults);
        Assert.Equal(2, read.Records.Count);
        Assert.Equal(("Wang, Li", "+8613800000001"), (read.Records[0].Name, read.Records[0].Phone));
        Assert.Equal(("The \"Corner\" Shop", "", true), (read.Records[1].Name, read.Records[1].Phone,
            read.Records[1].NeverCut));
    }

    [Fact]
    public void Columns_may_stand_in_any_order_and_optional_ones_may_be_absent()
    {
        var read = RegistryImport.Meters(
            new StringReader("account,point,concentrator,address,id\n7,12,4403-00004,000000000012,9\n"));

        Assert.Empty(read.Faults);
        var meter = Assert.Single(read.Records);
        Assert.Equal((9L, 12L, 12, (byte)31, 1, 7L, true), (meter.Id.Value, meter.Address.Digits, meter.Point,
            meter.Port,
            meter.Multiplier, meter.Account.Value, meter.HasRelay));
    }

    [Fact]
    public void Concentrators_are_read()
    {
        var read = RegistryImport.Concentrators(new StringReader(
            "address,name,zone\n4403-00004,North 4,Asia/Shanghai\n"));

        Assert.Empty(read.Faults);
        Assert.Equal("4403-00004", Assert.Single(read.Records).Address.ToString());
    }

    [Theory]
    [InlineData("", "The file is empty")]
    [InlineData("id,name\n", "line 1, phone: is missing in the header")]
    [InlineData("id,id,name,phone,language,currency,tariff,policy,sanctioned_watts\n", "line 1, id: stands twice")]
    [InlineData("ID,name,phone,language,currency,tariff,policy,sanctioned_watts\n", "line 1, ID: is not a column here")]
    [InlineData(AccountHeader + "1,A\n", "line 2: has 2 fields; the header has 9")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t,p,1,,x\n", "line 2: has 10 fields; the header has 9")]
    [InlineData(AccountHeader + "0,A,,en,CNY,t,p,1,\n", "line 2, id: must be a whole number from 1")]
    [InlineData(AccountHeader + "x,A,,en,CNY,t,p,1,\n", "line 2, id: 'x' is not a whole number")]
    [InlineData(AccountHeader + "1.0,A,,en,CNY,t,p,1,\n", "line 2, id: '1.0' is not a whole number")]
    [InlineData(AccountHeader + "1,,,en,CNY,t,p,1,\n", "line 2, name: must have")]
    [InlineData(AccountHeader + "1,A,12ab34,en,CNY,t,p,1,\n", "line 2, phone: '12ab34' is not a phone number")]
    [InlineData(AccountHeader + "1,A,,fr,CNY,t,p,1,\n", "line 2, language: must be en or zh")]
    [InlineData(AccountHeader + "1,A,,en,yuan,t,p,1,\n", "line 2, currency: 'yuan' is not known")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t t,p,1,\n", "line 2, tariff: must have")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t,,1,\n", "line 2, policy: must have")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t,p,0,\n", "line 2, sanctioned_watts: must be")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t,p,1,yes\n", "line 2, never_cut: must be true or false")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t,p,99999999999,\n",
        "line 2, sanctioned_watts: '99999999999' is out of range")]
    [InlineData(AccountHeader + "1,A\"b,,en,CNY,t,p,1,\n", "line 2: a quote stands where none may")]
    [InlineData(AccountHeader + "1,\"A\"b,,en,CNY,t,p,1,\n", "line 2: a quote stands where none may")]
    [InlineData(AccountHeader + "1,\"A,,en,CNY,t,p,1,\n2,B,,en,CNY,t,p,1,\n", "line 2: a quote is left open")]
    [InlineData(AccountHeader + "1,A,,en,CNY,t,p,1,\n1,A,,en,CNY,t,p,1,\n", "line 3, id: is the same as in line 2")]
    public void A_bad_file_of_accounts_gives_its_fault_and_no_record(string text, string expected)
    {
        var read = RegistryImport.Accounts(new StringReader(text));

        Assert.Empty(read.Records);
        Assert.Contains(read.Faults, fault => fault.ToString().StartsWith(expected, StringComparison.Ordinal));
        if (expected.StartsWith("line 2", StringComparison.Ordinal)) Assert.Single(read.Faults);
    }

    [Theory]
    [InlineData("1,12345,4403-00004,1,7,,,\n", "line 2, address: must be the twelve digits")]
    [InlineData("1,00000000001A,4403-00004,1,7,,,\n", "line 2, address: must be the twelve digits")]
    [InlineData("1,000000000001,4403-4,1,7,,,\n", "line 2, concentrator: must be region and terminal")]
    [InlineData("1,000000000001,4403-00000,1,7,,,\n", "line 2, concentrator: must be region and terminal")]
    [InlineData("1,000000000001,4403-00004,0,7,,,\n", "line 2, point: must be 1 to 2040")]
    [InlineData("1,000000000001,4403-00004,2041,7,,,\n", "line 2, point: must be 1 to 2040")]
    [InlineData("1,000000000001,4403-00004,1,7,256,,\n", "line 2, port: must be 0 to 255")]
    [InlineData("1,000000000001,4403-00004,1,7,,0,\n", "line 2, multiplier: must be 1 to")]
    [InlineData("1,000000000001,4403-00004,1,-7,,,\n", "line 2, account: must be a whole number")]
    public void A_bad_meter_gives_its_fault(string row, string expected)
    {
        var read = RegistryImport.Meters(new StringReader(MeterHeader + row));

        Assert.StartsWith(expected, Assert.Single(read.Faults).ToString(), StringComparison.Ordinal);
        Assert.Empty(read.Records);
    }

    [Theory]
    [InlineData("4403-00004,,+08:00\n", "line 2, name: ")]
    [InlineData("4403-00004,A,Mars/Olympus\n", "line 2, zone: 'Mars/Olympus'")]
    [InlineData("FFFF-65535,A,+08:00\n", "line 2, address: is the broadcast address")]
    public void A_bad_concentrator_gives_its_fault(string row, string expected)
    {
        var read = RegistryImport.Concentrators(new StringReader("address,name,zone\n" + row));

        Assert.StartsWith(expected, Assert.Single(read.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_of_a_file_are_listed_at_once()
    {
        var read = RegistryImport.Accounts(
            new StringReader(AccountHeader + "x,,,en,CNY,t,p,1,\n2,B,,fr,CNY,t,p,1,\n3,C,,en,CNY,t,p,1,\n4\n"));

        Assert.Equal([2, 2, 3, 5], read.Faults.Select(fault => fault.Line));
    }

    [Fact]
    public void The_list_of_faults_is_bounded()
    {
        var text = AccountHeader + string.Concat(Enumerable.Repeat("x\n", 5_000));

        var read = RegistryImport.Accounts(new StringReader(text));

        Assert.Equal(CsvTable.FaultsMax + 1, read.Faults.Count);
        Assert.Contains("reading stopped", read.Faults[^1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_a_fault()
    {
        var read = RegistryImport.Accounts(new StringReader(AccountHeader + new string('x', 1_000_000)));

        Assert.NotEmpty(read.Faults);
        Assert.Empty(read.Records);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_file_that_is_absent_a_folder_or_not_utf8_gets_a_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("meters-import-");
        try
        {
            var stopping = TestContext.Current.CancellationToken;
            var latin = Path.Combine(folder.FullName, "latin.csv");
            await File.WriteAllBytesAsync(latin, [0x41, 0xE4, 0x0A], stopping);

            Assert.Contains("is not there", (await ImportFile.ReadAsync(latin + "x", stopping)).Fault!.Sentence,
                StringComparison.Ordinal);
            Assert.Contains("is a folder", (await ImportFile.ReadAsync(folder.FullName, stopping)).Fault!.Sentence,
                StringComparison.Ordinal);
            Assert.Contains("is not UTF-8 (byte 2)", (await ImportFile.ReadAsync(latin, stopping)).Fault!.Sentence,
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
