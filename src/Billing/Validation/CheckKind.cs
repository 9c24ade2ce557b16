namespace Meters.Billing.Validation;

/// <summary>A named check of readings. Stored: never renumber.</summary>
public enum CheckKind : byte
{
    /// <summary>One interval took far more than the meter's own intervals do.</summary>
    Spike = 1,

    /// <summary>A day far above the meter's own average.</summary>
    High = 2,

    /// <summary>A day far below the meter's own average.</summary>
    Low = 3,

    /// <summary>The tariff registers do not add up to the total.</summary>
    RegisterSum = 4,

    /// <summary>Nothing used for days.</summary>
    ZeroForLong = 5,

    /// <summary>Used while the relay was open.</summary>
    Bypass = 6,

    /// <summary>Nothing used though the relay is closed and the meter's own history says otherwise.</summary>
    DeadWhileOn = 7,

    /// <summary>The frame's time and the time of its arrival lie apart.</summary>
    ClockDrift = 8,

    /// <summary>The level changed by a ratio of transformers and stays there: the multiplier may be wrong.</summary>
    Multiplier = 9,

    /// <summary>A correction showed that a cut should not have happened.</summary>
    WrongfulCut = 10,
}

public static class CheckKindTags
{
    /// <summary>The check in snake case, for the API, logs and metrics.</summary>
    public static string Tag(this CheckKind kind) => kind switch
    {
        CheckKind.Spike => "spike",
        CheckKind.High => "high",
        CheckKind.Low => "low",
        CheckKind.RegisterSum => "register_sum",
        CheckKind.ZeroForLong => "zero_for_long",
        CheckKind.Bypass => "bypass",
        CheckKind.DeadWhileOn => "dead_while_on",
        CheckKind.ClockDrift => "clock_drift",
        CheckKind.Multiplier => "multiplier",
        CheckKind.WrongfulCut => "wrongful_cut",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
