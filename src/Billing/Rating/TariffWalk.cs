using System.Numerics;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>Cuts the intervals between readings where the tariff changes; asks the definition at each step.</summary>
internal sealed class TariffWalk
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    private readonly IReadOnlyList<(Instant At, Energy Usage)> _sorted;
    private readonly TariffHistory _tariff;
    private readonly bool _isExport;
    private readonly Dictionary<(TariffVersion Version, int Month, Ratio Scale), EnergyMath> _maths = [];

    /// <exception cref="ArgumentException">The readings are not in order.</exception>
    public TariffWalk(
        IReadOnlyList<(Instant At, Energy Usage)> sorted, RegisterKind register, TariffHistory tariff)
    {
        (_sorted, _tariff, _isExport) = (sorted, tariff, register == RegisterKind.ReverseActive);
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].At <= sorted[i - 1].At || sorted[i].Usage < sorted[i - 1].Usage)
            {
                throw new ArgumentException("Readings ascend in time and never fall.", nameof(sorted));
            }
        }
    }

    /// <summary>A part of an interval inside one version, period, season and band.</summary>
    internal readonly record struct Piece(
        Instant From, Instant To, Energy UsageFrom, Energy UsageTo, Energy Origin, TariffVersion Version, int Band)
    {
        public long PositionFrom => (UsageFrom - Origin).TenthsWh;

        public long PositionTo => (UsageTo - Origin).TenthsWh;
    }

    /// <summary>The pieces of the interval that ends at reading <paramref name="i"/>.</summary>
    public IEnumerable<Piece> PiecesOf(int i)
    {
        var cuts = CutsBetween(_sorted[i - 1].At, _sorted[i].At);
        for (var c = 1; c < cuts.Count; c++)
        {
            var version = _tariff.VersionAt(cuts[c - 1]);
            var floor = _tariff.PlansAt(cuts[c - 1]).PeriodsFrom;
            var origin = version.PeriodStart(cuts[c - 1]) is { } start
                ? UsageAt(start < floor ? floor : start)
                : Energy.Zero;
            var band = version.Calendar.BandAt(version.Zone, cuts[c - 1]);
            yield return new(cuts[c - 1], cuts[c], UsageAt(cuts[c - 1]), UsageAt(cuts[c]), origin, version, band);
        }
    }

    public Int128 ChargeOf(Piece piece)
    {
        var math = MathOf(piece);
        Int128 sum = 0;
        for (var line = 0; line < piece.Version.Lines.Count; line++)
        {
            sum += Steps(math.Charge(line, piece.Band, piece.PositionFrom, piece.PositionTo));
        }

        return sum;
    }

    public IEnumerable<RatedPiece> SplitAtEdges(Piece piece)
    {
        var math = MathOf(piece);
        var (from, to) = (piece.PositionFrom, piece.PositionTo);
        List<long> ends = [.. math.Edges().Where(edge => edge > from && edge < to), to];
        var lines = piece.Version.Lines;
        var first = lines.TakeWhile(line => line is not EnergyLine e || e.Export != _isExport).Count();
        foreach (var end in ends)
        {
            yield return new(
                piece.From,
                piece.To,
                piece.Origin + new Energy(from),
                piece.Origin + new Energy(end),
                piece.Version.Calendar.Bands[piece.Band].Name,
                first == lines.Count ? 0 : math.TierIndex(first, end, end),
                new(from),
                new(end),
                piece.Version,
                LinesOf(piece, math, from, end));
            from = end;
        }
    }

    private List<PieceLine> LinesOf(Piece piece, EnergyMath math, long from, long to)
    {
        var lines = new List<PieceLine>();
        var lineOf = _tariff.PlansAt(piece.From).LineOf;
        for (var line = 0; line < piece.Version.Lines.Count; line++)
        {
            var charge = Steps(math.Charge(line, piece.Band, from, to));
            var price = math.Integral(line, from + 1, piece.Band, from, from + 1) * Energy.PerKwh;
            if (charge != 0 || !price.IsZero) lines.Add(new(lineOf[line], price, charge));
        }

        return lines;
    }

    private Int128 Steps(Ratio minor)
    {
        var steps = minor * _tariff.PerMinor;
        return steps.Denominator.IsOne
            ? (Int128)steps.Numerator
            : throw new InvalidOperationException($"{minor} is no whole number of steps of tariff {_tariff.Id}.");
    }

    private EnergyMath MathOf(Piece piece)
    {
        var month = piece.Version.HasSeasons ? piece.Version.LocalDay(piece.From).Month : 1;
        var key = (piece.Version, month, piece.Version.ScaleAt(piece.From));
        if (_maths.TryGetValue(key, out var math)) return math;
        return _maths[key] = new(piece.Version, month, key.Item3, _isExport);
    }

    private List<Instant> CutsBetween(Instant from, Instant to)
    {
        var cuts = new SortedSet<Instant> { from, to };
        foreach (var version in _tariff.Versions)
        {
            if (version.EffectiveFrom > from && version.EffectiveFrom < to) cuts.Add(version.EffectiveFrom);
            var days = new List<Instant>();
            for (var next = version.NextPeriodStart(from); next < to; next = version.NextPeriodStart(next.Value))
            {
                days.Add(next.Value);
            }

            if (version.HasSeasons) days.AddRange(MonthStarts(version, from, to));
            if (version.Calendar.Bands.Count > 1) days.AddRange(BandChanges(version, from, to));
            // Only where this version holds: another may accumulate over other periods.
            cuts.UnionWith(days.Where(day => _tariff.VersionAt(day) == version));
        }

        return [.. cuts];
    }

    private static IEnumerable<Instant> MonthStarts(TariffVersion version, Instant from, Instant to)
    {
        var month = AccumulationPeriod.Month;
        var day = month.NextStart(version.LocalDay(from));
        for (; version.Zone.StartOf(ServiceDay.Of(day)) < to; day = month.NextStart(day))
        {
            yield return version.Zone.StartOf(ServiceDay.Of(day));
        }
    }

    private static IEnumerable<Instant> BandChanges(TariffVersion version, Instant from, Instant to)
    {
        var calendar = version.Calendar;
        var band = calendar.BandAt(version.Zone, from);
        var quarter = Instant.MicrosPerHour / 4;
        for (var q = new Instant((from.UnixMicros / quarter * quarter) + quarter); q < to; q += Quarter)
        {
            var next = calendar.BandAt(version.Zone, q);
            if (next != band) yield return q;
            band = next;
        }
    }

    private Energy UsageAt(Instant at)
    {
        var (low, high) = (0, _sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle].At < at) low = middle + 1;
            else high = middle;
        }

        return low == 0
            ? _sorted[0].Usage
            : Rater.UsageAt(_sorted[low - 1].At, _sorted[low - 1].Usage, _sorted[low].At, _sorted[low].Usage, at);
    }
}
