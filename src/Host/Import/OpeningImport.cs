using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Import;

/// <summary>
/// Balances of an earlier system: account, sub_account (prepayment, debt, emergency_credit, friendly_credit,
/// receivable), amount, currency; a prepayment may be below zero. At its end a line
/// <c>TOTAL,count,sum,currency</c>, without which the file is refused. Pure.
/// </summary>
public static class OpeningImport
{
    public static readonly IReadOnlyList<Column> Columns =
        [new("account"), new("sub_account"), new("amount"), new("currency")];

    private static readonly Dictionary<string, LedgerAccount> Subs = new(StringComparer.Ordinal)
    {
        ["prepayment"] = LedgerAccount.CustomerPrepayment,
        ["debt"] = LedgerAccount.CustomerDebt,
        ["emergency_credit"] = LedgerAccount.EmergencyCredit,
        ["friendly_credit"] = LedgerAccount.FriendlyCredit,
        ["receivable"] = LedgerAccount.Receivable,
    };

    /// <summary>Words of the column and of the API.</summary>
    public static string SubNames => string.Join(", ", Subs.Keys);

    public static bool TryParseSub(string? word, out LedgerAccount sub) => Subs.TryGetValue(word ?? "", out sub);

    public static string NameOf(LedgerAccount sub) => Subs.First(pair => pair.Value == sub).Key;

    /// <param name="text">The file.</param>
    /// <param name="by">Who brings it in.</param>
    /// <param name="check">A further fault of an order: field and sentence; null for none.</param>
    public static Imported<LedgerOrder> Orders(
        TextReader text, PersonId by, Func<LedgerOrder, (string Field, string Sentence)?> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var faults = new List<LineFault>();
        var orders = new List<LedgerOrder>();
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        CsvRow? trailer = null;
        foreach (var row in CsvTable.Read(text, Columns, faults, PaymentImport.Trailer))
        {
            if (trailer is not null) row.Fault("", $"stands after the {PaymentImport.Trailer} line {trailer.Line}.");
            else if (row.First == PaymentImport.Trailer) trailer = row;
            else if (ReadOrder(row, by) is not { } order) continue;
            else if (!lineOf.TryAdd(order.Key, row.Line))
            {
                row.Fault("account", $"and sub_account are the same as in line {lineOf[order.Key]}.");
            }
            else if (check(order) is var (field, sentence)) row.Fault(field, sentence);
            else orders.Add(order);
        }

        if (faults.Count == 0) CompareTotal(orders, trailer, faults);
        return faults.Count == 0 ? new(orders, []) : new([], faults);
    }

    private static LedgerOrder? ReadOrder(CsvRow row, PersonId by)
    {
        var good = true;
        void Fault(string column, string sentence)
        {
            good = false;
            row.Fault(column, sentence);
        }

        if (!long.TryParse(row.Text("account"), NumberStyles.None, CultureInfo.InvariantCulture, out var account)
            || !RecordChecks.IsId(account))
        {
            Fault("account", RecordChecks.IdSentence);
        }

        if (!TryParseSub(row.Text("sub_account"), out var sub)) Fault("sub_account", $"must be one of {SubNames}.");
        var (status, detail) = Texts.TryReadAmount(
            row.Text("amount"), row.Text("currency"), out var amount, out var currency);
        if (status != Texts.AmountStatus.Read)
        {
            Fault(status == Texts.AmountStatus.CurrencyUnknown ? "currency" : "amount", detail);
        }
        else if (amount == Money.Zero) Fault("amount", "must not be zero.");
        else if (amount < Money.Zero && sub != LedgerAccount.CustomerPrepayment)
        {
            Fault("amount", "must be above zero: what is owed is not negative.");
        }

        if (!good) return null;
        var key = string.Create(CultureInfo.InvariantCulture, $"opening/{account}/{row.Text("sub_account")}");
        return new(key, OperationKind.OpeningBalance, new(account), amount, currency, by)
        {
            Sub = sub,
            Note = "Brought in from an earlier system.",
        };
    }

    private static void CompareTotal(List<LedgerOrder> orders, CsvRow? trailer, List<LineFault> faults)
    {
        if (trailer is null)
        {
            faults.Add(new(0, "", $"There is no {PaymentImport.Trailer} line: it may be cut short."));
            return;
        }

        if (PaymentImport.ReadTrailer(trailer) is not { } control) return;
        var (status, detail) = Texts.TryReadAmount(control.Total, control.Currency, out var total, out var currency);
        if (status != Texts.AmountStatus.Read)
        {
            trailer.Fault(PaymentImport.Trailer, detail);
            return;
        }

        if (orders.Exists(order => order.Currency != currency))
        {
            trailer.Fault(PaymentImport.Trailer, "is in another currency than a line.");
            return;
        }

        var sum = orders.Sum(order => order.Amount.Minor);
        if (orders.Count == control.Count && sum == total.Minor) return;
        var found = Decimals.Format(sum, currency.Decimals);
        trailer.Fault(
            PaymentImport.Trailer,
            $"says {control.Count} lines and {control.Total}; the file has {orders.Count} and {found}.");
    }
}
