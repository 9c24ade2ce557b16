using Meters.Billing.Rating;
using Meters.Units;

namespace Meters.Billing.Accounts;

internal enum RowChange : byte
{
    None,
    Inserted,
    Replaced,
}

/// <param name="Reading">As it shall stand.</param>
/// <param name="Stored">As it stands; meaningless for an inserted row.</param>
/// <param name="Change">What happens to it.</param>
internal readonly record struct WorkRow(Reading Reading, RatedReading Stored, RowChange Change)
{
    public long NewCharge { get; init; } = Stored.Charge;
}

/// <summary>The rows of one channel while they are worked on: ascending, none twice.</summary>
internal sealed class RowList
{
    private readonly List<WorkRow> _rows;

    public RowList(IReadOnlyList<RatedReading> stored) =>
        _rows = [.. stored.Select(row => new WorkRow(row.Reading, row, RowChange.None))];

    public IReadOnlyList<WorkRow> All => _rows;

    public int Count => _rows.Count;

    /// <summary>The first row that is not as it stands; the count where there is none.</summary>
    public int FirstChange => _rows.FindIndex(row => row.Change != RowChange.None) is >= 0 and var i ? i : Count;

    /// <summary>The first row after an instant; the count where there is none.</summary>
    public int FirstAfter(Instant at) => Find(at) is >= 0 and var i ? i + 1 : ~Find(at);

    /// <summary>The row at an instant, or the complement of where it would be.</summary>
    public int Find(Instant at)
    {
        var (low, high) = (0, _rows.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var there = _rows[middle].Reading.At;
            if (there == at) return middle;
            if (there < at) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }

    public void Put(in Reading reading)
    {
        var at = Find(reading.At);
        if (at < 0) _rows.Insert(~at, new(reading, default, RowChange.Inserted));
        else if (_rows[at].Change == RowChange.Inserted) _rows[at] = _rows[at] with { Reading = reading };
        else _rows[at] = _rows[at] with { Reading = reading, Change = RowChange.Replaced };
    }

    public Reading? RatedBefore(Instant at)
    {
        var i = Find(at);
        for (i = (i < 0 ? ~i : i) - 1; i >= 0; i--)
        {
            if (_rows[i].Reading.Quality.IsRated()) return _rows[i].Reading;
        }

        return null;
    }

    public Reading? RatedAfter(Instant at)
    {
        for (var i = FirstAfter(at); i < _rows.Count; i++)
        {
            if (_rows[i].Reading.Quality.IsRated()) return _rows[i].Reading;
        }

        return null;
    }

    /// <summary>What is rated, as it shall be.</summary>
    public IReadOnlyList<SeriesPoint> Series()
    {
        var points = new List<SeriesPoint>(_rows.Count);
        foreach (var row in _rows)
        {
            if (row.Reading.Quality.IsRated()) points.Add(new(row.Reading.At, row.Reading.Register));
        }

        return points;
    }

    /// <summary>
    /// Gives each row its new charge, and the difference to the stored one to whoever adds it up. Rows before the first
    /// rated interval keep what they have.
    /// </summary>
    public void Compare(SeriesRater? rated, DaySums difference)
    {
        var n = 0;
        for (var i = 0; i < _rows.Count; i++)
        {
            var row = _rows[i];
            var @is = row.Reading.Quality.IsRated() ? n++ : -1;
            if (@is >= 0 && rated!.IsRatedAt(@is)) row = row with { NewCharge = rated.Charges[@is] };
            else if (@is < 0) row = row with { NewCharge = 0 };
            else if (@is == 0 && rated!.StartsChannel) row = row with { NewCharge = 0 };
            _rows[i] = row;
            difference.Add(row.Reading.At, (Int128)row.NewCharge - row.Stored.Charge);
        }
    }

    public void WriteTo(RerateResult result)
    {
        foreach (var row in _rows)
        {
            if (row.Change == RowChange.Inserted) result.Inserted.Add(new(row.Reading, row.NewCharge));
            else if (row.Change == RowChange.Replaced) result.Replaced.Add(new(row.Reading, row.NewCharge));
            else if (row.NewCharge != row.Stored.Charge)
            {
                result.Changed.Add(new(row.Reading.Channel, row.Reading.At, row.NewCharge));
            }
        }
    }
}
