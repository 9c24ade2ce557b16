using System.Security.Cryptography;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Meters.Host.Access;

public static class AccessSetup
{
    /// <summary>
    /// Keys, roles and policies. Needs an <see cref="IAccessStore"/> among the services, and a
    /// <see cref="TimeProvider"/> unless the machine's is meant. What names no policy still asks for a good key.
    /// </summary>
    public static IServiceCollection AddMetersAccess(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RandomBytes>(RandomNumberGenerator.Fill);
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsRanges>();
        services.AddSingleton<KeyDirectory>();
        services.AddSingleton<KeyIssuer>();
        services.AddAuthentication(ApiKeyHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var (policy, roles) in AccessPolicies.Allowed)
        {
            authorization.AddPolicy(policy, rule =>
                rule.RequireAuthenticatedUser().RequireRole(roles.Select(Roles.Tag)));
        }

        return services;
    }
}
