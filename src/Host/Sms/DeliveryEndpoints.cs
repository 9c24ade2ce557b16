using System.Globalization;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Sms;

/// <summary>
/// Takes a final delivery report. False when the notice does not await one (unknown, or final already), which is no
/// fault: gateways repeat themselves.
/// </summary>
public delegate Task<bool> OnDelivery(NoticeId notice, DeliveryReport report);

/// <summary>A final report of the gateway.</summary>
/// <param name="Delivered">False: it was not, and will not be.</param>
/// <param name="NumberIsWrong">
/// Refused by the centre, or failed for good; not so when it only expired (the phone was off), or when the centre does
/// not know.
/// </param>
/// <param name="Detail">The gateway's own word.</param>
public sealed record DeliveryReport(bool Delivered, bool NumberIsWrong, string Detail);

/// <summary>
/// GET /sms/delivery/{notice}?status=%d&amp;reply=%A&amp;token=... as Kannel calls it. Instead of an API key, which
/// Kannel cannot send, the token of <see cref="DeliveryTokens"/>.
/// </summary>
public static class DeliveryEndpoints
{
    /// <summary>What a report says; declared in order of precedence.</summary>
    public enum Report
    {
        Delivered,
        NotDelivered,

        /// <summary>Queued or handed on (4, 8): nothing final.</summary>
        UnderWay,
        Malformed,
    }

    public static void MapSmsDelivery(this IEndpointRouteBuilder routes, DeliveryTokens tokens, OnDelivery onDelivery)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(onDelivery);
        routes.MapGet(
            "/sms/delivery/{notice:long}",
            (long notice, string? status, string? reply, string? token, ILogger<DeliveryTokens> logger) =>
                TakeAsync(new(notice), status, reply, token, tokens, onDelivery, logger))
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    /// <summary>
    /// Bits of Kannel's %d: 1 delivered, 2 not delivered (34 expired, 66 unknown hold it), 4 and 8 under way, 16
    /// refused by the centre.
    /// </summary>
    public static Report ReportOf(string? status)
    {
        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
        {
            return Report.Malformed;
        }

        var (delivered, failed) = ((bits & 1) != 0, (bits & (2 | 16)) != 0);
        if (delivered && failed) return Report.Malformed;
        if (delivered) return Report.Delivered;
        if (failed) return Report.NotDelivered;
        return (bits & (4 | 8)) != 0 ? Report.UnderWay : Report.Malformed;
    }

    /// <summary>Kannel adds 32 for "expired" and 64 for "unknown" to the failure.</summary>
    public static bool IsPermanent(string? status) =>
        int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
        && (bits & (2 | 16)) != 0 && (bits & (32 | 64)) == 0;

    private static async Task<IResult> TakeAsync(
        NoticeId notice, string? status, string? reply, string? token, DeliveryTokens tokens, OnDelivery onDelivery,
        ILogger logger)
    {
        if (!tokens.Matches(notice, token))
        {
            logger.DeliveryReportRefused(notice.ToString(), "bad token");
            return Problems.Of(Fault.DeliveryTokenInvalid);
        }

        var report = ReportOf(status);
        if (report == Report.Malformed)
        {
            logger.DeliveryReportRefused(notice.ToString(), "malformed status");
            return Problems.Of(Fault.QueryMalformed, "status must be Kannel's number for a report.", "status");
        }

        if (report == Report.UnderWay) return TypedResults.Ok();
        var words = Texts.Shown(reply);
        var detail = $"report {status}{(words.Length > 0 ? " " : "")}{words}";
        logger.DeliveryReport(notice.Value, detail);
        var delivered = report == Report.Delivered;
        await onDelivery(notice, new(delivered, !delivered && IsPermanent(status), detail));
        return TypedResults.Ok();
    }
}
