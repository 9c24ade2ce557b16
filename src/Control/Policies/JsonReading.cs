using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Meters.Control.Policies;

/// <summary>How every document of Control is read: bounded, each property once, all faults at once.</summary>
internal static class JsonReading
{
    /// <summary>Longest accepted document, characters.</summary>
    public const int CharactersMax = 65_536;

    /// <param name="json">The document.</param>
    /// <param name="read">Makes the thing of the root, and names what is wrong with it.</param>
    /// <param name="result">The thing, when there is no fault.</param>
    /// <param name="faults">Each "JSON path: what is wrong"; empty when there is none.</param>
    public static bool TryRead<T>(
        string json, Func<JsonPart, T?> read, [NotNullWhen(true)] out T? result, out IReadOnlyList<string> faults)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(json);
        result = null;
        if (json.Length > CharactersMax)
        {
            faults = [$"$: longer than {CharactersMax} characters."];
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            var checks = new JsonChecks();
            var made = read(new(document.RootElement, "$", checks));
            faults = checks.Faults;
            if (faults.Count == 0) result = made;
            return result is not null;
        }
        catch (JsonException fault)
        {
            faults = [$"{fault.Path ?? "$"}: not valid JSON: {fault.Message}"];
            return false;
        }
    }
}
