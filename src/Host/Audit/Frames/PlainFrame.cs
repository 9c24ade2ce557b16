using System.Numerics;
using Meters.Units;

namespace Meters.Host.Audit.Frames;

/// <summary>A value in a frame.</summary>
/// <param name="Pn">Measuring point.</param>
/// <param name="Register">Number of the register.</param>
/// <param name="At">Microseconds since 1970.</param>
/// <param name="TenthsWh">Register or energy.</param>
/// <param name="Minutes">The energy's interval, which ends there; zero for a register.</param>
public readonly record struct PlainPoint(int Pn, int Register, long At, long TenthsWh, int Minutes);

/// <summary>
/// A frame of Q/GDW 1376.1 as the published texts describe it: a second hand beside the decoder of the sessions, slow
/// and plain, which shares nothing with it.
/// </summary>
public sealed class PlainFrame
{
    /// <summary>68, length twice, 68, ..., check, 16.</summary>
    private const int HeadBytes = 6;
    private const int TailBytes = 2;

    /// <summary>C, A1, A2, A3, AFN, SEQ.</summary>
    private const int FixedBytes = 8;
    private const int TimeTagBytes = 6;
    private const int EventBytes = 2;
    private const int TariffsMax = 63;

    private readonly List<PlainPoint> _points = [];

    /// <summary>A1 A1 A2 A2 as they stand.</summary>
    public uint Address { get; private init; }

    /// <summary>Registers and energies, as far as the frame can be read.</summary>
    public IReadOnlyList<PlainPoint> Points => _points;

    /// <summary>A meter's own answer that the terminal passed on.</summary>
    public PlainMeterAnswer? Answer { get; private set; }

    /// <param name="bytes">All of them.</param>
    /// <param name="zone">Of the terminal's clock.</param>
    /// <returns>Null for bytes that are no frame of a terminal.</returns>
    public static PlainFrame? Read(ReadOnlySpan<byte> bytes, LocalZone zone)
    {
        if (bytes.Length < HeadBytes + FixedBytes + TailBytes || bytes[0] != 0x68 || bytes[5] != 0x68
            || bytes[^1] != 0x16 || !bytes[1..3].SequenceEqual(bytes[3..5]))
        {
            return null;
        }

        var user = bytes[HeadBytes..^TailBytes];
        if (PlainBytes.Word(bytes[1..]) / 4 != user.Length || PlainBytes.Sum(user) != bytes[^2]) return null;
        var (control, afn, seq) = (user[0], user[6], user[7]);
        if (control < 0x80) return null; // The master's own.
        var end = user.Length - (seq >= 0x80 ? TimeTagBytes : 0) - ((control & 0x20) != 0 ? EventBytes : 0);
        if (end < FixedBytes) return null;
        var frame = new PlainFrame { Address = BitConverter.ToUInt32([user[1], user[2], user[3], user[4]]) };
        var units = user[FixedBytes..end];
        if (afn is 0x0C or 0x0D) frame.ReadUnits(afn, units, zone);
        if (afn == 0x10 && units.Length >= 4 && units[3] == 0 && units[2] % 2 == 1)
        {
            frame.Answer = PlainMeterAnswer.InForward(units[4..]);
        }

        return frame;
    }

    private void ReadUnits(int afn, ReadOnlySpan<byte> rest, LocalZone zone)
    {
        while (rest.Length >= 4)
        {
            var (da1, da2, dt1, dt2) = (rest[0], rest[1], rest[2], rest[3]);
            if ((da1 == 0) != (da2 == 0) || dt1 == 0 || (da1 == 0xFF && da2 == 0xFF)) return;
            rest = rest[4..];
            foreach (var pn in da2 == 0 ? [0] : Selected(da1, (da2 - 1) * 8))
            {
                foreach (var fn in Selected(dt1, dt2 * 8))
                {
                    if (PlainFunction.Of(afn, fn) is not { } function) return;
                    var taken = Take(function, pn, rest, zone);
                    if (taken < 0) return;
                    rest = rest[taken..];
                }
            }
        }
    }

    /// <summary>The numbers whose bit is set, from 1 on.</summary>
    private static int[] Selected(byte bits, int before)
    {
        var numbers = new int[BitOperations.PopCount(bits)];
        var next = 0;
        for (var bit = 0; bit < 8; bit++)
        {
            if ((bits >> bit) % 2 == 1) numbers[next++] = before + bit + 1;
        }

        return numbers;
    }

    /// <returns>Bytes of the unit; -1 where it goes beyond the frame.</returns>
    private int Take(PlainFunction function, int pn, ReadOnlySpan<byte> rest, LocalZone zone) => function.Layout switch
    {
        PlainLayout.Other => rest.Length < function.Kinds[0].Bytes ? -1 : function.Kinds[0].Bytes,
        PlainLayout.Curve => TakeCurve(function, pn, rest, zone),
        _ => TakeRegisters(function, pn, rest, zone),
    };

    private int TakeCurve(PlainFunction function, int pn, ReadOnlySpan<byte> rest, LocalZone zone)
    {
        if (rest.Length < 7) return -1;
        var kind = function.Kinds[0];
        var bytes = 7 + (rest[6] * kind.Bytes);
        if (rest.Length < bytes) return -1;
        var minutes = rest[5] switch { 1 => 15, 2 => 30, 3 => 60, 254 => 5, 255 => 1, _ => 0 };
        var lacksStep = minutes == 0 && (rest[6] > 1 || function.IsEnergy);
        if (PlainBytes.MinuteOf(rest) is not { } start || lacksStep) return bytes;
        var at = zone.ToInstant(start).UnixMicros;
        for (var from = 7; from < bytes; from += kind.Bytes, at += minutes * 60_000_000L)
        {
            Add(kind, pn, kind.Register, at, rest.Slice(from, kind.Bytes), function.IsEnergy ? minutes : 0);
        }

        return bytes;
    }

    private int TakeRegisters(PlainFunction function, int pn, ReadOnlySpan<byte> rest, LocalZone zone)
    {
        var head = function.Layout == PlainLayout.Day ? 9 : 6;
        if (rest.Length < head || rest[head - 1] > TariffsMax) return -1;
        var each = rest[head - 1] + 1;
        var bytes = head + function.Kinds.Sum(kind => each * kind.Bytes);
        if (rest.Length < bytes) return -1;
        var time = head == 9 ? PlainBytes.DayOf(rest)?.AddDays(1) : PlainBytes.MinuteOf(rest);
        if (time is not { } local) return bytes;
        var (at, from) = (zone.ToInstant(local).UnixMicros, head);
        foreach (var kind in function.Kinds)
        {
            for (var tariff = 0; tariff < each; tariff++, from += kind.Bytes)
            {
                // Registers 4 to 7 are the first four tariffs of what is taken from the line.
                var register = tariff == 0 ? kind.Register : kind.Register == 0 && tariff <= 4 ? 3 + tariff : -1;
                Add(kind, pn, register, at, rest.Slice(from, kind.Bytes), 0);
            }
        }

        return bytes;
    }

    private void Add(PlainKind kind, int pn, int register, long at, ReadOnlySpan<byte> item, int minutes)
    {
        if (register < 0 || PlainBytes.Digits(item) is not { } digits) return;
        _points.Add(new(pn, register, at, digits * kind.Step, minutes));
    }
}
