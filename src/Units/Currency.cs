namespace Meters.Units;

/// <summary>An ISO 4217 currency: its code and how many decimals its minor unit has.</summary>
public readonly record struct Currency
{
    /// <summary>Those in use, with the decimals of ISO 4217.</summary>
    private static readonly Dictionary<string, int> KnownDecimals = new[]
    {
        (Decimals: 0, Codes: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (Decimals: 2, Codes: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN"),
        (Decimals: 2, Codes: "BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD"),
        (Decimals: 2, Codes: "FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR"),
        (Decimals: 2, Codes: "KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN"),
        (Decimals: 2, Codes: "MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD"),
        (Decimals: 2, Codes: "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD"),
        (Decimals: 2, Codes: "TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"),
        (Decimals: 3, Codes: "BHD IQD JOD KWD LYD OMR TND"),
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
