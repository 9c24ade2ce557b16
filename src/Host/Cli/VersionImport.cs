using System.CommandLine;
using System.Text.Json;
using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Host.Api;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>
/// <c>meters import tariff|policy</c>: a version is registered at once while no account is on the tariff or policy;
/// otherwise it is proposed, and a second person approves it.
/// </summary>
internal static class VersionImport
{
    private const string ApprovalRequired = "approval-required";

    public static Command OfTariff()
    {
        var reason = Reason();
        var command = new Command(
            "tariff", "JSON file of one tariff version; the form is docs/schemas/tariff.schema.json.")
        {
            reason,
        };
        ImportCommand.Set(command, "billing", async (parsed, file, service, report, stopping) =>
        {
            if (await ImportCommand.TextAsync(file, report, stopping) is not { } text) return;
            if (!TariffJson.TryParse(text, out var tariff, out var faults))
            {
                report.AddFileFaults(faults.Select(fault => fault.ToString()));
                return;
            }

            var document = new Document(
                ChangeKind.Tariff, tariff!.Id, tariff.Version, tariff.EffectiveFrom, text, parsed.GetValue(reason));
            await SendAsync(service, document, report, stopping);
        });
        return command;
    }

    public static Command OfPolicy()
    {
        var reason = Reason();
        var from = new Option<string?>("--from")
        {
            Description = "Instant from which the version holds, such as 2026-03-01T00:00:00+08:00. Not needed for "
                + "version 1, which holds from the beginning.",
        };
        var command = new Command(
            "policy", "JSON file of one policy version; the form is docs/schemas/policy.schema.json.")
        {
            from, reason,
        };
        ImportCommand.Set(command, "billing", async (parsed, file, service, report, stopping) =>
        {
            if (await ImportCommand.TextAsync(file, report, stopping) is not { } text) return;
            if (!PolicyJson.TryParse(text, out var policy, out var faults))
            {
                report.AddFileFaults(faults);
                return;
            }

            var since = Instant.Utc(2000, 1, 1);
            if (parsed.GetValue(from) is { } said)
            {
                if (!Texts.TryReadInstant(said, out since))
                {
                    throw new ArgumentException($"--from {Texts.InstantSentence}");
                }
            }
            else if (policy.Version > 1)
            {
                throw new ArgumentException("--from is needed: from when does this version hold?");
            }

            var document = new Document(
                ChangeKind.Policy, policy.Id, policy.Version, since, text, parsed.GetValue(reason));
            await SendAsync(service, document, report, stopping);
        });
        return command;
    }

    private static Option<string?> Reason() => new("--reason")
    {
        Description = "Why, for the second person who approves; needed where the version begins in the past.",
    };

    private static async Task SendAsync(
        ServiceClient service, Document document, ImportReport report, CancellationToken stopping)
    {
        report.Rows = 1;
        using var json = JsonDocument.Parse(document.Json);
        var (from, content) = (document.From.ToString(), json.RootElement);
        var path = document.Kind == ChangeKind.Tariff ? "/tariffs" : "/policies";
        var answer = await service.PostAsync(
            path, new VersionRequest(document.Id, document.Version, from, content), stopping);
        var isProposal = answer.ProblemTag == ApprovalRequired;
        if (isProposal)
        {
            answer = await service.PostAsync(
                "/changes",
                new ChangeRequest(
                    Tags.Of(document.Kind), document.Id, document.Version, content, from, document.Reason ?? ""),
                stopping);
        }

        if (!answer.IsGood)
        {
            report.AddRefusal($"{document.Id} version {document.Version}", answer);
            return;
        }

        report.Taken = 1;
        if (!isProposal) return;
        using var change = JsonDocument.Parse(answer.Text);
        report.Change = change.RootElement.GetProperty("change").GetInt64();
    }

    private sealed record Document(
        ChangeKind Kind, string Id, int Version, Instant From, string Json, string? Reason);
}
