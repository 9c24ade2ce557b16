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

    /// <summary>Of a kWh, from the exact charge of a tenth of a watt-hour; without zeros at the end.</summary>
    public string Price(long perTenthWh)
    {
        var text = Decimals.Format(perTenthWh, tariff.Currency.Decimals + tariff.ChargeDecimals - EnergyDecimals);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    public Money RoundHalfUp(Int128 exact) => RoundHalfUp(exact, tariff.PerMinor);

    /// <summary>Exactly one half goes up, as on the journal line.</summary>
    public static Money RoundHalfUp(Int128 exact, long perMinor)
    {
        var (whole, rest) = Int128.DivRem((exact * 2) + perMinor, 2 * (Int128)perMinor);
        return new((long)(rest < 0 ? whole - 1 : whole));
    }
}
