namespace Meters.Host.Audit;

/// <summary>One thing that is not what it should be, and where.</summary>
/// <param name="Check">Which check found it, in snake case.</param>
/// <param name="Where">
/// The row: "ledger 0/17", "payment KEY", "reading 12/ForwardActive at 2026-03-01T01:00:00Z".
/// </param>
/// <param name="What">One plain sentence.</param>
public sealed record AuditFinding(string Check, string Where, string What)
{
    /// <summary>
    /// The second place where it lies between two, or the link that names the row.
    /// </summary>
    public string? Beside { get; init; }

    /// <summary>Links of a shard's chain among which it lies, where no single one can be named.</summary>
    public LinkRange? Links { get; init; }
}

/// <param name="Shard">Whose chain.</param>
/// <param name="First">The first link that may be concerned.</param>
/// <param name="Last">The last.</param>
public sealed record LinkRange(int Shard, long First, long Last);

/// <summary>Findings as they come, the first ones kept and all counted.</summary>
public sealed class Findings
{
    /// <summary>Findings kept; beyond it they are only counted.</summary>
    public const int FindingsMax = 10_000;

    private readonly List<AuditFinding> _kept = [];

    public IReadOnlyList<AuditFinding> Kept => _kept;

    public long Count { get; private set; }

    public void Add(AuditFinding finding)
    {
        Count++;
        if (_kept.Count < FindingsMax) _kept.Add(finding);
    }

    public void Add(string check, string where, string what, string? beside = null) =>
        Add(new(check, where, what) { Beside = beside });
}
