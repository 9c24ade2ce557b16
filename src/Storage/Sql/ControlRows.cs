using System.Text.Json;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;

namespace Meters.Storage.Sql;

/// <summary>Control's records as rows: columns, values and mapping beside each other, in the same order.</summary>
internal static class ControlRows
{
    /// <summary>States of commands that nothing more will happen to, as the schema's index names them.</summary>
    public const string Final = "(8, 9, 10, 11, 12, 13)";

    /// <summary>States of commands whose bytes have not left: Proposed to Queued, and Quarantined.</summary>
    public const string Unsent = "(1, 2, 3, 4, 14)";

    public const string Case =
        "account, rung, rung_at, desired, actual, actual_at, alarm_on, manual_off, due_at, revision, fence, told, "
        + "relief_until, late_told, policy";

    public const string Command =
        "id, account, meter, meter_address, terminal, kind, state, origin, requested_by, created_at, due_at, "
        + "expires_at, attempts, fence, session_id, sent_at, reason";

    public const string NewCommand =
        "account, meter, meter_address, terminal, kind, state, origin, requested_by, created_at, due_at, expires_at, "
        + "attempts, fence, session_id, sent_at, reason, priority";

    public const string Notice =
        "id, account, kind, phone, language, text, state, created_at, due_at, attempts, done_at, detail";

    public const string NewNotice =
        "account, kind, phone, language, text, state, created_at, due_at, attempts, done_at, detail";

    public const string Decision = "account, at, outcome, reasons, balance, balance_as_of, policy";

    public const string Hold = "account, kind, from_at, until_at, by_person, note";

    public static ControlCase CaseOf(SqlRow row) => new(
        new(row.Long(0)), row.Int(1), row.Instant(2), (Supply)row.Byte(3), (Supply)row.Byte(4), row.Instant(5),
        row.Bool(6), row.Bool(7), row.Instant(8), row.Long(9), row.Long(10))
    {
        Told = row.Int(11),
        ReliefUntil = row.Instant(12),
        LateTold = row.Bool(13),
        Policy = row.Text(14),
    };

    public static object?[] Values(Command command) =>
    [
        command.Account.Value, command.Meter.Value, command.MeterAddress.Digits, (long)command.Terminal.Raw,
        (short)command.Kind, (short)command.State, (short)command.Origin, command.RequestedBy.Value, command.CreatedAt,
        command.DueAt, command.ExpiresAt, command.Attempts, command.Fence, command.SessionId, command.SentAt,
        command.Reason, (short)Control.Commands.Command.PriorityOf(command.Kind),
    ];

    public static Command CommandOf(SqlRow row) => new(
        new(row.Long(0)), new(row.Long(1)), new(row.Long(2)), new(row.Long(3)), new(checked((uint)row.Long(4))),
        (CommandKind)row.Byte(5), (CommandState)row.Byte(6), (CommandOrigin)row.Byte(7), new(row.Text(8)),
        row.Instant(9), row.Instant(10), row.Instant(11), row.Int(12), row.Long(13), row.Long(14),
        row.InstantOrNull(15), row.Text(16));

    public static object?[] Values(Notice notice) =>
    [
        notice.Account.Value, (short)notice.Kind, notice.Phone, notice.Language, notice.Text, (short)notice.State,
        notice.CreatedAt, notice.DueAt, notice.Attempts, notice.DoneAt, notice.Detail,
    ];

    public static Notice NoticeOf(SqlRow row) => new(
        new(row.Long(0)), new(row.Long(1)), (NoticeKind)row.Byte(2), row.Text(3), row.Text(4), row.Text(5),
        (NoticeState)row.Byte(6), row.Instant(7), row.Instant(8), row.Int(9), row.InstantOrNull(10),
        row.TextOrNull(11));

    public static object?[] Values(Decision decision) =>
    [
        decision.Account.Value, decision.At, decision.Outcome, JsonSerializer.Serialize(decision.Reasons),
        decision.Balance.Minor, decision.BalanceAsOf, decision.Policy,
    ];

    public static Decision DecisionOf(SqlRow row) => new(
        new(row.Long(0)), row.Instant(1), row.Text(2), JsonSerializer.Deserialize<string[]>(row.Text(3)) ?? [],
        row.Money(4), row.InstantOrNull(5), row.Text(6));

    public static object?[] Values(Hold hold) =>
        [hold.Account.Value, (short)hold.Kind, hold.From, hold.Until, hold.By.Value, hold.Note];

    public static Hold HoldOf(SqlRow row) => new(
        new(row.Long(0)), (HoldKind)row.Byte(1), row.Instant(2), row.Instant(3), new(row.Text(4)), row.Text(5));
}
