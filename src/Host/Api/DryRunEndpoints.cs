using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Reports;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Kind">tariff or policy.</param>
/// <param name="Document">The version to try.</param>
/// <param name="From">First service day.</param>
/// <param name="To">Last service day.</param>
/// <param name="On">The tariff or policy whose accounts it is tried on; its own id where it is not said.</param>
/// <param name="AccountsMax">At most so many accounts.</param>
public sealed record DryRunRequest(
    string Kind, JsonElement Document, string From, string To, string? On = null, int? AccountsMax = null);

/// <summary>One dry run at a time: it reads much, and the service has other work.</summary>
public sealed class DryRunGate : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Runs it now, or says that another one is under way.</summary>
    public async Task<DryRunOutcome> RunAsync(Func<Task<DryRunOutcome>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!await _one.WaitAsync(TimeSpan.Zero)) return DryRunOutcome.Of(ReportStatus.DryRunBusy);
        try
        {
            return await run();
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}

public static class DryRunEndpoints
{
    public static void MapDryRuns(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapPost("/dry-runs", RunAsync).WithTags("changes").RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Tries a version of a tariff or policy on recorded days: who would pay more or less, and who "
                + "would be warned or cut differently. Nothing is changed.");
    }

    private static async Task<Results<Ok<DryRunResult>, ProblemHttpResult>> RunAsync(
        DryRunRequest body, EnginePort engine, RegistryDirectory directory, ReportOptions options, DryRunGate gate,
        CancellationToken stopping)
    {
        var faults = new FaultSentences();
        if (!Tags.TryParse<ChangeKind>(body.Kind, out var kind))
        {
            faults.Add(0, "kind", $"must be one of {Tags.All<ChangeKind>()}.");
        }

        if (body.Document.ValueKind != JsonValueKind.Object) faults.Add(0, "document", "must be a JSON object.");
        if (!ExplainEndpoints.TryReadDay(body.From, out var from)) faults.Add(0, "from", ExplainEndpoints.DaySentence);
        if (!ExplainEndpoints.TryReadDay(body.To, out var to)) faults.Add(0, "to", ExplainEndpoints.DaySentence);
        if (body.AccountsMax < 1) faults.Add(0, "accountsMax", "must be 1 or more.");
        if (faults.Sentences.Count > 0) return Problems.Of(Fault.ContentRefused, faults.Sentences);
        var index = await directory.IndexAsync(stopping);
        var port = RegistryReports.Over(index, engine.Store.Histories, engine.BillingZone, options);
        var order = new DryRunOrder(kind, body.Document.GetRawText(), from, to, body.On, body.AccountsMax);
        var outcome = await gate.RunAsync(() => new DryRun(port).RunAsync(order, stopping));
        return outcome.Status == ReportStatus.Done
            ? TypedResults.Ok(outcome.Result!)
            : Problems.Of(outcome.Status, outcome.Faults);
    }
}
