using Meters.Units;

namespace Meters.Billing.Journal;

/// <summary>A closed service day of an account as a span of instants.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">The day.</param>
/// <param name="From">Its readings come after this instant ...</param>
/// <param name="Through">... up to and including this one.</param>
public readonly record struct DayWindow(AccountId Account, ServiceDay Day, Instant From, Instant Through);
