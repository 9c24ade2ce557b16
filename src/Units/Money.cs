namespace Meters.Units;

/// <summary>
/// An amount in minor units (fen, cents) of the account's currency. Never a fraction: see <see cref="ExactCharge"/>.
/// </summary>
public readonly record struct Money(long Minor) : IComparable<Money>
{
    public static readonly Money Zero;

    public static Money operator +(Money a, Money b) => new(a.Minor + b.Minor);

    public static Money operator -(Money a, Money b) => new(a.Minor - b.Minor);

    public static Money operator -(Money a) => new(-a.Minor);

    public static bool operator <(Money a, Money b) => a.Minor < b.Minor;

    public static bool operator >(Money a, Money b) => a.Minor > b.Minor;

    public static bool operator <=(Money a, Money b) => a.Minor <= b.Minor;

    public static bool operator >=(Money a, Money b) => a.Minor >= b.Minor;

    public int CompareTo(Money other) => Minor.CompareTo(other.Minor);
}

/// <summary>Price of one kWh in millionths of a minor unit: 0.538 CNY is 53_800_000.</summary>
public readonly record struct PricePerKwh(long MicroMinor);

/// <summary>
/// A charge before rounding, in 10^-10 minor units: tenths of a watt-hour times micro-minor per kWh, so rating is
/// one exact multiplication. Rounded once, on the journal line (docs/adr/0002).
/// </summary>
public readonly record struct ExactCharge(Int128 Value) : IComparable<ExactCharge>
{
    /// <summary>Steps in one minor unit: 10^4 energy steps per kWh times 10^6 price steps.</summary>
    public const long PerMinor = Energy.PerKwh * 1_000_000;

    public static readonly ExactCharge Zero;

    public static ExactCharge Of(Energy used, PricePerKwh price) => new((Int128)used.TenthsWh * price.MicroMinor);

    public static ExactCharge FromMoney(Money amount) => new((Int128)amount.Minor * PerMinor);

    public static ExactCharge operator +(ExactCharge a, ExactCharge b) => new(a.Value + b.Value);

    public static ExactCharge operator -(ExactCharge a, ExactCharge b) => new(a.Value - b.Value);

    /// <summary>
    /// Rounds half up (towards plus infinity at exactly one half), so that rounding commutes with whole minor units.
    /// </summary>
    /// <exception cref="OverflowException">The amount does not fit 64 bits of minor units.</exception>
    public Money RoundHalfUp()
    {
        var doubled = (Value * 2) + PerMinor;
        var quotient = doubled / (2 * (Int128)PerMinor);
        if (doubled % (2 * (Int128)PerMinor) < 0) quotient -= 1;
        return new((long)quotient);
    }

    public int CompareTo(ExactCharge other) => Value.CompareTo(other.Value);
}
