using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Meters.Host.Api;

/// <summary>What the OpenAPI document says beyond what the endpoints say by themselves.</summary>
public static class ApiDocument
{
    private const string Scheme = "apiKey";

    public static void Configure(OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Meters",
                Version = "1",
                Description = "Smart-meter ingestion and prepaid arrears control. Money is a decimal string in major "
                    + "units, energy a decimal string in kWh, instants are ISO 8601 in UTC. Every refusal is RFC 9457 "
                    + "problem details whose type begins with urn:meters:problem: and is stable.",
            };
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key: mk_ and 43 characters.",
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(async (schema, context, stopping) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(OneOrMany<>)) return;
            var item = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, stopping);
            schema.OneOf = [item, new OpenApiSchema { Type = JsonSchemaType.Array, Items = item }];
        });
    }
}
