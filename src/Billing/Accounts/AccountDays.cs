using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// What is stored of an account's closed days: journal lines, the same by line of the tariff, and corrections. What
/// each day was accounted with, line by line, follows from it.
/// </summary>
/// <param name="Charges">From the day before the first that is asked for, ascending.</param>
/// <param name="Lines">Of the same days; none for a day on which the tariff had one line.</param>
/// <param name="Corrections">
/// Of those days, and those made since the first of them was the last closed, as they were made.
/// </param>
public sealed record AccountDays(
    IReadOnlyList<DayCharge> Charges, IReadOnlyList<DayLine> Lines, IReadOnlyList<AccrualCorrection> Corrections)
{
    /// <summary>No day is closed, nothing was corrected.</summary>
    public static readonly AccountDays None = new([], [], []);
}

/// <summary>What closed days were accounted with so far, corrections included; by line, in exact steps.</summary>
internal sealed class AccountedDays
{
    private readonly TariffHistory _tariff;
    private readonly Dictionary<ServiceDay, Int128[]> _own = [];
    private readonly HashSet<ServiceDay> _closed = [];

    /// <param name="tariff">The account's.</param>
    /// <param name="from">The first day that is asked for.</param>
    /// <param name="stored">From the day before on.</param>
    public AccountedDays(TariffHistory tariff, ServiceDay from, AccountDays stored)
    {
        _tariff = tariff;
        Carry = new Int128[tariff.Lines.Count];
        var lines = stored.Lines.ToLookup(line => line.Day);
        ServiceDay? before = null;
        foreach (var charge in stored.Charges)
        {
            TakeUp(stored.Corrections.Where(one =>
                one.ClosedThrough < charge.Day && (before is not { } last || one.ClosedThrough >= last)));
            var (exact, posted) = SumsOf(charge, lines[charge.Day]);
            _closed.Add(charge.Day);
            if (charge.Day >= from) _own[charge.Day] = [.. exact.Select((sum, i) => sum - Carry[i])];
            for (var i = 0; i < Carry.Length; i++) Carry[i] = exact[i] - (posted[i] * tariff.PerMinor);
            (before, CarryTotal) = (charge.Day, charge.Carry);
        }

        foreach (var one in stored.Corrections.Where(one => one.Day >= from))
        {
            if (!_own.TryGetValue(one.Day, out var own)) _own[one.Day] = own = new Int128[Carry.Length];
            foreach (var (line, delta, _) in LinesOf(one)) own[line] += delta;
        }

        TakeUp(stored.Corrections.Where(one => before is not { } last || one.ClosedThrough >= last));
    }

    /// <summary>Accounted and not posted, up to the last closed day and with all corrections.</summary>
    public Int128[] Carry { get; }

    /// <summary>
    /// The same in total; where the bill as a whole is rounded it is not the sum over the lines, for what that moved
    /// is of no line.
    /// </summary>
    public Int128 CarryTotal { get; private set; }

    /// <summary>True for a day of which the account has a journal line: it bears the day's own charges.</summary>
    public bool IsClosed(ServiceDay day) => _closed.Contains(day);

    /// <summary>What belongs to the day itself, by line.</summary>
    public ReadOnlySpan<Int128> OwnOf(ServiceDay day) =>
        _own.TryGetValue(day, out var own) ? own : new Int128[Carry.Length];

    /// <summary>What corrections left to the next journal line.</summary>
    private void TakeUp(IEnumerable<AccrualCorrection> corrections)
    {
        foreach (var one in corrections)
        {
            CarryTotal += one.Delta - ((Int128)one.Posted.Minor * _tariff.PerMinor);
            foreach (var (line, delta, posted) in LinesOf(one)) Carry[line] += delta - (posted * _tariff.PerMinor);
        }
    }

    private (Int128[] Exact, Int128[] Posted) SumsOf(in DayCharge charge, IEnumerable<DayLine> lines)
    {
        var (exact, posted) = (new Int128[Carry.Length], new Int128[Carry.Length]);
        var any = false;
        foreach (var line in lines)
        {
            any = true;
            var i = IndexOf(line.Line);
            exact[i] += line.Exact;
            posted[i] += line.Posted.Minor;
        }

        if (!any) (exact[0], posted[0]) = (charge.Exact, charge.Posted.Minor); // The tariff had one line then.
        return (exact, posted);
    }

    private IEnumerable<(int Line, Int128 Delta, Int128 Posted)> LinesOf(AccrualCorrection one)
    {
        if (one.Lines.Length == 0) return [(0, one.Delta, one.Posted.Minor)];
        return CorrectedLine.Parse(one.Lines)
            .Select(line => (IndexOf(line.Line), (Int128)line.Delta, (Int128)line.Posted.Minor));
    }

    /// <summary>A line of a tariff that the account had before counts to the first.</summary>
    private int IndexOf(string line)
    {
        for (var i = 0; i < _tariff.Lines.Count; i++)
        {
            if (_tariff.Lines[i].Name == line) return i;
        }

        return 0;
    }
}
