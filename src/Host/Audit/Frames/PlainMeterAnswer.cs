namespace Meters.Host.Audit.Frames;

/// <summary>A register that a DL/T 645 meter itself gave when it was asked.</summary>
/// <param name="Address">Twelve digits.</param>
/// <param name="Register">Number of the register.</param>
/// <param name="TenthsWh">What it shows.</param>
public sealed record PlainMeterAnswer(long Address, int Register, long TenthsWh)
{
    private const byte Preamble = 0xFE;
    private const int HeadBytes = 10;
    private const int Scramble = 0x33;

    /// <summary>What a terminal passes on: port, two bytes of length, the meter's bytes.</summary>
    /// <returns>Null for anything but a register.</returns>
    public static PlainMeterAnswer? InForward(ReadOnlySpan<byte> data)
    {
        if (data.Length < 3 || PlainBytes.Word(data[1..]) > data.Length - 3) return null;
        var rest = data.Slice(3, PlainBytes.Word(data[1..]));
        for (var frames = 0; frames < 2; frames++) // A port may hear the question before the answer.
        {
            rest = rest.TrimStart(Preamble);
            if (rest.Length < HeadBytes + 2 || rest[0] != 0x68 || rest[7] != 0x68) return null;
            var bytes = HeadBytes + rest[9] + 2;
            if (rest.Length < bytes || rest[bytes - 1] != 0x16) return null;
            if (PlainBytes.Sum(rest[..(bytes - 2)]) != rest[bytes - 2]) return null;
            if (rest[8] >= 0x80) return Read(rest[..bytes]);
            rest = rest[bytes..];
        }

        return null;
    }

    private static PlainMeterAnswer? Read(ReadOnlySpan<byte> frame)
    {
        if (PlainBytes.Digits(frame[1..7]) is not { } address) return null;
        var data = new byte[frame[9]];
        for (var i = 0; i < data.Length; i++) data[i] = (byte)((frame[HeadBytes + i] + 256 - Scramble) % 256);
        var register = (frame[8], data) switch
        {
            (0x91 or 0xB1, [0, 0, 1, 0, _, _, _, _]) => 0,
            (0x91 or 0xB1, [0, 0, 2, 0, _, _, _, _]) => 1,
            (0x81, [0x10, 0x90, _, _, _, _]) => 0,
            _ => -1,
        };
        return register >= 0 && PlainBytes.Digits(data.AsSpan()[^4..]) is { } hundredths
            ? new(address, register, hundredths * 100)
            : null;
    }
}
