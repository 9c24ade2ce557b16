using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Demo;

namespace Meters.Host.Tests.Cli;

public sealed class KeysTests
{
    [Fact(Timeout = 120_000)]
    public async Task Keys_are_added_listed_and_revoked_on_the_store_and_shown_once()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "meters.json"),
            """{"store":"sqlite:data"}""",
            TestContext.Current.CancellationToken);
        Task<Ended> KeysAsync(params string[] words) => ProgramRun.RunAsync(folder.Path, ["keys", .. words]);

        var added = await KeysAsync("add", "--name", "office", "--person", "Li Wei", "--roles", "reader,cashier");
        var taken = await KeysAsync("add", "--name", "office", "--person", "Li Wei", "--roles", "reader");
        var noRole = await KeysAsync("add", "--name", "second", "--person", "Li Wei", "--roles", "king");
        var system = await KeysAsync("add", "--name", "third", "--person", "system", "--roles", "reader");
        var listed = await KeysAsync("list", "--json");
        var revoked = await KeysAsync("revoke", "office");
        var unknown = await KeysAsync("revoke", "nobody");
        var after = await KeysAsync("list");

        Assert.Equal((0, 2, 2, 2), (added.Code, taken.Code, noRole.Code, system.Code));
        Assert.Equal((0, 0, 2, 0), (listed.Code, revoked.Code, unknown.Code, after.Code));
        var key = added.Out.Trim();
        Assert.True(ApiKeys.TryHash(key, out _));
        var row = Assert.Single(JsonDocument.Parse(listed.Out).RootElement.EnumerateArray());
        Assert.Equal("Li Wei", row.GetProperty("person").GetString());
        Assert.Equal(["reader", "cashier"], row.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.DoesNotContain(key, listed.Out + after.Out, StringComparison.Ordinal);
        Assert.Contains("revoked 20", after.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Path, "data", "meters.db")));
    }
}
