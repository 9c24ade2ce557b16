using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Accounts;

/// <summary>
/// The least that an engine does around a book: keeps what must be stored, answers each status, and can start a new
/// book from what it has stored.
/// </summary>
internal sealed class MiniEngine(World world)
{
    private readonly Dictionary<AccountId, AccountSnapshot> _snapshots = [];
    private readonly Dictionary<ChannelId, ChannelSnapshot> _channelSnapshots = [];
    private readonly Dictionary<AccountId, ThresholdState> _thresholds = [];

    public ShardBook Book { get; private set; } = world.NewBook();

    public Dictionary<ChannelId, SortedList<Instant, RatedReading>> Rows { get; } = [];

    public List<LedgerEntry> Entries { get; } = [];

    public List<DayCharge> Lines { get; } = [];

    public List<AccrualCorrection> Corrections { get; } = [];

    public List<Crossing> Crossings { get; } = [];

    public int Duplicates { get; private set; }

    /// <summary>Late readings go through Rerate, as one batch for each channel.</summary>
    public void Take(IEnumerable<Reading> batch)
    {
        var late = new Dictionary<ChannelId, List<Reading>>();
        foreach (var reading in batch)
        {
            var status = Book.Apply(reading, world.Now, out var charge);
            if (status == ReadingStatus.DayMustCloseFirst)
            {
                while (status == ReadingStatus.DayMustCloseFirst)
                {
                    CloseDay();
                    status = Book.Apply(reading, world.Now, out charge);
                }
            }

            if (status == ReadingStatus.Duplicate) Duplicates++;
            else if (status == ReadingStatus.NeedsHistory) ListOf(late, reading.Channel).Add(reading);
            else if (status == ReadingStatus.Outranked) Assert.Equal(ReadingQuality.Estimated, reading.Quality);
            else if (status is ReadingStatus.Rated or ReadingStatus.First)
            {
                RowsOf(reading.Channel).Add(reading.At, new(reading, charge));
            }
            else Assert.Fail($"{reading} ended as {status}.");
        }

        foreach (var (channel, readings) in late) Rerate(channel, readings);
        TakeCorrections();
        TakeCrossings();
    }

    public void CloseDay()
    {
        var before = Book.ClosedThrough;
        var expected = ExpectedLines();
        var from = Lines.Count;
        Book.CloseDay(new(before.AddDays(1), world.Now, Lines, [], Entries));
        Assert.Equal(expected, Lines.Skip(from).ToDictionary(line => line.Account, line => (Int128)line.Exact));
        foreach (var line in Lines.Skip(from))
        {
            Assert.Equal(line.Exact, (line.Posted.Minor * ExactCharge.PerMinor) + line.Carry);
            Assert.InRange(line.Carry, -ExactCharge.PerMinor / 2, (ExactCharge.PerMinor / 2) - 1);
        }

        TakeCrossings();
    }

    public void Pay(PaymentOrder order)
    {
        Assert.Equal(PaymentStatus.Posted, Book.Check(order));
        var record = Book.Post(order, world.Now, Entries);
        Assert.True(Book.TryPosition(order.Account, out var position));
        Assert.Equal(position.Balance, record.BalanceAfter);
        TakeCrossings();
    }

    public void TakeSnapshots()
    {
        foreach (var account in Book.Accounts)
        {
            _snapshots[account] = Book.Snapshot(account);
            foreach (var channel in Book.ChannelsOf(account)) _channelSnapshots[channel.Channel] = channel;
        }
    }

    /// <summary>A new book from what is stored; it must stand where the old one stood, in everything.</summary>
    public void Restart()
    {
        var book = world.NewBook();
        book.SetProgress(Book.ClosedThrough, Entries.Count);
        foreach (var account in world.Accounts) Restore(book, account);
        foreach (var channel in _channelSnapshots.Values) book.Restore(channel);
        foreach (var (channel, rows) in Rows)
        {
            var after = _channelSnapshots.TryGetValue(channel, out var snapshot) ? snapshot.LastAt : Instant.MinValue;
            foreach (var row in rows.Values.Where(row => row.Reading.At > after)) book.Replay(row);
        }

        foreach (var account in world.Accounts)
        {
            Assert.Equal(Book.Snapshot(account), book.Snapshot(account));
            Assert.Equal(Book.ChannelsOf(account), book.ChannelsOf(account));
            Assert.True(Book.TryPosition(account, out var before));
            Assert.True(book.TryPosition(account, out var after));
            Assert.Equal(before, after);
        }

        Assert.Equal(Export(Book), Export(book));
        Book = book;
        TakeCrossings(); // Nothing may cross again only because of the restart: compared with the naive model.
    }

    public string Export() => Export(Book);

    /// <summary>Set by the test: looks at all accounts after each step.</summary>
    public Action<IReadOnlyList<Crossing>>? AfterStep { get; set; }

    public static string Export(ShardBook book)
    {
        using var writer = new StringWriter();
        book.ExportPositions(writer);
        return writer.ToString();
    }

    private static List<Reading> ListOf(Dictionary<ChannelId, List<Reading>> lists, ChannelId channel) =>
        lists.TryGetValue(channel, out var list) ? list : lists[channel] = [];

    private SortedList<Instant, RatedReading> RowsOf(ChannelId channel) =>
        Rows.TryGetValue(channel, out var rows) ? rows : Rows[channel] = [];

    private void Rerate(ChannelId channel, List<Reading> late)
    {
        var rows = RowsOf(channel);
        var from = Book.HistoryFrom(channel, late.Min(reading => reading.At));
        var result = Book.Rerate(channel, Load(rows, from), late, world.Now);
        if (result.NeedsHistoryFrom is { } earlier)
        {
            result = Book.Rerate(channel, Load(rows, earlier), late, world.Now);
            Assert.Null(result.NeedsHistoryFrom);
        }

        Assert.All(result.Rejected, rejected => Assert.Equal(ReadingStatus.Outranked, rejected.Status));
        Assert.All(result.Rejected, rejected => Assert.Equal(ReadingQuality.Estimated, rejected.Reading.Quality));
        Duplicates += result.Duplicates;
        foreach (var row in result.Inserted) rows.Add(row.Reading.At, row);
        foreach (var row in result.Replaced) rows[row.Reading.At] = row;
        foreach (var change in result.Changed) rows[change.At] = rows[change.At] with { Charge = change.Charge };
        TakeCorrections();
        if (result.HasChanges) TakeSnapshots();
    }

    /// <summary>What they posted is in no row: recovery takes it from snapshots.</summary>
    private void TakeCorrections()
    {
        var before = Corrections.Count;
        Book.TakeCorrections(world.Now, Corrections, Entries);
        if (Corrections.Count > before) TakeSnapshots();
    }

    /// <summary>As the store gives them: the last one before, and all from there.</summary>
    private static List<RatedReading> Load(SortedList<Instant, RatedReading> rows, Instant from)
    {
        var first = rows.Keys.TakeWhile(at => at < from).Count();
        return [.. rows.Values.Skip(Math.Max(0, first - 1))];
    }

    private void TakeCrossings()
    {
        var (crossings, states) = (new List<Crossing>(), new List<ThresholdState>());
        Book.TakeCrossings(world.Now, crossings, states);
        foreach (var state in states) _thresholds[state.Account] = state;
        Crossings.AddRange(crossings);
        AfterStep?.Invoke(crossings);
    }

    private void Restore(ShardBook book, AccountId account)
    {
        AccountSnapshot? snapshot = _snapshots.TryGetValue(account, out var there) ? there : null;
        if (Lines.FindLastIndex(line => line.Account == account) is var last and >= 0)
        {
            // The average of a day that was closed after the snapshot stands in its line.
            snapshot = (snapshot ?? default) with { AverageDay = Lines[last].AverageDay };
        }

        var after = Entries.Where(entry => entry.Account == account && entry.Id > (snapshot?.EntryId ?? 0)).ToList();
        var payments = after.Where(entry => entry.Kind == EntryKind.Payment).ToList();
        book.Restore(
            account,
            snapshot,
            new(payments.Sum(entry => entry.ToCustomer.Minor)),
            new(after.Where(entry => entry.Kind == EntryKind.EnergyCharge).Sum(entry => entry.ToCustomer.Minor)),
            payments.Count > 0 ? payments[^1].Amount : null,
            _thresholds.GetValueOrDefault(account));
    }

    /// <summary>
    /// What each line must take up, from the stored rows: the day's own, the corrections since the last close, the
    /// carry.
    /// </summary>
    private Dictionary<AccountId, Int128> ExpectedLines()
    {
        TakeCorrections();
        var expected = world.Accounts.ToDictionary(account => account, _ => (Int128)0);
        foreach (var (channel, rows) in Rows)
        {
            var open = rows.Values.Where(row => row.Reading.At > Book.ClosedEnd && row.Reading.At <= Book.OpenEnd);
            expected[world.OwnerOf(channel)] += open.Sum(row => row.Charge);
        }

        foreach (var correction in Corrections.Where(correction => correction.ClosedThrough == Book.ClosedThrough))
        {
            Assert.True(correction.Day <= Book.ClosedThrough);
            expected[correction.Account] += correction.Delta - (correction.Posted.Minor * ExactCharge.PerMinor);
        }

        foreach (var line in Lines.Where(line => line.Day == Book.ClosedThrough)) expected[line.Account] += line.Carry;
        return expected;
    }
}
