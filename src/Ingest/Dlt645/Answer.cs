using Meters.Units;

namespace Meters.Ingest.Dlt645;

/// <summary>Why a meter refuses, as bits of its error byte.</summary>
[Flags]
public enum ErrorFlags : byte
{
    None = 0,
    Other = 1,
    NoSuchData = 2,
    NotAuthorised = 4,
    BaudFixed = 8,
    ZonesOver = 16,
    DayTablesOver = 32,
    TariffsOver = 64,
}

public enum AnswerKind : byte
{
    /// <summary>Not an answer that is understood.</summary>
    Other,

    /// <summary>91 or B1: identifier and value.</summary>
    Data,

    ReadRefused,

    /// <summary>9C: accepted, which is not done.</summary>
    ControlAccepted,

    ControlRefused,

    /// <summary>81: an answer of 645-1997, with a two-byte identifier.</summary>
    Data1997,
}

/// <summary>What a meter's frame says.</summary>
/// <param name="Identifier">Of the data kinds, else 0.</param>
/// <param name="Error">Of the refusals, else none.</param>
public readonly record struct Answer(AnswerKind Kind, uint Identifier, ErrorFlags Error)
{
    public static Answer Of(in Frame frame) => frame.Control switch
    {
        ControlByte.ReadAnswer or ControlByte.ReadAnswerMore when frame.DataBytes >= 4 =>
            new(AnswerKind.Data, (uint)frame.ReadNumber(0, 4), ErrorFlags.None),
        ControlByte.ReadAnswer1997 when frame.DataBytes >= 2 =>
            new(AnswerKind.Data1997, (uint)frame.ReadNumber(0, 2), ErrorFlags.None),
        ControlByte.ReadRefused => new(AnswerKind.ReadRefused, 0, ErrorOf(frame)),
        ControlByte.ControlAccepted => new(AnswerKind.ControlAccepted, 0, ErrorFlags.None),
        ControlByte.ControlRefused => new(AnswerKind.ControlRefused, 0, ErrorOf(frame)),
        _ => default,
    };

    private static ErrorFlags ErrorOf(in Frame frame) => frame.DataBytes > 0 ? (ErrorFlags)frame[0] : ErrorFlags.Other;
}

public enum RegisterStatus : byte
{
    Ok,

    /// <summary>No register that is kept.</summary>
    NotRegister,

    WrongLength,

    /// <summary>All bytes EE, FF or EF.</summary>
    Missing,

    BadBcd,
}

/// <summary>Energy registers in read answers: XXXXXX.XX kWh, four bytes (protocols.md 2.1).</summary>
public static class RegisterAnswer
{
    public static RegisterStatus TryRead(in Frame frame, out RegisterKind register, out Energy value)
    {
        (register, value) = (default, default);
        var answer = Answer.Of(frame);
        switch (answer.Kind, answer.Identifier)
        {
            case (AnswerKind.Data, DataIdentifier.ForwardActive):
            case (AnswerKind.Data1997, DataIdentifier.ForwardActive1997):
                register = RegisterKind.ForwardActive;
                break;
            case (AnswerKind.Data, DataIdentifier.ReverseActive):
                register = RegisterKind.ReverseActive;
                break;
            default:
                return RegisterStatus.NotRegister;
        }

        var at = answer.Kind == AnswerKind.Data ? 4 : 2;
        if (frame.DataBytes != at + 4) return RegisterStatus.WrongLength;
        var raw = frame.ReadNumber(at, 4);
        if (raw is 0xEEEE_EEEE or 0xFFFF_FFFF or 0xEFEF_EFEF) return RegisterStatus.Missing;
        if (!Bcd.TryRead(raw, out var hundredths)) return RegisterStatus.BadBcd;
        value = new(hundredths * 100);
        return RegisterStatus.Ok;
    }
}

public enum RelayState : byte
{
    /// <summary>The customer has supply.</summary>
    Closed,

    Open,
}

/// <summary>Run status word 3 (04000503).</summary>
public static class RelayStatus
{
    /// <summary>Bit 4 of the low byte: 1 is open.</summary>
    public const byte RelayBit = 0x10;

    public static bool TryRead(in Frame frame, out RelayState relay)
    {
        relay = default;
        var answer = Answer.Of(frame);
        if (answer is not { Kind: AnswerKind.Data, Identifier: DataIdentifier.RunStatus3 } || frame.DataBytes != 6)
        {
            return false;
        }

        relay = (frame[4] & RelayBit) != 0 ? RelayState.Open : RelayState.Closed;
        return true;
    }
}
