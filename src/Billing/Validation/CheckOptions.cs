using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>Parameters of the checks. Percent are whole numbers of the meter's own history.</summary>
public sealed record CheckOptions
{
    /// <summary>Days of own history that a check compares with.</summary>
    public int HistoryDays { get; init; } = 28;

    /// <summary>Whole days of history without which nothing is compared: a new meter has no habits.</summary>
    public int HistoryDaysMin { get; init; } = 7;

    /// <summary>An interval is a spike above this many times the median of the meter's intervals, per hour.</summary>
    public int SpikeTimes { get; init; } = 10;

    /// <summary>Below this in an hour nothing is a spike, tenths of a watt-hour after the multiplier.</summary>
    public Energy SpikeHourFloor { get; init; } = Energy.FromKwh(2);

    /// <summary>A day is high above this percentage of the average day.</summary>
    public int HighPercent { get; init; } = 300;

    /// <summary>A day is low below this percentage of the average day.</summary>
    public int LowPercent { get; init; } = 20;

    /// <summary>An average day below this says nothing about high and low, nor about a dead meter.</summary>
    public Energy AverageDayFloor { get; init; } = Energy.FromKwh(2);

    /// <summary>
    /// How far the sum of the tariff registers may lie from the total: each register is cut off at its own last digit.
    /// </summary>
    public Energy RegisterSumTolerance { get; init; } = new(500);

    /// <summary>Days without any use that are worth a look.</summary>
    public int ZeroDays { get; init; } = 7;

    /// <summary>Less than this through an open relay is the meter's own current.</summary>
    public Energy BypassFloor { get; init; } = new(1_000);

    /// <summary>Hours without use behind a closed relay.</summary>
    public int DeadHours { get; init; } = 48;

    /// <summary>How far a frame's time may lie from its arrival, seconds.</summary>
    public int ClockDriftSeconds { get; init; } = 300;

    /// <summary>Days after a step in level before it is taken for lasting.</summary>
    public int MultiplierDays { get; init; } = 3;

    /// <summary>How far the step may lie from a ratio of transformers, percent.</summary>
    public int MultiplierTolerancePercent { get; init; } = 15;

    /// <summary>Ratios of current transformers against each other and against none.</summary>
    public IReadOnlyList<int> MultiplierRatios { get; init; } = [10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200];
}
