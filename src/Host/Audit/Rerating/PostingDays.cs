using System.Numerics;
using Meters.Storage.Contract;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// What each line comes to on each closed day: what the day before left, the day's rows and the day's own charges. On a
/// day that a correction reached, its rows were others then, and what it put in is known in total only.
/// </summary>
internal sealed class PostingDays
{
    /// <summary>Three hundred years.</summary>
    private const int FarDays = 110_000;

    private readonly AuditAccount _account;
    private readonly AccountRating _rating;
    private readonly List<(long At, Fraction[] Lines)> _charges;
    private readonly ILookup<long, AuditDayLine> _stored;
    private readonly bool _hasOneLine;
    private Dictionary<string, BigInteger> _carry = new(StringComparer.Ordinal);
    private int _next;
    private long? _before;

    public PostingDays(AuditAccount account, AccountRating rating)
    {
        (_account, _rating) = (account, rating);
        _stored = account.DayLines.ToLookup(line => line.Day);
        _charges =
        [
            .. account.Readings.Select(row => (row.At, Lines: rating.Rate(row)))
                .Where(row => row.Lines is not null).Select(row => (row.At, row.Lines!)).OrderBy(row => row.At),
        ];
        Due = new BigInteger[rating.History.Lines.Count];
        _hasOneLine = rating.History.Lines.Count == 1
            && rating.History.Versions.All(version =>
                version.Rounding == PlainRounding.ToMinor && !version.AddsRoundedLines);
    }

    /// <summary>A number that is no day of any calendar is named where the journal is checked.</summary>
    public static bool IsDay(long day) => Math.Abs((decimal)day) < FarDays;

    public static DateOnly DayOf(long day) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day));

    /// <summary>What all days taken so far came to by themselves, by line.</summary>
    public BigInteger[] Due { get; }

    /// <summary>Exact steps that are not posted with the last day taken, by line.</summary>
    public IReadOnlyDictionary<string, BigInteger> Carry => _carry;

    /// <summary>
    /// Exact steps and minor units posted, by line, as they stand; of a day on which the tariff had one line, its.
    /// </summary>
    public IReadOnlyDictionary<string, (BigInteger Exact, BigInteger Posted)> Stored(AuditLine day) =>
        _hasOneLine || !_stored.Contains(day.Day)
        ? new Dictionary<string, (BigInteger, BigInteger)> { [_rating.History.Lines[0].Name] = (day.Exact, day.Posted) }
        : _stored[day.Day].ToDictionary(
            line => line.Line, line => ((BigInteger)line.Exact, (BigInteger)line.Posted), StringComparer.Ordinal);

    /// <summary>The next day: exact steps by line; and whether they must be so by line.</summary>
    public (Dictionary<string, BigInteger> Lines, bool IsWhole) Take(AuditLine day)
    {
        var lines = _rating.OfDay(day.Day).ToArray();
        for (; _next < _charges.Count && _charges[_next].At <= day.ClosesThrough; _next++)
        {
            for (var i = 0; i < lines.Length; i++) lines[i] += (_charges[_next].Lines[i] * _account.PerMinor).HalfUp();
        }

        var reached = _account.Corrections.Exists(correction =>
            correction.Day == day.Day
            || (_before is null && correction.Day < day.Day)
            || (correction.ClosedThrough < day.Day && (_before is not { } last || correction.ClosedThrough >= last)));
        var expected = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            var name = _rating.History.Lines[i].Name;
            expected[name] = lines[i] + _carry.GetValueOrDefault(name);
            Due[i] += lines[i];
        }

        _before = day.Day;
        _carry = Stored(day).ToDictionary(
            line => line.Key,
            line => line.Value.Exact - (line.Value.Posted * _account.PerMinor),
            StringComparer.Ordinal);
        return (expected, !reached);
    }
}
