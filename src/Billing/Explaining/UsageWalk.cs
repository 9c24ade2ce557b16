using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Explaining;

/// <summary>
/// Rates one metering point from reading to reading, as the books do. It may begin anywhere at or before the start of
/// an accumulation period; readings that are far apart only move it on.
/// </summary>
/// <param name="tariff">All versions.</param>
/// <param name="register">Which register the energy is of.</param>
/// <param name="carry">
/// What the meter before this one used in the accumulation period that the first reading lies in: see <see
/// cref="CarriedTo"/>.
/// </param>
public sealed class UsageWalk(TariffHistory tariff, RegisterKind register, Energy carry = default)
{
    private Instant? _at;
    private Energy _usage;
    private Energy _base;

    /// <summary>Whether a first reading was given.</summary>
    public bool HasBegun => _at is not null;

    /// <summary>
    /// Start of the accumulation period that an instant lies in: around it the walk needs the nearest readings. Null
    /// where nothing accumulates.
    /// </summary>
    public static Instant? PeriodStart(TariffHistory tariff, Instant at)
    {
        var stretch = tariff.StretchAt(at);
        return stretch.Accumulates ? stretch.PeriodStart : null;
    }

    /// <summary>
    /// The tier position that a meter goes on from which takes this one's place: zero where nothing accumulates, or
    /// where this one's last reading lies before the period.
    /// </summary>
    /// <param name="first">Instant of the other's first reading.</param>
    public Energy CarriedTo(Instant first) =>
        _at is { } last && PeriodStart(tariff, first) is { } start && last >= start ? _usage - _base : Energy.Zero;

    /// <summary>
    /// Moves to the next reading. The first one costs nothing. False, with nothing changed, where usage falls, time
    /// stands or the charge does not fit 64 bits.
    /// </summary>
    /// <param name="at">Later than the last.</param>
    /// <param name="usage">Primary energy there, not below the last.</param>
    /// <param name="lines">Each line's charge is added; empty where nobody wants the split.</param>
    /// <param name="charge">Exact charge of the interval.</param>
    public bool TryStep(Instant at, Energy usage, Span<long> lines, out long charge)
    {
        charge = 0;
        if (_at is not { } before)
        {
            (_at, _usage, _base) = (at, usage, Rater.BaseOfFirst(tariff, at, usage) - carry);
            return true;
        }

        var origin = _base;
        if (at <= before || usage < _usage) return false;
        if (!Rater.TryRate(tariff, register, before, _usage, at, usage, ref origin, lines, out charge)) return false;
        (_at, _usage, _base) = (at, usage, origin);
        return true;
    }
}
