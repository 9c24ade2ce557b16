using System.Numerics;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <param name="PerBill">All lines together; otherwise each.</param>
/// <param name="UnitMinor">To a multiple of this many minor units.</param>
/// <param name="Mode">halfUp, up or down.</param>
internal sealed record PlainRounding(bool PerBill, BigInteger UnitMinor, string Mode)
{
    public static readonly PlainRounding ToMinor = new(false, 1, "halfUp");

    /// <summary>Minor units for exact ones.</summary>
    public BigInteger Round(Fraction minor)
    {
        var units = minor / UnitMinor;
        return UnitMinor * Mode switch
        {
            "up" => -(-units).Floor(),
            "down" => units.Floor(),
            _ => units.HalfUp(),
        };
    }
}

/// <summary>One version as its document says it.</summary>
internal sealed record PlainTariff
{
    public required int Version { get; init; }

    public required Currency Currency { get; init; }

    public required LocalZone Zone { get; init; }

    /// <summary>Microseconds since 1970.</summary>
    public required long From { get; init; }

    /// <summary>No accumulation period begins before it: an account came to the tariff then.</summary>
    public long PeriodsFrom { get; init; } = long.MinValue;

    public required Cycle Accumulate { get; init; }

    /// <summary>perPeriod, perMonth, per30Days or byDays.</summary>
    public required string Limits { get; init; }

    public required Cycle Bill { get; init; }

    public required int? ChargeDecimals { get; init; }

    /// <summary>Over how many minutes demand is averaged.</summary>
    public required int WindowMinutes { get; init; }

    public required PlainCalendar Calendar { get; init; }

    /// <summary>Energy first.</summary>
    public required IReadOnlyList<PlainLine> Lines { get; init; }

    public required PlainRounding Rounding { get; init; }

    /// <summary>How a line is rounded by itself, before a bill is rounded as a whole.</summary>
    public PlainRounding RoundingOf(string line) => Lines.FirstOrDefault(l => l.Name == line)?.Rounding
        ?? (Rounding.PerBill ? PlainRounding.ToMinor : Rounding);

    /// <summary>A bill that is rounded as a whole adds up rounded lines where any has a rounding of its own.</summary>
    public bool AddsRoundedLines => Lines.Any(line => line.Rounding is not null);

    public PlainLine Line(string name) => Lines.First(line => line.Name == name);

    /// <summary>What limits count times in the accumulation period that begins on a day.</summary>
    public Fraction ScaleOf(DateOnly start) => Accumulate.Months == 0 ? Fraction.One : Limits switch
    {
        "perMonth" or "byDays" => Accumulate.Months,
        "per30Days" => new(start.AddMonths(Accumulate.Months).DayNumber - start.DayNumber, 30),
        _ => Fraction.One,
    };
}
