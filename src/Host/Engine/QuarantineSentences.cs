using Meters.Billing.Accounts;
using Meters.Ingest.Sessions;

namespace Meters.Host.Engine;

/// <summary>What an operator reads beside an item in quarantine.</summary>
public static class QuarantineSentences
{
    public static string Of(ReadingStatus status) => status switch
    {
        ReadingStatus.Conflict => "Another value of equal quality stands for this instant.",
        ReadingStatus.RegisterFell => "The register would fall: exchanged meter, roll-over or wrong value.",
        ReadingStatus.Implausible => "More energy than the sanctioned load allows in that time.",
        ReadingStatus.InFuture => "Its time lies ahead of the clock: the terminal's clock is wrong.",
        ReadingStatus.TooOld => "Older than corrections reach back.",
        ReadingStatus.MeterUnknown => "The meter is not registered in this shard.",
        ReadingStatus.ChargeOverflow => "Its charge is beyond every bound.",
        ReadingStatus.NotAnchored => "Energy of an interval at whose start no register stands.",
        _ => "It was not rated.",
    };

    public static string Of(FrameFaultKind kind, long detail) => kind switch
    {
        FrameFaultKind.UnknownFn => "An Fn that is not understood ends the frame: its size is not known.",
        FrameFaultKind.UnsupportedPoints => "It addresses points in a way that is not supported.",
        FrameFaultKind.TruncatedUnit => "The frame ends inside a unit.",
        FrameFaultKind.BadBcd => "A digit above 9 in a value.",
        FrameFaultKind.BadTime => "A time that does not exist.",
        FrameFaultKind.BadDensity => "A density that does not exist.",
        FrameFaultKind.BadTariffCount => "A tariff count that does not exist.",
        FrameFaultKind.UnknownPoint => "The concentrator has no such point in the registry.",
        FrameFaultKind.UnknownMeter => $"The concentrator has no meter {detail:D12} in the registry.",
        FrameFaultKind.UnregisteredTerminal => "The terminal is not registered.",
        FrameFaultKind.AddressMismatch => "The frame carries another address than its session.",
        FrameFaultKind.BadHeader => "The flags promise more than the frame holds.",
        FrameFaultKind.UnknownAfn => "A function that is not understood: kept raw.",
        FrameFaultKind.BadMeterFrame => "A meter's answer that is damaged.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a fault."),
    };
}
