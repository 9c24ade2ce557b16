using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class BookSetupTests
{
    private static readonly AccountSetup Setup = new(Account, "FLAT", "policy", Cny, 5_000);

    private readonly ShardBook _book = new BookOfOne().Book;

    [Fact]
    public void Adding_the_same_again_changes_nothing_and_other_content_is_a_conflict()
    {
        Assert.Equal(BookStatus.AlreadyThere, _book.AddAccount(Setup));
        Assert.Equal(BookStatus.Conflict, _book.AddAccount(Setup with { SanctionedWatts = 1 }));
        Assert.Equal(BookStatus.Conflict, _book.AddAccount(Setup with { TariffId = "none" }));
        Assert.Equal(BookStatus.AlreadyThere, _book.AddMeter(new(Meter, Account, 1)));
        Assert.Equal(BookStatus.Conflict, _book.AddMeter(new(Meter, Account, 2)));
        Assert.Equal(BookStatus.Conflict, _book.AddMeter(new(Meter, new(99), 1)));
        Assert.Equal(BookStatus.Conflict, _book.AddMeter(new(Meter, Account, 1, HasRelay: true)));
        Assert.Equal([Account], _book.Accounts);
    }

    [Fact]
    public void What_an_account_refers_to_must_be_defined()
    {
        var other = Setup with { Account = new(18) };
        Assert.Equal(BookStatus.TariffUnknown, _book.AddAccount(other with { TariffId = "none" }));
        Assert.Equal(BookStatus.PolicyUnknown, _book.AddAccount(other with { PolicyId = "none" }));
        Assert.Equal(BookStatus.CurrencyMismatch, _book.AddAccount(other with { Currency = Currency.Parse("USD") }));
        Assert.Equal(BookStatus.OutOfRange, _book.AddAccount(other with { SanctionedWatts = -1 }));
        Assert.Equal(BookStatus.OutOfRange, _book.AddAccount(other with { Account = new(0) }));
        Assert.Equal(BookStatus.AccountUnknown, _book.AddMeter(new(new(502), new(18), 1)));
        Assert.Equal(BookStatus.OutOfRange, _book.AddMeter(new(new(502), Account, 0)));
        Assert.Equal(BookStatus.OutOfRange, _book.AddMeter(new(new(MeterId.Max + 1), Account, 1)));
        Assert.False(_book.TryPosition(new(18), out _));
    }

    [Fact]
    public void A_position_names_the_last_reading_of_the_meter_with_the_relay()
    {
        Assert.Equal(BookStatus.Added, _book.AddMeter(new(new(502), Account, 1, HasRelay: true)));
        Assert.Equal(BookStatus.Added, _book.AddMeter(new(new(503), Account, 1)));
        var relay = new ChannelId(new(502), RegisterKind.ForwardActive);
        _book.Apply(Read(Day(1, 5), 0), BookOfOne.Now, out _);
        Assert.True(_book.TryPosition(Account, out var position));
        Assert.Null(position.LastReadingAt);
        _book.Apply(Read(Day(1, 3), 0, channel: relay), BookOfOne.Now, out _);
        Assert.True(_book.TryPosition(Account, out position));
        Assert.Equal(Day(1, 3), position.LastReadingAt);
    }

    [Fact]
    public void Replayed_rows_must_continue_their_channel_and_belong_to_known_meters()
    {
        _book.Replay(new(Kwh(Day(1, 2), 5), 0));
        Assert.Throws<InvalidOperationException>(() => _book.Replay(new(Kwh(Day(1, 2), 6), 0)));
        Assert.Throws<InvalidOperationException>(() => _book.Replay(new(Kwh(Day(1, 3), 4), 0)));
        Assert.Throws<InvalidOperationException>(() => _book.Replay(new(Read(Day(1), 0, channel: new(9)), 0)));
        Assert.Throws<InvalidOperationException>(() => _book.Snapshot(new AccountId(1)));
    }

    [Fact]
    public void The_export_names_exact_positions_and_registers()
    {
        _book.Apply(Kwh(Day(1, 1), 5), BookOfOne.Now, out _);
        _book.Apply(Read(Day(1, 2), 50_001), BookOfOne.Now, out _);
        Assert.Equal(
            "account 17 position -50000000 balance 0\n"
            + "channel 501/ForwardActive first 2025-12-31T17:00:00Z last 2025-12-31T18:00:00Z "
            + "register 50001 Actual period 1970-01-01T00:00:00Z used 0\n",
            MiniEngine.Export(_book));
    }
}
