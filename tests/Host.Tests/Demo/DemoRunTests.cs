using Meters.Host.Demo;
using Meters.Host.Tests.Engine;
using Microsoft.Data.Sqlite;

namespace Meters.Host.Tests.Demo;

public class DemoRunTests
{
    /// <summary>Without real consumption, whose missing hours would make the number of readings the file's.</summary>
    private static readonly DemoOptions Small = new()
    {
        Meters = 20,
        Hours = 40,
        Seed = 3,
        Consumption = DemoOptions.Generated,
    };

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_same_seed_gives_the_same_summary_and_everything_holds()
    {
        var first = await RunAsync(Small);
        var again = await RunAsync(Small);
        Assert.True(first.Holds, string.Join(" ", first.Faults));
        Assert.Equal(Same(first), Same(again));
        Assert.True(first is { Cuts: > 0, Reconnects: > 0, Sms: > 0, Alarms: > 0 }, first.ToJson());
        Assert.Equal(20 * 41, first.ReadingsSent);
    }

    [Fact(Timeout = 120_000)]
    public async Task Real_homes_with_their_missing_hours_hold_every_check()
    {
        var file = Needs.Data("main-fleet-sgsc-60d.csv.gz");
        var summary = await RunAsync(Small with { Meters = 60, Consumption = file });
        Assert.True(summary.Holds, string.Join(" ", summary.Faults));
        Assert.Equal(Path.GetFileName(file), summary.Consumption);
        Assert.InRange(summary.ReadingsSent, 1, 60 * 41 - 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_holds_data_is_refused_and_left_alone()
    {
        using var folder = new ScratchFolder();
        var options = Small with { Meters = 3, Hours = 1, Store = "sqlite:" + folder.Path };
        await RunAsync(options);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(options));
        Assert.Contains("does not overwrite", fault.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(
        "UPDATE reading SET charge = charge + 10000000000 "
        + "WHERE (channel, at) = (SELECT channel, max(at) FROM reading WHERE charge > 0)")]
    [InlineData("DELETE FROM reading WHERE (channel, at) = (SELECT channel, max(at) FROM reading WHERE charge > 0)")]
    [InlineData("UPDATE ledger SET amount = amount + 1 WHERE id = (SELECT min(id) FROM ledger)")]
    [InlineData(
        "UPDATE command SET state = 11 WHERE id = (SELECT max(id) FROM command WHERE kind IN (1, 3) AND state = 8)")]
    public async Task The_check_sees_what_was_tampered_with(string sql)
    {
        using var folder = new ScratchFolder();
        var summary = await RunAsync(
            Small with { Store = "sqlite:" + folder.Path },
            (_, line) =>
            {
                if (line.Contains("Why it was cut", StringComparison.Ordinal)) Tamper(folder.Path, sql);
            });
        Assert.False(summary.Holds, summary.ToText());
    }

    [Fact(Timeout = 180_000)]
    public async Task On_timescale_the_summary_is_the_same()
    {
        await using var database = await TestDatabase.CreateAsync(Needs.Timescale());
        var there = await RunAsync(Small with { Store = database.Connection });
        var here = await RunAsync(Small);
        Assert.True(there.Holds, string.Join(" ", there.Faults));
        Assert.Equal(Same(here), Same(there));
    }

    private static async Task<DemoSummary> RunAsync(DemoOptions options, Action<object, string>? seen = null)
    {
        await using var writer = new LineWriter(seen);
        return await new DemoRun(options, writer).RunAsync(Stopping);
    }

    /// <summary>All but the time it took.</summary>
    private static string Same(DemoSummary summary) => (summary with { Seconds = 0 }).ToJson();

    private static void Tamper(string folder, string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(folder, Storage.Stores.SqliteFileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    /// <summary>Shows each line of the progress to the test.</summary>
    private sealed class LineWriter(Action<object, string>? seen) : StringWriter
    {
        public override Task WriteLineAsync(string? value)
        {
            seen?.Invoke(this, value ?? "");
            return Task.CompletedTask;
        }
    }
}
