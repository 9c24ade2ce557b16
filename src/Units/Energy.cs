namespace Meters.Units;

/// <summary>
/// Active or reactive energy in tenths of a watt-hour (0.0001 kWh): the finest step that a supported register
/// prints (Q/GDW 1376.1 formats A.13 and A.14), so no register value is ever rounded on its way in.
/// </summary>
public readonly record struct Energy(long TenthsWh) : IComparable<Energy>
{
    /// <summary>Steps in one kilowatt-hour.</summary>
    public const long PerKwh = 10_000;

    public static readonly Energy Zero;

    public static Energy FromKwh(long kwh) => new(kwh * PerKwh);

    public static Energy operator +(Energy a, Energy b) => new(a.TenthsWh + b.TenthsWh);

    public static Energy operator -(Energy a, Energy b) => new(a.TenthsWh - b.TenthsWh);

    public static Energy operator *(Energy a, long factor) => new(a.TenthsWh * factor);

    public static bool operator <(Energy a, Energy b) => a.TenthsWh < b.TenthsWh;

    public static bool operator >(Energy a, Energy b) => a.TenthsWh > b.TenthsWh;

    public static bool operator <=(Energy a, Energy b) => a.TenthsWh <= b.TenthsWh;

    public static bool operator >=(Energy a, Energy b) => a.TenthsWh >= b.TenthsWh;

    public int CompareTo(Energy other) => TenthsWh.CompareTo(other.TenthsWh);

    /// <summary>Kilowatt-hours with four decimals, for people: <c>1234.5600 kWh</c>.</summary>
    public override string ToString() => Decimals.Format(TenthsWh, 4) + " kWh";
}
