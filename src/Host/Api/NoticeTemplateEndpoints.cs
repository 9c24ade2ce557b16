using System.Text.Json;
using Meters.Control;
using Meters.Control.Notices;
using Meters.Host.Access;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Id">warn.en: kind and language.</param>
/// <param name="Version">1 is the program's own.</param>
/// <param name="From">From when it holds; null for the program's own.</param>
/// <param name="Kind">remind, warn, cut_done or reconnected.</param>
/// <param name="Language">Two or three letters.</param>
/// <param name="Text">With its placeholders.</param>
/// <param name="Longest">The longest text that a customer may get.</param>
/// <param name="Coding">gsm7 or ucs2.</param>
/// <param name="Parts">SMS parts of the longest text: what a message costs.</param>
public sealed record NoticeTemplateText(
    string Id,
    int Version,
    string? From,
    string Kind,
    string Language,
    string Text,
    string Longest,
    string Coding,
    int Parts)
{
    public static NoticeTemplateText Of(NoticeTemplate template, Instant? from)
    {
        var longest = template.LongestText();
        return new(
            template.Id, template.Version, from?.ToString(), ControlTags.Tag(template.Kind), template.Language,
            template.Text, longest, GsmAlphabet.Fits(longest) ? "gsm7" : "ucs2", GsmAlphabet.Parts(longest));
    }
}

/// <param name="Document">A template as it would be proposed with POST /changes, kind notice_template.</param>
public sealed record TemplatePreview(JsonElement Document);

public static class NoticeTemplateEndpoints
{
    public static void MapNoticeTemplates(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/notice-templates").WithTags("notices");
        group.MapGet("/", List).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Texts of messages, all versions, with the SMS parts that each needs.");
        group.MapPost("/preview", Preview).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Checks a text and tells its length. Changes nothing: versions go by way of /changes.");
    }

    private static Ok<Page<NoticeTemplateText>> List(EnginePort engine) => TypedResults.Ok(new Page<NoticeTemplateText>(
        [
            .. engine.NoticeTexts().All.Select(one => NoticeTemplateText.Of(
                one.Template, one.From > Instant.MinValue ? one.From : null)),
        ],
        false));

    private static Results<Ok<NoticeTemplateText>, ProblemHttpResult> Preview(TemplatePreview body) =>
        NoticeTemplateJson.TryParse(body.Document.GetRawText(), out var template, out var faults)
            ? TypedResults.Ok(NoticeTemplateText.Of(template, null))
            : Problems.Of(Fault.ContentRefused, faults);
}
