namespace Meters.Host.Audit.Rerating;

/// <summary>What a table says for a bill period, in minor units.</summary>
/// <param name="tariff">The version.</param>
/// <param name="load">Sanctioned load, kW.</param>
/// <param name="used">In the period.</param>
/// <param name="sum">What some lines come to.</param>
internal sealed class LookupAmounts(
    PlainTariff tariff, Fraction load, PeriodUsed used, Func<IReadOnlyList<string>, Fraction> sum)
{
    public Fraction Of(PlainLookup line)
    {
        if (!line.Months.Contains(used.Month)) return Fraction.Zero;
        var measured = Measured(line);
        var times = line.Words.Per switch { "day" => used.Days, "bill" => 1, _ => tariff.Bill.Months };
        if (line.Words.Apply == "parts") return Parts(line, measured, times);
        var row = line.Rows.First(r => r.UpTo is not { } end || measured.CompareTo(end * Scale(line)) <= 0);
        return (row.Amount * times) + (row.PerUnit * measured) + (row.Share * sum(line.Of));
    }

    private Fraction Parts(PlainLookup line, Fraction measured, int times)
    {
        var (total, below) = (Fraction.Zero, Fraction.Zero);
        foreach (var row in line.Rows.TakeWhile(_ => measured.CompareTo(below) > 0))
        {
            var limit = row.UpTo is { } upTo ? upTo * Scale(line) : measured;
            var end = limit.CompareTo(measured) < 0 ? limit : measured;
            total += (row.Amount * times) + ((row.PerUnit + row.Share) * (end - below));
            below = end;
        }

        return total;
    }

    private Fraction Scale(PlainLookup line) => line.Words.Limits switch
    {
        "perMonth" => tariff.Bill.Months,
        "per30Days" => new(used.Days, 30),
        "perKw" => load,
        "perKwDemand" => PeriodUsed.Kw(tariff, [], used.WattsByBand),
        _ => Fraction.One,
    };

    private Fraction Measured(PlainLookup line)
    {
        switch (line.Words.By)
        {
            case "kwh":
                return used.Kwh(tariff, line.Bands);
            case "load":
                return load;
            case "demand":
                return PeriodUsed.Kw(tariff, line.Bands, used.WattsByBand);
            case "kva":
                return used.Kva(PeriodUsed.Kw(tariff, line.Bands, used.WattsByBand));
            case "kvarh":
                var counted = used.Kvarh - (line.FreeShare * used.Kwh(tariff, []));
                return counted.Sign < 0 ? Fraction.Zero : counted;
            case "amount":
                return sum(line.Sum);
            default:
                throw new FormatException($"'{line.Words.By}' is nothing that a table is by.");
        }
    }
}
