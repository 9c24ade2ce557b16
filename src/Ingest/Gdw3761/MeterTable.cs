using System.Buffers.Binary;
using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>A record of the terminal's meter table: which meter stands behind a measuring point.</summary>
/// <param name="Sequence">Number of the record, from 1.</param>
/// <param name="Port">Port of the terminal, 1 to 31.</param>
/// <param name="Protocol">1 is 645-1997, 2 AC sampling, 30 is 645-2007, 31 power line carrier.</param>
public readonly record struct MeterTableEntry(int Sequence, int Pn, byte Port, byte Protocol, MeterAddress Address);

/// <summary>
/// The answer of AFN 0A F10.
/// <code>n 2 | n x (sequence 2, Pn 2, baud+port 1, protocol 1, address A.12 6, password 6, tariffs 1, digits 1,
/// collector A.12 6, class 1)</code> Assumed: n is two bytes little-endian as in AFN 04 F10, the record is 27 bytes,
/// and bits 0-4 of baud+port are the port. The reference text gives the record, not the count.
/// </summary>
public static class MeterTable
{
    public const int RecordBytes = 27;

    private const int CountBytes = 2;

    /// <summary>Adds the records; one whose address is not BCD is left out and counted.</summary>
    /// <returns>False where this is no meter table or where it is shorter than its count says.</returns>
    public static bool TryRead(ReadOnlySpan<byte> units, ICollection<MeterTableEntry> into, out int badRecords)
    {
        badRecords = 0;
        if (!Dadt.TryRead(units, out var dadt) || !dadt.Selects(RequestFrames.MeterTableFn)) return false;
        var data = units[Dadt.Bytes..];
        if (data.Length < CountBytes) return false;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(data);
        data = data[CountBytes..];
        if (data.Length < count * RecordBytes) return false;
        for (var i = 0; i < count; i++, data = data[RecordBytes..])
        {
            if (Formats.TryReadA12(data[6..], out var address))
            {
                var sequence = BinaryPrimitives.ReadUInt16LittleEndian(data);
                var pn = BinaryPrimitives.ReadUInt16LittleEndian(data[2..]);
                into.Add(new(sequence, pn, (byte)(data[4] & 0x1F), data[5], address));
            }
            else
            {
                badRecords++;
            }
        }

        return true;
    }

    /// <summary>A terminal's answer; returns the frame's bytes.</summary>
    public static int WriteAnswer(Span<byte> to, TerminalAddress address, byte a3, int pseq,
        ReadOnlySpan<MeterTableEntry> entries)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x88, address, a3, Afn.ReadParameters, (byte)(LinkFrames.OneFrame | (pseq & 15)));
        frame.Unit(0, RequestFrames.MeterTableFn);
        frame.Word(entries.Length);
        foreach (var entry in entries)
        {
            var record = frame.Take(RecordBytes);
            record.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)entry.Sequence);
            BinaryPrimitives.WriteUInt16LittleEndian(record[2..], (ushort)entry.Pn);
            record[4] = (byte)(0x60 | entry.Port); // 2400 baud.
            record[5] = entry.Protocol;
            Formats.WriteA12(entry.Address, record[6..]);
            record[18] = 4;
            record[19] = 0x09; // Six digits and two decimals.
        }

        return frame.End();
    }

    /// <summary>The terminal's side: which records a request asks for.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> units, ICollection<int> sequences)
    {
        if (!Dadt.TryRead(units, out var dadt) || !dadt.Selects(RequestFrames.MeterTableFn)) return false;
        var data = units[Dadt.Bytes..];
        if (data.Length < CountBytes) return false;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(data);
        if (data.Length < CountBytes + (2 * count)) return false;
        for (var i = 0; i < count; i++)
        {
            sequences.Add(BinaryPrimitives.ReadUInt16LittleEndian(data[(CountBytes + (2 * i))..]));
        }

        return true;
    }
}
