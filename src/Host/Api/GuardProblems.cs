using Meters.Host.Guard;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>Refusals at the guard, as the table in <see cref="Problems"/>.</summary>
public static class GuardProblems
{
    public static ProblemHttpResult Of(GuardStatus status) => Problems.Of(KindOf(status), detail: null);

    public static ProblemKind KindOf(GuardStatus status) => status switch
    {
        GuardStatus.SwitchStandsSo => new(409, "switch-stands-so", "The switch stands so already."),
        GuardStatus.SwitchSamePerson =>
            new(403, "switch-same-person", "Who stopped the cuts does not let them go again alone."),
        GuardStatus.NothingQuarantined =>
            new(409, "nothing-quarantined", "None of the cuts asked for is in quarantine."),
        GuardStatus.ReleaseUnknown => new(404, "release-unknown", "There is no such release."),
        GuardStatus.ReleaseClosed => new(409, "release-closed", "The release is decided already."),
        GuardStatus.SamePerson => new(403, "same-person", "This takes another person."),
        GuardStatus.AlarmUnknown => new(404, "alarm-unknown", "There is no such open alarm."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };
}
