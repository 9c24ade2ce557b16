using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;

namespace Meters.Host.Engine;

/// <summary>The wire's words in Control's, and back.</summary>
public static class MeterEvents
{
    public static ControlCode CodeOf(CommandKind kind) => kind switch
    {
        CommandKind.Trip => ControlCode.Trip,
        CommandKind.PermitClose => ControlCode.PermitClose,
        CommandKind.Close => ControlCode.DirectClose,
        CommandKind.AlarmOn => ControlCode.AlarmOn,
        CommandKind.AlarmOff => ControlCode.AlarmOff,
        CommandKind.KeepPowerOn => ControlCode.KeepPowerOn,
        CommandKind.KeepPowerOff => ControlCode.KeepPowerOff,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a command."),
    };

    /// <summary>What became of a control frame.</summary>
    public static CommandEvent Of(RequestResult result, int readBacks) => result.Status switch
    {
        RequestStatus.Accepted => CommandEvent.Of(CommandEventKind.MeterAccepted),
        RequestStatus.Refused => CommandEvent.MeterRefused((byte)result.Error),
        RequestStatus.Denied or RequestStatus.SealRefused or RequestStatus.NoControlIn1997
            => CommandEvent.Of(CommandEventKind.Denied),
        RequestStatus.MeterSilent => new(CommandEventKind.MeterSilent, ReadBacks: readBacks),
        RequestStatus.SessionLost or RequestStatus.Busy or RequestStatus.NotRegistered
            => CommandEvent.Of(CommandEventKind.SessionLost),
        RequestStatus.Expired => CommandEvent.Of(CommandEventKind.DeadlinePassed),
        RequestStatus.NoAnswer or RequestStatus.BadAnswer or RequestStatus.Data => CommandEvent.NoAnswer(readBacks),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result.Status, "Not an answer."),
    };

    /// <summary>What a read-back showed.</summary>
    public static CommandEvent Of(RelayResult result, int readBacks) => result.Status switch
    {
        RequestStatus.Data => CommandEvent.RelayRead(
            result.Relay == RelayState.Open ? Supply.Off : Supply.On, result.SessionId, readBacks),
        RequestStatus.MeterSilent => new(CommandEventKind.MeterSilent, ReadBacks: readBacks),
        RequestStatus.SessionLost or RequestStatus.NotRegistered => CommandEvent.Of(CommandEventKind.SessionLost),
        _ => CommandEvent.NoAnswer(readBacks),
    };
}
