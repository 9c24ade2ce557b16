using System.Globalization;
using System.Text.Json;
using Meters.Billing.Accounts;
using Meters.Billing.Journal;
using Meters.Billing.Ledger;
using Meters.Host.Cli;
using Meters.Host.Demo;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench;

/// <param name="CloseWithReadings">Accounts per second: the whole commit of a day with 24 readings each.</param>
/// <param name="CloseWithout">The same commit for a day without readings: nothing to read back.</param>
/// <param name="HashingAlone">Accounts per second that proofs and links alone would allow, in memory.</param>
/// <param name="PaymentMicros">Microseconds of a payment in a commit of 500.</param>
/// <param name="PaymentHashMicros">Of these its two links, in memory.</param>
public sealed record JournalCost(
    string Store, int Accounts, decimal CloseWithReadings, decimal CloseWithout, decimal HashingAlone,
    decimal PaymentMicros, decimal PaymentHashMicros)
{
    public string ToJson() => JsonSerializer.Serialize(this, CliJson.Form);

    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"""
        {Store}, {Accounts:N0} accounts: day close {CloseWithReadings:N0} accounts/s with 24 readings each,
        {CloseWithout:N0} without readings; hashing alone {HashingAlone:N0} accounts/s.
        A payment in a commit of 500 takes {PaymentMicros} us, of which {PaymentHashMicros} us its links.
        """);
}

/// <summary>Times day closes and payments on a store, and the hashing in them alone.</summary>
public sealed class JournalBench(int accounts, string? connection)
{
    private const int Hours = 24;
    private const int AtOnce = 8_000;
    private const int Payments = 500;

    private static readonly Instant T0 = Instant.Utc(2026, 3, 1);
    private static readonly ServiceDay Day = ServiceDay.Of(new DateOnly(2026, 3, 1));

    public async Task<JournalCost> RunAsync(CancellationToken stopping)
    {
        using var scratch = new ScratchFolder();
        await using var store = await Stores.OpenAsync(connection ?? "sqlite:" + scratch.Path, stopping);
        await RegisterAsync(store, stopping);
        await using var shard = await store.TakeShardAsync(0, stopping);
        await shard.CommitAsync(Closing(Day.AddDays(-1), T0, false), stopping);
        var commit = new ShardCommit { At = T0 };
        foreach (var chunk in Enumerable.Range(1, accounts).SelectMany(RowsOf).Chunk(AtOnce))
        {
            commit.Clear();
            commit.Readings.AddRange(chunk);
            await shard.CommitAsync(commit, stopping);
        }

        var with = await TimeAsync(() => shard.CommitAsync(Closing(Day, At(Hours), true), stopping));
        var without = await TimeAsync(
            () => shard.CommitAsync(Closing(Day.AddDays(1), At(2 * Hours), true), stopping));
        var hashing = await TimeAsync(Hash);
        commit.Clear();
        commit.Payments.AddRange(Enumerable.Range(0, Payments).Select(PaymentOf));
        commit.Entries.AddRange(Enumerable.Range(0, Payments).Select(i => EntryOf(EntryKind.Payment, 2, i)));
        var paying = await TimeAsync(() => shard.CommitAsync(commit, stopping));
        var links = await TimeAsync(HashPayments);
        return new(
            store.Kind.ToString(), accounts, PerSecond(with), PerSecond(without), PerSecond(hashing),
            Micros(paying), Micros(links));

        decimal PerSecond(TimeSpan time) => decimal.Round(accounts / (decimal)time.TotalMilliseconds * 1_000);

        decimal Micros(TimeSpan time) => decimal.Round((decimal)time.TotalMicroseconds / Payments, 1);
    }

    private async Task RegisterAsync(IStore store, CancellationToken stopping)
    {
        var (by, terminal) = (new PersonId("bench"), TerminalAddress.Of(4403, 1));
        foreach (var chunk in Enumerable.Range(1, accounts).Chunk(AtOnce))
        {
            await store.Registry.AddAsync(
                new()
                {
                    Terminals = [new(terminal, "T", "+08:00", "")],
                    Tariffs = [new("flat", 1, T0, "{}", by, T0)],
                    Policies = [new("demo", 1, T0, "{}", by, T0)],
                    Accounts = [.. chunk.Select(i => new AccountRecord(
                        new(i), "Load", "", "en", "CNY", "flat", "demo", 0, 8_000, false))],
                    Meters = [.. chunk.Select(i => new MeterRecord(
                        new(i), new(i), terminal, i, 31, 1, new(i), true))],
                },
                stopping);
        }
    }

    private static Instant At(int hour) => T0 + TimeSpan.FromHours(hour);

    private static IEnumerable<RatedReading> RowsOf(int account) => Enumerable.Range(1, Hours).Select(
        hour => new RatedReading(
            new(new(new MeterId(account), RegisterKind.ForwardActive), At(hour), new(hour * 5_000),
                ReadingQuality.Actual, new(1)),
            hour * 1_000_000L));

    private ShardCommit Closing(ServiceDay day, Instant through, bool lines)
    {
        var commit = new ShardCommit { At = through, ClosesDay = day, ClosesThrough = through };
        if (!lines) return commit;
        var first = (day.DaysSinceEpoch - Day.DaysSinceEpoch) * accounts;
        for (var i = 1; i <= accounts; i++)
        {
            commit.DayCharges.Add(new(new(i), day, 1, new(0), 1, new(0)));
            commit.Entries.Add(EntryOf(EntryKind.EnergyCharge, 0, first + i - 1) with { Account = new(i) });
        }

        return commit;
    }

    private LedgerEntry EntryOf(EntryKind kind, int days, int index) => new(
        1 + (days * accounts) + index, 0, T0, Day, new(1 + (index % accounts)),
        kind == EntryKind.Payment ? LedgerAccount.CashBank : LedgerAccount.CustomerPrepayment,
        kind == EntryKind.Payment ? LedgerAccount.CustomerPrepayment : LedgerAccount.EnergyRevenue,
        new(7), kind, kind == EntryKind.Payment ? $"k{index}" : null);

    private PaymentRecord PaymentOf(int index) => new(
        new(
            $"k{index}", new(1 + (index % accounts)), new(7), Currency.Parse("CNY"), PaymentChannel.Bank, new("bench"),
            null),
        $"0-{index}", T0, new(7));

    private Task Hash()
    {
        var (chain, writer) = (new JournalChain(0, 0, JournalChain.Start), new DayProofWriter());
        for (var i = 1; i <= accounts; i++)
        {
            foreach (var row in RowsOf(i)) writer.Add(row);
            chain.Add(EntryOf(EntryKind.EnergyCharge, 0, i));
            chain.Add(new DayCharge(new(i), Day, 1, new(0), 1, new(0)), At(Hours), writer.Take(T0, At(Hours)));
        }

        return Task.CompletedTask;
    }

    private Task HashPayments()
    {
        var chain = new JournalChain(0, 0, JournalChain.Start);
        for (var i = 0; i < Payments; i++)
        {
            chain.Add(PaymentOf(i));
            chain.Add(EntryOf(EntryKind.Payment, 2, i));
        }

        return Task.CompletedTask;
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(began);
    }
}
