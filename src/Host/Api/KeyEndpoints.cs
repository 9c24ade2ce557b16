using System.Security.Claims;
using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Name">Unique name of the key; never used again.</param>
/// <param name="Person">The person or machine behind it.</param>
/// <param name="Roles">reader, cashier, billing, control, auditor, admin, supervisor.</param>
public sealed record KeyRequest(string Name, string Person, IReadOnlyList<string> Roles);

/// <param name="Name">Name of the key.</param>
/// <param name="Person">The person or machine behind it.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="CreatedAt">When it was issued.</param>
/// <param name="RevokedAt">Null while it is good.</param>
public sealed record KeyText(
    string Name, string Person, IReadOnlyList<string> Roles, string CreatedAt, string? RevokedAt);

/// <param name="Name">Name of the key.</param>
/// <param name="Key">The key itself: shown this once, kept nowhere.</param>
public sealed record IssuedKey(string Name, string Key);

public static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/keys").WithTags("keys").RequireAuthorization(AccessPolicies.Keys);
        group.MapPost("/", IssueAsync).WithSummary("Issues a key; it is shown this once.");
        group.MapGet("/", ListAsync).WithSummary("All keys, without the keys themselves.");
        group.MapDelete("/{name}", RevokeAsync).WithSummary("Revokes a key: effective within seconds.");
    }

    private static async Task<Results<Created<IssuedKey>, ProblemHttpResult>> IssueAsync(
        KeyRequest body, ClaimsPrincipal user, KeyIssuer issuer, ILogger<KeyRequest> logger, HttpContext context,
        CancellationToken stopping)
    {
        var roles = new List<Role>();
        foreach (var name in body.Roles)
        {
            if (!Roles.TryParseOne(name, out var role))
            {
                var known = string.Join(", ", Enum.GetValues<Role>().Select(Roles.Tag));
                return Problems.Of(Fault.ContentRefused, $"'{Texts.Shown(name)}' is not a role: {known}.", "roles");
            }

            roles.Add(role);
        }

        var (status, key) = await issuer.IssueAsync(body.Name, new(body.Person), roles, stopping);
        if (status != KeyStatus.Issued) return Problems.Of(status);
        logger.KeyIssued(body.Name, body.Person, Roles.Format(roles), user.Person().Value);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/keys/{Uri.EscapeDataString(body.Name)}", new IssuedKey(body.Name, key!));
    }

    private static async Task<Ok<Page<KeyText>>> ListAsync(EnginePort engine, CancellationToken stopping)
    {
        var keys = await engine.Store.Access.KeysAsync(stopping);
        var rows = keys.OrderBy(key => key.Name, StringComparer.Ordinal).ToArray();
        return TypedResults.Ok(Paging.Of(rows, Paging.Max, Of));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string name,
        ClaimsPrincipal user,
        EnginePort engine,
        KeyDirectory directory,
        TimeProvider clock,
        ILogger<KeyRequest> logger,
        CancellationToken stopping)
    {
        if (!await engine.Store.Access.RevokeKeyAsync(name, clock.Now(), stopping))
        {
            return Problems.Of(Fault.KeyUnknown);
        }

        directory.Forget(name);
        logger.KeyRevoked(name, user.Person().Value);
        return TypedResults.NoContent();
    }

    private static KeyText Of(ApiKeyRecord key) => new(
        key.Name, key.Person.Value, key.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
        key.CreatedAt.ToString(), key.RevokedAt?.ToString());
}
