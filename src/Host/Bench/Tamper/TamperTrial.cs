using Meters.Host.Audit;

namespace Meters.Host.Bench.Tamper;

/// <summary>One way of tampering with a journal, and how the audit must name it.</summary>
/// <param name="Kind">flip, remove, put_in, swap, cut_off or rewrite.</param>
/// <param name="Table">What was tampered with.</param>
/// <param name="Steps">The rows changed.</param>
/// <param name="Expected">For people: the places that must be named, each by a finding of its own.</param>
/// <param name="Names">One test for each place: does the finding name it?</param>
public sealed record TamperTrial(
    string Kind,
    string Table,
    IReadOnlyList<TamperStep> Steps,
    string Expected,
    IReadOnlyList<Func<AuditFinding, bool>> Names)
{
    public bool IsLocated(IReadOnlyList<AuditFinding> findings) => Names.All(name => findings.Any(name));

    public override string ToString() => $"{Kind} in {Table}, expected {Expected}";
}
