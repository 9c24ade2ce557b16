using System.Numerics;
using Meters.Billing.Ledger;

namespace Meters.Host.Audit.Rerating;

/// <summary>A line of a tariff as its document says it. Amounts are minor units, energies tenths of a Wh.</summary>
internal abstract record PlainLine(string Name, LedgerAccount Account)
{
    /// <summary>Of this line alone; null for the version's.</summary>
    public PlainRounding? Rounding { get; init; }

    /// <summary>What its bill period is kept within; null for nothing.</summary>
    public PlainBounds? Bounds { get; init; }
}

/// <param name="Min">Minor units of a month.</param>
/// <param name="Max">Minor units of a month.</param>
/// <param name="CreditUpTo">A credit is at most their sum; none where empty.</param>
internal sealed record PlainBounds(Fraction? Min, Fraction? Max, IReadOnlyList<string> CreditUpTo);

/// <param name="UpTo">Where it ends; null for the last.</param>
/// <param name="Prices">Minor units per tenth of a watt-hour, by band.</param>
/// <param name="Fixed">Due as soon as the position is in the tier.</param>
internal sealed record PlainTier(BigInteger? UpTo, IReadOnlyList<Fraction> Prices, Fraction Fixed);

/// <param name="TotalUpTo">The largest total of the period for which it holds.</param>
internal sealed record PlainTable(BigInteger? TotalUpTo, IReadOnlyList<PlainTier> Tiers);

/// <param name="ByMonth">Tables of each month, January first.</param>
internal sealed record PlainEnergy(
    string Name, LedgerAccount Account, bool Export, IReadOnlyList<IReadOnlyList<PlainTable>> ByMonth)
    : PlainLine(Name, Account);

/// <param name="Line">Another line.</param>
/// <param name="Above">Only what lies above this position.</param>
/// <param name="UpTo">Only what lies up to this position.</param>
internal sealed record PlainBase(string Line, BigInteger? Above, BigInteger? UpTo);

/// <param name="Steps">Shares, each with the largest total for which it holds.</param>
internal sealed record PlainPercent(
    string Name,
    LedgerAccount Account,
    IReadOnlyList<PlainBase> Of,
    IReadOnlyList<(BigInteger? UpTo, Fraction Share)> Steps)
    : PlainLine(Name, Account)
{
    /// <summary>What it comes to at the end of a bill period; null where the hours say it all.</summary>
    public Fraction? Settled { get; init; }

    /// <summary>Settled from its lines as they are rounded.</summary>
    public bool OfRounded { get; init; }
}

internal sealed record PlainSlab(Fraction? UpToKw, Fraction Amount, Fraction PerKw);

internal sealed record PlainStanding(
    string Name,
    LedgerAccount Account,
    bool PerDay,
    IReadOnlyList<PlainSlab> Slabs,
    Fraction? StepKw,
    bool OnPurchase,
    IReadOnlySet<int> Months) : PlainLine(Name, Account)
{
    /// <summary>Minor units of a day or a month.</summary>
    public Fraction Amount(long watts)
    {
        var kw = new Fraction(watts, 1000);
        if (StepKw is { Sign: > 0 } step) kw = -(-(kw / step)).Floor() * step;
        var slab = Slabs.First(s => s.UpToKw is not { } end || kw.CompareTo(end) <= 0);
        return slab.Amount + (slab.PerKw * kw);
    }
}

internal sealed record PlainDemand(
    string Name, LedgerAccount Account, Fraction PerKw, IReadOnlyList<string> Bands, Fraction ShareOfLoad,
    Fraction? ExcessPerKw) : PlainLine(Name, Account)
{
    public bool InKva { get; init; }

    public bool PerDay { get; init; }

    public Fraction? StepKw { get; init; }

    /// <summary>Of the highest of the months before.</summary>
    public (Fraction Share, int Months)? Ratchet { get; init; }
}

/// <param name="UpTo">In the unit of the table; null for the last.</param>
internal sealed record PlainRow(Fraction? UpTo, Fraction Amount, Fraction PerUnit, Fraction Share);

/// <param name="Words">by, apply, per and limits as the document has them.</param>
internal sealed record PlainLookup(
    string Name,
    LedgerAccount Account,
    (string By, string Apply, string Per, string Limits) Words,
    IReadOnlyList<PlainRow> Rows,
    IReadOnlyList<string> Of,
    IReadOnlyList<string> Sum,
    IReadOnlyList<string> Bands,
    Fraction FreeShare,
    IReadOnlySet<int> Months) : PlainLine(Name, Account);

internal sealed record PlainPowerFactor(
    string Name, LedgerAccount Account, IReadOnlyList<string> Of, IReadOnlyList<(Fraction From, Fraction Share)> Rows)
    : PlainLine(Name, Account);

internal sealed record PlainMinimum(
    string Name, LedgerAccount Account, IReadOnlyList<string> Of, Fraction PerMonth, Fraction PerKwMonth,
    Fraction PerDay) : PlainLine(Name, Account);

/// <param name="PerTenthWh">Minor units.</param>
/// <param name="UsageMonth">The one month whose energy it is on; null for each.</param>
internal sealed record PlainSpread(
    string Name, LedgerAccount Account, Fraction PerTenthWh, DateOnly? UsageMonth, DateOnly From, int Days,
    int LagMonths,
    int OverMonths) : PlainLine(Name, Account)
{
    /// <summary>Each month whose energy a day recovers, with the first day of the recovery and the one after.</summary>
    public IEnumerable<(DateOnly Month, DateOnly From, DateOnly End)> On(DateOnly day)
    {
        if (UsageMonth is { } one)
        {
            var end = From.AddDays(Days);
            if (day >= From && day < end) yield return (one, From, end);
            yield break;
        }

        var month = new DateOnly(day.Year, day.Month, 1);
        for (var back = LagMonths + OverMonths - 1; back >= LagMonths; back--)
        {
            var used = month.AddMonths(-back);
            yield return (used, used.AddMonths(LagMonths), used.AddMonths(LagMonths + OverMonths));
        }
    }
}

/// <summary>A rebate of purchases: it accrues nothing by itself.</summary>
internal sealed record PlainRebate(string Name, LedgerAccount Account, Fraction Share, bool OfNet)
    : PlainLine(Name, Account);

/// <summary>What paying late costs: it accrues nothing by itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Account">Counter side.</param>
/// <param name="SharePerDay">Of what is overdue.</param>
/// <param name="GraceDays">First days that cost nothing.</param>
/// <param name="Minimum">Minor units, like the cap.</param>
/// <param name="Cap">Null for none.</param>
/// <param name="CapShare">Of the largest amount that was overdue; null for none.</param>
internal sealed record PlainLateFee(
    string Name,
    LedgerAccount Account,
    Fraction SharePerDay,
    int GraceDays,
    Fraction Minimum,
    Fraction? Cap,
    Fraction? CapShare) : PlainLine(Name, Account);
