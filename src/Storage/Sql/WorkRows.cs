using System.Text.Json;
using Meters.Billing.Validation;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Items of the work queues as rows: columns, values and mapping beside each other, in order.</summary>
internal static class WorkRows
{
    public const string NewFinding = "check_kind, channel, from_at, to_at, figures, sentence, raised_at";

    public const string Finding = "id, " + NewFinding + ", resolved_by, resolved_at, note";

    public const string NewConflict =
        "channel, at, quality, first_value, first_frame, second_value, second_frame, raised_at";

    public const string Conflict = "id, " + NewConflict + ", choice, chosen, resolved_by, resolved_at, note";

    public const string NewHold = "meter, from_at, reason, detail, set_by, set_at";

    public const string Hold = "id, " + NewHold + ", lifted_by, lifted_at, note";

    public const string Release = "item, outcome, released_by, released_at, note";

    public const string Estimate = "channel, from_at, to_at, hours, method, made_at, frame_id";

    /// <summary>Of quarantine q and its release r.</summary>
    public const string Quarantine =
        "q.frame_id, q.terminal, q.received_at, q.kind, q.point, q.function, q.channel, q.at, q.value, q.detail, q.id, "
        + "r.outcome, r.released_by, r.released_at, r.note";

    public static object?[] Values(Finding finding, Instant at) =>
    [
        (short)finding.Check, finding.Channel.Value, finding.From, finding.To,
        JsonSerializer.Serialize(finding.Figures), finding.Sentence, at,
    ];

    public static StoredFinding FindingOf(SqlRow row) => new(
        row.Long(0),
        new(
            (CheckKind)row.Byte(1), new(row.Long(2)), row.Instant(3), row.Instant(4),
            JsonSerializer.Deserialize<Figure[]>(row.Text(5)) ?? [], row.Text(6)),
        row.Instant(7),
        ClosingOf(row, 8));

    public static object?[] Values(ReadingConflict conflict) =>
    [
        conflict.Channel.Value, conflict.At, (short)conflict.Quality, conflict.FirstValue.TenthsWh,
        conflict.FirstFrame.Value, conflict.SecondValue.TenthsWh, conflict.SecondFrame.Value, conflict.RaisedAt,
    ];

    public static StoredConflict ConflictOf(SqlRow row) => new(
        row.Long(0),
        new(
            new(row.Long(1)), row.Instant(2), (ReadingQuality)row.Byte(3), new(row.Long(4)), new(row.Long(5)),
            new(row.Long(6)), new(row.Long(7)), row.Instant(8)),
        row.IsNull(9) ? null : (ConflictChoice)row.Byte(9),
        row.LongOrNull(10) is { } chosen ? new Energy(chosen) : null,
        ClosingOf(row, 11));

    public static object?[] Values(BillingHold hold) =>
        [hold.Meter.Value, hold.From, hold.Reason, hold.Detail, hold.SetBy.Value, hold.SetAt];

    public static StoredHold HoldOf(SqlRow row) => new(
        row.Long(0),
        new(new(row.Long(1)), row.Instant(2), row.Text(3), row.Text(4), new(row.Text(5)), row.Instant(6)),
        ClosingOf(row, 7));

    public static object?[] Values(QuarantineRelease release) =>
        [release.Item, release.Outcome, release.Closed.By.Value, release.Closed.At, release.Closed.Note];

    public static QuarantineRow QuarantineOf(SqlRow row) => new(
        row.Long(10),
        BillingRows.QuarantineOf(row),
        ClosingOf(row, 12) is { } closed ? new QuarantineRelease(row.Long(10), row.Text(11), closed) : null);

    public static object?[] Values(EstimateRecord estimate) =>
    [
        estimate.Channel.Value, estimate.From, estimate.To, estimate.Hours, estimate.Method, estimate.MadeAt,
        estimate.Frame.Value,
    ];

    public static ProlongedEstimate ProlongedOf(SqlRow row) =>
        new(new(row.Long(0)), row.Long(1), row.Instant(2), row.InstantOrNull(3));

    /// <summary>Who, when and why stand in three columns beside each other.</summary>
    private static Closing? ClosingOf(SqlRow row, int first) => row.TextOrNull(first) is { } by
        ? new(new(by), row.Instant(first + 1), row.Text(first + 2))
        : null;
}
