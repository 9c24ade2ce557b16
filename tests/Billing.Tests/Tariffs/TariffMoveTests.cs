using Meters.Billing.Accounts;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Tariffs;

/// <summary>Accounts that move from one tariff to another.</summary>
public class TariffMoveTests
{
    private const int Limit = 60_000;

    private static readonly TariffHistory FlatRate = Of("F", "\"tiers\":[{\"price\":\"0.50\"}]");

    private static readonly TariffHistory Monthly = Of(
        "M", "\"accumulate\":\"month\",\"tiers\":[{\"upToKwh\":\"100\",\"price\":\"0.40\"},{\"price\":\"0.90\"}]");

    private static readonly TariffHistory Dear = Of(
        "D", "\"accumulate\":\"month\",\"tiers\":[{\"upToKwh\":\"50\",\"price\":\"1\"},{\"price\":\"2\"}]");

    private static readonly TariffHistory Taxed = Of(
        "V", "\"tiers\":[{\"price\":\"0.30\"}],\"lines\":[{\"kind\":\"percent\",\"name\":\"vat\",\"of\":[\"energy\"],"
            + "\"percent\":\"10\"}]");

    [Fact(Timeout = Limit)]
    public void A_move_inside_an_interval_splits_it_at_the_instant()
    {
        var tariff = Composed(FlatRate, new TariffMove(Day(1, 6), Dear));
        var charges = CanonicalRater.Rate([Kwh(Day(1), 0), Kwh(Day(1, 12), 12)], 1, tariff);
        Assert.Equal(((6 * 50) + (6 * 100)) * ExactCharge.PerMinor, charges[1].Value);
    }

    [Fact(Timeout = Limit)]
    public void The_tier_position_goes_on_where_both_count_the_same_periods()
    {
        // 80 kWh before the move: 50 of the dear tariff's first tier are used up.
        var tariff = Composed(Monthly, new TariffMove(Day(3), Dear));
        var charges = CanonicalRater.Rate([Kwh(Day(1), 0), Kwh(Day(3), 80), Kwh(Day(5), 100)], 1, tariff);
        Assert.Equal(20 * 200 * ExactCharge.PerMinor, charges[2].Value);
    }

    [Fact(Timeout = Limit)]
    public void The_tier_position_begins_at_zero_where_they_do_not()
    {
        var tariff = Composed(FlatRate, new TariffMove(Day(3), Dear));
        var charges = CanonicalRater.Rate([Kwh(Day(1), 0), Kwh(Day(3), 80), Kwh(Day(5), 140)], 1, tariff);
        Assert.Equal(((50 * 100) + (10 * 200)) * ExactCharge.PerMinor, charges[2].Value);
    }

    [Fact(Timeout = Limit)]
    public void What_does_not_fit_is_refused_with_every_fault()
    {
        var other = Published.History(Published.Json("O", "EUR", "+01:00", "2020-01-01", """
            "chargeDecimals":14,"tiers":[{"price":"0.50000001"}],
            "lines":[{"kind":"percent","name":"vat","of":["energy"],"percent":"19.6","account":"surcharge"}]
            """));
        var moves = new[] { new TariffMove(Day(3), other) };
        Assert.False(TariffHistory.TryCompose(Taxed, moves, [other], out var none, out var faults));
        Assert.Null(none);
        Assert.Equal(4, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("is in EUR", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("is in zone +01:00", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("need chargeDecimals of", StringComparison.Ordinal));
        Assert.Contains(
            faults, fault => fault.Contains("Line 'vat' is booked to TaxPayable", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public void Lines_stand_in_the_order_of_recording_whatever_moves_come_later()
    {
        Assert.True(TariffHistory.TryCompose(
            FlatRate, [new(Day(2), Monthly), new(Day(5), Taxed)], [Taxed, Monthly], out var tariff, out _));
        Assert.Equal(["energy", "vat"], tariff!.Lines.Select(line => line.Name));
        Assert.Equal(["F", "M", "V"], tariff.Versions.Select(version => version.Id));
        Assert.Equal("V", tariff.VersionAt(Day(6)).Id);
        Assert.Equal("F", tariff.VersionAt(Day(1)).Id);
    }

    /// <summary>
    /// Whenever the move becomes known, before its instant or long after it, the charges are those of the composed
    /// tariff rated once.
    /// </summary>
    [Fact(Timeout = Limit)]
    public void A_move_that_is_known_late_gives_what_one_known_before_gives() => Seeds.Run(300, random =>
    {
        TariffHistory[] all = [FlatRate, Monthly, Dear, Taxed];
        var first = all[random.Next(all.Length)];
        var moves = new List<TariffMove>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = Day(1) + TimeSpan.FromMinutes(15 * random.Next(4 * 24 * 40));
            if (moves.TrueForAll(move => move.From != at)) moves.Add(new(at, all[random.Next(all.Length)]));
        }

        var (book, rows, register, now) = (Book(first), new List<RatedReading>(), 0L, Day(60));
        var stored = new AccountDays(new List<DayCharge>(), new List<DayLine>(), new List<AccrualCorrection>());
        var known = 0;
        for (var hour = 0; hour < 24 * 45; hour += random.Next(1, 30))
        {
            while (known < moves.Count && random.Next(12) == 0) Move(book, first, moves, ++known, rows, stored);
            var reading = Read(Day(1, hour), register += random.Next(300_000));
            var status = book.Apply(reading, now, out var charge);
            while (status == ReadingStatus.DayMustCloseFirst)
            {
                var day = book.ClosedThrough.AddDays(1);
                book.CloseDay(new(day, now, (List<DayCharge>)stored.Charges, (List<DayLine>)stored.Lines, []));
                status = book.Apply(reading, now, out charge);
            }

            Assert.True(status is ReadingStatus.Rated or ReadingStatus.First, status.ToString());
            rows.Add(new(reading, charge));
        }

        while (known < moves.Count) Move(book, first, moves, ++known, rows, stored);
        var charges = CanonicalRater.Rate([.. rows.Select(row => row.Reading)], 1, At(first, moves, moves.Count));
        Assert.Equal(charges.Select(charge => charge.Value), rows.Select(row => (Int128)row.Charge));
        Assert.True(book.TryPosition(Account, out var position));
        var exact = charges.Aggregate((Int128)0, (sum, charge) => sum + charge.Value);
        Assert.Equal(-exact, ((Int128)position.Journal.Minor * ExactCharge.PerMinor) - position.Accrued);
    });

    private static void Move(
        ShardBook book,
        TariffHistory first,
        List<TariffMove> moves,
        int known,
        List<RatedReading> rows,
        AccountDays days)
    {
        var after = At(first, moves, known);
        book.DefineTariff(after);
        book.MoveAccount(Account, after.Id);
        var from = new Instant(moves[known - 1].From.UnixMicros - 1);
        foreach (var channel in book.ChannelsFrom(Account, from))
        {
            var work = new RerateWork(channel) { From = from };
            var result = book.Rerate(work, rows, Day(60));
            Assert.Null(result.NeedsHistoryFrom);
            foreach (var change in result.Changed)
            {
                var at = rows.FindIndex(row => row.Reading.At == change.At);
                rows[at] = rows[at] with { Charge = change.Charge };
            }
        }

        book.MarkReckoning(Account, from);
        book.ReckonAll((_, _) => rows, (_, _) => days);
        book.TakeCorrections(Day(60), (List<AccrualCorrection>)days.Corrections, []);
    }

    private static TariffHistory At(TariffHistory first, List<TariffMove> moves, int known)
    {
        var recorded = moves.Take(known).ToList();
        Assert.True(TariffHistory.TryCompose(
            first,
            [.. recorded.OrderBy(move => move.From)],
            [.. recorded.Select(move => move.Tariff)],
            out var tariff,
            out var faults), string.Join(' ', faults));
        return tariff!;
    }

    private static ShardBook Book(TariffHistory tariff)
    {
        var book = new ShardBook(0, LocalZone.China, new());
        book.SetProgress(ServiceDay.Of(new(2025, 12, 31)), 0);
        book.DefineTariff(tariff);
        book.DefineThresholds("policy", new([]));
        book.AddAccount(new(Account, tariff.Id, "policy", Cny, 0));
        book.AddMeter(new(Meter, Account, 1));
        return book;
    }

    private static TariffHistory Composed(TariffHistory first, params TariffMove[] moves) => At(first, [.. moves],
        moves.Length);

    private static TariffHistory Of(string id, string rest) => Published.History(Published.Json(
        id, "CNY", "+08:00", "2020-01-01", "\"chargeDecimals\":10," + rest));
}
