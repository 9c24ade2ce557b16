using System.Globalization;
using Meters.Host.Access;
using Meters.Host.Reports;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

public static class ExplainEndpoints
{
    public const string DaySentence = "must be a day such as 2026-03-01.";

    public static void MapExplanations(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapGet("/accounts/{id:long}/explain", ExplainAsync).WithTags("accounts")
            .RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Why the balance is what it is: each debit with its readings, prices and rounding, each "
                + "credit with its split, each correction with what it corrects.");
    }

    public static bool TryReadDay(string? text, out ServiceDay day)
    {
        var isDay = DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 1971 and <= 9998;
        day = isDay ? ServiceDay.Of(date) : default;
        return isDay;
    }

    private static async Task<Results<Ok<Explanation>, ProblemHttpResult>> ExplainAsync(
        long id, string? from, string? to, EnginePort engine, RegistryDirectory directory, ReportOptions options,
        CancellationToken stopping)
    {
        if (!TryReadDay(from, out var first)) return Problems.Of(Fault.QueryMalformed, $"from {DaySentence}", "from");
        if (!TryReadDay(to ?? from, out var last)) return Problems.Of(Fault.QueryMalformed, $"to {DaySentence}", "to");
        var index = await directory.IndexAsync(stopping);
        var port = RegistryReports.Over(index, engine.Store.Histories, engine.BillingZone, options);
        var (status, explanation) = await new Explainer(port).ExplainAsync(new(id), first, last, stopping);
        return status == ReportStatus.Done ? TypedResults.Ok(explanation!) : Problems.Of(status);
    }
}
