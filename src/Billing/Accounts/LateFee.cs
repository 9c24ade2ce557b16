using Meters.Billing.Bills;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// How an account stood with one late fee of its tariff when a day was closed. A row for each closed day on which
/// something was overdue or a fee was not paid yet: the next close goes on from it.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The day that was closed.</param>
/// <param name="Line">The tariff's line.</param>
/// <param name="Since">The first day of the arrears; the day itself where nothing is overdue.</param>
/// <param name="Overdue">
/// What was overdue at the end of the day, minor units: below zero on the balance, and receivable without late fees.
/// </param>
/// <param name="OverdueDays">Sum of that over the days of these arrears that are after the grace.</param>
/// <param name="Most">The largest of these amounts in these arrears, days of grace included.</param>
/// <param name="Fee">The whole fee of these arrears so far: all of it is posted.</param>
/// <param name="Unpaid">Late fees of all lines, of any arrears, that are not paid: they bear no fee themselves.</param>
public sealed record LateFee(
    AccountId Account,
    ServiceDay Day,
    string Line,
    ServiceDay Since,
    Money Overdue,
    long OverdueDays,
    Money Most,
    Money Fee,
    Money Unpaid)
{
    /// <summary>Days since it was due; the first day of the arrears is none of them.</summary>
    public int Days => Day.DaysSinceEpoch - Since.DaysSinceEpoch;

    /// <summary>
    /// The next day of the same line. Arrears end with the first day that closes with nothing overdue. The fee of
    /// arrears never falls: what is paid of them lowers what the coming days cost.
    /// </summary>
    /// <param name="account">Whose.</param>
    /// <param name="before">The day before; null where nothing was overdue and no fee unpaid.</param>
    /// <param name="line">The line as the version in force on the day has it.</param>
    /// <param name="day">The day.</param>
    /// <param name="overdue">What is overdue at its end, not below zero.</param>
    /// <param name="unpaid">Late fees that were not paid at its end.</param>
    /// <exception cref="OverflowException">The sum of overdue amounts does not fit 64 bits.</exception>
    public static LateFee Next(
        AccountId account, LateFee? before, LateFeeLine line, ServiceDay day, Money overdue, Money unpaid)
    {
        if (overdue <= Money.Zero)
        {
            return new(account, day, line.Name, day, Money.Zero, 0, Money.Zero, Money.Zero, unpaid);
        }

        var goesOn = before is { Overdue.Minor: > 0 } ? before : null;
        var since = goesOn?.Since ?? day;
        var counts = day.DaysSinceEpoch - since.DaysSinceEpoch > line.GraceDays;
        var sum = (goesOn?.OverdueDays ?? 0) + (counts ? overdue.Minor : 0);
        var most = goesOn is not null && goesOn.Most > overdue ? goesOn.Most : overdue;
        var fee = LateFees.Of(line, sum, most);
        if (goesOn is not null && goesOn.Fee > fee) fee = goesOn.Fee;
        return new(account, day, line.Name, since, overdue, sum, most, fee, unpaid);
    }
}

/// <summary>What entries of days after the open one put on an account: a fee of the open day does not see it.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The day that the entries are booked to.</param>
/// <param name="ToCustomer">What they do to the prepaid balance.</param>
/// <param name="Receivable">What they do to what is receivable.</param>
public readonly record struct LaterEntries(AccountId Account, ServiceDay Day, Money ToCustomer, Money Receivable);
