using System.Security.Claims;
using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Id">Tariff or policy id.</param>
/// <param name="Version">1, 2, 3 ...; a version never changes.</param>
/// <param name="EffectiveFrom">ISO 8601 with a zone.</param>
/// <param name="Document">The tariff or policy itself.</param>
public sealed record VersionRequest(string Id, int Version, string EffectiveFrom, JsonElement Document);

/// <param name="Id">Tariff or policy id.</param>
/// <param name="Version">Version.</param>
/// <param name="EffectiveFrom">From when it holds.</param>
/// <param name="By">Who posted it.</param>
/// <param name="At">When it was posted.</param>
/// <param name="Document">The tariff or policy itself.</param>
public sealed record VersionText(
    string Id, int Version, string EffectiveFrom, string By, string At, JsonElement Document)
{
    public static VersionText Of(VersionedDocument version)
    {
        using var parsed = JsonDocument.Parse(version.Json);
        return new(
            version.Id,
            version.Version,
            version.EffectiveFrom.ToString(),
            version.By.Value,
            version.At.ToString(),
            parsed.RootElement.Clone());
    }
}

/// <summary>What tariffs and policies have in common: immutable, effective-dated versions.</summary>
public static class VersionEndpoints
{
    public static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        VersionRequest body,
        Func<VersionedDocument, RegistryAddition> addition,
        string location,
        ClaimsPrincipal user,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(addition);
        ArgumentNullException.ThrowIfNull(user);
        var faults = new FaultSentences();
        if (!Texts.TryReadInstant(body.EffectiveFrom, out var from))
        {
            faults.Add(0, "effectiveFrom", Texts.InstantSentence);
        }

        AddFaults(body.Id, body.Version, body.Document, faults);
        if (faults.Sentences.Count > 0) return Problems.Of(Fault.ContentRefused, faults.Sentences);

        // Written anew without blanks, so that equal content is equal text.
        var version = new VersionedDocument(
            body.Id, body.Version, from, JsonSerializer.Serialize(body.Document), user.Person(), clock.Now());
        return await Registering.AddAsync(
            engine, directory, faults, addition(version), 1, $"{location}/{version.Id}", stopping);
    }

    /// <summary>Faults of form of a version, whichever way it comes.</summary>
    public static void AddFaults(string id, int version, JsonElement document, FaultSentences faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (!RecordChecks.IsWord(id)) faults.Add(0, "id", RecordChecks.WordSentence);
        if (version < 1) faults.Add(0, "version", "must be 1 or more.");
        if (document.ValueKind != JsonValueKind.Object) faults.Add(0, "document", "must be a JSON object.");
    }

    public static Results<Ok<Page<VersionText>>, ProblemHttpResult> Newest(
        IReadOnlyList<VersionedDocument> all, int? max)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = all.GroupBy(version => version.Id, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.MaxBy(version => version.Version)!)
            .Take(Paging.Take(max))
            .ToArray();
        return TypedResults.Ok(Paging.Of(rows, max, VersionText.Of));
    }

    public static Results<Ok<Page<VersionText>>, ProblemHttpResult> Of(
        IReadOnlyList<VersionedDocument> all, string id, int? max, Fault unknown)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = all.Where(version => version.Id == id)
            .OrderByDescending(version => version.Version)
            .Take(Paging.Take(max))
            .ToArray();
        return rows.Length == 0 ? Problems.Of(unknown) : TypedResults.Ok(Paging.Of(rows, max, VersionText.Of));
    }
}
