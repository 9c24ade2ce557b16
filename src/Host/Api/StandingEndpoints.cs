using System.Security.Claims;
using Meters.Control.Customers;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Flags">All that shall stand: life_support, hospital, water_works, safety_critical, social.</param>
/// <param name="Reason">Why, 1 to 500 characters: kept.</param>
public sealed record FlagsRequest(IReadOnlyList<string> Flags, string Reason);

/// <param name="Reason">Why, 1 to 500 characters: kept.</param>
/// <param name="Phone">A new number; absent: as before; empty: none.</param>
/// <param name="Email">A new address; absent: as before; empty: none.</param>
public sealed record ReachRequest(string Reason, string? Phone = null, string? Email = null);

/// <param name="Phone">Marked wrong.</param>
/// <param name="Since">Date of the mark.</param>
/// <param name="Reports">Permanent failures in a row.</param>
/// <param name="Detail">The gateway's word.</param>
public sealed record WrongNumberText(string Phone, string Since, int Reports, string Detail);

/// <param name="Account">Whose.</param>
/// <param name="ValueClass">A, B or C by the purchases of twelve months; null before the first classes.</param>
/// <param name="ClassedAt">When it was made.</param>
/// <param name="Flags">What a person has recorded.</param>
/// <param name="NeverCut">By a flag, or as registered.</param>
/// <param name="Phone">For SMS; empty for none.</param>
/// <param name="Email">Empty for none.</param>
/// <param name="WrongNumber">Null while the number is good.</param>
public sealed record StandingText(
    long Account,
    string? ValueClass,
    string? ClassedAt,
    IReadOnlyList<string> Flags,
    bool NeverCut,
    string Phone,
    string Email,
    WrongNumberText? WrongNumber)
{
    public static StandingText Of(AccountRecord account, CustomerStanding customer) => new(
        account.Id.Value, customer.Class?.ToString(), customer.ClassedAt?.ToString(),
        CustomerFlagWords.Of(customer.Flags), account.NeverCut || customer.Flags.IsNeverCut(), account.Phone,
        customer.Email,
        customer.PhoneWrongSince(account.Phone) is { } since
            ? new(account.Phone, since.ToString(), customer.WrongReports, customer.WrongDetail)
            : null);
}

/// <param name="Field">flags, value_class, phone or email.</param>
/// <param name="Old">As it was.</param>
/// <param name="New">As it is.</param>
/// <param name="By">Who; system for classes.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
public sealed record StandingLogText(string Field, string Old, string New, string By, string At, string Reason);

public static class StandingEndpoints
{
    public const int ReasonLengthMax = 500;

    public static void MapStandings(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/accounts/{id:long}").WithTags("customers");
        group.MapGet("/standing", Get).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Value class, flags, contact, and whether the number is wrong.");
        group.MapGet("/standing/log", LogAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Who changed what about the customer, when and why; newest first.");
        group.MapPut("/flags", SetFlagsAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Sets all flags. Safety-critical customers are never cut.");
        group.MapPut("/reach", SetContactAsync).RequireAuthorization(AccessPolicies.Registry)
            .WithSummary("Sets phone and e-mail; a new number takes the mark of a wrong one away.");
        routes.MapGet("/wrong-numbers", WrongAsync).RequireAuthorization(AccessPolicies.Read).WithTags("customers")
            .WithSummary("Accounts whose number is marked wrong, oldest mark first: work for the office.");
    }

    private static Results<Ok<StandingText>, ProblemHttpResult> Get(long id, EnginePort engine) =>
        engine.FindAccount(new(id)) is { } account
            ? TypedResults.Ok(StandingText.Of(account, engine.StandingOf(account.Id)))
            : Problems.Of(Fault.AccountUnknown);

    private static async Task<Results<Ok<Page<StandingLogText>>, ProblemHttpResult>> LogAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var lines = await engine.Store.Standings.LogAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(lines, max, line => new StandingLogText(
            Tags.Of(line.Field), line.Old, line.New, line.By.Value, line.At.ToString(), line.Reason)));
    }

    private static async Task<Results<Ok<StandingText>, ProblemHttpResult>> SetFlagsAsync(
        long id, FlagsRequest body, ClaimsPrincipal user, EnginePort engine, ILogger<FlagsRequest> logger,
        CancellationToken stopping)
    {
        if (!CustomerFlagWords.TryParse(body.Flags, out var flags))
        {
            return Problems.Of(
                Fault.ContentRefused, $"flags must be of {CustomerFlagWords.All}, each once at most.", "flags");
        }

        if (!RecordChecks.IsText(body.Reason, 1, ReasonLengthMax)) return ReasonRefused();
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        var person = user.Person();
        var record = await engine.Office.SetFlagsAsync(account.Id, flags, person, body.Reason, stopping);
        if (record is null) return Problems.Of(Fault.AccountUnknown);
        logger.StandingChanged(id, Tags.Of(StandingField.Flags), person.Value);
        return TypedResults.Ok(StandingText.Of(account, record));
    }

    private static async Task<Results<Ok<StandingText>, ProblemHttpResult>> SetContactAsync(
        long id, ReachRequest body, ClaimsPrincipal user, EnginePort engine, RegistryDirectory directory,
        ILogger<ReachRequest> logger, CancellationToken stopping)
    {
        var phone = body.Phone;
        if (phone is { Length: > 0 } && !PhoneNumbers.TryNormalise(phone, out phone))
        {
            return Problems.Of(
                Fault.ContentRefused, "phone must have 5 to 15 digits, + before a country code.", "phone");
        }

        if (body.Email is { Length: > 0 } && !EmailAddresses.IsAddress(body.Email))
        {
            return Problems.Of(Fault.ContentRefused, "email must be an e-mail address.", "email");
        }

        if (!RecordChecks.IsText(body.Reason, 1, ReasonLengthMax)) return ReasonRefused();
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        var person = user.Person();
        var record = await engine.Office.SetContactAsync(
            account.Id, phone, body.Email, person, body.Reason, stopping);
        if (record is null) return Problems.Of(Fault.AccountUnknown);
        directory.Changed();
        logger.StandingChanged(id, Tags.Of(StandingField.Phone), person.Value);
        return TypedResults.Ok(StandingText.Of(engine.FindAccount(account.Id) ?? account, record));
    }

    private static async Task<Results<Ok<Page<StandingText>>, ProblemHttpResult>> WrongAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Standings.WrongNumbersAsync(Paging.Take(max), stopping);
        var known = rows.Where(row => engine.FindAccount(row.Account) is not null).ToList();
        return TypedResults.Ok(Paging.Of(
            known, max, row => StandingText.Of(engine.FindAccount(row.Account)!, row)));
    }

    private static ProblemHttpResult ReasonRefused() => Problems.Of(
        Fault.ContentRefused, $"reason must have 1 to {ReasonLengthMax} characters, none of control.", "reason");
}
