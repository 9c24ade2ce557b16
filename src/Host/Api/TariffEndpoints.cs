using System.Security.Claims;
using Meters.Host.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

public static class TariffEndpoints
{
    public static void MapTariffs(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/tariffs").WithTags("tariffs");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Adds a version of a tariff that no account is on yet; one in use goes through /changes.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("The newest version of each tariff.");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("All versions of a tariff, newest first.");
    }

    private static Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        VersionRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping) =>
        VersionEndpoints.AddAsync(
            body, version => new() { Tariffs = [version] }, "/tariffs", user, engine, directory, clock, stopping);

    private static async Task<Results<Ok<Page<VersionText>>, ProblemHttpResult>> ListAsync(
        int? max, RegistryDirectory directory, CancellationToken stopping) =>
        VersionEndpoints.Newest((await directory.IndexAsync(stopping)).Tariffs, max);

    private static async Task<Results<Ok<Page<VersionText>>, ProblemHttpResult>> GetAsync(
        string id, int? max, RegistryDirectory directory, CancellationToken stopping) =>
        VersionEndpoints.Of((await directory.IndexAsync(stopping)).Tariffs, id, max, Fault.TariffUnknown);
}
