namespace Meters.Units;

/// <summary>
/// The program's clock as instants. Everything that decides takes a <see cref="TimeProvider"/>; nothing reads the
/// machine's.
/// </summary>
public static class Clock
{
    public static Instant Now(this TimeProvider clock) => Instant.From(clock.GetUtcNow());
}
