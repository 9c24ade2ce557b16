using System.Text.Json;
using Meters.Host.Api;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Import;

/// <summary>CSV files of accounts, meters and concentrators to records, or faults; pure.</summary>
public static class RegistryImport
{
    public static readonly IReadOnlyList<Column> AccountColumns =
    [
        new("id"), new("name"), new("phone"), new("language"), new("currency"), new("tariff"), new("policy"),
        new("sanctioned_watts"), new("never_cut", false), new("region", false), new("feeder", false),
        new("load_watts", false),
    ];

    public static readonly IReadOnlyList<Column> MeterColumns =
    [
        new("id"), new("address"), new("concentrator"), new("point"), new("account"),
        new("port", false), new("multiplier", false), new("has_relay", false),
    ];

    public static readonly IReadOnlyList<Column> ConcentratorColumns =
    [
        new("address"), new("name"), new("zone"), new("feeder", false),
    ];

    public static readonly IReadOnlyList<Column> MultiplierColumns =
    [
        new("meter"), new("from"), new("multiplier"), new("note"), new("register_kwh", false), new("revision", false),
    ];

    public static readonly IReadOnlyList<Column> MeterChangeColumns =
    [
        new("account"), new("old_meter"), new("closing_kwh"), new("new_meter"), new("opening_kwh"), new("at"),
        new("note"), new("new_address", false), new("new_multiplier", false),
    ];

    public static readonly IReadOnlyList<Column> AccountTariffColumns =
    [
        new("account"), new("tariff"), new("from"), new("reason", false),
    ];

    /// <param name="text">The file.</param>
    public static Imported<AccountRecord> Accounts(TextReader text)
    {
        return Read(text, AccountColumns, "id", record => record.Id, row =>
        {
            var id = new AccountId(row.Whole("id"));
            var phone = PhoneNumbers.TryNormalise(row.Text("phone"), out var normal) ? normal : row.Text("phone");
            var account = new AccountRecord(
                id,
                row.Text("name"),
                phone,
                row.Text("language"),
                row.Text("currency"),
                row.Text("tariff"),
                row.Text("policy"),
                0,
                row.Small("sanctioned_watts"),
                row.Flag("never_cut", false))
            {
                Region = row.Text("region"),
                Feeder = row.Text("feeder"),
                LoadWatts = row.Text("load_watts").Length == 0 ? 0 : row.Small("load_watts"),
            };
            return (account, RecordChecks.Of(account));
        });
    }

    public static Imported<MeterRecord> Meters(TextReader text) =>
        Read(text, MeterColumns, "id", record => record.Id, row =>
    {
        if (!RecordChecks.TryReadMeterAddress(row.Text("address"), out var address))
        {
            row.Fault("address", RecordChecks.MeterAddressSentence);
        }

        if (!RecordChecks.TryReadTerminal(row.Text("concentrator"), out var terminal))
        {
            row.Fault("concentrator", RecordChecks.TerminalAddressSentence);
        }

        var port = row.Text("port").Length == 0 ? 31 : row.Small("port");
        if (port is < 0 or > byte.MaxValue) row.Fault("port", "must be 0 to 255.");
        var multiplier = row.Text("multiplier").Length == 0 ? 1 : row.Small("multiplier");
        var meter = new MeterRecord(
            new(row.Whole("id")),
            address,
            terminal,
            row.Small("point"),
            unchecked((byte)port),
            multiplier,
            new(row.Whole("account")),
            row.Flag("has_relay", true));
        return (meter, RecordChecks.Of(meter));
    });

    public static Imported<TerminalRecord> Concentrators(TextReader text) =>
        Read(text, ConcentratorColumns, "address", record => record.Address, row =>
        {
            if (!RecordChecks.TryReadTerminal(row.Text("address"), out var address))
            {
                row.Fault("address", RecordChecks.TerminalAddressSentence);
            }

            var terminal = new TerminalRecord(address, row.Text("name"), row.Text("zone"), row.Text("feeder"));
            return (terminal, RecordChecks.Of(terminal));
        });

    /// <summary>Multiplier changes; the file's person is who sends it.</summary>
    public static Imported<MultiplierRequest> Multipliers(TextReader text) =>
        Read(text, MultiplierColumns, "from", record => (record.Meter, record.From, record.Revision), row =>
        {
            var request = new MultiplierRequest(
                row.Whole("meter"),
                row.Text("from"),
                row.Small("multiplier"),
                row.Text("note"),
                row.Text("register_kwh") is { Length: > 0 } register ? register : null,
                row.Text("revision").Length == 0 ? 1 : row.Small("revision"));
            var faults = new List<RecordFault>();
            MeterHistoryReading.Of(request, PersonId.System, default, faults);
            return (request, faults);
        });

    /// <summary>Replacements of meters; the file's person is who sends it.</summary>
    public static Imported<MeterChangeRequest> MeterChanges(TextReader text) =>
        Read(text, MeterChangeColumns, "old_meter", record => record.OldMeter, row =>
        {
            var request = new MeterChangeRequest(
                row.Whole("account"),
                row.Whole("old_meter"),
                row.Text("closing_kwh"),
                row.Whole("new_meter"),
                row.Text("opening_kwh"),
                row.Text("at"),
                row.Text("note"),
                row.Text("new_address") is { Length: > 0 } address ? address : null,
                row.Text("new_multiplier").Length == 0 ? null : row.Small("new_multiplier"));
            var faults = new List<RecordFault>();
            MeterHistoryReading.Of(request, PersonId.System, default, faults);
            return (request, faults);
        });

    /// <summary>Moves of accounts to other tariffs; the file's person proposes them.</summary>
    public static Imported<AccountTariffRequest> AccountTariffs(TextReader text) =>
        Read(text, AccountTariffColumns, "account", record => record.Account, row =>
        {
            var request = new AccountTariffRequest(
                row.Whole("account"), row.Text("tariff"), row.Text("from"), row.Text("reason"));
            var faults = new List<RecordFault>();
            RecordChecks.OfMove(request, faults);
            return (request, faults);
        });

    private static Imported<T> Read<T, TKey>(
        TextReader text,
        IReadOnlyList<Column> columns,
        string keyColumn,
        Func<T, TKey> key,
        Func<CsvRow, (T Record, IEnumerable<RecordFault> Faults)> read)
        where TKey : notnull
    {
        var faults = new List<LineFault>();
        var records = new List<T>();
        var lineOf = new Dictionary<TKey, int>();
        foreach (var row in CsvTable.Read(text, columns, faults))
        {
            var before = faults.Count;
            var (record, found) = read(row);
            foreach (var fault in found)
            {
                row.Fault(JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.Field), fault.Sentence);
            }

            if (faults.Count > before) continue;
            if (!lineOf.TryAdd(key(record), row.Line))
            {
                row.Fault(keyColumn, $"is the same as in line {lineOf[key(record)]}.");
            }
            else records.Add(record);
        }

        return faults.Count == 0 ? new(records, []) : new([], faults);
    }
}
