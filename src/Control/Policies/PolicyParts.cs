using System.Collections.Frozen;
using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>Time that a customer has between the last notice and a cut, whatever the rungs' own delays are.</summary>
/// <param name="Days">Local days after the last notice.</param>
/// <param name="WorkingDays">Whole working days after the day of the last notice.</param>
/// <param name="AfterConversionDays">Local days after the account became prepaid.</param>
/// <param name="AfterBacklogHours">
/// Hours after payments, messages, readings or the store have been away for long: who could not pay, or was charged a
/// heap at once, has that long.
/// </param>
public sealed record PolicyGrace(int Days, int WorkingDays, int AfterConversionDays, int AfterBacklogHours)
{
    public static readonly PolicyGrace None = new(0, 0, 0, 0);
}

/// <summary>A season without cuts; both days are within it, and it may pass New Year.</summary>
/// <param name="Name">For the explanation.</param>
/// <param name="FromMonth">1 to 12.</param>
/// <param name="FromDay">1 to 31.</param>
/// <param name="ToMonth">1 to 12.</param>
/// <param name="ToDay">1 to 31.</param>
/// <param name="Classes">Only for customers of one of these classes; empty for all.</param>
public sealed record SeasonalMoratorium(
    string Name, int FromMonth, int FromDay, int ToMonth, int ToDay, IReadOnlySet<string> Classes)
{
    public bool Covers(DateOnly date)
    {
        var (from, to) = ((FromMonth * 100) + FromDay, (ToMonth * 100) + ToDay);
        var day = (date.Month * 100) + date.Day;
        return from <= to ? day >= from && day <= to : day >= from || day <= to;
    }

    public bool Concerns(IReadOnlySet<string> classes) => Classes.Count == 0 || Classes.Overlaps(classes);
}

/// <summary>Whom a cut needs more for, or never befalls.</summary>
/// <param name="NeverCut">Classes that are never cut by policy.</param>
/// <param name="NeedsApproval">Classes that are cut only after people have approved it.</param>
/// <param name="Approvers">Different people who must approve, 1 to 5.</param>
/// <param name="CopyToAuthority">Classes whose coming cut the authority is told of first.</param>
public sealed record PolicyProtection(
    IReadOnlySet<string> NeverCut,
    IReadOnlySet<string> NeedsApproval,
    int Approvers,
    IReadOnlySet<string> CopyToAuthority)
{
    public static readonly PolicyProtection None = new(
        FrozenSet<string>.Empty, FrozenSet<string>.Empty, 2, FrozenSet<string>.Empty);
}

/// <summary>Who has paid this share of the dues has so many days, once in a run of the ladder.</summary>
/// <param name="FromPercent">1 to 99 percent of the dues.</param>
/// <param name="Days">Local days from the payment.</param>
public readonly record struct PartialPayment(int FromPercent, int Days);

/// <summary>Local hours in which no ladder message is sent; they may pass midnight.</summary>
/// <param name="FromMinute">First minute of the local day.</param>
/// <param name="ToMinute">Minute at which it is over.</param>
public sealed record QuietHours(int FromMinute, int ToMinute)
{
    /// <summary>The first instant at or after this one at which a message may be sent.</summary>
    public Instant NextAllowed(LocalZone zone, Instant at)
    {
        var local = zone.ToLocal(at);
        var minute = (local.Hour * 60) + local.Minute;
        var quiet = FromMinute < ToMinute
            ? minute >= FromMinute && minute < ToMinute
            : minute >= FromMinute || minute < ToMinute;
        if (!quiet) return at;
        var end = local.Date.AddMinutes(ToMinute);
        if (minute >= ToMinute) end = end.AddDays(1);
        var allowed = zone.ToInstant(end);
        return allowed > at ? allowed : at;
    }
}

/// <summary>What is owed to a customer whom the utility has wronged; null where nothing is.</summary>
/// <param name="WrongfulCut">For a cut that should not have happened, minor units.</param>
/// <param name="LateReconnect">For a supply that was not back within the service level, minor units.</param>
public sealed record PolicyCompensation(Money? WrongfulCut, Money? LateReconnect)
{
    public static readonly PolicyCompensation None = new(null, null);
}

/// <summary>Another policy for some of the accounts on this one; the first that fits is taken.</summary>
/// <param name="Classes">The customer has one of these; empty for any.</param>
/// <param name="Regions">The customer lives in one of these; empty for any.</param>
/// <param name="Policy">Id of the policy that holds for them.</param>
public sealed record PolicySelection(IReadOnlySet<string> Classes, IReadOnlySet<string> Regions, string Policy)
{
    public bool Fits(IReadOnlySet<string> classes, string region) =>
        (Classes.Count == 0 || Classes.Overlaps(classes))
            && (Regions.Count == 0 || Regions.Any(area => Moratorium.IsWithin(region, area)));
}

/// <summary>Longest holds by kind.</summary>
public sealed record HoldTerms(IReadOnlyDictionary<HoldKind, int> DaysMax)
{
    public static readonly HoldTerms None = new(FrozenDictionary<HoldKind, int>.Empty);

    /// <summary>The latest end of a hold from an instant; <see cref="Instant.Never"/> without a term.</summary>
    public Instant LatestEnd(HoldKind kind, Instant from) =>
        DaysMax.TryGetValue(kind, out var days) ? from + TimeSpan.FromDays(days) : Instant.Never;
}
