using System.CommandLine;
using Meters.Host.Api;
using Meters.Host.Import;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>
/// <c>meters import</c>: files into a running service over its HTTP API, so that it knows them at once. A file with any
/// fault is not sent at all.
/// </summary>
public static class ImportCommand
{
    private const string Registry = "billing or admin";

    public static Command Create() => new(
        "import", "Files of customers, meters, tariffs and payments into a running service.")
    {
        OfTable("concentrators", RegistryImport.ConcentratorColumns, (text, _) => RegistryImport.Concentrators(text)
            .Select(c => new ConcentratorRequest(c.Address.ToString(), c.Name, c.Zone, c.Feeder))),
        OfTable("accounts", RegistryImport.AccountColumns, (text, _) => RegistryImport.Accounts(text)
            .Select(a => new AccountRequest(
                a.Id.Value, a.Name, a.Currency, a.Tariff, a.Policy, a.SanctionedWatts, a.Phone, a.Language,
                a.NeverCut, a.Region, a.Feeder, a.LoadWatts))),
        OfTable("meters", RegistryImport.MeterColumns, (text, _) => RegistryImport.Meters(text)
            .Select(m => new MeterRequest(
                m.Id.Value, m.Address.ToString(), m.Terminal.ToString(), m.Point, m.Account.Value, m.Port, m.Multiplier,
                m.HasRelay))),
        OfTable("multipliers", RegistryImport.MultiplierColumns, (text, _) => RegistryImport.Multipliers(text)),
        OfTable("meter-changes", RegistryImport.MeterChangeColumns, (text, _) => RegistryImport.MeterChanges(text)),
        OfTable("account-tariffs", RegistryImport.AccountTariffColumns, (text, _) =>
            RegistryImport.AccountTariffs(text)),
        OfPayments(),
        MoneyFileCommands.OfPayments(),
        MoneyFileCommands.OfOpening(),
        MoneyFileCommands.OfReconciliation(),
        VersionImport.OfTariff(),
        VersionImport.OfPolicy(),
    };

    private static Command OfTable<T>(
        string kind, IReadOnlyList<Column> columns, Func<TextReader, string, Imported<T>> parse)
    {
        var command = new Command(
            kind,
            $"CSV file of {kind}, columns {Named(columns)}. All or nothing up to "
            + $"{OneOrManyConverterFactory.ItemsMax:N0} rows; a larger file goes in parts, and after a refusal it can "
            + "be run again: rows that stand there already with equal content are taken.");
        Set(command, Registry, async (parsed, file, service, report, stopping) =>
        {
            if (await TextAsync(file, report, stopping) is not { } text) return;
            var imported = parse(new StringReader(text), file);
            report.AddFileFaults(imported.Faults);
            if (imported.IsGood) await RegistryUpload.SendAsync(service, kind, imported.Records, report, stopping);
        });
        return command;
    }

    private static Command OfPayments()
    {
        var count = new Option<int?>("--count") { Description = "Payments that the file must have." };
        var total = new Option<string?>("--total") { Description = "Their sum, such as 1250.00." };
        var currency = new Option<string?>("--currency") { Description = "Currency of the sum, such as CNY." };
        var command = new Command(
            "payments",
            $"CSV file of payments, columns {Named(PaymentImport.Columns)}, at its end a line "
            + $"{PaymentImport.Trailer},count,sum,currency or the same given here. Each is posted under its own key: "
            + "run again, nothing is posted twice.")
        {
            count, total, currency,
        };
        Set(command, "cashier", async (parsed, file, service, report, stopping) =>
        {
            var said = (parsed.GetValue(count), parsed.GetValue(total), parsed.GetValue(currency)) switch
            {
                (null, null, null) => null,
                ({ } number, { } sum, { } code) => new PaymentControl(number, sum, code),
                _ => throw new ArgumentException("--count, --total and --currency belong together."),
            };
            if (await TextAsync(file, report, stopping) is not { } text) return;
            // Whose key it is, the service writes into the ledger.
            var imported = PaymentImport.Payments(new StringReader(text), new PersonId("import"), said);
            report.AddFileFaults(imported.Faults);
            if (imported.IsGood) await PaymentUpload.SendAsync(service, imported.Records, report, stopping);
        });
        return command;
    }

    internal static void Set(
        Command command,
        string roles,
        Func<ParseResult, string, ServiceClient, ImportReport, CancellationToken, Task> work)
    {
        var file = new Argument<string>("file") { Description = "The file, UTF-8." };
        var json = new Option<bool>("--json") { Description = "The result as one JSON object." };
        var service = new ServiceArgument(roles);
        command.Arguments.Add(file);
        service.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                using var client = service.Open(parsed);
                var report = new ImportReport(command.Name);
                await work(parsed, parsed.GetRequiredValue(file), client, report, token);
                return await report.TellAsync(parsed.GetValue(json));
            },
            stopping));
    }

    internal static async Task<string?> TextAsync(string file, ImportReport report, CancellationToken stopping)
    {
        var (text, fault) = await ImportFile.ReadAsync(file, stopping);
        if (fault is not null) report.AddFileFaults([fault]);
        return text;
    }

    private static Imported<TOut> Select<TIn, TOut>(this Imported<TIn> imported, Func<TIn, TOut> map) =>
        new([.. imported.Records.Select(map)], imported.Faults);

    private static string Named(IReadOnlyList<Column> columns) =>
        string.Join(',', columns.Select(column => column.IsRequired ? column.Name : $"[{column.Name}]"));
}
