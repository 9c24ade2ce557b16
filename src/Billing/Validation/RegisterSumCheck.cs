using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>
/// The meter's tariff registers (channels 4 to 7) against its total (channel 0), where all were read at one instant.
/// </summary>
public static class RegisterSumCheck
{
    private const int TariffRegisters = 4;

    /// <summary>One finding for each unbroken run of instants at which the sum does not fit.</summary>
    /// <param name="meter">Whose.</param>
    /// <param name="total">Readings of channel 0, ascending.</param>
    /// <param name="tariffs">
    /// Readings of channels 4 to 7, each ascending; a register without any reading is one that the meter does not have.
    /// </param>
    /// <param name="options">Parameters.</param>
    public static IEnumerable<Finding> Run(
        MeterId meter,
        IReadOnlyList<Reading> total,
        IReadOnlyList<IReadOnlyList<Reading>> tariffs,
        CheckOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tariffs.Count, TariffRegisters);
        var there = tariffs.Where(one => one.Count > 0)
            .Select(one => one.ToDictionary(reading => reading.At, reading => reading.Register.TenthsWh))
            .ToList();
        if (there.Count == 0) yield break;
        Finding? run = null;
        foreach (var reading in total)
        {
            // An estimate of one register is no evidence about the others.
            if (reading.Quality == ReadingQuality.Estimated || !there.TrueForAll(one => one.ContainsKey(reading.At)))
            {
                continue;
            }

            var sum = there.Aggregate((Int128)0, (so, one) => so + one[reading.At]);
            var off = sum - reading.Register.TenthsWh;
            if (Int128.Abs(off) <= options.RegisterSumTolerance.TenthsWh)
            {
                if (run is not null) yield return run;
                run = null;
            }
            else if (run is null) run = Of(meter, reading, sum, off);
            else run = run with { To = reading.At };
        }

        if (run is not null) yield return run;
    }

    private static Finding Of(MeterId meter, Reading reading, Int128 sum, Int128 off)
    {
        var (total, added) = (reading.Register, new Energy((long)Int128.Clamp(sum, long.MinValue, long.MaxValue)));
        return new(
            CheckKind.RegisterSum, new(meter, RegisterKind.ForwardActive), reading.At, reading.At,
            [
                new("total", total.TenthsWh, "tenths_wh"), new("sum", added.TenthsWh, "tenths_wh"),
                new("difference", (long)Int128.Clamp(off, long.MinValue, long.MaxValue), "tenths_wh"),
            ],
            $"The tariff registers add up to {added}, the total shows {total}.");
    }
}
