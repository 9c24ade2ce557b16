using System.Buffers.Binary;
using System.Globalization;

namespace Meters.Units;

/// <summary>
/// The utility's number of a meter. Positive and below 2^59, so that a <see cref="ChannelId"/> fits 64 bits.
/// </summary>
public readonly record struct MeterId(long Value) : IComparable<MeterId>
{
    public const long Max = (1L << 59) - 1;

    public int CompareTo(MeterId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The utility's number of a customer account. Positive.</summary>
public readonly record struct AccountId(long Value) : IComparable<AccountId>
{
    public int CompareTo(AccountId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A stored raw frame. Made by <c>IdSource</c>, unique over restarts.</summary>
public readonly record struct FrameId(long Value);

/// <summary>A control command, from the store's own sequence.</summary>
public readonly record struct CommandId(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A message to a customer, from the store's own sequence.</summary>
public readonly record struct NoticeId(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A named person or machine behind one or more keys. Approvals compare persons, never keys.</summary>
public readonly record struct PersonId(string Value)
{
    /// <summary>The engine itself, for what it decides without a person.</summary>
    public static readonly PersonId System = new("system");

    public override string ToString() => Value;
}

/// <summary>Which register of a meter. The numbers are stored: never renumber.</summary>
public enum RegisterKind : byte
{
    /// <summary>Forward active energy, the billed register.</summary>
    ForwardActive = 0,

    /// <summary>Reverse active energy (export).</summary>
    ReverseActive = 1,

    /// <summary>Forward reactive energy.</summary>
    ForwardReactive = 2,

    /// <summary>Reverse reactive energy.</summary>
    ReverseReactive = 3,

    /// <summary>Forward active energy of tariff 1 to 4, as the meter itself splits it.</summary>
    ForwardActiveTariff1 = 4,
    ForwardActiveTariff2 = 5,
    ForwardActiveTariff3 = 6,
    ForwardActiveTariff4 = 7,
}

/// <summary>
/// One register of one meter, in 64 bits: meter number times 16 plus register. With the instant, the key of a
/// reading.
/// </summary>
public readonly record struct ChannelId(long Value) : IComparable<ChannelId>
{
    public ChannelId(MeterId meter, RegisterKind register)
        : this((meter.Value << 4) | (byte)register)
    {
    }

    public MeterId Meter => new(Value >> 4);

    public RegisterKind Register => (RegisterKind)(Value & 15);

    public int CompareTo(ChannelId other) => Value.CompareTo(other.Value);

    public override string ToString() => $"{Meter}/{Register}";
}

/// <summary>
/// Address of a concentrator or terminal: the four bytes A1 A1 A2 A2 of Q/GDW 1376.1 as they stand on the wire, read as
/// one little-endian number. Implementations disagree on how to print A2, so the raw bytes are the key and only
/// <see cref="ToString"/> formats: region as BCD, a dash, terminal as decimal.
/// </summary>
public readonly record struct TerminalAddress(uint Raw) : IComparable<TerminalAddress>
{
    /// <summary>A1 = A2 = FFFF: every terminal.</summary>
    public static readonly TerminalAddress Broadcast = new(0xFFFF_FFFF);

    /// <param name="region">Administrative region, four BCD digits read as decimal 0 to 9999.</param>
    /// <param name="terminal">1 to 65535.</param>
    public static TerminalAddress Of(int region, int terminal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(region);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(region, 9_999);
        ArgumentOutOfRangeException.ThrowIfLessThan(terminal, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(terminal, 0xFFFF);
        var (thousands, hundreds) = (region / 1000, region / 100 % 10);
        var bcd = (uint)((thousands << 12) | (hundreds << 8) | ((region / 10 % 10) << 4) | (region % 10));
        return new(bcd | ((uint)terminal << 16));
    }

    public static TerminalAddress Read(ReadOnlySpan<byte> fourBytes) =>
        new(BinaryPrimitives.ReadUInt32LittleEndian(fourBytes));

    public void Write(Span<byte> fourBytes) => BinaryPrimitives.WriteUInt32LittleEndian(fourBytes, Raw);

    /// <summary>Reads what <see cref="ToString"/> writes: <c>4403-00004</c>.</summary>
    public static bool TryParse(string? text, out TerminalAddress address)
    {
        address = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash != 4) return false;
        if (!ushort.TryParse(
                text.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var region)
            || !ushort.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var terminal))
        {
            return false;
        }

        address = new(region | ((uint)terminal << 16));
        return true;
    }

    public int CompareTo(TerminalAddress other) => Raw.CompareTo(other.Raw);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Raw & 0xFFFF:X4}-{Raw >> 16:D5}");
}

/// <summary>The twelve-digit address of a DL/T 645 meter, as a number: 0 to 999_999_999_999.</summary>
public readonly record struct MeterAddress(long Digits)
{
    public const long Max = 999_999_999_999;

    public override string ToString() => Digits.ToString("D12", CultureInfo.InvariantCulture);
}
