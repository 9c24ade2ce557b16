using System.Security.Claims;
using System.Text.Encodings.Web;
using Meters.Host.Api;
using Meters.Units;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Meters.Host.Access;

/// <summary><c>Authorization: Bearer mk_...</c>; answers 401 and 403 as problem details.</summary>
public sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyDirectory keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string KeyNameClaim = "key";
    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0) return AuthenticateResult.NoResult();
        var text = header.ToString();
        if (header.Count > 1 || !text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return Refuse();

        var holder = await keys.FindAsync(text[Bearer.Length..].Trim(), Context.RequestAborted);
        if (holder is null) return Refuse();
        var identity = new ClaimsIdentity(SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.Name, holder.Person.Value));
        identity.AddClaim(new(KeyNameClaim, holder.KeyName));
        foreach (var role in holder.Roles) identity.AddClaim(new(ClaimTypes.Role, Roles.Tag(role)));
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"meters\"";
        var sent = Request.Headers.Authorization.Count > 0;
        return Problems.Of(sent ? Fault.KeyInvalid : Fault.KeyMissing).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Logger.Forbidden(Context.User.FindFirstValue(KeyNameClaim) ?? "", Request.Method, Request.Path.Value ?? "");
        return Problems.Of(Fault.RoleMissing).ExecuteAsync(Context);
    }

    // Never the key itself: a mistyped key in a log is nearly a key in a log.
    private AuthenticateResult Refuse()
    {
        Logger.KeyRefused(Context.Connection.RemoteIpAddress?.ToString() ?? "");
        return AuthenticateResult.Fail("The key is not known or was revoked.");
    }
}

public static class Principals
{
    /// <summary>The person behind the request's key.</summary>
    public static PersonId Person(this ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.Name) is { Length: > 0 } name
            ? new(name)
            : throw new InvalidOperationException("An endpoint asked for the person of a request without a key.");
}
