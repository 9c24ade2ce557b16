using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>Charges that come with days and bill periods and not with energy. Pure.</summary>
public static class DayLines
{
    /// <summary>Adds each day-based line's exact charge of the service day, percent lines on them included.</summary>
    public static void AddDay(TariffHistory tariff, ServiceDay day, AccountTerms terms, Span<long> lines)
    {
    }

    /// <summary>True on the last day of a bill period.</summary>
    public static bool EndsBillPeriod(TariffHistory tariff, ServiceDay day) =>
        BillPeriodStart(tariff, day) != BillPeriodStart(tariff, day.AddDays(1));

    /// <summary>First day of the bill period that the day lies in.</summary>
    public static ServiceDay BillPeriodStart(TariffHistory tariff, ServiceDay day)
    {
        var date = day.ToDateOnly();
        return ServiceDay.Of(new(date.Year, date.Month, 1));
    }

    /// <summary>
    /// Adds what is known at the end of a bill period only: minimum charge, demand, power factor, and percent lines on
    /// them.
    /// </summary>
    public static void AddPeriodEnd(
        TariffHistory tariff, ServiceDay lastDay, AccountTerms terms, PeriodFacts facts, Span<long> lines)
    {
    }

    /// <summary>How charges are rounded at the close: for each line or for the bill, to how many minor units.</summary>
    public static (bool PerBill, long UnitMinor) RoundingOn(TariffHistory tariff, ServiceDay day) => (false, 1);
}
