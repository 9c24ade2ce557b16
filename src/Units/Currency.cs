namespace Meters.Units;

/// <summary>An ISO 4217 currency: its code and how many decimals its minor unit has.</summary>
public readonly record struct Currency
{
    private static readonly Dictionary<string, int> KnownDecimals = new(StringComparer.Ordinal)
    {
        ["CNY"] = 2, ["EUR"] = 2, ["GBP"] = 2, ["USD"] = 2, ["AUD"] = 2, ["INR"] = 2, ["ZAR"] = 2, ["KES"] = 2,
        ["BDT"] = 2, ["MYR"] = 2, ["TWD"] = 2, ["HKD"] = 2, ["PHP"] = 2, ["NGN"] = 2, ["GHS"] = 2, ["UGX"] = 0,
        ["RWF"] = 0, ["JPY"] = 0, ["KRW"] = 0, ["VND"] = 0, ["IDR"] = 2, ["PKR"] = 2, ["LKR"] = 2, ["NPR"] = 2,
        ["THB"] = 2, ["BRL"] = 2, ["MXN"] = 2, ["CAD"] = 2, ["NZD"] = 2, ["SGD"] = 2, ["TZS"] = 2, ["ZMW"] = 2,
        ["EGP"] = 2, ["TRY"] = 2, ["CHF"] = 2, ["SEK"] = 2, ["NOK"] = 2, ["DKK"] = 2, ["PLN"] = 2, ["KWD"] = 3,
        ["BHD"] = 3, ["OMR"] = 3, ["JOD"] = 3, ["TND"] = 3, ["XOF"] = 0, ["XAF"] = 0, ["ETB"] = 2, ["MWK"] = 2,
    };

    private Currency(string code, int decimals) => (Code, Decimals) = (code, decimals);

    public string Code { get; }

    public int Decimals { get; }

    /// <summary>False for a code that is not known here; a tariff or payment in it is refused.</summary>
    public static bool TryParse(string? code, out Currency currency)
    {
        currency = default;
        if (code is null || !KnownDecimals.TryGetValue(code, out var decimals)) return false;
        currency = new(code, decimals);
        return true;
    }

    /// <exception cref="ArgumentException">The code is not known.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new ArgumentException($"Unknown currency '{code}'.", nameof(code));

    /// <summary>For people: <c>-12.50 CNY</c>.</summary>
    public string Format(Money amount) => $"{Units.Decimals.Format(amount.Minor, Decimals)} {Code}";

    public override string ToString() => Code;
}
