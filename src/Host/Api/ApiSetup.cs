using System.Text.Json;
using System.Text.Json.Serialization;
using Meters.Host.Access;
using Meters.Host.Engine;
using Meters.Host.Reports;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Meters.Host.Api;

/// <summary>The HTTP API: services, order of the pipeline, endpoints.</summary>
public static class ApiSetup
{
    /// <summary>
    /// Needs a <see cref="MetersEngine"/> among the services (or an <see cref="EnginePort"/>, in tests); the clock
    /// is the <see cref="TimeProvider"/> among them, or the machine's.
    /// </summary>
    public static IServiceCollection AddMetersApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => EnginePort.Of(provider.GetRequiredService<MetersEngine>()));
        services.TryAddSingleton<IAccessStore>(provider => provider.GetRequiredService<EnginePort>().Store.Access);
        services.AddSingleton<RegistryDirectory>();
        services.TryAddSingleton(new ReportOptions());
        services.AddSingleton<DryRunGate>();
        services.AddMetersAccess();
        services.AddExceptionHandler<FaultHandler>();
        services.AddProblemDetails();
        // Bad requests reach FaultHandler, which names the field, in every environment.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Strict(options.SerializerOptions));
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    /// <summary>Before any endpoint: faults as problem details, then who is asking, then whether they may.</summary>
    public static void UseMetersApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context =>
        {
            var fault = Problems.OfStatus(context.HttpContext.Response.StatusCode);
            return fault is { } known ? Problems.Of(known).ExecuteAsync(context.HttpContext) : Task.CompletedTask;
        });
        app.UseRouting(); // Here, so that its refusals (405, 415) pass the two above.
        app.UseAuthentication();
        app.UseAuthorization();
    }

    public static void MapMetersApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(BodyLimits.SingleBytesMax));
        api.MapHealth();
        api.MapAccounts();
        api.MapMeters();
        api.MapConcentrators();
        api.MapCompleteness();
        api.MapClocks();
        api.MapTariffs();
        api.MapPolicies();
        api.MapChanges();
        api.MapAccountTariffs();
        api.MapExplanations();
        api.MapDryRuns();
        api.MapPayments();
        api.MapLedger();
        api.MapCounters();
        api.MapMoneyFiles();
        api.MapReadings();
        api.MapCommands();
        api.MapDecisions();
        api.MapSupply();
        api.MapCustomers();
        api.MapMoratoria();
        api.MapNotices();
        api.MapNoticeTemplates();
        api.MapStandings();
        api.MapHolds();
        api.MapQuarantine();
        api.MapGuard();
        api.MapReadingWork();
        api.MapMeterHistory();
        api.MapKeys();
        api.MapTotals();
        api.MapField();
        routes.MapOpenApi().RequireAuthorization(AccessPolicies.Read);
    }

    /// <summary>
    /// Nothing is guessed: unknown and repeated members, wrong case, nulls and numbers in strings are refused.
    /// </summary>
    public static void Strict(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
    }

    internal static RouteHandlerBuilder TakesBulk(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RequestSizeLimitAttribute(BodyLimits.BulkBytesMax));
}
