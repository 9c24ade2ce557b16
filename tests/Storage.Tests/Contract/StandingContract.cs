using Meters.Control.Customers;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private const string TownPhone = "+8613800000000";

    private static StandingChange Changed(int hour, string reason = "Visited.", int account = 1) =>
        new(new(account), Sample.Clerk, Sample.Hour(hour), reason);

    private static PhoneReport Report(int hour, bool delivered, string phone = TownPhone) =>
        new(new(1), phone, delivered, Sample.Hour(hour), $"report {hour}");

    private Task<CustomerStanding?> ReportAsync(int hour, bool delivered, string phone = TownPhone) =>
        Store.Standings.ReportPhoneAsync(Report(hour, delivered, phone), reportsMax: 2, Stopping);

    [Fact(Timeout = Patience)]
    public async Task Flags_are_set_with_who_when_and_why_and_wake_the_case()
    {
        await TownAsync();
        Assert.Equal(new CustomerStanding(new(1)), await Store.Standings.FindAsync(new(1), Stopping));
        Assert.Empty(await Store.Standings.LoadAsync(Stopping));
        var flags = CustomerFlags.Hospital | CustomerFlags.Social;
        Assert.Equal(flags, (await Store.Standings.SetFlagsAsync(Changed(1), flags, Stopping))!.Flags);
        Assert.Equal(Sample.Hour(1), (await CaseAsync(1)).Case.DueAt);
        var revision = (await CaseAsync(1)).Case.Revision;
        await Store.Standings.SetFlagsAsync(Changed(2, "Again."), flags, Stopping); // No line, no wake.
        Assert.Equal(revision, (await CaseAsync(1)).Case.Revision);
        await Store.Standings.SetFlagsAsync(Changed(3, "Moved out."), CustomerFlags.None, Stopping);
        if (CanReopen) await ReopenAsync();
        var log = await Store.Standings.LogAsync(new(1), 9, Stopping);
        Assert.Equal(
            [
                ("hospital,social", "", "Moved out.", Sample.Hour(3)),
                ("", "hospital,social", "Visited.", Sample.Hour(1)),
            ],
            log.Select(line => (line.Old, line.New, line.Reason, line.At)));
        Assert.All(log, line => Assert.Equal((StandingField.Flags, Sample.Clerk), (line.Field, line.By)));
        Assert.Single(await Store.Standings.LogAsync(new(1), 1, Stopping));
        Assert.Null(await Store.Standings.SetFlagsAsync(Changed(1, account: 99), flags, Stopping));
        Assert.Null(await Store.Standings.FindAsync(new(99), Stopping));
        Assert.Empty(await Store.Standings.LogAsync(new(99), 9, Stopping));
    }

    [Theory(Timeout = Patience)]
    [InlineData("UPDATE customer_flag_log SET by_person = 'nobody'")]
    [InlineData("DELETE FROM customer_flag_log")]
    public async Task The_log_of_customers_cannot_be_altered_with_a_database_tool(string sql)
    {
        if (!CanReopen) Assert.Skip("A store in memory has no other writer.");
        await TownAsync();
        await Store.Standings.SetFlagsAsync(Changed(1), CustomerFlags.Social, Stopping);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => AskAsync(sql));
        Assert.Single(await Store.Standings.LogAsync(new(1), 9, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Permanent_failures_in_a_row_mark_a_number_and_a_new_number_clears_it()
    {
        await TownAsync();
        Assert.Null((await ReportAsync(1, delivered: false))!.WrongSince);
        await ReportAsync(2, delivered: true); // In a row means without a delivery in between.
        Assert.Null((await ReportAsync(3, delivered: false))!.WrongSince);
        Assert.Empty(await Store.Standings.WrongNumbersAsync(9, Stopping));
        var marked = (await ReportAsync(4, delivered: false))!;
        Assert.Equal((Sample.Hour(4), 2, "report 4"), (marked.WrongSince, marked.WrongReports, marked.WrongDetail));
        Assert.Equal(Sample.Hour(4), marked.PhoneWrongSince(TownPhone));
        Assert.Null(marked.PhoneWrongSince("+1"));
        Assert.Equal(Sample.Hour(4), (await ReportAsync(5, delivered: false))!.WrongSince); // Since the first.
        Assert.Equal([new(1)], (await Store.Standings.WrongNumbersAsync(9, Stopping)).Select(one => one.Account));
        if (CanReopen) await ReopenAsync();
        Assert.Equal(Sample.Hour(4), Assert.Single(await Store.Standings.LoadAsync(Stopping)).WrongSince);

        var changed = await Store.Standings.SetContactAsync(Changed(6), "+8613900000009", "a@example.org", Stopping);
        Assert.Equal(("", (Instant?)null, "a@example.org"), (changed!.WrongPhone, changed.WrongSince, changed.Email));
        Assert.Equal("+8613900000009", (await Store.Registry.LoadAsync(Stopping)).Accounts[0].Phone);
        Assert.Empty(await Store.Standings.WrongNumbersAsync(9, Stopping));
        Assert.Equal(
            [(StandingField.Email, "", "a@example.org"), (StandingField.Phone, TownPhone, "+8613900000009")],
            (await Store.Standings.LogAsync(new(1), 9, Stopping)).Select(line => (line.Field, line.Old, line.New)));
        Assert.Equal(Sample.Hour(1), (await CaseAsync(1)).Case.DueAt); // Woken at the first report already.

        await ReportAsync(7, delivered: false, "+8613900000009");
        await ReportAsync(8, delivered: false); // Of the former number: it says nothing of this one.
        await ReportAsync(9, delivered: false);
        Assert.Empty(await Store.Standings.WrongNumbersAsync(9, Stopping));
        Assert.Null(await Store.Standings.SetContactAsync(Changed(1, account: 99), "+1", null, Stopping));
        Assert.Null(await Store.Standings.ReportPhoneAsync(
            Report(1, delivered: false) with { Account = new(99) }, 2, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Classes_of_a_month_are_made_once_and_changes_are_logged()
    {
        await TownAsync();
        ClassRun Run(int month, params ValueClass[] classes) => new(
            month, Sample.Hour(month), $"Month {month}.",
            [.. classes.Select((one, i) => (new AccountId(i + 1), one, 100L - i))]);
        Assert.False(await Store.Standings.HasClassesAsync(5, Stopping));
        Assert.Equal(
            3, await Store.Standings.SetClassesAsync(Run(5, ValueClass.A, ValueClass.B, ValueClass.C), Stopping));
        Assert.True(await Store.Standings.HasClassesAsync(5, Stopping));
        Assert.Null(await Store.Standings.SetClassesAsync(Run(5, ValueClass.C, ValueClass.C, ValueClass.C), Stopping));
        await Store.Standings.SetFlagsAsync(Changed(5), CustomerFlags.Social, Stopping);
        Assert.Equal(
            1, await Store.Standings.SetClassesAsync(Run(6, ValueClass.B, ValueClass.B, ValueClass.C), Stopping));
        var all = await Store.Standings.LoadAsync(Stopping);
        Assert.Equal([ValueClass.B, ValueClass.B, ValueClass.C], all.Select(one => one.Class!.Value));
        Assert.Equal((100L, Sample.Hour(6), CustomerFlags.Social), (all[0].Volume, all[0].ClassedAt, all[0].Flags));
        var lines = (await Store.Standings.LogAsync(new(1), 9, Stopping))
            .Where(line => line.Field == StandingField.ValueClass).Select(line => (line.Old, line.New, line.By.Value));
        Assert.Equal([("A", "B", PersonId.System.Value), ("", "A", PersonId.System.Value)], lines);
    }

    [Fact(Timeout = Patience)]
    public async Task Purchases_count_from_an_instant_up_to_another_for_every_account()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Payments.AddRange(
        [
            Sample.Payment("p1", 1, 100, Sample.Hour(1)), Sample.Payment("p2", 1, 40, Sample.Hour(2)),
            Sample.Payment("p3", 2, 7, Sample.Hour(4)), Sample.Payment("p4", 2, 9, Sample.Hour(5)),
        ]));
        var volumes = await Store.Standings.VolumesAsync(Sample.Hour(2), Sample.Hour(5), Stopping);
        Assert.Equal([(1L, 40L), (2L, 7L), (3L, 0L)], volumes.Select(one => (one.Account.Value, one.Volume)));
        Assert.All(volumes, one => Assert.Equal(Sample.Cny, one.Currency));
    }
}
