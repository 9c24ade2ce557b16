using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>Hours and clocks in memory, for the endpoints; the workers run on real stores.</summary>
public sealed class MemoryHours : ICompletenessStore, IClockStore
{
    public List<TerminalHour> Hours { get; } = [];

    public List<TerminalClock> Clocks { get; } = [];

    public Instant? CountedThrough { get; set; }

    public Task<Instant?> CountedThroughAsync(CancellationToken stopping) => Task.FromResult(CountedThrough);

    public Task<IReadOnlyList<TerminalHour>> HoursAsync(
        TerminalAddress terminal, Instant from, Instant to, int max, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<TerminalHour>>(
        [
            .. Hours.Where(hour =>
                hour.Count.Terminal == terminal && hour.Count.At >= from && hour.Count.At <= to).Take(max),
        ]);

    public Task<CompletenessTotals> TotalsAsync(Instant after, Instant to, CancellationToken stopping)
    {
        var counts = In(after, to);
        return Task.FromResult(new CompletenessTotals(
            counts.Sum(c => c.Expected), counts.Sum(c => c.Stored), counts.Count, counts.Count(c => !c.IsComplete)));
    }

    public Task<IReadOnlyList<CompletenessOfTerminal>> WorstAsync(
        Instant after, Instant to, int max, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<CompletenessOfTerminal>>(
        [
            .. In(after, to).Where(c => !c.IsComplete).GroupBy(c => c.Terminal)
                .Select(g => new CompletenessOfTerminal(g.Key, g.Sum(c => c.Expected), g.Sum(c => c.Stored), 0))
                .Take(max),
        ]);

    public Task<IReadOnlyList<TerminalClock>> LoadAsync(CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<TerminalClock>>(Clocks);

    public Task<TerminalClock?> FindAsync(TerminalAddress terminal, CancellationToken stopping) =>
        Task.FromResult(Clocks.Find(clock => clock.Terminal == terminal));

    // What the API never asks.
    public Task<IReadOnlyList<HourCount>> CountAsync(
        IReadOnlyList<TerminalAddress> terminals, Instant at, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<TerminalHour>> IncompleteAsync(Instant at, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task KeepAsync(IReadOnlyList<HourCount> counts, Instant lookAt, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task MoveThroughAsync(Instant through, Instant keepFrom, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<AskingState>> DueAsync(Instant now, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<GapImage> LookAsync(
        TerminalAddress terminal, AskingRules rules, int hoursMax, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task KeepLookAsync(
        AskingState next, IReadOnlyList<HourCount> recounted, IReadOnlyList<Instant> asked,
        CancellationToken stopping) => throw new NotSupportedException();

    public Task PostponeAsync(IReadOnlyList<TerminalAddress> terminals, Instant lookAt, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<TerminalHour?> FindHourAsync(TerminalAddress terminal, Instant at, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<(ChannelId Channel, Instant At)>> ExhaustedAsync(
        AskingRules rules, Instant from, Instant to, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task KeepAsync(TerminalClock clock, CancellationToken stopping) => throw new NotSupportedException();

    private List<HourCount> In(Instant after, Instant to) =>
        [.. Hours.Select(hour => hour.Count).Where(count => count.At > after && count.At <= to)];
}
