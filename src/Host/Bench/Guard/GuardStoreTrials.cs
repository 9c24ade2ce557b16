using System.Diagnostics;
using System.Globalization;
using Meters.Control.Commands;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Guard;

/// <summary>
/// The same on a real server: two processes' worth of connections send everything they find at once, nothing but the
/// guard in the store between them and the field. Connections are dropped in the middle.
/// </summary>
internal sealed class GuardStoreTrials(string server, GuardBenchOptions options, TextWriter progress)
{
    private const int CommandsPerDispatch = 100;
    private const int RowsPerCall = 5_000;
    private const int ReconnectsAlone = 200;
    private const int ReopenEvery = 200;

    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var held = 0;
        for (var trial = 0; trial < options.StoreTrials; trial++)
        {
            var seed = unchecked((options.Seed * 7_919) + trial);
            var plan = GuardTrialPlan.Of(seed, options.Cuts) with
            {
                Accounts = options.Cuts,
                Skew = [TimeSpan.Zero, TimeSpan.FromSeconds(-1)],
                StoppedAt = null,
            };
            await using var scratch = await ScratchDatabase.CreateAsync(
                server, string.Create(CultureInfo.InvariantCulture, $"meters_guard_{Environment.ProcessId}"), stopping);
            var faults = await TryAsync(scratch.Connection, plan, stopping);
            if (faults.Count == 0) held++;
            foreach (var fault in faults) await progress.WriteLineAsync($"FAILED: store trial {trial}: {fault}");
        }

        return held;
    }

    private async Task<List<string>> TryAsync(string connection, GuardTrialPlan plan, CancellationToken stopping)
    {
        await using var store = await Stores.OpenAsync(connection, stopping);
        await RegisterAsync(store, plan, stopping);
        var trips = await AskAsync(store, plan, stopping);
        var terms = new GuardTrialTerms(plan);
        var alone = await ReconnectAsync(store, plan.Accounts, ReconnectsAlone, () => false, stopping);
        var running = 2;
        var began = Stopwatch.GetTimestamp();
        var work = Enumerable.Range(0, 2).Select(StormAsync).ToList();
        var beside = await ReconnectAsync(
            store, plan.Accounts, int.MaxValue, () => Volatile.Read(ref running) == 0, stopping);
        await Task.WhenAll(work);
        var faults = await CheckAsync(store, plan, stopping);
        var quarantined = await store.Guard.QuarantinedCountAsync(stopping);
        await progress.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"store: {plan.Cause}, {plan.Cuts} cuts in {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s, "
            + $"{quarantined} quarantined, reconnect p99 while nothing else runs "
            + $"{alone.TotalMilliseconds:F1} ms, with both processes flat out {beside.TotalMilliseconds:F1} ms"));
        return faults;

        async Task StormAsync(int process)
        {
            await Task.Yield();
            var random = new Random((plan.Seed * 2) + process);
            var order = trips.ToArray();
            random.Shuffle(order);
            var own = await Stores.OpenAsync(connection, stopping);
            var batches = 0;
            foreach (var batch in order.Chunk(CommandsPerDispatch))
            {
                var now = GuardTrialPlan.Start + TimeSpan.FromSeconds(random.Next(0, 3_600));
                await own.Control.DispatchAsync(
                    [
                        .. batch.Select(trip => new DispatchAttempt(
                            trip.Id, trip.Attempts, now, 1, now + TimeSpan.FromMinutes(1),
                            terms.Of(IndexOf(trip.Account)))),
                    ],
                    stopping);
                if (++batches % ReopenEvery != 0) continue;
                await own.DisposeAsync();
                own = await Stores.OpenAsync(connection, stopping);
            }

            await own.DisposeAsync();
            Interlocked.Decrement(ref running);
        }
    }

    private static int IndexOf(AccountId account) => (int)account.Value - 1;

    private static async Task<List<string>> CheckAsync(IStore store, GuardTrialPlan plan, CancellationToken stopping)
    {
        var facts = await store.Control.DispatchesSinceAsync(Instant.Epoch, stopping);
        var sent = facts.Where(fact => fact.Kind == CommandKind.Trip)
            .Select(fact => new GuardTrialCut(IndexOf(fact.Account), fact.At, fact.At, false)).ToList();
        var faults = new GuardWindowCheck(plan).Faults(sent);
        var quarantined = await store.Guard.QuarantinedCountAsync(stopping);
        if (sent.Count + quarantined != plan.Cuts) faults.Add($"{plan.Cuts - sent.Count - quarantined} cuts are lost.");
        if (quarantined == 0) faults.Add("Nothing was quarantined.");
        if ((await store.Guard.AlarmsAsync(openOnly: true, 1, stopping)).Count == 0) faults.Add("No alarm was raised.");
        return faults;
    }

    /// <summary>Asks for reconnects and dispatches them, one after another; returns the 99th percentile.</summary>
    private static async Task<TimeSpan> ReconnectAsync(
        IStore store, int accounts, int max, Func<bool> isOver, CancellationToken stopping)
    {
        var took = new List<TimeSpan>();
        for (var i = 0; i < max && !isOver(); i++)
        {
            var began = Stopwatch.GetTimestamp();
            var now = GuardTrialPlan.Start;
            var close = CommandOf((i % accounts) + 1, CommandKind.Close, now, PersonId.System);
            var added = await store.Control.AddCommandsAsync([close], stopping);
            if (added.Count == 0) continue; // One is on its way there already.
            await store.Control.DispatchAsync(
                [new(added[0].Id, 0, now, 1, now, Control.Guard.GuardTerms.OfTrips(TimeSpan.FromMinutes(1), 0))],
                stopping);
            took.Add(Stopwatch.GetElapsedTime(began));
            var done = new CommandMove(
                added[0].Id, CommandState.Sent, CommandState.Confirmed, now, Instant.Never, "");
            await store.Control.MoveCommandAsync(done, stopping);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, stopping);
        }

        took.Sort();
        return took.Count == 0 ? TimeSpan.Zero : took[took.Count * 99 / 100];
    }

    private static Command CommandOf(int account, CommandKind kind, Instant at, PersonId by) => new(
        default, new(account), new(account), new(100_000_000L + account), TerminalAddress.Of(9, 1), kind,
        CommandState.Queued, by == PersonId.System ? CommandOrigin.Policy : CommandOrigin.Manual, by, at, at,
        Instant.Never, 0, 0, 0, null, "a trial");

    private static async Task<List<Command>> AskAsync(IStore store, GuardTrialPlan plan, CancellationToken stopping)
    {
        var by = plan.Cause == GuardCause.Operator ? new PersonId(GuardTrialTerms.Operator) : PersonId.System;
        var trips = new List<Command>(plan.Cuts);
        foreach (var part in Enumerable.Range(1, plan.Cuts).Chunk(RowsPerCall))
        {
            trips.AddRange(await store.Control.AddCommandsAsync(
                [.. part.Select(account => CommandOf(account, CommandKind.Trip, GuardTrialPlan.Start, by))], stopping));
        }

        return trips;
    }

    private static async Task RegisterAsync(IStore store, GuardTrialPlan plan, CancellationToken stopping)
    {
        foreach (var part in Enumerable.Range(1, plan.Accounts).Chunk(RowsPerCall))
        {
            await store.Registry.AddAsync(
                new()
                {
                    Accounts =
                    [
                        .. part.Select(account => new AccountRecord(
                            new(account), "A trial", "", "en", "INR", "none", "none", 0, 1_000, false)),
                    ],
                },
                stopping);
        }
    }
}
