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

    /// <summary>A reading's register value as primary energy, after the ratios of the transformers.</summary>
    public Func<MeterRecord, RatedReading, Energy> UsageOf { get; init; } =
        static (meter, row) => row.Reading.Register * meter.Multiplier;

    /// <summary>What an account pays by; null where a tariff is not known.</summary>
    public TariffHistory? TariffOf(AccountRecord account) => MovesOf(account.Id) is { Count: > 0 } moves
        ? AccountTariffs.TryCompose(account.Tariff, moves, FindTariff, out var history, out _) ? history : null
        : FindTariff(account.Tariff);

    /// <summary>Billed registers of an account's meters.</summary>
    public IEnumerable<(MeterRecord Meter, ChannelId Channel)> ChannelsOf(AccountId account, TariffHistory tariff) =>
        from meter in MetersOf(account)
        from register in Enum.GetValues<RegisterKind>()
        where tariff.Bills(register)
        select (meter, new ChannelId(meter.Id, register));
}
