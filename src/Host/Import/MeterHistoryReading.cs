using Meters.Host.Api;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Import;

/// <summary>
/// Multiplier changes and replacements of meters, as they are written in a file or sent by HTTP, to records. What they
/// refer to is the registry's business.
/// </summary>
public static class MeterHistoryReading
{
    public const string KwhSentence = "must be kilowatt-hours with at most four decimals, such as \"1234.5\".";

    private const int KwhPlaces = 4;

    public static MultiplierRecord Of(
        MultiplierRequest request, PersonId by, Instant now, ICollection<RecordFault> faults)
    {
        if (!RecordChecks.IsId(request.Meter)) faults.Add(new("meter", RecordChecks.IdSentence));
        if (!Texts.TryReadInstant(request.From, out var from)) faults.Add(new("from", Texts.InstantSentence));
        if (request.Multiplier is < 1 or > RecordChecks.MultiplierMax)
        {
            faults.Add(new("multiplier", $"must be 1 to {RecordChecks.MultiplierMax}."));
        }

        if (request.Revision < 1) faults.Add(new("revision", "must be 1 or more."));
        Energy? register = request.RegisterKwh is null ? null : Kwh(request.RegisterKwh, "registerKwh", faults);
        CheckNote(request.Note, faults);
        return new(
            new(request.Meter), from, request.Multiplier, register, by, now, request.Note, request.Revision);
    }

    public static MeterChangeRecord Of(
        MeterChangeRequest request, PersonId by, Instant now, ICollection<RecordFault> faults)
    {
        if (!RecordChecks.IsId(request.Account)) faults.Add(new("account", RecordChecks.IdSentence));
        if (!RecordChecks.IsId(request.OldMeter)) faults.Add(new("oldMeter", RecordChecks.IdSentence));
        if (!RecordChecks.IsId(request.NewMeter)) faults.Add(new("newMeter", RecordChecks.IdSentence));
        if (request.NewAddress is { } address && !RecordChecks.TryReadMeterAddress(address, out _))
        {
            faults.Add(new("newAddress", RecordChecks.MeterAddressSentence));
        }

        if (request.NewMultiplier is < 1 or > RecordChecks.MultiplierMax)
        {
            faults.Add(new("newMultiplier", $"must be 1 to {RecordChecks.MultiplierMax}."));
        }

        if (!Texts.TryReadInstant(request.At, out var at)) faults.Add(new("at", Texts.InstantSentence));
        var closing = Kwh(request.ClosingKwh, "closingKwh", faults);
        var opening = Kwh(request.OpeningKwh, "openingKwh", faults);
        CheckNote(request.Note, faults);
        return new(
            new(request.Account), new(request.OldMeter), closing, new(request.NewMeter), opening, at, by, now,
            request.Note);
    }

    public static bool TryReadKwh(string? text, out Energy energy)
    {
        var good = Decimals.TryParse(text, KwhPlaces, out var tenths) && tenths >= 0;
        energy = good ? new(tenths) : Energy.Zero;
        return good;
    }

    private static Energy Kwh(string text, string field, ICollection<RecordFault> faults)
    {
        if (!TryReadKwh(text, out var energy)) faults.Add(new(field, KwhSentence));
        return energy;
    }

    private static void CheckNote(string note, ICollection<RecordFault> faults)
    {
        if (RecordChecks.IsText(note, 1, HoldEndpoints.NoteLengthMax)) return;
        faults.Add(new("note", $"must have 1 to {HoldEndpoints.NoteLengthMax} characters, none of control."));
    }
}
