using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>Charges that are not posted yet, in total and by line; and what corrections of closed days post.</summary>
public sealed partial class ShardBook
{
    private readonly List<AccrualCorrection> _corrections = [];
    private readonly List<LedgerEntry> _correctionEntries = [];
    private readonly LineSlab _slab = new();
    private long[] _lines = [];

    /// <summary>
    /// What changed in days that are closed already since the last call, and the entries that post it: they belong
    /// into the same commit as the rows.
    /// </summary>
    /// <param name="at">Program's clock at the posting.</param>
    /// <param name="corrections">Added to.</param>
    /// <param name="entries">Added to.</param>
    public void TakeCorrections(Instant at, List<AccrualCorrection> corrections, List<LedgerEntry> entries)
    {
        corrections.AddRange(_corrections);
        entries.AddRange(_correctionEntries.Select(entry => entry with { PostedAt = at }));
        _corrections.Clear();
        _correctionEntries.Clear();
    }

    /// <summary>A cleared place for the lines of one interval; empty where the tariff has one line only.</summary>
    private Span<long> LinesFor(in ChannelState channel)
    {
        if (AccountAt(channel.Account).LineSlot < 0) return [];
        var lines = _lines.AsSpan(0, TariffOf(channel).Lines.Count);
        lines.Clear();
        return lines;
    }

    private bool TryAccrue(int account, Instant at, long charge, ReadOnlySpan<long> lines)
    {
        if (charge == 0 && lines.IndexOfAnyExcept(0) < 0) return true;
        if (at > OpenEnd) return TryAccrue(account, 0, charge, [], lines);
        if (at > ClosedEnd) return TryAccrue(account, charge, 0, lines, []);
        if (!TryAccrue(account, charge, 0, lines, [])) return false;
        Correct(account, billingZone.ServiceDayOfIntervalEnd(at), charge, LastEntryId + 1);
        return true;
    }

    /// <summary>
    /// Adds to what is accrued; false, with nothing changed, where a sum does not fit. The largest 64-bit number is
    /// left out: it is the upper bound of an account that nothing can make cross.
    /// </summary>
    private bool TryAccrue(
        int index, Int128 toOpen, Int128 toNext, ReadOnlySpan<long> openLines, ReadOnlySpan<long> nextLines)
    {
        ref var account = ref AccountAt(index);
        var (open, next) = (account.AccruedOpen + toOpen, account.AccruedNext + toNext);
        if (!Fits(open) || !Fits(next) || !Fits(open + next)) return false;
        if (account.LineSlot >= 0)
        {
            if (!CanAdd(_slab.Open(account.LineSlot), openLines)) return false;
            if (!CanAdd(_slab.Next(account.LineSlot), nextLines)) return false;
            Add(_slab.Open(account.LineSlot), openLines);
            Add(_slab.Next(account.LineSlot), nextLines);
        }

        (account.AccruedOpen, account.AccruedNext) = ((long)open, (long)next);
        Notice(ref account, index);
        return true;

        static bool Fits(Int128 sum) => sum < long.MaxValue && sum > long.MinValue;
    }

    /// <summary>
    /// Takes over what rating anew moved in an account of one line; false, with nothing changed, where a sum does not
    /// fit.
    /// </summary>
    private bool TryTake(int account, DaySums difference)
    {
        var toOpen = difference.Open[0];
        foreach (var part in difference.Closed.Values)
        {
            if (part[0] != (long)part[0]) return false;
            toOpen += part[0];
        }

        if (!TryAccrue(account, toOpen, difference.Next[0], [], [])) return false;
        var group = LastEntryId + 1;
        foreach (var (day, part) in difference.Closed)
        {
            if (part[0] != 0) Correct(account, day, (long)part[0], group);
        }

        return true;
    }

    private static bool CanAdd(ReadOnlySpan<long> sums, ReadOnlySpan<long> lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var sum = (Int128)sums[i] + lines[i];
            if (sum > long.MaxValue || sum < long.MinValue) return false;
        }

        return true;
    }

    private static void Add(Span<long> sums, ReadOnlySpan<long> lines)
    {
        for (var i = 0; i < lines.Length; i++) sums[i] += lines[i];
    }

    /// <summary>
    /// Posts what has just been accrued for a closed day of an account of one line, rounded: in the open day, with
    /// reference to the one that it corrects. What rounding leaves stays accrued and goes with the next journal line.
    /// </summary>
    /// <param name="index">The account.</param>
    /// <param name="day">The closed day.</param>
    /// <param name="delta">Exact.</param>
    /// <param name="group">Entries of one reason hang together: the id of the first.</param>
    private void Correct(int index, ServiceDay day, long delta, long group)
    {
        ref var account = ref AccountAt(index);
        var tariff = _tariffs[account.Tariff];
        var posted = Rounding.HalfUp(delta, tariff.PerMinor);
        PostCorrection(account.Id, day, tariff.Lines[0], posted, group);
        account.Journal -= posted;
        account.AccruedOpen -= posted.Minor * tariff.PerMinor;
        Watch(ref account);
        _corrections.Add(new(account.Id, day, ClosedThrough, delta, posted));
    }

    private void PostCorrection(
        AccountId account, ServiceDay day, Tariffs.TariffLineInfo line, Money posted, long group)
    {
        if (posted == Money.Zero) return;
        _correctionEntries.Add(
            ChargeEntry(account, ClosedThrough.AddDays(1), Instant.Epoch, line, posted, EntryKind.Correction) with
            {
                Group = group,
                CorrectsDay = day,
            });
    }
}
