using System.Security.Cryptography;
using System.Text;
using Meters.Control.Notices;
using Meters.Host.Api;

namespace Meters.Host.Sms;

/// <summary>
/// GET /sms/inbound?id=%I&amp;from=%p&amp;text=%a&amp;token=... as the sms-service group of Kannel calls it. The body
/// is sent back to the customer; an empty one is not. The token stands in Kannel's own configuration.
/// </summary>
public static class InboundEndpoints
{
    /// <summary>Ids of gateways are UUIDs.</summary>
    public const int IdLengthMax = 64;

    /// <summary>A long joined message; what follows is not looked at.</summary>
    public const int TextLengthMax = 500;

    public static void MapSmsInbound(this IEndpointRouteBuilder routes, string token, InboundDesk desk)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(desk);
        var expected = Encoding.UTF8.GetBytes(token);
        routes.MapGet(
            "/sms/inbound",
            (HttpContext context, ILogger<InboundDesk> logger, CancellationToken stopping) =>
                TakeAsync(context, expected, desk, logger, stopping))
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static async Task<IResult> TakeAsync(
        HttpContext context, byte[] token, InboundDesk desk, ILogger logger, CancellationToken stopping)
    {
        var query = context.Request.Query;
        if (!IsToken(query["token"], token))
        {
            logger.InboundRefused("bad token");
            return Problems.Of(Fault.InboundTokenInvalid);
        }

        if (One(query["id"]) is not { Length: > 0 and <= IdLengthMax } id || id.Any(c => c is <= ' ' or > '~'))
        {
            logger.InboundRefused("malformed id");
            return Problems.Of(Fault.QueryMalformed, $"id must have 1 to {IdLengthMax} visible characters.", "id");
        }

        if (!PhoneNumbers.TryNormalise(One(query["from"]), out var phone))
        {
            logger.InboundRefused("malformed number");
            return Problems.Of(Fault.QueryMalformed, "from must be a phone number.", "from");
        }

        var text = One(query["text"]) ?? "";
        if (text.Length > TextLengthMax) text = text[..TextLengthMax];
        var reply = await desk.AnswerAsync(id, phone, text, stopping) ?? "";
        logger.InboundTaken(PhoneNumbers.Masked(phone), reply.Length > 0 ? "answered" : "not answered");
        // Kannel's word for 16 bits a character; without it Chinese becomes question marks.
        context.Response.Headers["X-Kannel-Coding"] = GsmAlphabet.Fits(reply) ? "0" : "2";
        return Results.Text(reply, "text/plain", Encoding.UTF8);
    }

    /// <summary>In constant time. Without a token in the settings every call is refused.</summary>
    private static bool IsToken(Microsoft.Extensions.Primitives.StringValues given, byte[] token) =>
        token.Length > 0 && One(given) is { Length: < 1_000 } text
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), token);

    private static string? One(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 1 ? values[0] : null;
}
