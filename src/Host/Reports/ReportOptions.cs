using System.ComponentModel.DataAnnotations;

namespace Meters.Host.Reports;

/// <summary>How much of the past one question may be about. Every number is explained in docs/limits.md.</summary>
public sealed class ReportOptions
{
    /// <summary>Service days in one explanation.</summary>
    [Range(1, 400)] public int ExplainDaysMax { get; set; } = 62;

    /// <summary>Service days in one dry run.</summary>
    [Range(1, 1_000)] public int DryRunDaysMax { get; set; } = 366;

    /// <summary>Accounts in one dry run; of more, an even sample is taken.</summary>
    [Range(1, 1_000_000)] public int DryRunAccountsMax { get; set; } = 10_000;
}
