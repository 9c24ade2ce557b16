using System.Globalization;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>One line's part of a correction.</summary>
/// <param name="Line">The tariff's line: "energy", "vat".</param>
/// <param name="Delta">Exact charge, signed, in steps of the tariff.</param>
/// <param name="Posted">What was posted of it at once, minor units, signed.</param>
public readonly record struct CorrectedLine(string Line, long Delta, Money Posted)
{
    /// <summary>All lines of one correction as it is stored: name, delta and posted with colons, lines with
    /// semicolons; a name's own are escaped as in an address.</summary>
    public static string Format(IEnumerable<CorrectedLine> lines) => string.Join(';', lines.Select(line =>
        string.Create(
            CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(line.Line)}:{line.Delta}:{line.Posted.Minor}")));

    /// <exception cref="FormatException">It was not written by <see cref="Format"/>.</exception>
    public static IReadOnlyList<CorrectedLine> Parse(string text)
    {
        if (text.Length == 0) return [];
        return [.. text.Split(';').Select(Of)];

        static CorrectedLine Of(string part) => part.Split(':') is [var name, var delta, var posted]
            ? new(
                Uri.UnescapeDataString(name),
                long.Parse(delta, CultureInfo.InvariantCulture),
                new(long.Parse(posted, CultureInfo.InvariantCulture)))
            : throw new FormatException($"'{part}' is no line of a correction.");
    }
}
