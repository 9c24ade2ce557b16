using Meters.Units;

namespace Meters.Ingest.Dlt645;

/// <summary>N1 of a 1CH frame.</summary>
public enum ControlCode : byte
{
    Trip = 0x1A,

    /// <summary>Permit close: the customer presses the button.</summary>
    PermitClose = 0x1B,

    DirectClose = 0x1C,
    AlarmOn = 0x2A,
    AlarmOff = 0x2B,
    KeepPowerOn = 0x3A,
    KeepPowerOff = 0x3B,
}

/// <summary>Which 645 a meter speaks.</summary>
public enum MeterProtocol : byte
{
    Dlt645Of2007,

    /// <summary>Read only: its frames have no control function.</summary>
    Dlt645Of1997,
}

public enum ControlParseStatus : byte
{
    Ok,

    /// <summary>No 1CH frame of sixteen data bytes.</summary>
    NotControl,

    /// <summary>N1 is no code that is known.</summary>
    UnknownCode,

    /// <summary>N3 to N8 are no time.</summary>
    BadDeadline,
}

/// <summary>
/// A control command and its deadline.
/// <code>PA P0 P1 P2 | C0..C3 | N1 | N2 = 00 | N3..N8 = second minute hour day month year, BCD      (protocols.md
/// 2.2)</code>
/// </summary>
/// <param name="ValidUntilLocal">Meter's local time; a meter ignores a command that arrives later.</param>
public readonly record struct ControlCommand(ControlCode Code, DateTime ValidUntilLocal)
{
    /// <summary>N1 to N8.</summary>
    public const int CommandBytes = 8;

    /// <summary>Password, operator, N1 to N8: the data field of the plain form.</summary>
    public const int DataBytes = 16;

    /// <summary>N1 to N8, for a security module to seal.</summary>
    public void Write(Span<byte> eightBytes)
    {
        eightBytes[0] = (byte)Code;
        eightBytes[1] = 0;
        eightBytes[2] = Bcd.WriteByte(ValidUntilLocal.Second);
        eightBytes[3] = Bcd.WriteByte(ValidUntilLocal.Minute);
        eightBytes[4] = Bcd.WriteByte(ValidUntilLocal.Hour);
        eightBytes[5] = Bcd.WriteByte(ValidUntilLocal.Day);
        eightBytes[6] = Bcd.WriteByte(ValidUntilLocal.Month);
        eightBytes[7] = Bcd.WriteByte(ValidUntilLocal.Year % 100);
    }

    /// <summary>The meter's side.</summary>
    public static ControlParseStatus TryParse(in Frame frame, out ControlCommand command)
    {
        command = default;
        if (frame.Control != ControlByte.Control || frame.DataBytes != DataBytes) return ControlParseStatus.NotControl;
        var code = (ControlCode)frame[8];
        if (!Enum.IsDefined(code)) return ControlParseStatus.UnknownCode;
        if (!Bcd.TryReadByte(frame[10], out var second) || second > 59
            || !Bcd.TryReadByte(frame[11], out var minute) || minute > 59
            || !Bcd.TryReadByte(frame[12], out var hour) || hour > 23
            || !Bcd.TryReadByte(frame[15], out var year)
            || !Bcd.TryReadByte(frame[14], out var month) || month is < 1 or > 12
            || !Bcd.TryReadByte(frame[13], out var day) || day < 1 || day > DateTime.DaysInMonth(2000 + year, month))
        {
            return ControlParseStatus.BadDeadline;
        }

        command = new(code, new(2000 + year, month, day, hour, minute, second));
        return ControlParseStatus.Ok;
    }
}
