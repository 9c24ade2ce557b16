using Meters.Control.Commands;

namespace Meters.Host.Bench.Year;

/// <summary>What happened, in numbers; and a hash over every decision and dispatch, in order.</summary>
internal sealed class YearCounts
{
    private ulong _hash = 14_695_981_039_346_656_037;

    public long Readings { get; set; }

    /// <summary>Readings that the book did not take.</summary>
    public long Refused { get; set; }

    public long LateReadings { get; set; }

    public long Estimates { get; set; }

    public long Payments { get; set; }

    public long Decisions { get; set; }

    public long Cuts { get; set; }

    public long Reconnects { get; set; }

    public long Alarms { get; set; }

    public long Messages { get; set; }

    public long Restarts { get; set; }

    public long Outages { get; set; }

    public long ClockSteps { get; set; }

    public long Holds { get; set; }

    public long ManualCuts { get; set; }

    public ulong Hash => _hash;

    public void Left(CommandKind kind)
    {
        if (kind == CommandKind.Trip) Cuts++;
        else if (kind is CommandKind.Close or CommandKind.PermitClose) Reconnects++;
        else Alarms++;
    }

    /// <summary>FNV-1a, eight bytes at a time.</summary>
    public void Mix(long value)
    {
        unchecked
        {
            _hash = (_hash ^ (ulong)value) * 1_099_511_628_211;
            _hash ^= _hash >> 29;
        }
    }

    public void Mix(string text)
    {
        foreach (var letter in text) Mix(letter);
    }
}
