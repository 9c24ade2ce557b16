using System.Security.Claims;
using Meters.Control.Cases;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Classes">Words that policies speak of, at most 50: a, social, medical.</param>
/// <param name="Region">Parts from large to small, "up.lucknow"; absent when not known.</param>
/// <param name="ConvertedAt">When the account became prepaid, ISO 8601 with a zone; absent when it always was.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
public sealed record CustomerRequest(
    IReadOnlyList<string> Classes, string? Region, string? ConvertedAt, string Note);

/// <summary>What policies ask of a customer.</summary>
public sealed record CustomerText(IReadOnlyList<string> Classes, string Region, string? ConvertedAt)
{
    public static CustomerText Of(CustomerTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new([.. terms.Classes.Order(StringComparer.Ordinal)], terms.Region, terms.ConvertedAt?.ToString());
    }
}

/// <summary>A change of it.</summary>
public sealed record CustomerChangeText(CustomerText Before, CustomerText After, string By, string At, string Note);

/// <param name="Channel">call, letter, visit, email, authority, limit_set or limit_lifted.</param>
/// <param name="Note">What was said or done, 1 to 500 characters.</param>
public sealed record ContactRequest(string Channel, string Note);

/// <summary>A contact on record.</summary>
public sealed record ContactText(string Channel, string At, string By, string Note)
{
    public static ContactText Of(Contact contact)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return new(Tags.Of(contact.Channel), contact.At.ToString(), contact.By.Value, contact.Note);
    }
}

/// <param name="Until">ISO 8601 with a zone; in the future, at most 30 days.</param>
public sealed record CutApprovalRequest(string Until);

/// <summary>An approval on record.</summary>
public sealed record CutApprovalText(long Account, string By, string At, string Until);

public static class CustomerEndpoints
{
    private const int ClassesMax = 50;
    private static readonly TimeSpan ApprovalLongest = TimeSpan.FromDays(30);

    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/accounts/{id:long}").WithTags("customers");
        group.MapGet("/customer", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Classes, region and conversion of a customer.");
        group.MapPut("/customer", SetAsync).RequireAuthorization(AccessPolicies.Registry)
            .WithSummary("Replaces them; who changed what stays on record.");
        group.MapGet("/customer/changes", ChangesAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Who changed what, newest first.");
        group.MapGet("/contacts", ContactsAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Contacts on record, newest first.");
        group.MapPost("/contacts", AddContactAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Records a contact, a copy to the authority, or a limit set or lifted by a crew.");
        group.MapPost("/cut-approvals", ApproveAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("One person's approval of a cut whose class needs it; each person counts once.");
    }

    private static Results<Ok<CustomerText>, ProblemHttpResult> GetAsync(long id, EnginePort engine) =>
        engine.FindAccount(new(id)) is null
            ? Problems.Of(Fault.AccountUnknown)
            : TypedResults.Ok(CustomerText.Of(engine.Customers.Of(new(id))));

    private static async Task<Results<Ok<CustomerText>, ProblemHttpResult>> SetAsync(
        long id,
        CustomerRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        if (body.Classes.Count > ClassesMax || !body.Classes.All(IsPlain))
        {
            return Refused("classes", $"must be at most {ClassesMax} words: lower-case letters, digits, - _ and dots.");
        }

        if (body.Region is { Length: > 0 } region && !IsPlain(region))
        {
            return Refused("region", "must have lower-case letters, digits, - and _, parts divided by dots.");
        }

        Instant? converted = null;
        if (body.ConvertedAt is not null)
        {
            if (!Texts.TryReadInstant(body.ConvertedAt, out var at))
            {
                return Refused("convertedAt", Texts.InstantSentence);
            }

            converted = at;
        }

        if (NoteFault(body.Note) is { } fault) return fault;
        var terms = new CustomerTerms(
            body.Classes.ToHashSet(StringComparer.Ordinal), body.Region ?? "", converted);
        await engine.Customers.SetAsync(new(new(id), terms, user.Person(), clock.Now(), body.Note), stopping);
        return TypedResults.Ok(CustomerText.Of(terms));
    }

    private static async Task<Results<Ok<Page<CustomerChangeText>>, ProblemHttpResult>> ChangesAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Customers.ChangesAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, row => new CustomerChangeText(
            CustomerText.Of(row.Before), CustomerText.Of(row.After), row.By.Value, row.At.ToString(), row.Note)));
    }

    private static async Task<Results<Ok<Page<ContactText>>, ProblemHttpResult>> ContactsAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Customers.ContactsAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, ContactText.Of));
    }

    private static async Task<Results<Created<ContactText>, ProblemHttpResult>> AddContactAsync(
        long id,
        ContactRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (!Tags.TryParse<ContactChannel>(body.Channel, out var channel))
        {
            return Refused("channel", $"must be one of {Tags.All<ContactChannel>()}.");
        }

        if (NoteFault(body.Note) is { } fault) return fault;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var contact = new Contact(new(id), channel, clock.Now(), user.Person(), body.Note);
        await engine.Store.Customers.AddContactAsync(contact, stopping);
        return TypedResults.Created($"/accounts/{id}/contacts", ContactText.Of(contact));
    }

    private static async Task<Results<Created<CutApprovalText>, ProblemHttpResult>> ApproveAsync(
        long id,
        CutApprovalRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        CancellationToken stopping)
    {
        var now = clock.Now();
        if (!Texts.TryReadInstant(body.Until, out var until) || until <= now || until - now > ApprovalLongest)
        {
            return Refused("until", $"{Texts.InstantSentence} It must lie in the next 30 days.");
        }

        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var approval = new CutApproval(new(id), user.Person(), now, until);
        await engine.Store.Customers.AddApprovalAsync(approval, stopping);
        return TypedResults.Created(
            $"/accounts/{id}/supply",
            new CutApprovalText(id, approval.By.Value, now.ToString(), until.ToString()));
    }

    private static bool IsPlain(string word) => word is { Length: > 0 and <= RecordChecks.WordLengthMax }
        && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    private static ProblemHttpResult? NoteFault(string? note) =>
        RecordChecks.IsText(note, 1, HoldEndpoints.NoteLengthMax)
            ? null
            : Refused("note", $"must have 1 to {HoldEndpoints.NoteLengthMax} characters, none of control.");

    private static ProblemHttpResult Refused(string field, string sentence) =>
        Problems.Of(Fault.ContentRefused, $"{field} {sentence}", field);
}
