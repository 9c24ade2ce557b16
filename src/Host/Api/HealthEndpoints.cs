using Meters.Storage.Contract;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Status">"live" or "ready".</param>
public sealed record HealthText(string Status);

/// <summary>The only addresses that answer without a key. They say nothing but their one word.</summary>
public static class HealthEndpoints
{
    /// <summary>How long readiness waits for the store.</summary>
    public static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/health").WithTags("health").AllowAnonymous();
        group.MapGet("/live", () => TypedResults.Ok(new HealthText("live"))).WithSummary("The process answers.");
        group.MapGet("/ready", ReadyAsync).WithSummary("The engine has loaded and the store answers.");
    }

    private static async Task<Results<Ok<HealthText>, ProblemHttpResult>> ReadyAsync(
        EnginePort engine, TimeProvider clock, ILogger<HealthText> logger, HttpContext context,
        CancellationToken stopping)
    {
        var fault = await FaultAsync(engine, clock, logger, stopping);
        if (fault is null) return TypedResults.Ok(new HealthText("ready"));
        context.Response.Headers.RetryAfter = $"{Problems.RetryAfterSeconds}";
        return Problems.Of(fault.Value);
    }

    private static async Task<Fault?> FaultAsync(
        EnginePort engine, TimeProvider clock, ILogger logger, CancellationToken stopping)
    {
        if (!engine.IsReady())
        {
            logger.NotReady("the engine is loading");
            return Fault.NotReady;
        }

        try
        {
            await engine.Store.PingAsync(stopping).WaitAsync(PingTimeout, clock, stopping);
            return null;
        }
        catch (Exception fault) when (fault is StoreUnavailableException or TimeoutException)
        {
            logger.NotReady("the store does not answer");
            return Fault.StoreUnavailable;
        }
    }
}
