using System.Buffers.Binary;
using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Writes one frame into the caller's memory: <see cref="Begin"/>, units, auxiliary part, <see cref="End"/>. A
/// destination that is too small is a fault of the caller and throws.
/// </summary>
public ref struct FrameBuilder
{
    /// <summary>Protocol id 10: Q/GDW 376.1 and 1376.1.</summary>
    private const int ProtocolId = 2;

    private readonly Span<byte> _destination;
    private int _at;

    public FrameBuilder(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes for units and auxiliary part that still fit, by the destination and by the protocol.</summary>
    public readonly int Free => Math.Min(_destination.Length, FrameReader.FrameBytesMax) - 2 - _at;

    public void Begin(byte control, TerminalAddress address, byte a3, Afn afn, byte seq)
    {
        _at = FrameReader.HeadBytes;
        Byte(control);
        address.Write(_destination[_at..]);
        _at += 4;
        Byte(a3);
        Byte((byte)afn);
        Byte(seq);
    }

    public void Unit(int pn, int fn)
    {
        Dadt.Of(pn, fn).Write(_destination[_at..]);
        _at += Dadt.Bytes;
    }

    public void Byte(byte value) => _destination[_at++] = value;

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[_at..]);
        _at += bytes.Length;
    }

    public void Word(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_destination[_at..], (ushort)value);
        _at += 2;
    }

    /// <summary>The next bytes, for a format's Write to fill.</summary>
    public Span<byte> Take(int bytes)
    {
        var taken = _destination.Slice(_at, bytes);
        _at += bytes;
        return taken;
    }

    /// <summary>The time tag; <c>Begin</c> must have set TpV (80H) in SEQ.</summary>
    public void Tag(TimeTag tag) => tag.Write(Take(TimeTag.Bytes));

    /// <summary>Fills in lengths, checksum and end.</summary>
    /// <returns>Bytes of the whole frame.</returns>
    /// <exception cref="InvalidOperationException">More user data than the length can state.</exception>
    public int End()
    {
        var userDataBytes = _at - FrameReader.HeadBytes;
        if (userDataBytes is < FrameReader.UserDataBytesMin or > FrameReader.UserDataBytesMax)
        {
            throw new InvalidOperationException($"A frame cannot have {userDataBytes} bytes of user data.");
        }

        var length = (ushort)((userDataBytes << 2) | ProtocolId);
        _destination[0] = FrameReader.Start;
        BinaryPrimitives.WriteUInt16LittleEndian(_destination[1..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(_destination[3..], length);
        _destination[5] = FrameReader.Start;
        var sum = FrameReader.Checksum(_destination[FrameReader.HeadBytes.._at]);
        Byte(sum);
        Byte(FrameReader.End);
        return _at;
    }
}
