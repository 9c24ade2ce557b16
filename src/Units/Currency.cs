namespace Meters.Units;

/// <summary>An ISO 4217 currency: its code and how many decimals its minor unit has.</summary>
public readonly record struct Currency
{
    private static readonly Dictionary<string, int> KnownDecimals = new[]
    {
        (Decimals: 0, Codes: "UGX RWF JPY KRW VND XOF XAF"),
        (Decimals: 2, Codes: "CNY EUR GBP USD AUD INR ZAR KES BDT MYR TWD HKD PHP NGN GHS IDR PKR LKR"),
        (Decimals: 2, Codes: "NPR THB BRL MXN CAD NZD SGD TZS ZMW EGP TRY CHF SEK NOK DKK PLN ETB MWK"),
        (Decimals: 3, Codes: "KWD BHD OMR JOD TND"),
    }.SelectMany(row => row.Codes.Split(' '), (row, code) => (code, row.Decimals)).ToDictionary(StringComparer.Ordinal);

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
        TryParse(code, out var currency)
            ? currency
            : throw new ArgumentException($"Unknown currency '{code}'.", nameof(code));

    /// <summary>For people: <c>-12.50 CNY</c>.</summary>
    public string Format(Money amount) => $"{Units.Decimals.Format(amount.Minor, Decimals)} {Code}";

    public override string ToString() => Code;
}
