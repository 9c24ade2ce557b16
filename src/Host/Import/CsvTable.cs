using System.Globalization;
using CsvHelper;
using Meters.Host.Api;

namespace Meters.Host.Import;

/// <param name="Line">Line of the file, from 1; 0 where the whole file is meant.</param>
/// <param name="Field">Column, or empty where the whole line is meant.</param>
/// <param name="Sentence">What is wrong, in plain words.</param>
public sealed record LineFault(int Line, string Field, string Sentence)
{
    public override string ToString() => (Line, Field) switch
    {
        (0, "") => Sentence,
        (0, _) => $"{Field}: {Sentence}",
        (_, "") => $"line {Line}: {Sentence}",
        _ => $"line {Line}, {Field}: {Sentence}",
    };
}

/// <summary>A whole file, or nothing: with any fault there are no records.</summary>
public sealed record Imported<T>(IReadOnlyList<T> Records, IReadOnlyList<LineFault> Faults)
{
    public bool IsGood => Faults.Count == 0;
}

/// <param name="Name">As in the header.</param>
/// <param name="IsRequired">False: the column may be absent, and every value is empty then.</param>
public readonly record struct Column(string Name, bool IsRequired = true);

/// <summary>One line with its fields by name.</summary>
public sealed class CsvRow(int line, IReadOnlyDictionary<string, int> columns, string[] fields, List<LineFault> faults)
{
    public int Line => line;

    public string First => fields[0];

    public IReadOnlyList<string> Fields => fields;

    public string Text(string column) =>
        columns.TryGetValue(column, out var at) && at < fields.Length ? fields[at] : "";

    public long Whole(string column)
    {
        if (long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        Fault(column, $"'{Texts.Shown(Text(column))}' is not a whole number.");
        return 1; // A value that draws no second fault.
    }

    public int Small(string column)
    {
        var value = Whole(column);
        if (value is >= int.MinValue and <= int.MaxValue) return (int)value;
        Fault(column, $"'{Texts.Shown(Text(column))}' is out of range.");
        return 1;
    }

    /// <summary>"true" or "false"; empty means <paramref name="absent"/>.</summary>
    public bool Flag(string column, bool absent)
    {
        switch (Text(column))
        {
            case "true": return true;
            case "false": return false;
            case "": return absent;
            default:
                Fault(column, "must be true or false.");
                return absent;
        }
    }

    public void Fault(string column, string sentence) => faults.Add(new(line, column, sentence));
}

/// <summary>
/// Reads RFC 4180 without line breaks in fields: comma, double quotes, one header line that names exactly the known
/// columns (in any order), as many fields in each line as in the header. Every fault is listed, up to a limit.
/// </summary>
public static class CsvTable
{
    public const int RowsMax = 1_000_000;

    /// <summary>Longest line, in bytes of UTF-8.</summary>
    public const int RecordBytesMax = 64 * 1024;

    /// <summary>Faults that are listed; reading stops there.</summary>
    public const int FaultsMax = 1_000;

    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false, // Ours is stricter.
        // No field of ours has one, and an open quote must not swallow the lines after it.
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Skip,
        MaxRecordSize = RecordBytesMax,
        TrackLineNumbers = true,
        FormatProvider = CultureInfo.InvariantCulture,
    };

    /// <param name="text">The file.</param>
    /// <param name="columns">Known columns.</param>
    /// <param name="faults">Gets what is wrong.</param>
    /// <param name="trailer">
    /// First field of a line that is not data and may have any number of fields; null: no such line.
    /// </param>
    public static IEnumerable<CsvRow> Read(
        TextReader text, IReadOnlyList<Column> columns, List<LineFault> faults, string? trailer = null)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(faults);
        Dictionary<string, int>? header = null;
        var rows = 0;
        var options = Options with
        {
            OnMalformedRecord = bad => faults.Add(new(checked((int)bad.LineNumber), "", SentenceOf(bad.Reason))),
        };
        using var reader = CsvReader.Create(text, options, leaveOpen: true);
        while (faults.Count < FaultsMax && ReadNext(reader, faults))
        {
            var line = checked((int)reader.LineNumber);
            var fields = new string[reader.FieldCount];
            for (var i = 0; i < fields.Length; i++) fields[i] = reader.GetString(i);
            if (header is null)
            {
                header = Header(fields, columns, faults, line);
                if (header is null) yield break;
                continue;
            }

            if (++rows > RowsMax)
            {
                faults.Add(new(line, "", $"more than {RowsMax} rows: divide the file."));
                yield break;
            }

            var row = new CsvRow(line, header, fields, faults);
            if (trailer is not null && row.First == trailer) yield return row;
            else if (fields.Length != header.Count)
            {
                row.Fault("", $"has {fields.Length} fields; the header has {header.Count}.");
            }
            else yield return row;
        }

        if (header is null && faults.Count == 0) faults.Add(new(0, "", "The file is empty: it needs a header line."));
        if (faults.Count >= FaultsMax) faults.Add(new(0, "", $"More than {FaultsMax} faults: reading stopped."));
    }

    private static bool ReadNext(CsvReader reader, List<LineFault> faults)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException fault)
        {
            // With malformed data skipped, only a record without an end can do this.
            faults.Add(new(checked((int)fault.LineNumber), "", $"a line is longer than {RecordBytesMax} bytes."));
            return false;
        }
    }

    private static string SentenceOf(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.LineBreakInQuotes =>
            "a quote is left open at the end of the line.",
        _ => "a quote stands where none may: quote the whole field and double the quotes in it.",
    };

    private static Dictionary<string, int>? Header(
        string[] fields, IReadOnlyList<Column> columns, List<LineFault> faults, int line)
    {
        var before = faults.Count;
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i++)
        {
            // Text that was not read from a file may keep its mark.
            var name = i == 0 ? fields[i].TrimStart('\uFEFF') : fields[i];
            if (columns.All(column => column.Name != name))
            {
                var known = string.Join(", ", columns.Select(column => column.Name));
                faults.Add(new(line, Texts.Shown(name), $"is not a column here; known: {known}."));
            }
            else if (!found.TryAdd(name, i))
            {
                faults.Add(new(line, name, "stands twice in the header."));
            }
        }

        foreach (var column in columns.Where(column => column.IsRequired && !found.ContainsKey(column.Name)))
        {
            faults.Add(new(line, column.Name, "is missing in the header."));
        }

        return faults.Count == before ? found : null;
    }
}
