using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>
/// What explanations and dry runs are made from, whether a service runs on the store or not. Everything is read;
/// nothing is asked of the engine, so nothing waits for them.
/// </summary>
public sealed record ReportPort
{
    public required IHistoryStore Histories { get; init; }

    /// <summary>Where service days begin and end.</summary>
    public required LocalZone Zone { get; init; }

    public required ReportOptions Options { get; init; }

    public required Func<AccountId, AccountRecord?> FindAccount { get; init; }

    /// <summary>Meters of an account, in order of their numbers.</summary>
    public required Func<AccountId, IReadOnlyList<MeterRecord>> MetersOf { get; init; }

    /// <summary>Accounts on a tariff or policy, in order of their numbers.</summary>
    public required Func<ChangeKind, string, IReadOnlyList<AccountRecord>> AccountsOn { get; init; }

    public required Func<string, TariffHistory?> FindTariff { get; init; }

    /// <summary>How an account moved from tariff to tariff, in order of revision.</summary>
    public Func<AccountId, IReadOnlyList<AccountTariffRecord>> MovesOf { get; init; } = static _ => [];

    /// <summary>The version in force at an instant; null for an unknown policy.</summary>
    public required Func<string, Instant, Policy?> PolicyAt { get; init; }

    /// <summary>Changes of a meter's multiplier that stand, by instant.</summary>
    public Func<MeterId, IReadOnlyList<MultiplierRecord>> MultipliersOf { get; init; } = static _ => [];

    /// <summary>The change that brought a meter in the place of another; null for one that was there first.</summary>
    public Func<MeterId, MeterChangeRecord?> InstallationOf { get; init; } = static _ => null;

    /// <summary>The multiplier that an interval counts with which begins at an instant.</summary>
    public int MultiplierAt(MeterRecord meter, Instant at) =>
        MultipliersOf(meter.Id).LastOrDefault(change => change.From <= at)?.Multiplier ?? meter.Multiplier;

    /// <summary>What an account pays by; null where a tariff is not known.</summary>
    public TariffHistory? TariffOf(AccountRecord account) => MovesOf(account.Id) is { Count: > 0 } moves
        ? AccountTariffs.TryCompose(account.Tariff, moves, FindTariff, out var history, out _) ? history : null
        : FindTariff(account.Tariff);
}
