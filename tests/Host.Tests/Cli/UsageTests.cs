using Meters.Host.Demo;

namespace Meters.Host.Tests.Cli;

public sealed class UsageTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("", "demo serve keys import simulate audit bench")]
    [InlineData("serve", "--settings --store --api --terminals --log --json")]
    [InlineData("keys", "add list revoke --json")]
    [InlineData("keys add", "--name --person --roles --settings --store --json")]
    [InlineData("keys list", "--settings --store --json")]
    [InlineData("keys revoke", "<name> --settings --store --json")]
    [InlineData("import", "concentrators accounts meters payments tariff policy payment-file opening-balances")]
    [InlineData("import reconciliation", "<file> --api --key --json --channel --day")]
    [InlineData("import accounts", "<file> --api --key --json sanctioned_watts METERS_KEY")]
    [InlineData("import payments", "<file> --api --key --json --count --total --currency")]
    [InlineData("import policy", "<file> --api --key --json --from")]
    [InlineData("simulate", "--terminals --api --key --meters --hours --seed --speed --live --no-payments --json")]
    [InlineData("audit", "--store --roots --json")]
    [InlineData("bench tamper", "--trials --sql-trials --seed --json")]
    [InlineData("demo", "--meters --hours --speed --seed --json --store --consumption")]
    public async Task Help_prints_every_option(string command, string words)
    {
        using var folder = new ScratchFolder();

        var help = await ProgramRun.RunAsync(folder.Path, [.. Split(command), "--help"]);

        Assert.Equal(0, help.Code);
        Assert.All(Split(words), word => Assert.Contains(word, help.Out, StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("", "Required command")]
    [InlineData("serve --unknown", "--unknown")]
    [InlineData("serve --terminals nowhere", "--terminals: Terminals must be an IP address and a port")]
    [InlineData("serve --settings absent.json", "absent.json: is not there.")]
    [InlineData("serve --store mysql:x", "is no store")]
    [InlineData("keys add --name a", "--person")]
    [InlineData("import accounts", "Required argument missing")]
    [InlineData("import accounts absent.csv --key k", "absent.csv is not there.")]
    [InlineData("import accounts absent.csv", "--key: an API key is needed")]
    [InlineData("import accounts absent.csv --key k --api nowhere", "--api: must be an http or https address")]
    [InlineData("import payments absent.csv --key k --count 1", "--count, --total and --currency belong together.")]
    [InlineData("simulate --key k", "--terminals")]
    [InlineData("simulate --key k --terminals 127.0.0.1", "--terminals: must be a host and a port")]
    [InlineData("simulate --key k --terminals 127.0.0.1:1 --meters 0", "Meters must be between 1 and 100000")]
    [InlineData("demo --meters many", "many")]
    [InlineData("demo --meters 0", "Meters must be between 1 and")]
    public async Task Wrong_use_is_told_and_ends_with_2(string command, string fault)
    {
        using var folder = new ScratchFolder();

        var ended = await ProgramRun.RunAsync(folder.Path, Split(command));

        Assert.Contains(fault, ended.Error, StringComparison.Ordinal);
        Assert.Equal(2, ended.Code);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("simulate --key k --terminals 127.0.0.1:1 --api http://127.0.0.1:1", "cannot be reached")]
    [InlineData("keys list --store postgres:Host=127.0.0.1;Port=1;Database=x;Username=x;Password=geheim", "meters: ")]
    [InlineData("serve --store sqlite:s --api http://192.0.2.1:9", "meters: ")]
    public async Task What_is_away_ends_with_3(string command, string fault)
    {
        using var folder = new ScratchFolder();

        var ended = await ProgramRun.RunAsync(folder.Path, Split(command));

        Assert.Equal(3, ended.Code);
        Assert.Contains(fault, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", ended.Error + ended.Out, StringComparison.Ordinal);
    }

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
