using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Import;

/// <param name="Count">Payments in the file.</param>
/// <param name="Total">Their sum, major units as a decimal: "1250.00".</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record PaymentControl(int Count, string Total, string Currency);

/// <summary>
/// A file of payments: key, account, amount, currency, channel and perhaps a reference; at its end a line
/// <c>TOTAL,count,sum,currency</c>, or the same said by whoever imports. Without either it is not known whether the
/// file is whole, and it is refused. One currency a file. Pure.
/// </summary>
public static class PaymentImport
{
    public const string Trailer = "TOTAL";

    public static readonly IReadOnlyList<Column> Columns =
    [
        new("key"), new("account"), new("amount"), new("currency"), new("channel"), new("reference", false),
    ];

    /// <param name="text">The file.</param>
    /// <param name="takenBy">Person or machine that the payments are booked to.</param>
    /// <param name="said">Count and sum as told beside the file, or null; with a trailer too, both must agree.</param>
    /// <param name="check">A further fault of a line: field and sentence, or null; null for no further checks.</param>
    public static Imported<PaymentOrder> Payments(
        TextReader text,
        PersonId takenBy,
        PaymentControl? said,
        Func<PaymentOrder, (string Field, string Sentence)?>? check = null)
    {
        var faults = new List<LineFault>();
        var orders = new List<PaymentOrder>();
        var lineOfKey = new Dictionary<string, int>(StringComparer.Ordinal);
        var (trailerLine, trailer) = (0, default(PaymentControl));
        foreach (var row in CsvTable.Read(text, Columns, faults, Trailer))
        {
            if (trailerLine > 0)
            {
                row.Fault("", $"stands after the {Trailer} line {trailerLine}.");
            }
            else if (row.First == Trailer)
            {
                (trailerLine, trailer) = (row.Line, ReadTrailer(row));
            }
            else if (ReadOrder(row, takenBy) is { } order)
            {
                if (!lineOfKey.TryAdd(order.Key, row.Line))
                {
                    row.Fault("key", $"is the same as in line {lineOfKey[order.Key]}.");
                }
                else if (check?.Invoke(order) is var (field, sentence)) row.Fault(field, sentence);
                else orders.Add(order);
            }
        }

        // Sums of a file with faults would only add faults that are none.
        if (faults.Count == 0)
        {
            if (trailer is null && said is null)
            {
                var sentence = $"There is neither a {Trailer} line nor a count and sum beside it: it may be cut short.";
                faults.Add(new(0, "", sentence));
            }

            if (trailer is not null) Compare(orders, trailer, trailerLine, faults);
            if (said is not null) Compare(orders, said, 0, faults);
        }

        return faults.Count == 0 ? new(orders, []) : new([], faults);
    }

    private static PaymentOrder? ReadOrder(CsvRow row, PersonId takenBy)
    {
        var good = true;
        void Fault(string column, string sentence)
        {
            good = false;
            row.Fault(column, sentence);
        }

        var key = row.Text("key");
        if (!RecordChecks.IsText(key, 1, PaymentEndpoints.KeyLengthMax))
        {
            Fault("key", $"must have 1 to {PaymentEndpoints.KeyLengthMax} characters, none of control.");
        }

        if (!long.TryParse(row.Text("account"), NumberStyles.None, CultureInfo.InvariantCulture, out var account)
            || !RecordChecks.IsId(account))
        {
            Fault("account", RecordChecks.IdSentence);
        }

        var (status, detail) = Texts.TryReadAmount(row.Text("amount"), row.Text("currency"), out var amount,
            out var currency);
        if (status != Texts.AmountStatus.Read)
        {
            Fault(status == Texts.AmountStatus.CurrencyUnknown ? "currency" : "amount", detail);
        }
        else if (amount <= Money.Zero) Fault("amount", "must be above zero.");
        if (!Tags.TryParse<PaymentChannel>(row.Text("channel"), out var channel))
        {
            Fault("channel", $"must be one of {Tags.All<PaymentChannel>()}.");
        }

        var reference = row.Text("reference");
        if (!RecordChecks.IsText(reference, 0, PaymentEndpoints.ReferenceLengthMax))
        {
            Fault("reference", $"must have at most {PaymentEndpoints.ReferenceLengthMax} characters, none of control.");
        }

        if (!good) return null;
        return new(key, new(account), amount, currency, channel, takenBy, reference.Length == 0 ? null : reference);
    }

    internal static PaymentControl? ReadTrailer(CsvRow row)
    {
        // Some programs fill every line up to the width of the header.
        var fields = row.Fields.Skip(4).All(field => field.Length == 0) ? row.Fields.Take(4).ToArray() : [];
        if (fields.Length != 4
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            row.Fault("", $"must be {Trailer},count,sum,currency.");
            return null;
        }

        return new(count, fields[2], fields[3]);
    }

    private static void Compare(List<PaymentOrder> orders, PaymentControl control, int line, List<LineFault> faults)
    {
        var (status, detail) = Texts.TryReadAmount(control.Total, control.Currency, out var total, out var currency);
        if (status != Texts.AmountStatus.Read)
        {
            faults.Add(new(line, Trailer, detail));
            return;
        }

        var others = orders.Where(order => order.Currency != currency)
            .Select(order => order.Currency.Code)
            .Distinct()
            .Order()
            .ToArray();
        if (others.Length > 0)
        {
            var codes = string.Join(", ", others);
            faults.Add(new(line, Trailer, $"the sum is in {currency}, payments are in {codes}: one currency a file."));
        }

        if (orders.Count != control.Count)
        {
            faults.Add(new(line, Trailer, $"the count is {control.Count}; there are {orders.Count} payments."));
        }

        Int128 sum = 0;
        foreach (var order in orders) sum += order.Amount.Minor;
        if (others.Length == 0 && sum != total.Minor)
        {
            var found = $"{Decimals.Format(sum, currency.Decimals)} {currency}";
            faults.Add(new(line, Trailer, $"the sum is {currency.Format(total)}; the payments sum to {found}."));
        }
    }
}
