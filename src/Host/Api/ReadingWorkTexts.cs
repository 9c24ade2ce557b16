using Meters.Billing.Validation;
using Meters.Storage.Contract;

namespace Meters.Host.Api;

/// <param name="Note">Why, 1 to 500 characters.</param>
public sealed record NoteRequest(string Note);

/// <param name="Choice">first, second, edited or neither.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
/// <param name="Kwh">For edited: what the register showed, on the meter's own side.</param>
public sealed record ConflictRequest(string Choice, string Note, string? Kwh = null);

/// <summary>Who closed an item, when, and why.</summary>
public sealed record ClosingText(string By, string At, string Note)
{
    public static ClosingText? Of(Closing? closing) =>
        closing is null ? null : new(closing.By.Value, closing.At.ToString(), closing.Note);
}

/// <summary>What a check found. Figures are whole numbers with their unit.</summary>
public sealed record FindingText(
    long Id,
    string Check,
    long Meter,
    string Register,
    string From,
    string To,
    string Sentence,
    IReadOnlyList<Figure> Figures,
    string RaisedAt,
    ClosingText? Closed)
{
    public static FindingText Of(StoredFinding one) => new(
        one.Id,
        one.Finding.Check.Tag(),
        one.Finding.Channel.Meter.Value,
        Tags.Of(one.Finding.Channel.Register),
        one.Finding.From.ToString(),
        one.Finding.To.ToString(),
        one.Finding.Sentence,
        one.Finding.Figures,
        one.RaisedAt.ToString(),
        ClosingText.Of(one.Closed));
}

/// <summary>Two values for one instant. Frame ids are strings: they need all 64 bits.</summary>
public sealed record ConflictText(
    long Id,
    long Meter,
    string Register,
    string At,
    string FirstKwh,
    string FirstFrame,
    string SecondKwh,
    string SecondFrame,
    string RaisedAt,
    string? Choice,
    string? ChosenKwh,
    ClosingText? Closed)
{
    public static ConflictText Of(StoredConflict one) => new(
        one.Id,
        one.Conflict.Channel.Meter.Value,
        Tags.Of(one.Conflict.Channel.Register),
        one.Conflict.At.ToString(),
        Texts.Kwh(one.Conflict.FirstValue),
        QuarantineEndpoints.FrameText(one.Conflict.FirstFrame),
        Texts.Kwh(one.Conflict.SecondValue),
        QuarantineEndpoints.FrameText(one.Conflict.SecondFrame),
        one.Conflict.RaisedAt.ToString(),
        one.Choice is { } choice ? Tags.Of(choice) : null,
        one.Chosen is { } chosen ? Texts.Kwh(chosen) : null,
        ClosingText.Of(one.Closed));
}

/// <summary>Nothing of the meter after an instant is rated.</summary>
public sealed record BillingHoldText(
    long Id, long Meter, string From, string Reason, string Detail, string SetBy, string SetAt, ClosingText? Lifted)
{
    public static BillingHoldText Of(StoredHold one) => new(
        one.Id,
        one.Hold.Meter.Value,
        one.Hold.From.ToString(),
        one.Hold.Reason,
        one.Hold.Detail,
        one.Hold.SetBy.Value,
        one.Hold.SetAt.ToString(),
        ClosingText.Of(one.Lifted));
}

/// <summary>A register that lives on estimates.</summary>
public sealed record ProlongedText(long Meter, string Register, long Hours, string First, string? LastActual)
{
    public static ProlongedText Of(ProlongedEstimate one) => new(
        one.Channel.Meter.Value,
        Tags.Of(one.Channel.Register),
        one.Hours,
        one.First.ToString(),
        one.LastActual?.ToString());
}

/// <param name="Outcome">What the book said: rated, duplicate ...</param>
/// <param name="Released">Readings that had waited and went on.</param>
public sealed record DeskText(string Outcome, int Released = 0);
