using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Host.Audit;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Audit;

/// <summary>One account's life in the engine's book, its rows kept as a store would, and audited.</summary>
internal sealed class BookRun
{
    public static readonly AccountId Account = new(7);
    private static readonly PersonId Tester = new("tester");

    private readonly Dictionary<ChannelId, SortedList<Instant, RatedReading>> _rows = [];
    private readonly List<LedgerEntry> _entries = [];
    private readonly List<DayCharge> _charges = [];
    private readonly List<DayLine> _lines = [];
    private readonly Dictionary<ServiceDay, Instant> _ends = [];
    private readonly List<AccrualCorrection> _corrections = [];
    private readonly List<MeterRecord> _meters = [];
    private readonly List<MultiplierRecord> _multipliers = [];
    private readonly List<MeterChangeRecord> _changes = [];
    private readonly List<string> _documents;
    private readonly TariffHistory _tariff;
    private readonly int _watts;
    private readonly ShardBook _book;
    private readonly Instant _unknownFrom;

    /// <param name="documents">Versions of the tariff.</param>
    /// <param name="begin">First instant.</param>
    /// <param name="watts">Sanctioned load.</param>
    /// <param name="now">Program's clock; 399 days later as a rule.</param>
    /// <param name="known">So many of the versions are known from the beginning.</param>
    public BookRun(
        IEnumerable<string> documents, Instant begin, int watts = 6_000, Instant? now = null, int known = int.MaxValue)
    {
        _documents = [.. documents];
        _watts = watts;
        Now = now ?? begin + TimeSpan.FromDays(399);
        _tariff = new(_documents.Select(document =>
        {
            Assert.True(TariffJson.TryParse(document, out var version, out var faults), string.Join('\n', faults));
            return version!;
        }));
        HasUnknownVersions = known < _documents.Count;
        _unknownFrom = HasUnknownVersions ? _tariff.Versions[known].EffectiveFrom : Now;
        _book = NewBook(
            HasUnknownVersions ? new(_tariff.Versions.Take(known)) : _tariff,
            _tariff.Zone.ServiceDayOfIntervalEnd(begin).AddDays(-1));
    }

    public Instant Now { get; }

    /// <summary>Versions that <see cref="KnowAll"/> makes known, whether they began already or not.</summary>
    public bool HasUnknownVersions { get; private set; }

    public int Entries => _entries.Count;

    public IReadOnlyList<LedgerEntry> Corrected => [.. _entries.Where(one => one.Kind == EntryKind.Correction)];

    public void KnowAll()
    {
        _book.DefineTariff(_tariff);
        HasUnknownVersions = false;
        RateAnew(_unknownFrom);
    }

    public MeterId AddMeter(int multiplier = 1)
    {
        var id = new MeterId(100 + _meters.Count);
        _meters.Add(new(id, new(1 + _meters.Count), default, _meters.Count + 1, 31, multiplier, Account, false));
        Assert.Equal(BookStatus.Added, _book.AddMeter(new(id, Account, multiplier)));
        return id;
    }

    public void SetMultipliers(MeterId meter, params (Instant From, int Multiplier, long? Register)[] changes)
    {
        foreach (var (from, multiplier, register) in changes)
        {
            Energy? read = register is { } shown ? new Energy(shown) : null;
            _multipliers.Add(new(meter, from, multiplier, read, Tester, Now, ""));
        }

        _book.SetMultipliers(
            meter,
            [
                .. changes.Select(c => new MultiplierChange(c.From, c.Multiplier, c.Register is { } r ? new(r) : null)),
            ]);
        RateAnew(changes.Min(change => change.From));
    }

    public void Replace(MeterId old, MeterId @new, Instant at, long closing, long opening)
    {
        _book.SetReplacement(new(at, old, new(closing), @new, new(opening)));
        _changes.Add(new(Account, old, new(closing), @new, new(opening), at, Tester, Now, ""));
    }

    /// <summary>In any order; what comes late is rated again, as the lane does it.</summary>
    public void Take(ChannelId channel, Instant at, long register, ReadingQuality quality = ReadingQuality.Actual)
    {
        var reading = new Reading(channel, at, new(register), quality, new(1));
        var status = _book.Apply(reading, Now, out var charge);
        while (status == ReadingStatus.DayMustCloseFirst)
        {
            CloseDay();
            status = _book.Apply(reading, Now, out charge);
        }

        if (status is ReadingStatus.Rated or ReadingStatus.First) RowsOf(channel).Add(at, new(reading, charge));
        else if (status == ReadingStatus.NeedsHistory) Rerate(new(channel) { Late = [reading] }, at);
        else if (status != ReadingStatus.Duplicate) Assert.Fail($"{reading} ended as {status}.");
    }

    public void Remove(ChannelId channel, Instant at) =>
        Rerate(new(channel) { Edits = [new(at, null, new(0))] }, at);

    /// <summary>As the lane does it after a change of terms.</summary>
    public void RateAnew(Instant from)
    {
        foreach (var channel in _book.ChannelsFrom(Account, from)) Rerate(new(channel) { From = from }, from);
        _book.MarkReckoning(Account, from);
        Reckon();
    }

    public void CloseDay()
    {
        var day = _book.ClosedThrough.AddDays(1);
        _ends[day] = _book.OpenEnd;
        var use = _book.UseNeededOn(day).ToDictionary(need => need.Account, need => Measure(need, day));
        _book.CloseDay(new(day, Now, _charges, _lines, _entries) { Use = use });
    }

    public async Task<IReadOnlyList<AuditFinding>> AuditAsync()
    {
        var source = new OneAccountSource(ToAccount(), Registry);
        var report = await new Auditor(source, new(), new(), rates: true).RunAsync(CancellationToken.None);
        Assert.Empty(report.NotRecomputed);
        return report.Findings;
    }

    /// <summary>Snapshots are caches: without any, a new book stands where this one does.</summary>
    public void ProveRestart()
    {
        var book = NewBook(_tariff, _book.ClosedThrough);
        foreach (var meter in _multipliers.ToLookup(one => one.Meter))
        {
            book.SetMultipliers(
                meter.Key, [.. meter.Select(c => new MultiplierChange(c.From, c.Multiplier, c.RegisterAtChange))]);
        }

        var charged = _entries.Where(one => one.Kind == EntryKind.EnergyCharge).Sum(one => one.ToCustomer.Minor);
        book.SetProgress(_book.ClosedThrough, _entries.Count);
        book.Restore(
            Account, null, new(_entries.Sum(one => one.ToCustomer.Minor) - charged), new(charged), null, default,
            DaysFrom(_book.ClosedThrough.AddDays(1)));
        foreach (var row in _rows.OrderBy(rows => rows.Key).SelectMany(rows => rows.Value.Values)) book.Replay(row);
        foreach (var channel in book.TakeUnseated()) book.Reseat(channel, Load(channel, Instant.MinValue));
        book.ReckonAll(Load, (_, from) => DaysFrom(from));
        Assert.Equal(ExportOf(_book), ExportOf(book));
        Assert.Equal(_book.Snapshot(Account), book.Snapshot(Account));
    }

    /// <summary>What was rated anew already is as it should be.</summary>
    public void ProveTwiceIsOnce()
    {
        var before = (_entries.Count, _corrections.Count, ExportOf(_book), _book.Snapshot(Account));
        RateAnew(Instant.Epoch);
        Assert.Equal(before, (_entries.Count, _corrections.Count, ExportOf(_book), _book.Snapshot(Account)));
    }

    /// <summary>Rows as stored, with the charges that the engine gave them.</summary>
    public AuditAccount ToAccount()
    {
        var account = new AuditAccount(Account.Value, 0, _tariff.Id) { PerMinor = _tariff.PerMinor };
        foreach (var row in _rows.OrderBy(rows => rows.Key).SelectMany(rows => rows.Value.Values))
        {
            account.Readings.Add(new(
                row.Reading.Channel.Value, row.Reading.At.UnixMicros, row.Reading.Register.TenthsWh, row.Charge,
                (long)row.Reading.Quality, row.Reading.Frame.Value));
        }

        foreach (var line in _charges)
        {
            account.Lines.Add(new(
                line.Day.DaysSinceEpoch, _ends[line.Day].UnixMicros, line.Exact, line.Posted.Minor, line.Carry));
        }

        foreach (var line in _lines)
        {
            account.DayLines.Add(new(line.Day.DaysSinceEpoch, line.Line, line.Exact, line.Posted.Minor));
        }

        foreach (var one in _corrections)
        {
            account.Corrections.Add(new(
                one.Day.DaysSinceEpoch, one.ClosedThrough.DaysSinceEpoch, one.Delta, one.Posted.Minor, one.Lines));
        }

        foreach (var entry in _entries)
        {
            account.Entries.Add(new(
                0, entry.Id, entry.Day.DaysSinceEpoch, (long)entry.Debit, (long)entry.Credit, entry.Amount.Minor,
                (long)entry.Kind, entry.PaymentKey)
            { Line = entry.Line, CorrectsDay = entry.CorrectsDay?.DaysSinceEpoch });
        }

        return account;
    }

    private ShardBook NewBook(TariffHistory tariff, ServiceDay closedThrough)
    {
        var book = new ShardBook(0, tariff.Zone, new() { PlausibleFactor = 1_000_000 });
        book.SetProgress(closedThrough, 0);
        book.DefineTariff(tariff);
        book.DefineThresholds("p", ThresholdSet.None);
        Assert.Equal(BookStatus.Added, book.AddAccount(new(Account, tariff.Id, "p", tariff.Currency, _watts)));
        foreach (var meter in _meters) book.AddMeter(new(meter.Id, Account, meter.Multiplier));
        foreach (var one in _changes)
        {
            book.SetReplacement(new(one.At, one.OldMeter, one.ClosingRegister, one.NewMeter, one.OpeningRegister));
        }

        return book;
    }

    private static string ExportOf(ShardBook book)
    {
        using var writer = new StringWriter();
        book.ExportPositions(writer);
        return writer.ToString();
    }

    private RegistryImage Registry => new(
        [], _meters,
        [new(Account, "A", "", "en", _tariff.Currency.Code, _tariff.Id, "p", 0, _watts, false)],
        [.. _documents.Select((json, i) => new VersionedDocument(
            _tariff.Id, i + 1, _tariff.Versions[i].EffectiveFrom, json, Tester, Now))],
        [])
    {
        MeterMultipliers = _multipliers,
        MeterChanges = _changes,
    };

    private SortedList<Instant, RatedReading> RowsOf(ChannelId channel) =>
        _rows.TryGetValue(channel, out var rows) ? rows : _rows[channel] = [];

    private void Rerate(RerateWork work, Instant earliest)
    {
        var rows = RowsOf(work.Channel);
        var from = _book.HistoryFrom(work.Channel, earliest);
        var result = _book.Rerate(work, Load(work.Channel, from), Now);
        if (result.NeedsHistoryFrom is { } further) result = _book.Rerate(work, Load(work.Channel, further), Now);
        Assert.Null(result.NeedsHistoryFrom);
        Assert.Empty(result.Rejected);
        Assert.Empty(result.Refused);
        foreach (var row in result.Inserted) rows.Add(row.Reading.At, row);
        foreach (var row in result.Replaced) rows[row.Reading.At] = row;
        foreach (var change in result.Changed) rows[change.At] = rows[change.At] with { Charge = change.Charge };
        if (result.AlsoRerate is { From: { } first } next) Rerate(next, first);
        Reckon();
    }

    private void Reckon()
    {
        _book.ReckonAll(Load, (_, from) => DaysFrom(from));
        _book.TakeCorrections(Now, _corrections, _entries);
    }

    private AccountDays DaysFrom(ServiceDay from) => new(
        [.. _charges.Where(one => one.Day >= from.AddDays(-1))],
        [.. _lines.Where(one => one.Day >= from.AddDays(-1))],
        [.. _corrections.Where(one => one.Day >= from.AddDays(-1) || one.ClosedThrough >= from.AddDays(-1))]);

    private IReadOnlyList<RatedReading> Load(ChannelId channel, Instant from)
    {
        var rows = RowsOf(channel).Values.ToList();
        var first = rows.FindLastIndex(row => row.Reading.At < from && row.Reading.Quality.IsRated());
        return [.. rows.Skip(Math.Max(0, first))];
    }

    private PeriodUse Measure(UseNeeded need, ServiceDay day)
    {
        var rows = _rows.ToDictionary(
            pair => pair.Key, pair => (IReadOnlyList<RatedReading>)[.. pair.Value.Values]);
        var use = new PeriodUse();
        if (need.PeriodFrom is { } from)
        {
            use = _book.MeasurePeriod(need, day, rows) with { Days = DaysFrom(from) };
        }

        return use with
        {
            Months = [.. need.Months.Select(one => new MonthUsage(one, _book.MeasureMonth(Account, one, rows)))],
        };
    }
}
