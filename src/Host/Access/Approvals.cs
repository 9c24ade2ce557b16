using Meters.Units;

namespace Meters.Host.Access;

/// <summary>
/// Four eyes: who asks and who approves must be two persons. Keys do not count: one person may hold several.
/// </summary>
public static class Approvals
{
    /// <summary>
    /// True when both are named, neither is the system itself, and they are not the same: case and surrounding blanks
    /// do not make another person.
    /// </summary>
    public static bool AreDifferentPersons(PersonId a, PersonId b) =>
        IsPerson(a) && IsPerson(b) && !Plain(a).Equals(Plain(b), StringComparison.OrdinalIgnoreCase);

    /// <summary>A name that is not the engine's own.</summary>
    public static bool IsPerson(PersonId who) =>
        Plain(who).Length > 0 && !Plain(who).Equals(PersonId.System.Value, StringComparison.OrdinalIgnoreCase);

    private static string Plain(PersonId who) => (who.Value ?? "").Trim();
}
