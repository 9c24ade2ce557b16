using System.CommandLine;
using System.Text.Json;
using Meters.Host.Api;
using Meters.Host.Import;

namespace Meters.Host.Cli;

/// <summary>
/// <c>meters import payment-file|opening-balances|reconciliation</c>: the whole text goes to the service, which takes
/// it whole or names line and field.
/// </summary>
internal static class MoneyFileCommands
{
    public static Command OfPayments() => Of(
        "payment-file",
        "CSV file of a bank, mobile money or an agent, columns as of payments, with its TOTAL line: booked whole or "
        + "not at all. Unknown accounts wait in suspense.",
        "/payment-files");

    public static Command OfOpening() => Of(
        "opening-balances",
        $"CSV file of balances of an earlier system, columns "
        + $"{string.Join(',', OpeningImport.Columns.Select(column => column.Name))} (sub_account: "
        + $"{OpeningImport.SubNames}), with a TOTAL line: booked whole or not at all.",
        "/opening-balances");

    public static Command OfReconciliation()
    {
        var channel = new Option<string>("--channel") { Description = "bank, mobile or agent.", Required = true };
        var day = new Option<string>("--day") { Description = "Day of the books: 2026-03-01.", Required = true };
        var currency = new Option<string?>("--currency") { Description = "Such as CNY; for a day without a payment." };
        var command = new Command(
            "reconciliation",
            "CSV file of payments as the other side counted them, columns as of payments, with its TOTAL line: "
            + "compared with the ledger's day. Exit code 1 while they differ.")
        {
            channel, day, currency,
        };
        ImportCommand.Set(command, "billing or supervisor", async (parsed, file, service, report, stopping) =>
        {
            if (await ImportCommand.TextAsync(file, report, stopping) is not { } text) return;
            var name = Path.GetFileName(file);
            var body = new ReconciliationRequest(
                name, parsed.GetRequiredValue(channel), parsed.GetRequiredValue(day), text,
                parsed.GetValue(currency));
            var answer = await service.PostAsync("/reconciliations", body, stopping);
            if (!answer.IsGood)
            {
                report.AddRefusal(name, answer);
                return;
            }

            using var read = JsonDocument.Parse(answer.Text);
            var open = read.RootElement.GetProperty("open").GetInt32();
            report.Taken = read.RootElement.GetProperty("matched").GetInt32();
            report.Rows = report.Taken + open;
            if (open > 0) report.AddDifference($"{name}: {open} differences wait at /reconciliations/{name}.");
        });
        return command;
    }

    private static Command Of(string kind, string description, string path)
    {
        var command = new Command(kind, description);
        ImportCommand.Set(command, "billing or supervisor", async (_, file, service, report, stopping) =>
        {
            if (await ImportCommand.TextAsync(file, report, stopping) is not { } text) return;
            var name = Path.GetFileName(file);
            var answer = await service.PostAsync(path, new MoneyFileRequest(name, text), stopping);
            if (!answer.IsGood)
            {
                report.AddRefusal(name, answer);
                return;
            }

            using var read = JsonDocument.Parse(answer.Text);
            report.Taken = read.RootElement.GetProperty("lines").GetInt32();
            report.Waiting = read.RootElement.GetProperty("suspense").GetInt32();
            report.Rows = report.Taken + read.RootElement.GetProperty("left").GetInt32();
            if (answer.Status == 200) report.Repeated = report.Taken;
        });
        return command;
    }
}
