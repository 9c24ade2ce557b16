using Meters.Billing.Ledger;
using Meters.Host.Access;
using Meters.Host.Changes;
using Meters.Host.Reports;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Meters.Host.Api;

/// <param name="Status">HTTP status.</param>
/// <param name="Tag">
/// Last part of the type, in kebab case: the same word as the status in code. Stable: clients switch on it.
/// </param>
/// <param name="Title">One sentence, the same for every occurrence.</param>
public sealed record ProblemKind(int Status, string Tag, string Title)
{
    public string Type => Problems.TypePrefix + Tag;
}

/// <summary>
/// Every refusal as RFC 9457 problem details. One table, exhaustive: a test asks it for every status.
/// </summary>
public static class Problems
{
    public const string TypePrefix = "urn:meters:problem:";

    /// <summary>Seconds after which to try again when the store or the engine is away.</summary>
    public const int RetryAfterSeconds = 5;

    /// <summary>Faults of a content that are listed; more are counted only.</summary>
    public const int FaultsMax = 100;

    public static ProblemHttpResult Of(Fault fault, string? detail = null, string? field = null) =>
        Of(KindOf(fault), detail, field);

    public static ProblemHttpResult Of(PaymentStatus status, string? detail = null) => Of(KindOf(status), detail);

    public static ProblemHttpResult Of(RegistryStatus status, IReadOnlyList<string> faults) =>
        Of(KindOf(status), faults);

    public static ProblemHttpResult Of(ChangeOutcome outcome) => Of(KindOf(outcome.Status), outcome.Faults);

    public static ProblemHttpResult Of(ReportStatus status, IReadOnlyList<string>? faults = null) =>
        Of(KindOf(status), faults ?? []);

    public static ProblemHttpResult Of(KeyStatus status) => Of(KindOf(status), detail: null);

    public static ProblemHttpResult Of(Fault fault, IReadOnlyList<string> faults) => Of(KindOf(fault), faults);

    public static ProblemKind KindOf(PaymentStatus status) => status switch
    {
        PaymentStatus.KeyReusedWithOtherContent => new(409, "key-reused-with-other-content",
            "This key was used for another payment. Nothing was posted."),
        PaymentStatus.KeyMalformed => new(400, "key-malformed", "The key must have 1 to 100 characters."),
        PaymentStatus.AmountNotPositive => new(422, "amount-not-positive", "The amount must be above zero."),
        PaymentStatus.AmountTooLarge => KindOf(Fault.AmountTooLarge),
        PaymentStatus.AccountUnknown => KindOf(Fault.AccountUnknown),
        PaymentStatus.CurrencyMismatch => new(422, "currency-mismatch", "The currency is not that of the account."),
        PaymentStatus.ShiftNotOpen => new(409, "shift-not-open", "The cashier has no open shift in this currency."),
        PaymentStatus.AgentCeilingReached =>
            new(409, "agent-ceiling-reached", "The agent would hold more cash than allowed: settle first."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(RegistryStatus status) => status switch
    {
        RegistryStatus.Conflict => new(409, "registry-conflict", "It exists with other content. Nothing was added."),
        RegistryStatus.ReferenceUnknown =>
            new(422, "reference-unknown", "It refers to what is not there. Nothing was added."),
        RegistryStatus.ApprovalRequired =>
            new(409, "approval-required", "Accounts are on it: a second person approves a further version first."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(ChangeStatus status) => status switch
    {
        ChangeStatus.ChangeUnknown => new(404, "change-unknown", "There is no such change."),
        ChangeStatus.ChangeNotOpen => new(409, "change-not-open", "The change is decided already."),
        ChangeStatus.SamePerson =>
            new(403, "same-person", "Who proposed a change does not decide about it; other keys do not help."),
        ChangeStatus.NotAuthor => new(403, "not-author", "Only its author takes a proposal back."),
        ChangeStatus.VersionRefused =>
            new(422, "version-refused", "The version has faults or does not fit those that stand. None was added."),
        ChangeStatus.ReasonMissing =>
            new(422, "reason-missing", "A version that begins in the past needs a reason."),
        ChangeStatus.CorrectionUnavailable => new(409, "correction-unavailable",
            "The version begins in the past, and this service cannot rate anew. Nothing was changed."),
        ChangeStatus.TooManyOpen => new(409, "too-many-open", "Too many changes wait for a decision."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(ReportStatus status) => status switch
    {
        ReportStatus.AccountUnknown => KindOf(Fault.AccountUnknown),
        ReportStatus.DaysReversed => new(400, "days-reversed", "The last day lies before the first."),
        ReportStatus.TooManyDays => new(422, "too-many-days", "More days than one answer may be about."),
        ReportStatus.TooManyRows => new(422, "too-many-rows", "More rows than one answer may be about: ask for less."),
        ReportStatus.NobodyOnIt => new(404, "nobody-on-it", "No account is on that tariff or policy."),
        ReportStatus.VersionRefused => KindOf(ChangeStatus.VersionRefused),
        ReportStatus.DryRunBusy => new(409, "dry-run-busy", "Another dry run is under way: come again."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(KeyStatus status) => status switch
    {
        KeyStatus.NameMalformed => new(422, "name-malformed",
            "The name must have 1 to 100 letters, digits, blanks or . _ - @ and no blank at its ends."),
        KeyStatus.PersonMalformed => new(422, "person-malformed",
            "The person must be named with 1 to 100 letters, digits, blanks or . _ - @, and not be the system."),
        KeyStatus.RolesMissing => new(422, "roles-missing", "A key needs at least one role."),
        KeyStatus.NameTaken => new(409, "name-taken", "A key of this name exists; names are not used again."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(Fault fault) => fault switch
    {
        Fault.KeyMissing => new(401, "key-missing", "An API key is needed: Authorization: Bearer mk_..."),
        Fault.KeyInvalid => new(401, "key-invalid", "The API key is not known or was revoked."),
        Fault.RoleMissing => new(403, "role-missing", "The API key has no role that may do this."),
        Fault.BodyMalformed => new(400, "body-malformed", "The body is not the JSON that is asked for here."),
        Fault.BodyTooLarge => new(413, "body-too-large", "The body is larger than accepted here."),
        Fault.MediaTypeUnsupported => new(415, "media-type-unsupported", "The body must be application/json."),
        Fault.MethodNotAllowed => new(405, "method-not-allowed", "This address does not take that method."),
        Fault.NotFound => new(404, "not-found", "There is nothing at this address."),
        Fault.QueryMalformed => new(400, "query-malformed", "A parameter is malformed or out of range."),
        Fault.ContentRefused => new(422, "content-refused", "The content has faults. Nothing was changed."),
        Fault.AccountUnknown => new(404, "account-unknown", "There is no such account."),
        Fault.MeterUnknown => new(404, "meter-unknown", "There is no such meter."),
        Fault.ConcentratorUnknown => new(404, "concentrator-unknown", "There is no such concentrator."),
        Fault.ConcentratorOffline => new(409, "concentrator-offline", "The concentrator has no live session here."),
        Fault.TariffUnknown => new(404, "tariff-unknown", "There is no such tariff."),
        Fault.PolicyUnknown => new(404, "policy-unknown", "There is no such policy."),
        Fault.FrameUnknown => new(404, "frame-unknown", "There is no such frame."),
        Fault.HoldUnknown => new(404, "hold-unknown", "No hold of that kind stands on the account."),
        Fault.MoratoriumUnknown => new(404, "moratorium-unknown", "There is no such moratorium, or it is over."),
        Fault.WorkItemUnknown => new(404, "work-item-unknown", "There is no such item, or none that stands."),
        Fault.WorkItemClosed => new(409, "work-item-closed", "It was decided before. Nothing was changed."),
        Fault.NotReleasable =>
            new(409, "not-releasable", "It holds no register value that could go on, or another queue decides."),
        Fault.ReadingRefused => new(409, "reading-refused", "The value was not taken; the item stays open."),
        Fault.KeyUnknown => new(404, "key-unknown", "There is no such key."),
        Fault.IdempotencyKeyMismatch =>
            new(400, "idempotency-key-mismatch", "The key in the body and the Idempotency-Key header differ."),
        Fault.AmountMalformed =>
            new(400, "amount-malformed", "The amount must be a plain decimal in a string, such as \"12.50\"."),
        Fault.AmountTooFine => new(422, "amount-too-fine", "The amount has more decimals than the currency."),
        Fault.AmountTooLarge => new(422, "amount-too-large", "The amount is above the limit for one payment."),
        Fault.CurrencyUnknown => new(422, "currency-unknown", "The currency is not known here."),
        Fault.ChannelUnknown => new(422, "channel-unknown", "The channel must be counter, bank, mobile or agent."),
        Fault.CommandRefused => new(409, "command-refused", "The command was not taken."),
        Fault.DeliveryTokenInvalid =>
            new(403, "delivery-token-invalid", "The report does not carry the token that was given out for it."),
        Fault.NotReady => new(503, "not-ready", "The service is starting."),
        Fault.StoreUnavailable => new(503, "store-unavailable", "The store cannot be reached. Send it again."),
        Fault.Internal => new(500, "internal", "A fault of the service; it was logged."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault."),
    };

    /// <summary>For answers that the framework began with a bare status.</summary>
    public static Fault? OfStatus(int status) => status switch
    {
        400 => Fault.BodyMalformed,
        404 => Fault.NotFound,
        405 => Fault.MethodNotAllowed,
        413 => Fault.BodyTooLarge,
        415 => Fault.MediaTypeUnsupported,
        503 => Fault.NotReady,
        >= 500 => Fault.Internal,
        _ => null,
    };

    private static ProblemHttpResult Of(ProblemKind kind, IReadOnlyList<string> faults)
    {
        var detail = faults.Count switch
        {
            0 => null,
            1 => faults[0],
            _ => $"{faults.Count} faults; the first: {faults[0]}",
        };
        return Of(kind, detail, faults: faults);
    }

    internal static ProblemHttpResult Of(
        ProblemKind kind, string? detail, string? field = null, IReadOnlyList<string>? faults = null)
    {
        var problem = new ProblemDetails
        {
            Type = kind.Type,
            Title = kind.Title,
            Status = kind.Status,
            Detail = detail,
        };
        if (field is not null) problem.Extensions["field"] = field;
        if (faults is { Count: > 0 }) problem.Extensions["faults"] = faults.Take(FaultsMax).ToArray();
        return TypedResults.Problem(problem);
    }
}
