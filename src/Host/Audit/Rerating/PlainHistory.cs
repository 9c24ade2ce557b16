using System.Numerics;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>A stretch of time in which no price can change but by the tier position.</summary>
/// <param name="From">First instant, microseconds since 1970.</param>
/// <param name="Until">The next stretch's first.</param>
/// <param name="Tariff">The version in force.</param>
/// <param name="Band">Index in its calendar.</param>
/// <param name="PeriodStart">Where the tier position is zero; null where nothing accumulates.</param>
/// <param name="Forward">Prices of the forward register.</param>
/// <param name="Reverse">Prices of the reverse register.</param>
internal sealed record Stretch(
    long From, long Until, PlainTariff Tariff, int Band, long? PeriodStart, EnergyPrices Forward, EnergyPrices Reverse);

/// <summary>All versions of a tariff, and what holds when. Found quarter of an hour by quarter of an hour.</summary>
internal sealed class PlainHistory
{
    private const long QuarterMicros = 900_000_000;
    private const int QuartersOfDay = 96;

    private readonly Dictionary<long, List<Stretch>> _days = [];
    private readonly Dictionary<(int Version, DateOnly Start), (long At, Fraction Scale)> _periods = [];
    private readonly Dictionary<(int Version, int Month, Fraction Scale, bool Export), EnergyPrices> _prices = [];

    private PlainHistory(List<PlainTariff> versions, params IEnumerable<PlainTariff> alsoOf)
    {
        Versions = versions;
        Lines = [.. versions.Concat(alsoOf).SelectMany(v => v.Lines).DistinctBy(line => line.Name)
            .Where(line => line is not (PlainRebate or PlainLateFee))];
    }

    /// <summary>Ascending; the first holds for all that was before, too.</summary>
    public IReadOnlyList<PlainTariff> Versions { get; }

    /// <summary>Every line that can accrue anything, as it stands in the first version that has it.</summary>
    public IReadOnlyList<PlainLine> Lines { get; }

    public LocalZone Zone => Versions[0].Zone;

    public static PlainHistory? Read(IEnumerable<VersionedDocument> documents, out string why)
    {
        var versions = new List<PlainTariff>();
        why = "the tariff has no version";
        foreach (var document in documents)
        {
            if (TariffDocument.Read(document.Json, out why) is not { } version) return null;
            versions.Add(version);
        }

        return versions.Count == 0 ? null : new([.. versions.OrderBy(v => v.From)]);
    }

    /// <summary>
    /// What an account pays by that moved. Where the tariffs on both sides of a move count over the same cycle, the
    /// tier position goes on; otherwise it begins at zero with the move.
    /// </summary>
    /// <param name="moves">In order of revision; of one instant, the last counts.</param>
    public PlainHistory Moved(IReadOnlyList<(long From, PlainHistory To)> moves)
    {
        var stand = moves.Where((move, i) => !moves.Skip(i + 1).Any(later => later.From == move.From))
            .OrderBy(move => move.From).ToList();
        var versions = new List<PlainTariff>();
        void Add(PlainTariff version, long from, long floor) =>
            versions.Add(version with { From = from, PeriodsFrom = floor, Version = versions.Count });

        for (var i = -1; i < stand.Count; i++)
        {
            var history = i < 0 ? this : stand[i].To;
            var from = i < 0 ? long.MinValue : stand[i].From;
            var until = i + 1 < stand.Count ? stand[i + 1].From : long.MaxValue;
            var begins = history.VersionAt(from);
            var floor = i < 0 ? long.MinValue
                : versions[^1].Accumulate == begins.Accumulate ? versions[^1].PeriodsFrom : from;
            Add(begins, from, floor);
            foreach (var version in history.Versions)
            {
                if (version.From > from && version.From < until && version != begins) Add(version, version.From, floor);
            }
        }

        return new(versions, moves.SelectMany(move => move.To.Versions));
    }

    public PlainTariff VersionAt(long at) => Versions.LastOrDefault(v => v.From <= at) ?? Versions[0];

    /// <summary>The version in force where a local day begins.</summary>
    public PlainTariff VersionOn(DateOnly day) => VersionAt(StartOf(day));

    public long StartOf(DateOnly day) => Zone.ToInstant(day.ToDateTime(TimeOnly.MinValue)).UnixMicros;

    public bool Bills(RegisterKind register) => register switch
    {
        RegisterKind.ForwardActive => true,
        RegisterKind.ReverseActive => Versions.Any(v => EnergyPrices.Charges(v, export: true)),
        _ => false,
    };

    public Stretch StretchAt(long at)
    {
        var day = (long)Math.Floor(at / (decimal)(QuarterMicros * QuartersOfDay));
        if (!_days.TryGetValue(day, out var stretches)) _days.Add(day, stretches = Day(day));
        return stretches.FindLast(stretch => stretch.From <= at)!;
    }

    private List<Stretch> Day(long day)
    {
        var stretches = new List<Stretch>();
        for (var quarter = 0; quarter < QuartersOfDay; quarter++)
        {
            var from = ((day * QuartersOfDay) + quarter) * QuarterMicros;
            var next = Of(from);
            if (stretches.Count > 0 && stretches[^1] is var last
                && (last with { From = from, Until = next.Until }) == next)
            {
                stretches[^1] = last with { Until = next.Until };
            }
            else stretches.Add(next);
        }

        return stretches;
    }

    private Stretch Of(long from)
    {
        var version = VersionAt(from);
        var local = version.Zone.ToLocal(new(from));
        var (start, scale) = PeriodOf(version, DateOnly.FromDateTime(local));
        return new(
            from, from + QuarterMicros, version, version.Calendar.BandAt(local), start,
            Prices(version, local.Month, scale, false), Prices(version, local.Month, scale, true));
    }

    private (long? Start, Fraction Scale) PeriodOf(PlainTariff version, DateOnly day)
    {
        if (version.Accumulate.Months == 0) return (null, Fraction.One);
        var start = version.Accumulate.StartOf(day);
        if (!_periods.TryGetValue((version.Version, start), out var period))
        {
            period = (Math.Max(StartOf(start), version.PeriodsFrom), version.ScaleOf(start));
            _periods.Add((version.Version, start), period);
        }

        return period;
    }

    private EnergyPrices Prices(PlainTariff version, int month, Fraction scale, bool export)
    {
        if (!_prices.TryGetValue((version.Version, month, scale, export), out var prices))
        {
            _prices.Add((version.Version, month, scale, export), prices = new(version, month, scale, export));
        }

        return prices;
    }
}
