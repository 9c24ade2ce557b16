using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Host.Bench.Order;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

/// <summary>
/// Account 17 with meter 501 at 0.50 CNY per kWh, and what is stored of it: late readings, edits and new terms go their
/// whole way, and a restart must stand where the book stood. January 1st 2026 is open.
/// </summary>
internal sealed class Home
{
    private readonly OrderBooks _stored;
    private readonly Instant _now;

    public Home(TariffHistory? tariff = null, int watts = 0, int multiplier = 1)
    {
        var world = new OrderWorld
        {
            Begin = Day(1),
            BillingZone = LocalZone.China,
            SanctionedWatts = watts,
            Tariff = tariff ?? new(Flat()),
            Meters = [new(Meter, Account, multiplier, HasRelay: true)],
            Multipliers = new Dictionary<MeterId, IReadOnlyList<MultiplierChange>>(),
            Readings = [],
            Wild = new HashSet<Reading>(),
            Payments = [],
            Changes = [],
            CloseThrough = default,
        };
        (_stored, _now) = (new(world), world.Now);
        Book = _stored.NewBook(world.FirstClosed);
    }

    public ShardBook Book { get; private set; }

    public List<LedgerEntry> Entries => _stored.Entries;

    public List<AccrualCorrection> Corrections => _stored.Corrections;

    public AccountPosition Position => Book.TryPosition(Account, out var position) ? position : default;

    /// <summary>In the order of the instants, whole minor units; only what is rated.</summary>
    public IEnumerable<long> Charges(ChannelId? channel = null) =>
        _stored.RowsOf(channel ?? Channel).Values.Where(row => row.Reading.Quality.IsRated())
            .Select(row => row.Charge / _stored.Tariff.PerMinor);

    public RatedReading RowAt(Instant at, ChannelId? channel = null) => _stored.RowsOf(channel ?? Channel)[at];

    /// <summary>How each ended.</summary>
    public List<ReadingStatus> Read(params Reading[] readings) => [.. readings.Select(Read)];

    public ReadingStatus Read(Reading reading)
    {
        var status = Book.Apply(reading, _now, out var charge);
        if (status is ReadingStatus.Rated or ReadingStatus.First)
        {
            _stored.RowsOf(reading.Channel).Add(reading.At, new(reading, charge));
        }

        TakeCorrections();
        if (status != ReadingStatus.NeedsHistory) return status;
        var result = Rerate(new(reading.Channel) { Late = [reading] }, reading.At);
        if (result.Duplicates > 0) return ReadingStatus.Duplicate;
        return result.Rejected is [var (_, rejected)] ? rejected : ReadingStatus.Rated;
    }

    public ReadingStatus Edit(Instant at, long? kwh, ChannelId? channel = null)
    {
        Energy? register = kwh is { } there ? Energy.FromKwh(there) : null;
        var work = new RerateWork(channel ?? Channel) { Edits = [new(at, register, new(9))] };
        return Rerate(work, at).Refused is [var (_, refused)] ? refused : ReadingStatus.Rated;
    }

    public RerateResult Rerate(RerateWork work, Instant earliest)
    {
        var from = Book.HistoryFrom(work.Channel, earliest);
        var result = Book.Rerate(work, _stored.Load(work.Channel, from), _now);
        while (result.NeedsHistoryFrom is { } further)
        {
            result = Book.Rerate(work, _stored.Load(work.Channel, further), _now);
        }

        _stored.Keep(result, work.Channel);
        if (result.AlsoRerate is { From: { } first } next) Rerate(next, first);
        TakeCorrections();
        if (result.HasChanges) _stored.TakeSnapshots(Book);
        return result;
    }

    public void Replace(Instant at, MeterId old, MeterId by) =>
        _stored.Know(Book, new MeterChange(new(at, old, default, by, default), new(by, Account, 1, HasRelay: true)));

    /// <summary>Makes new multipliers known and rates anew.</summary>
    public void Multiply(params MultiplierChange[] changes) => Anew(
        changes.Min(change => change.From), () => _stored.Know(Book, new MultipliersChange(Meter, changes, default)));

    /// <summary>Makes a version known and rates anew; a second time with the same terms of before.</summary>
    public void Define(TariffHistory tariff, Instant from, int times = 1) =>
        Anew(from, () => _stored.Know(Book, tariff), times);

    public void CloseDay()
    {
        Book.CloseDay(new(Book.ClosedThrough.AddDays(1), _now, _stored.Days, _stored.DayLines, Entries));
        _stored.TakeSnapshots(Book);
    }

    /// <summary>Without snapshots, those of before count.</summary>
    public void Restart(bool withSnapshots = false)
    {
        if (withSnapshots) _stored.TakeSnapshots(Book);
        var book = _stored.Restore(Book.ClosedThrough);
        Assert.Equal(Book.Snapshot(Account), book.Snapshot(Account));
        Assert.Equal(Book.ChannelsOf(Account), book.ChannelsOf(Account));
        Assert.Equal(Position, book.TryPosition(Account, out var position) ? position : default);
        var bare = _stored.Restore(Book.ClosedThrough, withSnapshots: false);
        Assert.Equal(Book.Snapshot(Account), bare.Snapshot(Account));
        Book = book;
    }

    private void Anew(Instant from, Action know, int times = 1)
    {
        know();
        for (var time = 0; time < times; time++)
        {
            foreach (var channel in Book.ChannelsFrom(Account, from)) Rerate(new(channel) { From = from }, from);
            Book.MarkReckoning(Account, from);
            TakeCorrections();
        }

        if (times > 0) _stored.TakeSnapshots(Book);
    }

    private void TakeCorrections()
    {
        _stored.Reckon(Book);
        var before = Corrections.Count;
        Book.TakeCorrections(_now, Corrections, Entries);
        if (Corrections.Count > before) _stored.TakeSnapshots(Book);
    }
}
