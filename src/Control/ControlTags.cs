using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control;

/// <summary>
/// The stable words of Control's statuses: the same in logs, metric tags, the API and explanations. Closed sets.
/// </summary>
public static class ControlTags
{
    public static string Tag(Gate gate) => gate switch
    {
        Gate.NeverCut => "never_cut",
        Gate.Held => "held",
        Gate.Moratorium => "moratorium",
        Gate.NoRelay => "no_relay",
        Gate.ManualOff => "manual_off",
        Gate.NotWanted => "not_wanted",
        Gate.Balance => "balance",
        Gate.Grace => "grace",
        Gate.Relief => "relief",
        Gate.ReadingMissing => "reading_missing",
        Gate.ReadingNotActual => "reading_not_actual",
        Gate.ReadingTooOld => "reading_too_old",
        Gate.NoticesUnproven => "notices_unproven",
        Gate.ContactsTooFew => "contacts_too_few",
        Gate.ApprovalMissing => "approval_missing",
        Gate.AuthorityNotTold => "authority_not_told",
        Gate.FenceMoved => "fence_moved",
        Gate.Expired => "expired",
        Gate.OutsideWindow => "outside_window",
        Gate.PaymentsUnhealthy => "payments_unhealthy",
        Gate.SmsUnhealthy => "sms_unhealthy",
        Gate.IngestUnhealthy => "ingest_unhealthy",
        Gate.ClockUnhealthy => "clock_unhealthy",
        Gate.StoreUnhealthy => "store_unhealthy",
        _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, "Not a gate."),
    };

    public static string Tag(CommandState state) => state switch
    {
        CommandState.Proposed => "proposed",
        CommandState.AwaitingApproval => "awaiting_approval",
        CommandState.Scheduled => "scheduled",
        CommandState.Queued => "queued",
        CommandState.Sent => "sent",
        CommandState.Accepted => "accepted",
        CommandState.Acknowledged => "acknowledged",
        CommandState.Confirmed => "confirmed",
        CommandState.Failed => "failed",
        CommandState.TimedOut => "timed_out",
        CommandState.Expired => "expired",
        CommandState.Cancelled => "cancelled",
        CommandState.Superseded => "superseded",
        CommandState.Quarantined => "quarantined",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    public static string Tag(CommandKind kind) => kind switch
    {
        CommandKind.Trip => "trip",
        CommandKind.PermitClose => "permit_close",
        CommandKind.Close => "close",
        CommandKind.AlarmOn => "alarm_on",
        CommandKind.AlarmOff => "alarm_off",
        CommandKind.KeepPowerOn => "keep_power_on",
        CommandKind.KeepPowerOff => "keep_power_off",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a command."),
    };

    public static string Tag(CommandEventKind happened) => happened switch
    {
        CommandEventKind.ApprovalNeeded => "approval_needed",
        CommandEventKind.Approved => "approved",
        CommandEventKind.Due => "due",
        CommandEventKind.Sent => "sent",
        CommandEventKind.ConcentratorAccepted => "concentrator_accepted",
        CommandEventKind.Denied => "denied",
        CommandEventKind.MeterAccepted => "meter_accepted",
        CommandEventKind.MeterRefused => "meter_refused",
        CommandEventKind.MeterSilent => "meter_silent",
        CommandEventKind.NoAnswer => "no_answer",
        CommandEventKind.SessionLost => "session_lost",
        CommandEventKind.RelayRead => "relay_read",
        CommandEventKind.DeadlinePassed => "deadline_passed",
        CommandEventKind.Cancelled => "cancelled",
        CommandEventKind.Superseded => "superseded",
        CommandEventKind.GuardExhausted => "guard_exhausted",
        CommandEventKind.Released => "released",
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "Not an event."),
    };

    public static string Tag(CommandAction action) => action switch
    {
        CommandAction.None => "none",
        CommandAction.AwaitAnswer => "await_answer",
        CommandAction.ReadBack => "read_back",
        CommandAction.Retry => "retry",
        CommandAction.GiveUp => "give_up",
        CommandAction.Done => "done",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action."),
    };

    public static string Tag(NoticeKind kind) => kind switch
    {
        NoticeKind.Remind => "remind",
        NoticeKind.Warn => "warn",
        NoticeKind.CutDone => "cut_done",
        NoticeKind.Reconnected => "reconnected",
        NoticeKind.Info => "info",
        NoticeKind.Final => "final",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a notice."),
    };

    public static string Tag(NoticeState state) => state switch
    {
        NoticeState.Queued => "queued",
        NoticeState.Sent => "sent",
        NoticeState.Delivered => "delivered",
        NoticeState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state."),
    };

    public static string Tag(HoldKind kind) => kind switch
    {
        HoldKind.Dispute => "dispute",
        HoldKind.Complaint => "complaint",
        HoldKind.Outage => "outage",
        HoldKind.Arrangement => "arrangement",
        HoldKind.DataQuality => "data_quality",
        HoldKind.LifeSupport => "life_support",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a hold."),
    };

    public static string Tag(ContactChannel channel) => channel switch
    {
        ContactChannel.Call => "call",
        ContactChannel.Letter => "letter",
        ContactChannel.Visit => "visit",
        ContactChannel.Email => "email",
        ContactChannel.Authority => "authority",
        ContactChannel.LimitSet => "limit_set",
        ContactChannel.LimitLifted => "limit_lifted",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "Not a channel."),
    };

    public static string Tag(MoratoriumKind kind) => kind switch
    {
        MoratoriumKind.Weather => "weather",
        MoratoriumKind.Emergency => "emergency",
        MoratoriumKind.Outage => "outage",
        MoratoriumKind.Order => "order",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a moratorium."),
    };

    public static string Tag(Supply supply) => supply switch
    {
        Supply.Unknown => "unknown",
        Supply.On => "on",
        Supply.Off => "off",
        _ => throw new ArgumentOutOfRangeException(nameof(supply), supply, "Not a supply."),
    };

    public static string Tag(ReadingQuality quality) => quality switch
    {
        ReadingQuality.Actual => "actual",
        ReadingQuality.Edited => "edited",
        ReadingQuality.Estimated => "estimated",
        ReadingQuality.Decided => "decided",
        ReadingQuality.DisputedActual => "disputed_actual",
        ReadingQuality.DisputedEdited => "disputed_edited",
        ReadingQuality.DisputedEstimated => "disputed_estimated",
        ReadingQuality.Removed => "removed",
        _ => throw new ArgumentOutOfRangeException(nameof(quality), quality, "Not a quality."),
    };

    public static string Tag(PolicyThresholdKind kind) => kind switch
    {
        PolicyThresholdKind.Amount => "amount",
        PolicyThresholdKind.PercentOfLastPurchase => "percent_of_last_purchase",
        PolicyThresholdKind.DaysOfOwnUse => "days_of_own_use",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a threshold kind."),
    };
}
