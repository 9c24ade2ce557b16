using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>
/// What of a world's registry is known now, what is stored, and how a new book is made of the two: as recovery does it.
/// </summary>
internal sealed class OrderBooks
{
    private readonly OrderWorld _world;
    private readonly List<MeterSetup> _meters;
    private readonly List<MeterReplacement> _replacements = [];
    private readonly Dictionary<MeterId, IReadOnlyList<MultiplierChange>> _multipliers;
    private readonly Dictionary<ChannelId, ChannelSnapshot> _channels = [];
    private AccountSnapshot? _snapshot;

    public OrderBooks(OrderWorld world)
    {
        _world = world;
        (Tariff, _meters, _multipliers) = (world.Tariff, [.. world.Meters], new(world.Multipliers));
    }

    public TariffHistory Tariff { get; private set; }

    public Dictionary<ChannelId, SortedList<Instant, RatedReading>> Rows { get; } = [];

    public List<LedgerEntry> Entries { get; } = [];

    public List<DayCharge> Days { get; } = [];

    public List<DayLine> DayLines { get; } = [];

    public List<AccrualCorrection> Corrections { get; } = [];

    public void Reckon(ShardBook book) => book.ReckonAll(Load, (_, from) => DaysFrom(from));

    /// <summary>As the store gives them.</summary>
    private AccountDays DaysFrom(ServiceDay from)
    {
        var before = from.AddDays(-1);
        return new(
            [.. Days.Where(day => day.Day >= before)],
            [.. DayLines.Where(line => line.Day >= before)],
            [.. Corrections.Where(one => one.Day >= before || one.ClosedThrough >= before)]);
    }

    public ShardBook NewBook(ServiceDay closedThrough)
    {
        var book = new ShardBook(3, _world.BillingZone, new());
        book.SetProgress(closedThrough, Entries.Count);
        book.DefineTariff(Tariff);
        book.DefineThresholds("policy", ThresholdSet.None);
        Must(book.AddAccount(new(
            OrderWorld.Account, Tariff.Id, "policy", OrderWorld.Currency, _world.SanctionedWatts)));
        foreach (var meter in _meters) Must(book.AddMeter(meter));
        foreach (var (meter, changes) in _multipliers) book.SetMultipliers(meter, changes);
        foreach (var replacement in _replacements) book.SetReplacement(replacement);
        return book;
    }

    public void Know(ShardBook book, TariffHistory tariff) => book.DefineTariff(Tariff = tariff);

    public void Know(ShardBook book, MultipliersChange change)
    {
        _multipliers[change.Meter] = change.After;
        book.SetMultipliers(change.Meter, change.After);
    }

    public void Know(ShardBook book, MeterChange change)
    {
        _meters.Add(change.New);
        _replacements.Add(change.Replacement);
        Must(book.AddMeter(change.New));
        book.SetReplacement(change.Replacement);
    }

    public SortedList<Instant, RatedReading> RowsOf(ChannelId channel) =>
        Rows.TryGetValue(channel, out var rows) ? rows : Rows[channel] = [];

    /// <summary>As the store gives them: the last rated one before, and all from there.</summary>
    public List<RatedReading> Load(ChannelId channel, Instant from)
    {
        var rows = RowsOf(channel).Values;
        var first = rows.Count;
        for (var i = rows.Count - 1; i >= 0 && rows[i].Reading.At >= from; i--) first = i;
        for (var i = first - 1; i >= 0; i--)
        {
            if (!rows[i].Reading.Quality.IsRated()) continue;
            first = i;
            break;
        }

        return [.. rows.Skip(first)];
    }

    public void Keep(RerateResult result, ChannelId channel)
    {
        var rows = RowsOf(channel);
        foreach (var row in result.Inserted) rows.Add(row.Reading.At, row);
        foreach (var row in result.Replaced) rows[row.Reading.At] = row;
        foreach (var change in result.Changed) rows[change.At] = rows[change.At] with { Charge = change.Charge };
    }

    public void TakeSnapshots(ShardBook book)
    {
        _snapshot = book.Snapshot(OrderWorld.Account);
        foreach (var channel in book.ChannelsOf(OrderWorld.Account)) _channels[channel.Channel] = channel;
    }

    /// <param name="closedThrough">Where the journal stands.</param>
    /// <param name="withSnapshots">False: as if somebody had deleted them.</param>
    public ShardBook Restore(ServiceDay closedThrough, bool withSnapshots = true)
    {
        var book = NewBook(closedThrough);
        AccountSnapshot? snapshot = withSnapshots ? _snapshot : null;
        var after = Entries.Where(entry => entry.Id > (snapshot?.EntryId ?? 0)).ToList();
        var payments = after.Where(entry => entry.Kind == EntryKind.Payment).ToList();
        var charged = after.Where(entry => entry.Kind == EntryKind.EnergyCharge).Sum(entry => entry.ToCustomer.Minor);
        book.Restore(
            OrderWorld.Account,
            snapshot,
            new(after.Sum(entry => entry.ToCustomer.Minor) - charged),
            new(charged),
            payments.Count > 0 ? payments[^1].Amount : null,
            default,
            withSnapshots ? null : DaysFrom(closedThrough.AddDays(1)));
        foreach (var (channel, rows) in Rows)
        {
            foreach (var row in rows.Values.Where(row => !row.Reading.Quality.IsRated()))
            {
                book.RestoreUnrated(channel, row.Reading.At);
            }
        }

        if (withSnapshots) foreach (var channel in _channels.Values) book.Restore(channel);
        foreach (var (channel, rows) in Rows.OrderBy(pair => pair.Key))
        {
            var at = withSnapshots && _channels.TryGetValue(channel, out var known) ? known.LastAt : Instant.MinValue;
            foreach (var row in rows.Values.Where(row => row.Reading.At > at)) book.Replay(row);
        }

        foreach (var channel in book.TakeUnseated()) book.Reseat(channel, Load(channel, Instant.Epoch));
        Reckon(book);
        return book;
    }

    private static void Must(BookStatus status)
    {
        if (status != BookStatus.Added) throw new InvalidOperationException($"The book says {status}.");
    }
}
