using System.Globalization;
using System.Text;
using System.Text.Json;
using Meters.Host.Cli;

namespace Meters.Host.Audit;

/// <summary>What was looked at, and everything that differs.</summary>
public sealed record AuditReport
{
    public required bool Holds { get; init; }

    public required long Shards { get; init; }

    /// <summary>Links recomputed.</summary>
    public required long Links { get; init; }

    /// <summary>Roots compared with the chains.</summary>
    public required long Roots { get; init; }

    public required long Accounts { get; init; }

    public required long Readings { get; init; }

    /// <summary>Readings of closed days, each covered by a day's proof.</summary>
    public required long ReadingsProven { get; init; }

    /// <summary>Readings whose register stands so in their raw frame.</summary>
    public required long ReadingsInFrames { get; init; }

    /// <summary>
    /// Other readings, by what stands behind them: estimate, edit, release, energies of intervals ...
    /// </summary>
    public required IReadOnlyDictionary<string, long> ReadingsOtherwise { get; init; }

    /// <summary>Raw frames that were decoded to see where what they say stands.</summary>
    public required long Frames { get; init; }

    /// <summary>Values in those frames, of registered meters.</summary>
    public required long ValuesRecalled { get; init; }

    /// <summary>Charges computed anew by other code.</summary>
    public required long ChargesRecomputed { get; init; }

    /// <summary>Payments and releases divided anew.</summary>
    public required long PaymentsRecomputed { get; init; }

    /// <summary>Operations booked anew, each half by itself.</summary>
    public required long OperationsRecomputed { get; init; }

    public required long Balances { get; init; }

    /// <summary>Accounts whose charges were not all computed anew, by reason.</summary>
    public required IReadOnlyDictionary<string, long> NotRecomputed { get; init; }

    /// <summary>Groups of entries that were not booked anew, by reason.</summary>
    public required IReadOnlyDictionary<string, long> NotBooked { get; init; }

    public required long Differences { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, CliJson.Form);

    /// <summary>For people.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var finding in Findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"DIFFERENT  {finding.Where}: {finding.What}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"""
            {Links:N0} links of {Shards} shards, {Roots:N0} roots, {Balances:N0} balances of {Accounts:N0} accounts
            {Readings:N0} readings: {ReadingsProven:N0} in closed days, {ReadingsInFrames:N0} as in their raw frames,
              {ChargesRecomputed:N0} charges computed anew
            {Frames:N0} frames with {ValuesRecalled:N0} values
            {PaymentsRecomputed:N0} payments divided anew, {OperationsRecomputed:N0} operations booked anew
            """);
        foreach (var (kind, readings) in ReadingsOtherwise.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"readings by other records, {kind}: {readings:N0}");
        }

        foreach (var (reason, groups) in NotBooked.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"not booked anew, {reason}: {groups:N0}");
        }

        foreach (var (reason, accounts) in NotRecomputed.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"charges not computed anew, {reason}: {accounts:N0}");
        }

        if (Roots == 0)
        {
            text.AppendLine("No roots were given: a journal cut off at its end cannot be told from a short one.");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Differences:N0} differences");
        return text.ToString();
    }
}
