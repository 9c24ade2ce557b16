using System.CommandLine;
using System.Text.Json;
using Meters.Host.Api;
using Meters.Host.Import;
using Meters.Host.Reports;
using Meters.Storage.Contract;

namespace Meters.Host.Cli;

/// <summary><c>meters dry-run</c></summary>
public static class DryRunCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "JSON file of one tariff or policy version." };
        var from = new Option<string>("--from") { Description = "First day, such as 2026-03-01.", Required = true };
        var to = new Option<string>("--to") { Description = "Last day.", Required = true };
        var on = new Option<string?>("--on")
        {
            Description = "Tariff or policy whose accounts it is tried on. Default: its own id.",
            HelpName = "ID",
        };
        var most = new Option<int?>("--accounts") { Description = "At most so many accounts, evenly spaced." };
        var json = new Option<bool>("--json") { Description = "One JSON object, every account in it." };
        var command = new Command(
            "dry-run",
            "A tariff or policy version on recorded days: who would pay more or less, who would be warned or cut "
            + "differently. Nothing is changed.")
        {
            file, from, to, on, most, json,
        };
        var source = new ReportSource();
        source.AddTo(command);
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var (text, fault) = await ImportFile.ReadAsync(parsed.GetRequiredValue(file), token);
                if (text is null) throw new ArgumentException($"{fault}");
                var order = new DryRunOrder(
                    KindOf(text),
                    text,
                    ExplainCommand.Day("--from", parsed.GetRequiredValue(from)),
                    ExplainCommand.Day("--to", parsed.GetRequiredValue(to)),
                    parsed.GetValue(on),
                    parsed.GetValue(most));
                var asJson = parsed.GetValue(json);
                return await source.RunAsync(
                    parsed,
                    service => AskAsync(service, order, asJson, token),
                    port => ReadAsync(port, order, asJson, token),
                    token);
            },
            stopping));
        return command;
    }

    /// <summary>A policy has rungs; everything else is read as a tariff, and its faults are told.</summary>
    private static ChangeKind KindOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("rungs", out _)
                ? ChangeKind.Policy
                : ChangeKind.Tariff;
        }
        catch (JsonException fault)
        {
            throw new ArgumentException($"The file is no JSON: {fault.Message}", fault);
        }
    }

    private static async Task<int> AskAsync(
        ServiceClient service, DryRunOrder order, bool json, CancellationToken stopping)
    {
        using var document = JsonDocument.Parse(order.Json);
        var request = new DryRunRequest(
            Tags.Of(order.Kind), document.RootElement, order.From.ToString(), order.To.ToString(), order.On,
            order.AccountsMax);
        var answer = await service.PostAsync("/dry-runs", request, stopping);
        if (!answer.IsGood) return await ReportSource.RefusedAsync(answer);
        return await TellAsync(JsonSerializer.Deserialize<DryRunResult>(answer.Text, ServiceClient.Form)!, json);
    }

    private static async Task<int> ReadAsync(
        ReportPort port, DryRunOrder order, bool json, CancellationToken stopping)
    {
        var outcome = await new DryRun(port).RunAsync(order, stopping);
        if (outcome.Status == ReportStatus.Done) return await TellAsync(outcome.Result!, json);
        foreach (var fault in outcome.Faults) await Console.Error.WriteLineAsync(fault);
        throw new ArgumentException(Problems.KindOf(outcome.Status).Title);
    }

    private static async Task<int> TellAsync(DryRunResult result, bool json)
    {
        await Console.Out.WriteLineAsync(
            json ? JsonSerializer.Serialize(result, CliJson.Form) : DryRunText.Of(result));
        return ExitCodes.Done;
    }
}
