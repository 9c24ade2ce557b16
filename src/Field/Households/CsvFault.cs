using System.Globalization;

namespace Meters.Field.Households;

/// <summary>Why a consumption file is refused, in order of precedence in a row.</summary>
public enum CsvFaultKind : byte
{
    /// <summary>The file cannot be opened or read.</summary>
    Unreadable,

    /// <summary>The gzip stream is damaged or cut.</summary>
    DamagedArchive,

    /// <summary>The quoting of a row is broken.</summary>
    DamagedText,

    /// <summary>Not <c>meter_no,utc_timestamp,kwh</c>.</summary>
    BadHeader,

    /// <summary>A header and nothing below it.</summary>
    NoRows,

    /// <summary>More rows, meters or hours than <see cref="ConsumptionCsv"/> keeps.</summary>
    TooMuch,

    WrongFieldCount,

    /// <summary>Empty, or longer than 32 characters.</summary>
    BadMeter,

    /// <summary>Not of the form 2026-03-01T01:00:00Z.</summary>
    BadTime,

    /// <summary>A time that is no whole hour.</summary>
    NotAnHour,

    /// <summary>Not a plain decimal with at most four places.</summary>
    BadEnergy,

    /// <summary>Below zero, or above what an hour can hold here (200,000 kWh).</summary>
    EnergyOutOfRange,

    /// <summary>The meter's hour was there before.</summary>
    DuplicateRow,

    /// <summary>The meter's hours do not ascend.</summary>
    Unsorted,
}

/// <param name="Line">From 1; 0 where the file as a whole is meant.</param>
/// <param name="Field">Name of the column; empty where the row as a whole is meant.</param>
/// <param name="Text">What stood there, cut to 64 characters.</param>
public sealed record CsvFault(CsvFaultKind Kind, long Line, string Field, string Text)
{
    /// <summary>For people: <c>line 7, kwh: BadEnergy 'x1'</c>.</summary>
    public override string ToString()
    {
        var place = Line == 0 ? "file" : string.Create(CultureInfo.InvariantCulture, $"line {Line}");
        return $"{place}{(Field.Length == 0 ? "" : ", " + Field)}: {Kind} '{Text}'";
    }
}
