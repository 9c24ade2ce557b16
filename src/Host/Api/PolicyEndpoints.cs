using System.Security.Claims;
using Meters.Host.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

public static class PolicyEndpoints
{
    public static void MapPolicies(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/policies").WithTags("policies");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Adds a version of a policy that no account is on yet; one in use goes through /changes.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("The newest version of each policy.");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("All versions of a policy, newest first.");
    }

    private static Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        VersionRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping) =>
        VersionEndpoints.AddAsync(
            body, version => new() { Policies = [version] }, "/policies", user, engine, directory, clock, stopping);

    private static async Task<Results<Ok<Page<VersionText>>, ProblemHttpResult>> ListAsync(
        int? max, RegistryDirectory directory, CancellationToken stopping) =>
        VersionEndpoints.Newest((await directory.IndexAsync(stopping)).Policies, max);

    private static async Task<Results<Ok<Page<VersionText>>, ProblemHttpResult>> GetAsync(
        string id, int? max, RegistryDirectory directory, CancellationToken stopping) =>
        VersionEndpoints.Of((await directory.IndexAsync(stopping)).Policies, id, max, Fault.PolicyUnknown);
}
