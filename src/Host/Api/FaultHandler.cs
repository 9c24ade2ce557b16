using System.Text.Json;
using System.Text.RegularExpressions;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>
/// Exceptions of a request as problem details: malformed bodies name the field, an absent store says when to come back.
/// </summary>
public sealed partial class FaultHandler(ILogger<FaultHandler> logger) : IExceptionHandler
{
    /// <summary>Client closed the request: nobody reads the answer (a de-facto status, used in logs only).</summary>
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (method, path) = (httpContext.Request.Method, httpContext.Request.Path.Value ?? "");
        switch (exception)
        {
            case OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested:
                httpContext.Response.StatusCode = ClientClosedRequest;
                return true;
            case StoreUnavailableException or ShardFencedException:
                logger.StoreUnavailable(exception, method, path);
                httpContext.Response.Headers.RetryAfter = $"{Problems.RetryAfterSeconds}";
                await Problems.Of(Fault.StoreUnavailable).ExecuteAsync(httpContext);
                return true;
            case BadHttpRequestException bad:
                await OfBadRequest(bad).ExecuteAsync(httpContext);
                return true;
            default:
                logger.RequestFailed(exception, method, path);
                await Problems.Of(Fault.Internal).ExecuteAsync(httpContext);
                return true;
        }
    }

    private static ProblemHttpResult OfBadRequest(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json)
        {
            var (field, detail) = Explain(json);
            return Problems.Of(Fault.BodyMalformed, detail, field);
        }

        if (NoBody().IsMatch(bad.Message)) return Problems.Of(Fault.BodyMalformed, "The body is empty.");
        if (bad.StatusCode == StatusCodes.Status400BadRequest
            && Parameter().Match(bad.Message) is { Success: true } match)
        {
            return Problems.Of(Fault.QueryMalformed, $"The parameter {match.Groups[1].Value} is malformed.",
                match.Groups[1].Value);
        }

        return Problems.Of(Problems.OfStatus(bad.StatusCode) ?? Fault.BodyMalformed);
    }

    /// <summary>
    /// Field and plain sentence; the serializer's own words name our types, which concern nobody outside.
    /// </summary>
    public static (string Field, string Detail) Explain(JsonException json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var path = (json.Path ?? "$").TrimStart('$').TrimStart('.');
        if (Unmapped().Match(json.Message) is { Success: true } unknown)
        {
            var field = PathOf(path, unknown.Groups[1].Value);
            return (field, $"The member '{field}' is not known here.");
        }

        if (MissingMembers().Match(json.Message) is { Success: true } missing)
        {
            var names = Quoted().Matches(missing.Groups[1].Value).Select(m => Join(path, m.Groups[1].Value)).ToArray();
            return (names.Length > 0 ? names[0] : path, $"Missing: {string.Join(", ", names)}.");
        }

        if (Duplicate().Match(json.Message) is { Success: true } twice)
        {
            var field = PathOf(path, twice.Groups[1].Value);
            return (field, $"The member '{field}' stands twice.");
        }

        var where = path.Length == 0 ? "The body" : $"'{path}'";
        var line = json.LineNumber is { } number ? $" (line {number + 1}, byte {json.BytePositionInLine + 1})" : "";
        return (path, $"{where} is malformed or of the wrong type{line}.");
    }

    // The serializer's path ends with the member or with the object that holds it, by the kind of fault.
    private static string PathOf(string path, string name) =>
        path == name || path.EndsWith('.' + name, StringComparison.Ordinal) ? path : Join(path, name);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    [GeneratedRegex("The JSON property '([^']*)' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (.*)$")]
    private static partial Regex MissingMembers();

    [GeneratedRegex("Duplicate property '([^']*)'")]
    private static partial Regex Duplicate();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("no body was provided|not provided from body")]
    private static partial Regex NoBody();

    [GeneratedRegex("parameter \"[^\"]*?(\\w+)\"")]
    private static partial Regex Parameter();
}
