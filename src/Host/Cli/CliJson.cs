using System.Text.Encodings.Web;
using System.Text.Json;

namespace Meters.Host.Cli;

/// <summary>
/// How commands write JSON for machines: one line, snake case, as in the summary of the demonstration.
/// </summary>
public static class CliJson
{
    public static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // For a terminal, not for a page.
    };
}
