using System.Buffers.Binary;
using Meters.Units;

namespace Meters.Ingest.Dlt645;

/// <summary>Function codes: the low five bits of the control byte.</summary>
public static class ControlByte
{
    public const byte Read = 0x11;
    public const byte ReadAddress = 0x13;
    public const byte Control = 0x1C;
    public const byte ReadAnswer = 0x91;
    public const byte ReadAnswerMore = 0xB1;
    public const byte ReadRefused = 0xD1;
    public const byte ControlAccepted = 0x9C;
    public const byte ControlRefused = 0xDC;
    public const byte Read1997 = 0x01;
    public const byte ReadAnswer1997 = 0x81;
}

/// <summary>Data identifiers that are used here (protocols.md 2.1).</summary>
public static class DataIdentifier
{
    public const uint CombinedActive = 0x0000_0000;
    public const uint ForwardActive = 0x0001_0000;
    public const uint ReverseActive = 0x0002_0000;

    /// <summary>Run status word 3: bit 4 is the relay.</summary>
    public const uint RunStatus3 = 0x0400_0503;

    /// <summary>645-1997: forward active total.</summary>
    public const ushort ForwardActive1997 = 0x9010;
}

/// <summary>Builds frames. Each returns the frame's bytes.</summary>
public static class Frames
{
    /// <param name="plain">At most 200 bytes; 33H is added here.</param>
    public static int Write(Span<byte> to, MeterAddress address, byte control, ReadOnlySpan<byte> plain)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, FrameReader.DataBytesMax);
        to[0] = FrameReader.Start;
        Bcd.Write(address.Digits, to.Slice(1, 6));
        to[7] = FrameReader.Start;
        to[8] = control;
        to[9] = (byte)plain.Length;
        for (var i = 0; i < plain.Length; i++) to[10 + i] = unchecked((byte)(plain[i] + FrameReader.Scramble));
        var end = 10 + plain.Length;
        var sum = Gdw3761.FrameReader.Checksum(to[..end]);
        to[end] = sum;
        to[end + 1] = FrameReader.End;
        return end + 2;
    }

    public static int ReadRequest(Span<byte> to, MeterAddress address, uint identifier)
    {
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, identifier);
        return Write(to, address, ControlByte.Read, data);
    }

    /// <summary>A meter's answer to a read: identifier and value.</summary>
    public static int ReadAnswer(Span<byte> to, MeterAddress address, uint identifier, ReadOnlySpan<byte> value)
    {
        Span<byte> data = stackalloc byte[FrameReader.DataBytesMax];
        BinaryPrimitives.WriteUInt32LittleEndian(data, identifier);
        value.CopyTo(data[4..]);
        return Write(to, address, ControlByte.ReadAnswer, data[..(4 + value.Length)]);
    }

    /// <summary>A meter's register answer: XXXXXX.XX kWh, cut and rolled over as on its display.</summary>
    public static int RegisterAnswer(Span<byte> to, MeterAddress address, uint identifier, Energy register)
    {
        Span<byte> value = stackalloc byte[4];
        Bcd.Write(register.TenthsWh / 100, value);
        return ReadAnswer(to, address, identifier, value);
    }

    /// <summary>A meter's answer to a read of run status word 3.</summary>
    public static int RelayAnswer(Span<byte> to, MeterAddress address, RelayState relay)
    {
        ReadOnlySpan<byte> value = [relay == RelayState.Open ? RelayStatus.RelayBit : (byte)0, 0];
        return ReadAnswer(to, address, DataIdentifier.RunStatus3, value);
    }

    public static int ReadRefused(Span<byte> to, MeterAddress address, ErrorFlags error) =>
        Write(to, address, ControlByte.ReadRefused, [(byte)error]);

    public static int ControlAccepted(Span<byte> to, MeterAddress address) =>
        Write(to, address, ControlByte.ControlAccepted, default);

    public static int ControlRefused(Span<byte> to, MeterAddress address, ErrorFlags error) =>
        Write(to, address, ControlByte.ControlRefused, [(byte)error]);
}
