using System.Globalization;
using System.Text;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>
/// The least that an engine does around a book, with the book's sums proved after every step. Any fault throws.
/// </summary>
internal sealed class OrderRun
{
    private readonly OrderWorld _world;
    private readonly OrderBooks _stored;
    private Int128 _paid;
    private Int128 _dayCharges;

    public OrderRun(OrderWorld world)
    {
        (_world, _stored) = (world, new(world));
        Book = _stored.NewBook(world.FirstClosed);
    }

    public ShardBook Book { get; private set; }

    public OrderBooks Stored => _stored;

    public IReadOnlyList<AccrualCorrection> Corrections => _stored.Corrections;

    /// <summary>Late readings go through Rerate, as one batch for each channel.</summary>
    public void Take(IEnumerable<Reading> batch)
    {
        var late = new Dictionary<ChannelId, List<Reading>>();
        foreach (var reading in batch)
        {
            var status = Book.Apply(reading, _world.Now, out var charge);
            while (status == ReadingStatus.DayMustCloseFirst)
            {
                CloseDay();
                status = Book.Apply(reading, _world.Now, out charge);
            }

            if (status is ReadingStatus.Rated or ReadingStatus.First)
            {
                _stored.RowsOf(reading.Channel).Add(reading.At, new(reading, charge));
            }
            else if (status != ReadingStatus.NeedsHistory) MustBeHarmless(reading, status);
            else if (late.TryGetValue(reading.Channel, out var list)) list.Add(reading);
            else late.Add(reading.Channel, [reading]);
        }

        TakeCorrections();
        foreach (var (channel, readings) in late)
        {
            Rerate(new(channel) { Late = readings }, readings.Min(reading => reading.At));
        }

        Prove();
    }

    public void Pay(PaymentOrder order)
    {
        Book.Post(order, _world.Now, _stored.Entries);
        _paid += order.Amount.Minor;
        Prove();
    }

    public void Take(OrderChange change)
    {
        switch (change)
        {
            case EditChange edit:
                while (edit.Edit.At > Book.NextEnd) CloseDay();
                Rerate(new(edit.Channel) { Edits = [edit.Edit] }, edit.Edit.At);
                break;
            case MeterChange meter:
                _stored.Know(Book, meter);
                break;
            case TariffChange tariff:
                _stored.Know(Book, tariff.After);
                RerateFrom(tariff.From);
                break;
            case MultipliersChange multipliers:
                _stored.Know(Book, multipliers);
                RerateFrom(multipliers.From);
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change}.");
        }

        Prove();
    }

    public void CloseDay()
    {
        TakeCorrections();
        var charges = new List<DayCharge>();
        var before = AccruedOf(Book);
        var from = _stored.Entries.Count;
        Book.CloseDay(new(Book.ClosedThrough.AddDays(1), _world.Now, charges, _stored.DayLines, _stored.Entries));
        _stored.Days.AddRange(charges);
        var posted = _stored.Entries.Skip(from).Sum(entry => -entry.ToCustomer.Minor);
        _dayCharges += AccruedOf(Book) + ((Int128)posted * PerMinor) - before;
        Must(charges is [var line] && line.Posted.Minor == posted, "A day's entries are not its journal line.");
        _stored.TakeSnapshots(Book);
        Prove();
    }

    public void TakeSnapshots() => _stored.TakeSnapshots(Book);

    /// <summary>
    /// A new book from what is stored; it must stand where the old one stood, in everything. Without snapshots it must
    /// too; only what a channel's state leaves open may differ: from where usage is counted, what was seen lately.
    /// </summary>
    public void Restart()
    {
        var bare = _stored.Restore(Book.ClosedThrough, withSnapshots: false);
        var book = _stored.Restore(Book.ClosedThrough);
        foreach (var one in new[] { bare, book })
        {
            var (was, @is) = (Book.Snapshot(OrderWorld.Account), one.Snapshot(OrderWorld.Account));
            Must(was == @is, $"After a restart the account is {@is} and not {was}.");
            Must(ExportOf(Book) == ExportOf(one), "After a restart the positions are others.");
        }

        var (before, after) = (Book.ChannelsOf(OrderWorld.Account), book.ChannelsOf(OrderWorld.Account));
        Must(
            before.SequenceEqual(after),
            $"After a restart the channels are {string.Join(", ", after)} and not {string.Join(", ", before)}.");
        Book = book;
    }

    /// <summary>Positions, and the charge of every row that is rated.</summary>
    public string Export()
    {
        var text = new StringBuilder(ExportOf(Book));
        foreach (var (channel, rows) in _stored.Rows.OrderBy(pair => pair.Key))
        {
            foreach (var row in rows.Values.Where(row => row.Reading.Quality.IsRated()))
            {
                text.Append(CultureInfo.InvariantCulture, $"{channel} {row.Reading.At} ")
                    .Append(CultureInfo.InvariantCulture, $"{row.Reading.Register.TenthsWh} {row.Charge}\n");
            }
        }

        return text.ToString();
    }

    private long PerMinor => _stored.Tariff.PerMinor;

    private static string ExportOf(ShardBook book)
    {
        using var writer = new StringWriter();
        book.ExportPositions(writer);
        return writer.ToString();
    }

    private static Int128 AccruedOf(ShardBook book) =>
        book.TryPosition(OrderWorld.Account, out var position) ? position.Accrued : 0;

    /// <summary>Said already, or outranked, or against another: not an error, and nothing changed.</summary>
    private void MustBeHarmless(in Reading reading, ReadingStatus status) => Must(
        status is ReadingStatus.Duplicate or ReadingStatus.Outranked or ReadingStatus.Conflict
            or ReadingStatus.TakenOut
            || (status is ReadingStatus.RegisterFell or ReadingStatus.Implausible && _world.Wild.Contains(reading)),
        $"{reading} ended as {status}.");

    private static void Must(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }

    private void RerateFrom(Instant from)
    {
        foreach (var channel in Book.ChannelsFrom(OrderWorld.Account, from)) Rerate(new(channel) { From = from }, from);
        Book.MarkReckoning(OrderWorld.Account, from);
        TakeCorrections();
        _stored.TakeSnapshots(Book);
    }

    private void Rerate(RerateWork work, Instant earliest)
    {
        var from = Book.HistoryFrom(work.Channel, earliest);
        var result = Book.Rerate(work, _stored.Load(work.Channel, from), _world.Now);
        for (var more = 0; result.NeedsHistoryFrom is { } further; more++)
        {
            Must(more < 9, "Once more was not enough.");
            result = Book.Rerate(work, _stored.Load(work.Channel, further), _world.Now);
        }

        foreach (var (reading, status) in result.Rejected) MustBeHarmless(reading, status);
        foreach (var (edit, status) in result.Refused) Must(false, $"{edit} ended as {status}.");
        _stored.Keep(result, work.Channel);
        if (result.AlsoRerate is { From: { } start } next) Rerate(next, start);
        TakeCorrections();
        if (result.HasChanges) _stored.TakeSnapshots(Book);
    }

    /// <summary>What they posted is in no row: recovery takes it from snapshots.</summary>
    private void TakeCorrections()
    {
        _stored.Reckon(Book);
        var (corrections, entries) = (new List<AccrualCorrection>(), new List<LedgerEntry>());
        Book.TakeCorrections(_world.Now, corrections, entries);
        foreach (var entry in entries)
        {
            Must(
                entry.CorrectsDay <= Book.ClosedThrough && entry.Day == Book.ClosedThrough.AddDays(1),
                $"{entry} corrects no closed day in the open one.");
            Must(entries.Exists(first => first.Id == entry.Group), $"{entry} hangs on none of its commit.");
        }

        _stored.Entries.AddRange(entries);
        _stored.Corrections.AddRange(corrections);
        if (corrections.Count > 0) _stored.TakeSnapshots(Book);
    }

    /// <summary>Zero-sum, journal and accrued make the balance, rows make the position, lines make the total.</summary>
    private void Prove()
    {
        TakeCorrections();
        Must(Book.TryPosition(OrderWorld.Account, out var position), "The account is gone.");
        long journal = 0, rounded = 0;
        for (var i = 0; i < _stored.Entries.Count; i++)
        {
            var entry = _stored.Entries[i];
            Must(entry.Id == i + 1, $"{entry} is not entry {i + 1}.");
            Must(entry.Amount > Money.Zero && entry.Debit != entry.Credit, $"{entry} is no entry.");
            journal += entry.ToCustomer.Minor;
            if (entry.Line == "rounding") rounded -= entry.ToCustomer.Minor;
        }

        Int128 charged = 0;
        foreach (var rows in _stored.Rows.Values)
        {
            foreach (var row in rows.Values) charged += row.Charge;
        }

        var exact = ((Int128)position.Journal.Minor * PerMinor) - position.Accrued;
        Must(journal == position.Journal.Minor, $"The entries make {journal}, the journal is {position.Journal}.");
        Must(exact == (_paid * PerMinor) - charged - _dayCharges, "Payments and rows do not make the position.");
        Must(position.Balance.Minor == FloorOfHalves(exact), "Journal less accrued charges is not the balance.");
        ProveLines(position.Accrued, rounded);
    }

    private void ProveLines(Int128 accrued, long rounded)
    {
        var text = Book.Snapshot(OrderWorld.Account).Lines;
        if (text.Length == 0) return;
        Int128 sum = 0;
        foreach (var line in text.Split(';').Take(2).SelectMany(part => part.Split(',')))
        {
            sum += long.Parse(line, CultureInfo.InvariantCulture);
        }

        Must(sum == accrued + ((Int128)rounded * PerMinor), $"The lines make {sum}, {accrued} is accrued.");
    }

    /// <summary>Half of a charge goes up, so half of a position goes down.</summary>
    private Int128 FloorOfHalves(Int128 exact)
    {
        var (quotient, rest) = Int128.DivRem((2 * exact) - PerMinor, 2 * (Int128)PerMinor);
        return rest > 0 ? quotient + 1 : quotient;
    }
}
