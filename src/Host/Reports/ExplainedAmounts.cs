using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>Amounts of one tariff as text, without a digit lost.</summary>
internal sealed class ExplainedAmounts(TariffHistory tariff)
{
    // A tenth of a watt-hour is 10^-4 kWh: the price of a kWh has so many decimals less than its charges.
    private const int EnergyDecimals = 4;

    public string Money(Money amount) => Decimals.Format(amount.Minor, tariff.Currency.Decimals);

    /// <summary>An exact charge with all its decimals.</summary>
    public string Exact(Int128 charge) =>
        Decimals.Format(charge, tariff.Currency.Decimals + tariff.ChargeDecimals);

    /// <summary>Of a kWh, from minor units; without zeros at the end. Every price is a whole number of steps.</summary>
    public string Price(Ratio minor)
    {
        var steps = (Int128)(minor * new Ratio(tariff.PerMinor, Energy.PerKwh)).Floor();
        var text = Decimals.Format(steps, tariff.Currency.Decimals + tariff.ChargeDecimals - EnergyDecimals);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>Exactly one half goes up, as on the journal line.</summary>
    public static Money RoundHalfUp(Int128 exact, long perMinor)
    {
        var (whole, rest) = Int128.DivRem((exact * 2) + perMinor, 2 * (Int128)perMinor);
        return new((long)(rest < 0 ? whole - 1 : whole));
    }
}
