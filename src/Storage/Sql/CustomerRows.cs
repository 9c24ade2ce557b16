using Meters.Control.Cases;
using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>Customers' terms and what is declared, as rows: columns and mapping beside each other.</summary>
internal static class CustomerRows
{
    public const string Terms = "account, classes, region, converted_at";

    public const string Contact = "account, channel, at, by_person, note";

    public const string Approval = "account, by_person, at, until_at";

    public const string Moratorium = "id, kind, area, from_at, until_at, by_person, note";

    public const string Change =
        "account, at, by_person, note, classes_before, classes, region_before, region, converted_before, converted_at";

    public static string TextOf(IEnumerable<string> classes) =>
        string.Join(' ', classes.Order(StringComparer.Ordinal));

    public static IReadOnlySet<string> ClassesOf(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    public static CustomerTerms TermsOf(SqlRow row) =>
        new(ClassesOf(row.Text(1)), row.Text(2), row.InstantOrNull(3));

    public static Contact ContactOf(SqlRow row) => new(
        new(row.Long(0)), (ContactChannel)row.Byte(1), row.Instant(2), new(row.Text(3)), row.Text(4));

    public static CutApproval ApprovalOf(SqlRow row) =>
        new(new(row.Long(0)), new(row.Text(1)), row.Instant(2), row.Instant(3));

    public static Moratorium MoratoriumOf(SqlRow row) => new(
        row.Long(0), (MoratoriumKind)row.Byte(1), row.Text(2), row.Instant(3), row.Instant(4), new(row.Text(5)),
        row.Text(6));

    public static CustomerChangeRow ChangeOf(SqlRow row) => new(
        new(row.Long(0)),
        new(ClassesOf(row.Text(4)), row.Text(6), row.InstantOrNull(8)),
        new(ClassesOf(row.Text(5)), row.Text(7), row.InstantOrNull(9)),
        new(row.Text(2)),
        row.Instant(1),
        row.Text(3));
}
