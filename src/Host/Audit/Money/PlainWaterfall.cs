using System.Globalization;
using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Host.Audit.Rerating;

namespace Meters.Host.Audit.Money;

/// <summary>An entry as it should be: all that does not number or date it.</summary>
public readonly record struct PlainEntry(long Debit, long Credit, BigInteger Amount, long Kind, string? Line);

/// <summary>Divides money that came in by the words of docs/payments.md.</summary>
public static class PlainWaterfall
{
    private const string TaxLine = "purchase tax";

    /// <param name="policy">Whose steps.</param>
    /// <param name="amount">What came in, minor units.</param>
    /// <param name="day">It is booked to, days since 1970.</param>
    /// <param name="owed">Before it.</param>
    /// <param name="due">What comes due with it.</param>
    /// <param name="entries">Gets what is to be booked.</param>
    /// <returns>The split as a payment's row says it.</returns>
    public static string Divide(
        PlainPolicy policy, BigInteger amount, long day, PlainOwed owed, List<PlainDue> due, List<PlainEntry> entries)
    {
        var (left, raised) = (amount, new List<PlainEntry>());
        var parts = new List<(long Account, string? Line, BigInteger Amount)>();
        foreach (var step in policy.Steps)
        {
            if (step.Pay == PlainPolicy.Charges)
            {
                foreach (var charge in due.Where(one => one.Amount.Sign > 0))
                {
                    var paid = BigInteger.Min(left, charge.Amount);
                    if (paid.Sign > 0) parts.Add((charge.Account, charge.Name, paid));
                    left -= BigInteger.Max(paid, 0);
                    var open = charge.Amount - BigInteger.Max(paid, 0);
                    if (open.Sign <= 0) continue;
                    raised.Add(new(
                        (long)LedgerAccount.Receivable, charge.Account, open, (long)EntryKind.PurchaseCharge,
                        charge.Name));
                }

                continue;
            }

            var (account, wanted) = Wanted(step, amount, day, owed);
            var taken = BigInteger.Min(left, wanted);
            if (taken.Sign <= 0) continue;
            parts.Add((account, step.Pay == PlainPolicy.Tax ? TaxLine : null, taken));
            left -= taken;
        }

        foreach (var given in due.Where(one => one.Amount.Sign < 0))
        {
            parts.Add((given.Account, given.Name, given.Amount));
            left -= given.Amount;
        }

        if (left.Sign > 0 || parts.Count == 0) parts.Add(((long)LedgerAccount.CustomerPrepayment, null, left));
        entries.AddRange(parts.Where(part => part.Account != (long)LedgerAccount.CustomerPrepayment).Select(Booked));
        entries.AddRange(raised);
        return string.Join('\n', parts.Select(part => string.Create(
            CultureInfo.InvariantCulture,
            $"{part.Account}{(part.Line is null ? "" : "/" + part.Line.Replace('\n', ' '))}:{part.Amount}")));
    }

    private static PlainEntry Booked((long Account, string? Line, BigInteger Amount) part)
    {
        const long Balance = (long)LedgerAccount.CustomerPrepayment;
        if (part.Amount.Sign < 0) return new(part.Account, Balance, -part.Amount, (long)EntryKind.Rebate, part.Line);
        var kind = PlainOwed.Is(part.Account) ? EntryKind.Recovery
            : part.Line == TaxLine ? EntryKind.Payment
            : EntryKind.PurchaseCharge;
        return new(Balance, part.Account, part.Amount, (long)kind, part.Line);
    }

    private static (long Account, BigInteger Wanted) Wanted(
        PlainStep step, BigInteger amount, long day, PlainOwed owed) => step.Pay switch
        {
            PlainPolicy.Tax => ((long)LedgerAccount.TaxPayable, (step.Share * amount).HalfUp()),
            PlainPolicy.Debt => ((long)LedgerAccount.CustomerDebt, OfDebt(step, amount, day, owed)),
            "emergencyCredit" => Whole(LedgerAccount.EmergencyCredit, owed),
            "friendlyCredit" => Whole(LedgerAccount.FriendlyCredit, owed),
            "receivable" => Whole(LedgerAccount.Receivable, owed),
            _ => (0, BigInteger.Zero),
        };

    private static (long Account, BigInteger Wanted) Whole(LedgerAccount account, PlainOwed owed) =>
        ((long)account, owed[account]);

    private static BigInteger OfDebt(PlainStep step, BigInteger amount, long day, PlainOwed owed)
    {
        var debt = owed[LedgerAccount.CustomerDebt];
        var share = step.OfDebt is { } part ? Down(part * debt) : Down(step.Share * amount);
        share = BigInteger.Max(share, Down(step.AtLeast * amount));
        share = BigInteger.Min(BigInteger.Min(share, Down(step.AtMost * amount)), debt);
        return step.WeeklyMax is { } most ? BigInteger.Min(share, most - owed.RecoveredInWeekOf(day)) : share;
    }

    /// <summary>Towards zero.</summary>
    private static BigInteger Down(Fraction exact) => exact.Sign < 0 ? -(-exact).Floor() : exact.Floor();
}
