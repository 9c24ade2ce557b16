using Meters.Units;

namespace Meters.Ingest.Dlt645;

/// <summary>What the bytes at the start of the input are, in order of precedence.</summary>
public enum FrameStatus : byte
{
    Complete,
    NeedMore,

    /// <summary>Something else than FE before the first 68H, or no second 68H.</summary>
    BadStart,

    /// <summary>A nibble above 9 that is not of the AA wildcard.</summary>
    BadAddress,

    /// <summary>More than 200 data bytes.</summary>
    TooLong,

    BadChecksum,

    /// <summary>The last byte is not 16H.</summary>
    BadEnd,
}

/// <summary>One frame, over the bytes that it was read from.</summary>
public readonly ref struct Frame
{
    private readonly ReadOnlySpan<byte> _scrambled;

    internal Frame(MeterAddress address, bool isWildcard, byte control, ReadOnlySpan<byte> scrambled)
    {
        Address = address;
        IsWildcard = isWildcard;
        Control = control;
        _scrambled = scrambled;
    }

    /// <summary>The digits below the wildcard bytes, all of them where there is no wildcard.</summary>
    public MeterAddress Address { get; }

    /// <summary>The address has AA bytes: whoever hears it is meant.</summary>
    public bool IsWildcard { get; }

    /// <summary>999999999999: all meters, and none answers.</summary>
    public bool IsBroadcast => Address.Digits == MeterAddress.Max;

    public byte Control { get; }

    /// <summary>D7: sent by the meter.</summary>
    public bool FromMeter => (Control & 0x80) != 0;

    /// <summary>D6: the meter refuses.</summary>
    public bool IsAbnormal => (Control & 0x40) != 0;

    /// <summary>D5: a further frame can be asked for.</summary>
    public bool MoreFollows => (Control & 0x20) != 0;

    /// <summary>645-1997: read 01 and its answers 81, C1 (abnormal), A1 (more follows).</summary>
    public bool Is1997 => (Control & 0x1F) == 0x01;

    public int DataBytes => _scrambled.Length;

    /// <summary>A data byte with the 33H of the line taken off.</summary>
    public byte this[int index] => unchecked((byte)(_scrambled[index] - FrameReader.Scramble));

    /// <summary>All data bytes with the 33H taken off; returns how many.</summary>
    public int CopyData(Span<byte> plain)
    {
        for (var i = 0; i < _scrambled.Length; i++) plain[i] = this[i];
        return _scrambled.Length;
    }

    /// <summary>Up to eight data bytes as a little-endian number.</summary>
    public ulong ReadNumber(int at, int bytes)
    {
        ulong raw = 0;
        for (var i = bytes - 1; i >= 0; i--) raw = (raw << 8) | this[at + i];
        return raw;
    }
}
