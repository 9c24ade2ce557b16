namespace Meters.Field.Devices;

internal enum OutstandingKind : byte
{
    Login,
    Heartbeat,
    Data,
}

/// <summary>A frame that waits for its AFN 00. Repeated as it is, with its PSEQ.</summary>
internal sealed class OutstandingFrame
{
    public OutstandingKind Kind { get; init; }

    public required byte[] Bytes { get; init; }

    public int Pseq { get; set; }

    /// <summary>What it carries; empty for anything but data.</summary>
    public ReadOnlyMemory<PendingReading> Readings { get; init; }

    /// <summary>Of the wire clock.</summary>
    public long SentAt { get; set; }

    public int Repeats { get; set; }

    /// <summary>Sent a second time once it is confirmed.</summary>
    public bool Twice { get; init; }
}
