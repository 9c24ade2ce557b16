using System.Numerics;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>One account rated anew from its stored registers, the registry and the tariff's documents.</summary>
internal sealed class AccountRating
{
    /// <summary>A row further from the one before it is not walked to: it is named as not rated.</summary>
    public const int IntervalDaysMax = 3_660;

    private readonly AuditAccount _account;
    private readonly Dictionary<long, MeterLine> _registers = [];
    private readonly Dictionary<long, BigInteger[]> _byDay = [];
    private readonly Dictionary<(long Channel, long At), Fraction[]?> _rated = [];
    private readonly DayAmounts _days;

    /// <param name="account">Its rows.</param>
    /// <param name="history">Its tariff.</param>
    /// <param name="watts">Sanctioned load.</param>
    /// <param name="meters">Its meters.</param>
    /// <param name="multipliers">Of all its meters.</param>
    /// <param name="changes">Of its meters.</param>
    public AccountRating(
        AuditAccount account,
        PlainHistory history,
        long watts,
        IReadOnlyList<MeterRecord> meters,
        ILookup<MeterId, MultiplierRecord> multipliers,
        IReadOnlyDictionary<MeterId, MeterChangeRecord> changes)
    {
        (_account, History) = (account, history);
        var rows = account.Readings.Where(IsRated).ToLookup(row => row.Channel, row => (row.At, row.Register));
        var series = new List<(RegisterKind, UsageSeries)>();
        foreach (var meter in meters)
        {
            foreach (var register in Enum.GetValues<RegisterKind>())
            {
                var channel = new ChannelId(meter.Id, register).Value;
                var own = new UsageSeries(
                    [.. rows[channel]], meter.Multiplier, [.. multipliers[meter.Id]],
                    register == RegisterKind.ForwardActive);
                if (own.Count > 0) series.Add((register, own));
                _registers[channel] = new(own, null);
            }
        }

        foreach (var meter in meters) Join(meter.Id, changes);
        _days = new(history, watts, account.PerMinor, new(series));
    }

    public PlainHistory History { get; }

    /// <summary>Intervals that were not rated because they are longer than <see cref="IntervalDaysMax"/>.</summary>
    public long TooLong { get; private set; }

    /// <summary>
    /// Minor units of a stored row, by line; null for a row that is not rated or begins its register.
    /// </summary>
    public Fraction[]? Rate(in AuditReading row)
    {
        if (_rated.TryGetValue((row.Channel, row.At), out var known)) return known;
        var lines = RateNew(row);
        _rated.Add((row.Channel, row.At), lines);
        return lines;
    }

    private Fraction[]? RateNew(in AuditReading row)
    {
        var register = (RegisterKind)(row.Channel & 15);
        if (!IsRated(row) || !History.Bills(register)) return null;
        if (!_registers.TryGetValue(row.Channel, out var line)) return null;
        var at = line.Series.IndexOf(row.At);
        if (at <= 0) return null;
        if (line.Series[at].At - line.Series[at - 1].At > IntervalDaysMax * Instant.MicrosPerDay)
        {
            TooLong++;
            return null;
        }

        var lines = new Fraction[History.Lines.Count];
        line.Rate(at, History, register == RegisterKind.ReverseActive, lines);
        return lines;
    }

    /// <summary>True where days or bill periods cost something by themselves.</summary>
    public bool ChargesDays => _days.Any;

    /// <summary>What a closed day costs by itself, in exact steps by line.</summary>
    public BigInteger[] OfDay(long day)
    {
        if (!_days.Any) return new BigInteger[History.Lines.Count];
        if (_byDay.Count == 0) FillDays();
        return _byDay.GetValueOrDefault(day) ?? new BigInteger[History.Lines.Count];
    }

    private static bool IsRated(AuditReading row) => row.Quality is >= 0 and < 8;

    private void Join(MeterId meter, IReadOnlyDictionary<MeterId, MeterChangeRecord> changes)
    {
        if (!changes.TryGetValue(meter, out var change)) return;
        Join(change.OldMeter, changes);
        foreach (var register in Enum.GetValues<RegisterKind>())
        {
            var channel = new ChannelId(meter, register).Value;
            if (!_registers.TryGetValue(new ChannelId(change.OldMeter, register).Value, out var before)) continue;
            _registers[channel] = new(_registers[channel].Series, before);
        }
    }

    /// <summary>Day by day over the closed ones, with the sums of the bill period that its end looks at.</summary>
    private void FillDays()
    {
        var charges = _account.Readings.Select(row => (row.At, Lines: Rate(row))).Where(row => row.Lines is not null)
            .OrderBy(row => row.At).ToList();
        var accrued = new BigInteger[History.Lines.Count];
        var next = 0;
        foreach (var line in _account.Lines.Where(line => PostingDays.IsDay(line.Day)))
        {
            for (; next < charges.Count && charges[next].At <= line.ClosesThrough; next++)
            {
                Add(accrued, [.. charges[next].Lines!.Select(part => (part * _account.PerMinor).HalfUp())]);
            }

            var day = PostingDays.DayOf(line.Day);
            var own = new BigInteger[History.Lines.Count];
            _days.AddDay(day, own);
            Add(accrued, own);
            _byDay[line.Day] = own;
            if (!_days.EndsPeriod(day)) continue;
            var end = new BigInteger[History.Lines.Count];
            _days.AddPeriodEnd(day, accrued, end);
            Add(own, end);
            accrued = new BigInteger[History.Lines.Count];
        }
    }

    private static void Add(BigInteger[] to, BigInteger[] lines)
    {
        for (var i = 0; i < to.Length; i++) to[i] += lines[i];
    }
}
