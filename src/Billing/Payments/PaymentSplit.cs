using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Payments;

/// <summary>One part of a payment.</summary>
/// <param name="Account">Where it went; CustomerPrepayment is the rest, which is the customer's to use.</param>
/// <param name="Line">The charge that it pays, as the tariff names it; null where the account says it all.</param>
/// <param name="Amount">Minor units; negative for what was given on top, such as a rebate.</param>
public sealed record SplitPart(LedgerAccount Account, string? Line, Money Amount);

/// <summary>
/// How a payment was divided, in the order of its waterfall; the parts sum to the payment. Equal when its text is.
/// </summary>
public sealed class PaymentSplit : IEquatable<PaymentSplit>
{
    private const char BetweenParts = '\n';

    private PaymentSplit(IReadOnlyList<SplitPart> parts) => (Parts, Text) = (parts, Format(parts));

    public IReadOnlyList<SplitPart> Parts { get; }

    /// <summary>As it is stored: a line for each part, account, perhaps a slash and the line, colon, amount.</summary>
    public string Text { get; }

    /// <summary>What the customer may use of it.</summary>
    public Money ToBalance => SumOf(LedgerAccount.CustomerPrepayment);

    /// <summary>The money waits for its owner.</summary>
    public bool IsSuspense => Parts.Any(part => part.Account == LedgerAccount.Suspense);

    public Money Total => new(Parts.Sum(part => part.Amount.Minor));

    public static PaymentSplit Of(IEnumerable<SplitPart> parts) => new([.. parts]);

    /// <summary>All of it on one account.</summary>
    public static PaymentSplit Whole(Money amount, LedgerAccount account = LedgerAccount.CustomerPrepayment) =>
        new([new(account, null, amount)]);

    /// <summary>Reads what <see cref="Text"/> says.</summary>
    /// <exception cref="FormatException">It was not written here.</exception>
    public static PaymentSplit Parse(string text)
    {
        var parts = new List<SplitPart>();
        foreach (var one in text.Split(BetweenParts, StringSplitOptions.RemoveEmptyEntries))
        {
            var (colon, slash) = (one.LastIndexOf(':'), one.IndexOf('/', StringComparison.Ordinal));
            if (colon < 0) throw new FormatException($"Not a part of a split: '{one}'.");
            var end = slash >= 0 && slash < colon ? slash : colon;
            var account = short.Parse(one.AsSpan(0, end), CultureInfo.InvariantCulture);
            parts.Add(new(
                (LedgerAccount)account,
                end == slash ? one[(slash + 1)..colon] : null,
                new(long.Parse(one.AsSpan(colon + 1), CultureInfo.InvariantCulture))));
        }

        return new(parts);
    }

    public Money SumOf(LedgerAccount account) =>
        new(Parts.Where(part => part.Account == account).Sum(part => part.Amount.Minor));

    public bool Equals(PaymentSplit? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as PaymentSplit);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text.Replace(BetweenParts, ' ');

    private static string Format(IEnumerable<SplitPart> parts) => string.Join(BetweenParts, parts.Select(part =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(short)part.Account}{(part.Line is null ? "" : "/" + Plain(part.Line))}:{part.Amount.Minor}")));

    private static string Plain(string line) => line.Replace(BetweenParts, ' ');
}
