using System.Numerics;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;

namespace Meters.Host.Audit.Money;

/// <param name="Amount">Minor units; negative for what is given.</param>
public sealed record PlainDue(string Name, long Account, BigInteger Amount);

/// <summary>
/// What comes due with a purchase by the tariff's documents: monthly charges at the first purchase of a month, those of
/// skipped months, percent lines on them, rebates.
/// </summary>
public sealed class PurchaseCharges
{
    /// <summary>Months that are taken with one purchase, this one included.</summary>
    private const int Months = 120;

    private readonly PlainHistory _history;
    private readonly long _watts;

    /// <param name="history">The tariff.</param>
    /// <param name="watts">Sanctioned load.</param>
    internal PurchaseCharges(PlainHistory history, long watts) => (_history, _watts) = (history, watts);

    /// <returns>Null where the tariff's documents are not understood.</returns>
    public static PurchaseCharges? Of(IEnumerable<VersionedDocument> documents, long watts) =>
        PlainHistory.Read(documents, out _) is { } history ? new(history, watts) : null;

    /// <param name="day">Of the purchase.</param>
    /// <param name="last">On which such charges were taken last.</param>
    /// <param name="amount">Of the purchase, minor units.</param>
    public List<PlainDue> On(DateOnly day, DateOnly? last, BigInteger amount)
    {
        var due = new List<PlainDue>();
        var month = last is { } before ? FirstOf(before).AddMonths(1) : FirstOf(day);
        if (month < FirstOf(day).AddMonths(1 - Months)) month = FirstOf(day).AddMonths(1 - Months);
        for (; month <= FirstOf(day); month = month.AddMonths(1))
        {
            var tariff = _history.VersionOn(month == FirstOf(day) ? day : month);
            foreach (var line in tariff.Lines)
            {
                var rounded = tariff.RoundingOf(line.Name).Round(Of(tariff, line, month.Month));
                if (!rounded.IsZero) due.Add(new(line.Name, (long)line.Account, rounded));
            }
        }

        var now = _history.VersionOn(day);
        var taken = due.Aggregate(BigInteger.Zero, (sum, one) => sum + one.Amount);
        foreach (var rebate in now.Lines.OfType<PlainRebate>())
        {
            var of = rebate.OfNet ? amount - taken : amount;
            var given = now.RoundingOf(rebate.Name).Round(rebate.Share * of);
            if (given.Sign > 0) due.Add(new(rebate.Name, (long)rebate.Account, -given));
        }

        return due;
    }

    private static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    private Fraction Of(PlainTariff tariff, PlainLine line, int month) => line switch
    {
        PlainStanding { OnPurchase: true } standing when standing.Months.Contains(month) => standing.Amount(_watts),
        PlainPercent { Steps: [var step] } percent => step.Share * percent.Of
            .Where(part => part.Above is null && part.UpTo is null)
            .Aggregate(Fraction.Zero, (sum, part) => sum + Of(tariff, tariff.Line(part.Line), month)),
        _ => Fraction.Zero,
    };
}
