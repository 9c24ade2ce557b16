using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests;

/// <summary>Records with plausible content, for tests that change what they are about.</summary>
internal static class Sample
{
    public static readonly Instant T0 = Instant.Utc(2026, 3, 1);
    public static readonly ServiceDay Day0 = ServiceDay.Of(new DateOnly(2026, 3, 1));
    public static readonly Currency Cny = Currency.Parse("CNY");
    public static readonly PersonId Clerk = new("clerk");

    public static Instant Hour(int hour) => T0 + TimeSpan.FromHours(hour);

    public static TerminalRecord Terminal(int number) =>
        new(TerminalAddress.Of(4403, number), $"Terminal {number}", "Asia/Shanghai", "F-1");

    public static AccountRecord Account(int number, int shard = 0) => new(
        new(number), $"用户 {number}", "+8613800000000", "zh", "CNY", "flat", "demo", shard, 8_000, NeverCut: false);

    /// <summary>Meter n of account n at terminal 1, point n.</summary>
    public static MeterRecord Meter(int number, int? account = null, bool hasRelay = true) => new(
        new(number), new(100_000 + number), TerminalAddress.Of(4403, 1), number, 31, 1, new(account ?? number),
        hasRelay);

    public static VersionedDocument Document(string id, int version, string json = "{}") =>
        new(id, version, T0, json, Clerk, T0);

    /// <summary>One terminal and accounts 1 to n with a meter each.</summary>
    public static RegistryAddition Town(int accounts, int shards = 1) => new()
    {
        Terminals = [Terminal(1)],
        Accounts = [.. Enumerable.Range(1, accounts).Select(number => Account(number, number % shards))],
        Meters = [.. Enumerable.Range(1, accounts).Select(number => Meter(number))],
        Tariffs = [Document("flat", 1)],
        Policies = [Document("demo", 1)],
    };

    public static ChannelId Channel(int meter, RegisterKind kind = RegisterKind.ForwardActive) =>
        new(new MeterId(meter), kind);

    public static RatedReading Reading(ChannelId channel, Instant at, long register, long charge = 0) =>
        new(new(channel, at, new(register), ReadingQuality.Actual, new(7)), charge);

    public static RawFrame Frame(long id, int terminal = 1, Instant? at = null) =>
        new(new(id), TerminalAddress.Of(4403, terminal), at ?? T0, new byte[] { 0x68, unchecked((byte)id), 0x16 });

    public static PaymentRecord Payment(string key, int account, long minor, Instant? at = null) => new(
        new(key, new(account), new(minor), Cny, PaymentChannel.Mobile, Clerk, "ref"), $"0-{key}", at ?? T0, new(minor));

    public static LedgerEntry PaymentEntry(long id, int account, long minor, int shard = 0, string? key = null) => new(
        id, shard, T0, Day0, new(account), LedgerAccount.CashMobile, LedgerAccount.CustomerPrepayment, new(minor),
        EntryKind.Payment, key);

    public static LedgerEntry ChargeEntry(long id, int account, long minor, int shard = 0) => new(
        id, shard, T0, Day0, new(account), LedgerAccount.CustomerPrepayment, LedgerAccount.EnergyRevenue, new(minor),
        EntryKind.EnergyCharge, null);

    public static Command Command(int account, CommandKind kind, CommandState state = CommandState.Queued) => new(
        default, new(account), new(account), new(100_000 + account), TerminalAddress.Of(4403, 1), kind, state,
        CommandOrigin.Policy, PersonId.System, T0, T0, Hour(2), 0, 0, 0, null, "balance below zero");

    public static Notice Notice(int account, Instant created, NoticeKind kind = NoticeKind.Warn) => new(
        default, new(account), kind, "+8613800000000", "zh", "余额不足", NoticeState.Queued, created, created, 0, null,
        null);

    public static Decision Decision(int account, Instant at, string outcome = "wait") =>
        new(new(account), at, outcome, ["not yet", "zu früh; \"später\""], new(-5), T0, "demo/1");

    public static Hold Hold(int account, Instant from, Instant until, HoldKind kind = HoldKind.Dispute) =>
        new(new(account), kind, from, until, Clerk, "a note");

    public static CaseDecision Decide(ControlCase before, ControlCase? after = null) =>
        new(before.Revision, after ?? before, [], [], [], null);

    public static Task CommitAsync(this IShardStore shard, Action<ShardCommit> fill, Instant? at = null)
    {
        var commit = new ShardCommit { At = at ?? T0 };
        fill(commit);
        return shard.CommitAsync(commit, TestContext.Current.CancellationToken);
    }

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> rows)
    {
        var all = new List<T>();
        await foreach (var row in rows) all.Add(row);
        return all;
    }
}
