using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// From an instant on, a meter's registers count times another multiplier. Before the first of a meter, its own holds.
/// The same meter and instant can be recorded again with a higher revision, when the first was wrong: the highest
/// stands, the others stay in the table.
/// </summary>
/// <param name="Meter">Which meter.</param>
/// <param name="From">The instant of the change; in the past too, where a multiplier is put right afterwards.</param>
/// <param name="Multiplier">CT ratio times PT ratio from then on, positive.</param>
/// <param name="RegisterAtChange">
/// What the billed register showed at the change, on the meter's own side: up to it the former multiplier holds. Null
/// where nobody read it: then it lies on the straight line between the readings around it.
/// </param>
/// <param name="By">Who recorded it; not part of its content.</param>
/// <param name="RecordedAt">When, program's clock; not part of its content.</param>
/// <param name="Note">Why; not part of its content.</param>
/// <param name="Revision">1, 2, 3 ... for the same meter and instant.</param>
public sealed record MultiplierRecord(
    MeterId Meter,
    Instant From,
    int Multiplier,
    Energy? RegisterAtChange,
    PersonId By,
    Instant RecordedAt,
    string Note,
    int Revision = 1)
{
    public bool HasContentOf(MultiplierRecord other) =>
        (Meter, From, Revision, Multiplier, RegisterAtChange)
        == (other.Meter, other.From, other.Revision, other.Multiplier, other.RegisterAtChange);
}

/// <summary>
/// An account's meter gave way to another: a hard boundary. Readings of the old meter's point up to and including the
/// instant are the old meter's, also when they come late; later ones are the new meter's.
/// </summary>
/// <param name="Account">Whose meters.</param>
/// <param name="OldMeter">Gives its point, address and relay free. Replaced once only.</param>
/// <param name="ClosingRegister">What its billed register showed last, tenths of a watt-hour.</param>
/// <param name="NewMeter">Takes its place; the place of one meter only.</param>
/// <param name="OpeningRegister">What the new meter's billed register showed first.</param>
/// <param name="At">The instant of the change.</param>
/// <param name="By">Who recorded it; not part of its content.</param>
/// <param name="RecordedAt">When, program's clock; not part of its content.</param>
/// <param name="Note">Why; not part of its content.</param>
public sealed record MeterChangeRecord(
    AccountId Account,
    MeterId OldMeter,
    Energy ClosingRegister,
    MeterId NewMeter,
    Energy OpeningRegister,
    Instant At,
    PersonId By,
    Instant RecordedAt,
    string Note)
{
    public bool HasContentOf(MeterChangeRecord other) =>
        (Account, OldMeter, ClosingRegister, NewMeter, OpeningRegister, At)
        == (other.Account, other.OldMeter, other.ClosingRegister, other.NewMeter, other.OpeningRegister, other.At);
}
