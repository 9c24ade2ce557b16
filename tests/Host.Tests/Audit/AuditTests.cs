using Meters.Billing.Ledger;
using Meters.Host.Audit;
using Meters.Host.Bench.Tamper;
using Meters.Host.Cli;
using Meters.Host.Demo;
using Meters.Host.Tests.Cli;
using Meters.Host.Tests.Engine;
using Meters.Storage;
using Meters.Storage.Contract;
using Microsoft.Data.Sqlite;

namespace Meters.Host.Tests.Audit;

public class AuditTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    /// <summary>What was tried is printed with its seed when one is not found.</summary>
    [Fact(Timeout = 240_000)]
    public Task Hundreds_of_tamperings_are_found_and_located() => Seeds.RunAsync(2, async random =>
    {
        var result = await new TamperBench(new(250, 15, random.Next())).RunAsync(Stopping);
        Assert.True(result.Holds, result.ToText() + string.Join(Environment.NewLine, result.Missed));
    });

    [Theory(Timeout = 60_000)]
    [InlineData(Moment.Before)]
    [InlineData(Moment.After)]
    public async Task A_commit_whose_answer_was_lost_leaves_a_whole_chain(Moment moment)
    {
        await using var service = await SmallService.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            if (i == 2) service.Hooks.Break("IShardStore.CommitAsync", moment);
            var (status, _) = await service.Engine.PostPaymentAsync(
                new(
                    $"p{i}", SmallService.Account, new(100), Currency.Parse("CNY"), PaymentChannel.Counter,
                    SmallService.Tester, null),
                Stopping);
            Assert.True(status is PaymentStatus.Posted or PaymentStatus.AlreadyPosted, status.ToString());
        }

        var report = await Auditor.RunAsync(service.Inner, null, Stopping);
        Assert.True(report.Holds, report.ToText());
        Assert.Equal(8, report.Links);
    }

    [Theory(Timeout = 240_000)]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("timescale")]
    public async Task Rows_changed_by_sql_are_named(string kind)
    {
        using var folder = new ScratchFolder();
        await using var database = kind == "sqlite"
            ? null
            : await TestDatabase.CreateAsync(kind == "postgres" ? Needs.Postgres() : Needs.Timescale());
        var connection = database?.Connection ?? "sqlite:" + folder.Path;
        var roots = Path.Combine(folder.Path, "roots");
        await TamperJournal.MakeAsync(connection, roots, 7, Stopping);
        await using var store = await Stores.OpenReadOnlyAsync(connection, Stopping);
        var clean = await Auditor.RunAsync(store, roots, Stopping);
        Assert.True(clean.Holds, clean.ToText());
        Assert.True(clean is { ReadingsInFrames: > 700, ChargesRecomputed: > 700, Roots: > 10 }, clean.ToText());

        var image = await store.Journal.AuditAsync(TamperImage.LoadAsync, Stopping);
        var hand = new SqlHand(connection, kind == "sqlite");
        foreach (var (change, undo, expected) in SqlHand.Changes(image))
        {
            await hand.ExecuteAsync(change);
            var report = await Auditor.RunAsync(store, roots, Stopping);
            Assert.True(
                report.Findings.Any(f => f.Where == expected || f.Beside == expected),
                $"{change}: expected {expected}, named:\n{report.ToText()}");
            await hand.ExecuteAsync(undo);
        }

        var again = await Auditor.RunAsync(store, roots, Stopping);
        Assert.True(again.Holds, again.ToText());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_command_says_by_its_exit_code_whether_anything_differs()
    {
        using var folder = new ScratchFolder();
        var store = Path.Combine(folder.Path, "store");
        await TamperJournal.MakeAsync("sqlite:" + store, Path.Combine(store, "roots"), 3, Stopping);
        var good = await ProgramRun.RunAsync(folder.Path, "audit", "--store", "sqlite:" + store, "--json");
        Assert.Equal((ExitCodes.Done, ""), (good.Code, good.Error));
        Assert.Contains("\"holds\":true", good.Out, StringComparison.Ordinal);

        var some = await ProgramRun.RunAsync(
            folder.Path, "audit", "--store", "sqlite:" + store, "--since", "2025-11-06", "--accounts", "800001",
            "800003");
        Assert.Equal(ExitCodes.Done, some.Code);
        Assert.Contains("2 balances of 2 accounts", some.Out, StringComparison.Ordinal);
        Assert.Contains("before the first day asked for: ", some.Out, StringComparison.Ordinal);
        var nobody = await ProgramRun.RunAsync(folder.Path, "audit", "--store", "sqlite:" + store, "--accounts", "7");
        Assert.Equal(ExitCodes.Usage, nobody.Code);
        Assert.Contains("There is no account 7.", nobody.Error, StringComparison.Ordinal);

        await new SqlHand("sqlite:" + store, true).ExecuteAsync("UPDATE ledger SET amount = amount + 1 WHERE id = 5");
        var bad = await ProgramRun.RunAsync(folder.Path, "audit", "--store", "sqlite:" + store);
        Assert.Equal(ExitCodes.CheckFailed, bad.Code);
        Assert.Contains("DIFFERENT  ledger 0/5:", bad.Out, StringComparison.Ordinal);

        var absent = await ProgramRun.RunAsync(folder.Path, "audit", "--store", "sqlite:nowhere");
        Assert.Equal(ExitCodes.Usage, absent.Code);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "nowhere")));
    }
}
