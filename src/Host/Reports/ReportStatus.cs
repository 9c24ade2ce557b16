namespace Meters.Host.Reports;

/// <summary>How a report ended; declared in order of precedence.</summary>
public enum ReportStatus
{
    Done,
    AccountUnknown,

    /// <summary>The last day lies before the first.</summary>
    DaysReversed,

    /// <summary>More days than one report may be about.</summary>
    TooManyDays,

    /// <summary>More rows than one report may be about.</summary>
    TooManyRows,

    /// <summary>Nobody is on the tariff or policy that it is about.</summary>
    NobodyOnIt,

    /// <summary>The document has faults.</summary>
    VersionRefused,

    /// <summary>Another dry run is under way.</summary>
    DryRunBusy,
}
