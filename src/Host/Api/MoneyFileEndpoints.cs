using System.Globalization;
using System.Security.Claims;
using Meters.Billing.Ledger;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Host.Ledger;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Api;

/// <param name="Name">The file's name, 1 to 64 letters, digits and . _ -: unique for ever.</param>
/// <param name="Content">The CSV itself, header and TOTAL line included.</param>
public sealed record MoneyFileRequest(string Name, string Content);

/// <param name="Name">The file's name: unique for ever.</param>
/// <param name="Channel">bank, mobile or agent.</param>
/// <param name="Day">Day of the books, such as 2026-03-01.</param>
/// <param name="Content">The CSV itself.</param>
/// <param name="Currency">ISO 4217; needed where the file has no payment.</param>
public sealed record ReconciliationRequest(
    string Name, string Channel, string Day, string Content, string? Currency = null);

/// <param name="Key">Key of the payment.</param>
/// <param name="Note">How the difference was resolved.</param>
public sealed record ResolutionRequest(string Key, string Note);

/// <param name="Name">The file's name.</param>
/// <param name="Lines">Lines in the ledger.</param>
/// <param name="Suspense">Of these, those that wait for their owner.</param>
/// <param name="Left">Lines that could not be booked yet.</param>
public sealed record MoneyFileText(string Name, int Lines, int Suspense, int Left);

/// <summary>A difference between ledger and file.</summary>
public sealed record DifferenceText(
    string Key,
    string Outcome,
    MoneyText? Here,
    MoneyText? There,
    long? Account,
    string? Note,
    string? ResolvedBy,
    string? ResolvedAt);

/// <summary>A channel's day compared with a file.</summary>
public sealed record ReconciliationText(
    string Name,
    string Channel,
    string Day,
    string By,
    string At,
    int Matched,
    MoneyText MatchedTotal,
    int Open,
    IReadOnlyList<DifferenceText> Differences,
    string? SignedBy,
    string? SignedAt)
{
    public static ReconciliationText Of(Reconciliation one)
    {
        ArgumentNullException.ThrowIfNull(one);
        MoneyText? Text(Money? amount) => amount is { } known ? Texts.Of(known, one.Currency) : null;
        return new(
            one.Name,
            Tags.Of(one.Channel),
            one.Day.ToString(),
            one.By.Value,
            one.At.ToString(),
            one.Matched,
            Texts.Of(one.MatchedTotal, one.Currency),
            one.Items.Count(item => item.ResolvedAt is null),
            [
                .. one.Items.Select(item => new DifferenceText(
                    item.Key, Tags.Of(item.Outcome), Text(item.Here), Text(item.There), item.Account?.Value, item.Note,
                    item.ResolvedBy?.Value, item.ResolvedAt?.ToString())),
            ],
            one.SignedBy?.Value,
            one.SignedAt?.ToString());
    }
}

/// <summary>Files of payments and opening balances; day-end reconciliation and its sign-off.</summary>
public static class MoneyFileEndpoints
{
    public static void MapMoneyFiles(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("money files");
        group.MapPost("/payment-files", (MoneyFileRequest body, ClaimsPrincipal user, EnginePort engine,
                TimeProvider clock, CancellationToken stopping) =>
                TakeAsync(MoneyFileKind.Payments, body, user, engine, clock, stopping))
            .RequireAuthorization(AccessPolicies.Office).TakesBulk()
            .WithSummary("A bank, mobile-money or agent file of payments: taken whole or not at all.");
        group.MapPost("/opening-balances", (MoneyFileRequest body, ClaimsPrincipal user, EnginePort engine,
                TimeProvider clock, CancellationToken stopping) =>
                TakeAsync(MoneyFileKind.OpeningBalances, body, user, engine, clock, stopping))
            .RequireAuthorization(AccessPolicies.Office).TakesBulk()
            .WithSummary("Balances of an earlier system with check totals: taken whole or not at all.");
        group.MapPost("/reconciliations", CompareAsync).RequireAuthorization(AccessPolicies.Office).TakesBulk()
            .WithSummary("Compares a channel's day with a file: matched, only here, only there, amount differs.");
        group.MapGet("/reconciliations", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Reconciliations, newest first, without their differences.");
        group.MapGet("/reconciliations/{name}", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("One reconciliation with its differences: the work queue.");
        group.MapPost("/reconciliations/{name}/resolutions", ResolveAsync)
            .RequireAuthorization(AccessPolicies.Office)
            .WithSummary("Says how a difference was resolved.");
        group.MapPost("/reconciliations/{name}/sign-off", SignAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("Signs the day off and locks it; by another person than who imported the file.");
    }

    private static async Task<IResult> TakeAsync(
        MoneyFileKind kind,
        MoneyFileRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (!RecordChecks.IsWord(body.Name))
        {
            return Problems.Of(Fault.ContentRefused, $"name {RecordChecks.WordSentence}", "name");
        }

        var file = new MoneyFile(body.Name, kind, body.Content, user.Person(), clock.Now(), null);
        var result = await engine.Money.Files.TakeAsync(file, engine.PaymentMinorMax, stopping);
        if (result.IsNameReused) return Problems.Of(LedgerProblems.NameReused, detail: null);
        if (!result.IsTaken)
        {
            return Problems.Of(Fault.ContentRefused, [.. result.Faults.Select(fault => fault.ToString())]);
        }

        var text = new MoneyFileText(body.Name, result.Lines, result.Suspense, result.Left);
        return result.IsRepeat ? TypedResults.Ok(text) : TypedResults.Created("/payment-files", text);
    }

    private static async Task<IResult> CompareAsync(
        ReconciliationRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (!RecordChecks.IsWord(body.Name))
        {
            return Problems.Of(Fault.ContentRefused, $"name {RecordChecks.WordSentence}", "name");
        }

        if (!Tags.TryParse<PaymentChannel>(body.Channel, out var channel))
        {
            return Problems.Of(Fault.ChannelUnknown, $"must be one of {Tags.All<PaymentChannel>()}.", "channel");
        }

        if (!DateOnly.TryParseExact(
            body.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return Problems.Of(Fault.ContentRefused, "day must be a date such as 2026-03-01.", "day");
        }

        var file = PaymentImport.Payments(new StringReader(body.Content), user.Person(), null, order =>
            order.Channel == channel ? null : ("channel", $"must be {body.Channel}, as the file's."));
        if (!file.IsGood) return Problems.Of(Fault.ContentRefused, [.. file.Faults.Select(fault => fault.ToString())]);
        var currency = file.Records.Count > 0 ? file.Records[0].Currency : default;
        if (body.Currency is { } code)
        {
            var isOne = Units.Currency.TryParse(code, out var said);
            if (!isOne || (file.Records.Count > 0 && said != currency))
            {
                return Problems.Of(Fault.ContentRefused, "currency must be that of the file, such as CNY.", "currency");
            }

            currency = said;
        }
        else if (file.Records.Count == 0)
        {
            return Problems.Of(
                Fault.ContentRefused, ["The file has no payments: name the currency of the day."]);
        }

        var (status, result) = await engine.Money.Reconciliations.CompareAsync(
            body.Name, channel, ServiceDay.Of(day), currency, file.Records, user.Person(), stopping);
        return (status, result) switch
        {
            (ReconciliationStatus.Done, { } done) =>
                TypedResults.Created($"/reconciliations/{body.Name}", ReconciliationText.Of(done)),
            (ReconciliationStatus.AlreadyDone, { } earlier) => TypedResults.Ok(ReconciliationText.Of(earlier)),
            _ => LedgerProblems.Of(status),
        };
    }

    private static async Task<IResult> ListAsync(int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Ledger.ReconciliationsAsync(Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, ReconciliationText.Of));
    }

    private static async Task<IResult> GetAsync(string name, EnginePort engine, CancellationToken stopping) =>
        await engine.Store.Ledger.FindReconciliationAsync(name, stopping) is { } found
            ? TypedResults.Ok(ReconciliationText.Of(found))
            : LedgerProblems.Of(ReconciliationStatus.Unknown);

    private static async Task<IResult> ResolveAsync(
        string name, ResolutionRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (!RecordChecks.IsText(body.Note, 1, HoldEndpoints.NoteLengthMax))
        {
            return Problems.Of(Fault.ContentRefused,
                $"note must have 1 to {HoldEndpoints.NoteLengthMax} characters, none of control.", "note");
        }

        var status = await engine.Money.Reconciliations.ResolveAsync(
            name, body.Key, body.Note, user.Person(), stopping);
        return status == ReconciliationStatus.Done
            ? await GetAsync(name, engine, stopping)
            : LedgerProblems.Of(status);
    }

    private static async Task<IResult> SignAsync(
        string name, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        var (status, result) = await engine.Money.Reconciliations.SignAsync(name, user.Person(), stopping);
        return status == ReconciliationStatus.Done
            ? TypedResults.Ok(ReconciliationText.Of(result!))
            : LedgerProblems.Of(status);
    }
}
