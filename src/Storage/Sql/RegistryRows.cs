using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Registry records as rows: columns, values and mapping beside each other, in the same order.</summary>
internal static class RegistryRows
{
    public const string Terminal = "address, name, zone, feeder";

    public const string Meter = "id, address, terminal, point, port, multiplier, account, has_relay";

    public const string Account =
        "id, name, phone, language, currency, tariff, policy, shard, sanctioned_watts, never_cut, "
        + "region, feeder, load_watts";

    public const string Version = "id, version, effective_from, json, by_person, at";

    public const string Multiplier =
        "meter, from_at, revision, multiplier, register_at_change, by_person, recorded_at, note";

    public const string Change =
        "old_meter, account, closing_register, new_meter, opening_register, at, by_person, recorded_at, note";

    public const string AccountTariff = "account, revision, from_at, tariff, by_person, recorded_at, note";

    public static object?[] Values(AccountTariffRecord move) =>
    [
        move.Account.Value, move.Revision, move.From, move.Tariff, move.By.Value, move.RecordedAt, move.Note,
    ];

    public static AccountTariffRecord AccountTariffOf(SqlRow row) => new(
        new(row.Long(0)), row.Int(1), row.Instant(2), row.Text(3), new(row.Text(4)), row.Instant(5), row.Text(6));

    public static object?[] Values(TerminalRecord terminal) =>
        [(long)terminal.Address.Raw, terminal.Name, terminal.Zone, terminal.Feeder];

    public static TerminalRecord TerminalOf(SqlRow row) =>
        new(new(checked((uint)row.Long(0))), row.Text(1), row.Text(2), row.Text(3));

    public static object?[] Values(MeterRecord meter) =>
    [
        meter.Id.Value, meter.Address.Digits, (long)meter.Terminal.Raw, meter.Point, (short)meter.Port,
        meter.Multiplier, meter.Account.Value, meter.HasRelay,
    ];

    public static MeterRecord MeterOf(SqlRow row) => new(
        new(row.Long(0)), new(row.Long(1)), new(checked((uint)row.Long(2))), row.Int(3), row.Byte(4), row.Int(5),
        new(row.Long(6)), row.Bool(7));

    public static object?[] Values(AccountRecord account) =>
    [
        account.Id.Value, account.Name, account.Phone, account.Language, account.Currency, account.Tariff,
        account.Policy, account.Shard, account.SanctionedWatts, account.NeverCut, account.Region, account.Feeder,
        account.LoadWatts,
    ];

    public static AccountRecord AccountOf(SqlRow row) => new(
        new(row.Long(0)), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Int(7),
        row.Int(8), row.Bool(9))
    {
        Region = row.Text(10),
        Feeder = row.Text(11),
        LoadWatts = row.Int(12),
    };

    public static object?[] Values(VersionedDocument version) =>
        [version.Id, version.Version, version.EffectiveFrom, version.Json, version.By.Value, version.At];

    public static VersionedDocument VersionOf(SqlRow row) =>
        new(row.Text(0), row.Int(1), row.Instant(2), row.Text(3), new(row.Text(4)), row.Instant(5));

    public static object?[] Values(MultiplierRecord change) =>
    [
        change.Meter.Value, change.From, change.Revision, change.Multiplier, change.RegisterAtChange?.TenthsWh,
        change.By.Value, change.RecordedAt, change.Note,
    ];

    public static MultiplierRecord MultiplierOf(SqlRow row) => new(
        new(row.Long(0)), row.Instant(1), row.Int(3),
        row.LongOrNull(4) is { } register ? new Energy(register) : null,
        new(row.Text(5)), row.Instant(6), row.Text(7), row.Int(2));

    public static object?[] Values(MeterChangeRecord change) =>
    [
        change.OldMeter.Value, change.Account.Value, change.ClosingRegister.TenthsWh, change.NewMeter.Value,
        change.OpeningRegister.TenthsWh, change.At, change.By.Value, change.RecordedAt, change.Note,
    ];

    public static MeterChangeRecord ChangeOf(SqlRow row) => new(
        new(row.Long(1)), new(row.Long(0)), new(row.Long(2)), new(row.Long(3)), new(row.Long(4)), row.Instant(5),
        new(row.Text(6)), row.Instant(7), row.Text(8));
}
