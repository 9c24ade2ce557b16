using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meters.Host.Bench;

/// <summary>One line of a benchmark for machines: a value beside its baseline of the same run.</summary>
/// <param name="Bench">Name.</param>
/// <param name="Value">Median of the runs.</param>
/// <param name="Baseline">Median of the baseline, measured again in each run; null where there is none.</param>
/// <param name="Ratio">Median of value to baseline, run by run.</param>
/// <param name="Goal">What the ratio shall reach; null where none is set.</param>
/// <param name="LowerIsBetter">True for times and sizes.</param>
/// <param name="Unit">Of value and baseline.</param>
/// <param name="Runs">Ratio of each run, or its value where there is no baseline.</param>
public sealed record BenchLine(
    string Bench,
    decimal Value,
    decimal? Baseline,
    decimal? Ratio,
    decimal? Goal,
    bool LowerIsBetter,
    string Unit,
    IReadOnlyList<decimal> Runs)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Form);

    public static decimal Median(IEnumerable<decimal> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1
            ? sorted[sorted.Count / 2]
            : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
