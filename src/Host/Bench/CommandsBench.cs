using System.Diagnostics;
using System.Globalization;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench;

/// <summary>
/// Commands per second through the store: the cases read, a command recorded for each with its decision, taken again by
/// the compare-and-set of promise 6 with fence, holds and guard, and handed on to a field that only counts.
/// </summary>
/// <param name="store">Connection text of an empty store.</param>
/// <param name="commands">Commands of a run.</param>
/// <param name="runs">Runs; the median counts.</param>
/// <param name="perDispatch">Commands in one transaction of the compare-and-set.</param>
/// <param name="progress">One line for each run.</param>
public sealed class CommandsBench(string store, int commands, int runs, int perDispatch, TextWriter progress)
{
    private const int PerCommit = 500;
    private const int PerRegistration = 5_000;
    private const int Concentrators = 1_000;
    private static readonly Instant Start = Instant.Utc(2026, 3, 1, 8);

    public async Task<BenchLine> RunAsync(CancellationToken stopping)
    {
        const decimal Goal = 10_000;
        await using var opened = await Stores.OpenAsync(store, stopping);
        await RegisterAsync(opened, stopping);
        var rates = new List<decimal>();
        for (var run = 0; run < runs; run++)
        {
            var now = Start + TimeSpan.FromHours(run);
            var (began, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            await RecordAsync(opened, now, stopping);
            var sent = await DispatchAsync(opened, now, stopping);
            rates.Add(decimal.Round(commands / (decimal)Stopwatch.GetElapsedTime(began).TotalSeconds, 0));
            var used = (decimal)(Environment.CpuUsage.TotalTime - processor).TotalSeconds;
            await progress.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"run {run}: {rates[^1]:N0} per second, {commands / used:N0} per second of processor time"));
            if (sent.Count != commands) throw new InvalidOperationException($"{sent.Count} of {commands} were sent.");
            await FinishAsync(opened, sent, now, stopping);
        }

        var median = BenchLine.Median(rates);
        return new("commands", median, null, null, Goal, false, $"commands per second, {opened.Kind}", rates);
    }

    private async Task RecordAsync(IStore opened, Instant now, CancellationToken stopping)
    {
        foreach (var part in Enumerable.Range(1, commands).Chunk(PerCommit))
        {
            var images = await opened.Control.FindCasesAsync(
                [.. part.Select(account => new AccountId(account))], stopping);
            var decisions = images.Select(image => Decide(image, now)).ToList();
            await opened.Control.CommitAsync(decisions, stopping);
        }
    }

    private static CaseDecision Decide(CaseImage image, Instant now)
    {
        var account = image.Case.Account;
        var kind = account.Value % 2 == 0 ? CommandKind.Trip : CommandKind.Close;
        var command = new Command(
            default, account, new(account.Value), new(100_000_000 + account.Value),
            TerminalAddress.Of(9, (int)(account.Value % Concentrators) + 1), kind, CommandState.Queued,
            CommandOrigin.Policy, PersonId.System, now, now, now + TimeSpan.FromMinutes(30), 0, image.Case.Fence, 0,
            null, "a measurement");
        var wanted = kind == CommandKind.Trip ? Supply.Off : Supply.On;
        var after = image.Case with { Desired = wanted, DueAt = now + TimeSpan.FromHours(1) };
        var why = new Control.Decisions.Decision(account, now, "measured", ["A measurement."], new(-1), now, "none");
        return new(image.Case.Revision, after, [command], [], [], why);
    }

    private async Task<List<CommandId>> DispatchAsync(IStore opened, Instant now, CancellationToken stopping)
    {
        var sent = new List<CommandId>();
        var terms = new GuardTerms
        {
            Window = TimeSpan.FromMinutes(15),
            Watts = 1_000,
            Budgets =
            [
                new(GuardKey.System, new(int.MaxValue, long.MaxValue)),
                new(new(GuardScope.Region, "R1"), new(int.MaxValue, long.MaxValue)),
                new(new(GuardScope.Feeder, "F1"), new(int.MaxValue, long.MaxValue)),
            ],
        };
        while (true)
        {
            var ready = await opened.Control.ReadyCommandsAsync(now, perDispatch, stopping);
            if (ready.Count == 0) return sent;
            await opened.Control.FindCasesAsync([.. ready.Select(command => command.Account)], stopping);
            var outcomes = await opened.Control.DispatchAsync(
                [
                    .. ready.Select(command => new DispatchAttempt(
                        command.Id, command.Attempts, now, 1, now + TimeSpan.FromMinutes(1), terms)),
                ],
                stopping);
            for (var i = 0; i < ready.Count; i++)
            {
                if (outcomes[i].Status == DispatchStatus.Sent) sent.Add(ready[i].Id);
            }
        }
    }

    /// <summary>Not measured: makes room for the next run.</summary>
    private static async Task FinishAsync(
        IStore opened, List<CommandId> sent, Instant now, CancellationToken stopping)
    {
        foreach (var command in sent)
        {
            await opened.Control.MoveCommandAsync(
                new(command, CommandState.Sent, CommandState.Failed, now, Instant.Never, ""), stopping);
        }
    }

    private async Task RegisterAsync(IStore opened, CancellationToken stopping)
    {
        foreach (var part in Enumerable.Range(1, commands).Chunk(PerRegistration))
        {
            await opened.Registry.AddAsync(
                new()
                {
                    Accounts =
                    [
                        .. part.Select(account => new AccountRecord(
                            new(account), "A measurement", "", "en", "CNY", "none", "none", 0, 1_000, false)),
                    ],
                },
                stopping);
        }
    }
}
