using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Host.Bench.Year;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Meters.Storage.Memory;
using Meters.Units;

namespace Meters.Host.Bench.Races;

/// <summary>What all trials share: one account on the demonstration's policy, overdue at ten in the morning.</summary>
internal sealed class RaceGround : ISmsChannel, IDisposable
{
    public static readonly AccountId Account = new(1);

    /// <summary>Ten o'clock in China, a Tuesday.</summary>
    public static readonly Instant Start = Instant.Utc(2026, 3, 3, 2);

    private static readonly PersonId By = new("races");

    private readonly RegistryAddition _opening = new()
    {
        Policies =
        [
            new(ShippedPolicies.Demo72H, 1, Instant.Epoch, ShippedPolicies.Json(ShippedPolicies.Demo72H), By, Start),
        ],
        Terminals = [new(TerminalAddress.Of(4403, 1), "Site", "+08:00", "F1")],
        Accounts =
        [
            new(Account, "Home", "+8613800000001", "en", "CNY", "flat", ShippedPolicies.Demo72H, 0, 0, false),
        ],
        Meters = [new(new(1), new(1), TerminalAddress.Of(4403, 1), 1, 31, 1, Account, true)],
    };

    public RaceGround() => Registry.AddRecords(_opening);

    public LiveRegistry Registry { get; } = new();

    public EngineOptions Engine { get; } = new();

    public EngineMetrics Metrics { get; } = new();

    public Currency Currency { get; } = Currency.Parse("CNY");

    /// <summary>Every step but the cut is done and proven.</summary>
    public void Prepare(MemoryStore store)
    {
        Sync.Of(store.Registry.AddAsync(_opening, default));
        var found = Sync.Of(store.Control.FindCaseAsync(Account, default))!.Case;
        var day = TimeSpan.FromDays(1);
        var foot = found with { Rung = 0, RungAt = Start - (3 * day) };
        Sync.Of(store.Control.CommitAsync([new(found.Revision, foot, [], [], [], null)], default));
        var ready = foot with
        {
            Rung = 2,
            RungAt = Start - day,
            Desired = Supply.On,
            Actual = Supply.On,
            ActualAt = Start - (9 * day),
            AlarmOn = true,
            DueAt = Start,
        };
        Sync.Of(store.Control.CommitAsync(
            [
                new(
                    found.Revision + 1,
                    ready,
                    [],
                    [],
                    [Message(NoticeKind.Remind, 2 * day), Message(NoticeKind.Warn, day)],
                    null),
            ],
            default));
    }

    public Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping) =>
        Task.FromResult<SmsResult>(new SmsResult.Delivered());

    public void Dispose() => Metrics.Dispose();

    private static Notice Message(NoticeKind kind, TimeSpan before) => new(
        default, Account, kind, "+8613800000001", "en", "text", NoticeState.Delivered, Start - before, Start - before,
        1, Start - before, null);
}
