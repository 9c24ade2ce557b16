using Meters.Host.Audit;
using Meters.Host.Demo;
using Meters.Host.Roots;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Audit;

public class RootTests
{
    private static readonly Instant T0 = Instant.Utc(2026, 3, 1, 12);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_line_is_appended_when_a_chain_has_grown_and_the_next_run_goes_on_from_it()
    {
        using var folder = new ScratchFolder();
        var (clock, journal) = (new StepClock(T0), new Heads());
        for (var run = 0; run < 2; run++)
        {
            var export = new RootExport(journal, new RootFiles(folder.Path, 10), clock);
            journal.Seq++;
            Assert.NotNull(await export.RunAsync(Stopping));
            Assert.Null(await export.RunAsync(Stopping));
        }

        var (roots, findings) = await ReadAsync(folder);
        Assert.Equal((2, 0), (roots.Roots, findings.Count));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public async Task A_line_that_was_changed_or_is_missing_is_seen(int line, bool isRemoved)
    {
        using var folder = new ScratchFolder();
        var file = await ThreeAsync(folder);
        var lines = (await File.ReadAllLinesAsync(file, Stopping)).ToList();
        if (isRemoved) lines.RemoveAt(line);
        else lines[line] = lines[line].Replace("\"seq\":", "\"seq\":1", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(file, lines, Stopping);
        var (_, findings) = await ReadAsync(folder);
        Assert.NotEmpty(findings.Kept);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_line_torn_by_a_crash_is_no_difference_once_the_next_has_come()
    {
        using var folder = new ScratchFolder();
        var file = await ThreeAsync(folder);
        await File.AppendAllTextAsync(file, "{\"at\":\"2026-03-", Stopping);
        var export = new RootExport(new Heads { Seq = 9 }, new RootFiles(folder.Path, 10), new StepClock(T0));
        await export.RunAsync(Stopping);
        var (roots, findings) = await ReadAsync(folder);
        Assert.Equal((4, 0), (roots.Roots, findings.Count));
    }

    [Fact(Timeout = 30_000)]
    public async Task Files_older_than_the_days_kept_go()
    {
        using var folder = new ScratchFolder();
        var (clock, journal) = (new StepClock(T0), new Heads());
        var export = new RootExport(journal, new RootFiles(folder.Path, 3), clock);
        for (var day = 0; day < 6; day++)
        {
            clock.MoveTo(T0 + TimeSpan.FromDays(day));
            journal.Seq++;
            await export.RunAsync(Stopping);
        }

        Assert.Equal(
            ["roots-2026-03-04.jsonl", "roots-2026-03-05.jsonl", "roots-2026-03-06.jsonl"],
            RootFiles.In(folder.Path).Select(Path.GetFileName));
        Assert.Equal(0, (await ReadAsync(folder)).Findings.Count);
    }

    private static async Task<string> ThreeAsync(ScratchFolder folder)
    {
        var journal = new Heads();
        var export = new RootExport(journal, new RootFiles(folder.Path, 10), new StepClock(T0));
        for (var i = 0; i < 3; i++)
        {
            journal.Seq++;
            await export.RunAsync(Stopping);
        }

        return Assert.Single(RootFiles.In(folder.Path));
    }

    private static async Task<(RootIndex Roots, Findings Findings)> ReadAsync(ScratchFolder folder)
    {
        var findings = new Findings();
        return (await RootIndex.ReadAsync(folder.Path, findings, Stopping), findings);
    }

    private sealed class Heads : IJournalStore
    {
        public long Seq { get; set; }

        public Task<IReadOnlyList<ShardHead>> HeadsAsync(CancellationToken stopping) =>
            Task.FromResult<IReadOnlyList<ShardHead>>([new(0, Seq, new byte[32], null), new(1, 0, new byte[32], T0)]);

        public Task<T> AuditAsync<T>(Func<IAuditSource, Task<T>> work, CancellationToken stopping) =>
            throw new NotSupportedException("Only heads.");
    }
}
