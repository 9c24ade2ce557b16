using System.Globalization;
using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// Fees for paying late, posted when a day is closed. They depend on what the ledger says at the end of the day alone:
/// entries of later days that are there already do not count. A fee is receivable, so that the next payment's waterfall
/// takes it, the quote tells it, and the balance does not fall by it.
/// </summary>
public sealed partial class ShardBook
{
    private readonly Dictionary<(int Account, string Line), LateFee> _lateFees = [];
    private readonly List<LaterEntries> _later = [];

    /// <summary>At start: the rows of the last closed day.</summary>
    public void Restore(LateFee fee)
    {
        if (_accountIndex.TryGetValue(fee.Account.Value, out var index)) _lateFees[(index, fee.Line)] = fee;
    }

    /// <summary>At start: entries of days after the open one.</summary>
    public void Restore(LaterEntries later) => _later.Add(later);

    /// <summary>Entries of days that are closed after the next close belong to none of its fees.</summary>
    private void NoteLater(LedgerEntry entry)
    {
        if (entry.Day <= ClosedThrough.AddDays(1)) return;
        var receivable = (entry.Debit == LedgerAccount.Receivable ? entry.Amount : Money.Zero)
            - (entry.Credit == LedgerAccount.Receivable ? entry.Amount : Money.Zero);
        if (entry.ToCustomer == Money.Zero && receivable == Money.Zero) return;
        _later.Add(new(entry.Account, entry.Day, entry.ToCustomer, receivable));
    }

    /// <summary>Posts what the day adds to each late fee; after the day's charges are on the balances.</summary>
    private void PostLateFees(DayClose close)
    {
        var lines = new Dictionary<ushort, IReadOnlyList<LateFeeLine>>();
        var later = _later.Where(one => one.Day > close.Day).ToLookup(one => one.Account);
        var before = new Dictionary<(int Account, string Line), LateFee>(_lateFees);
        _lateFees.Clear();
        for (var index = 0; index < _accounts.Count; index++)
        {
            var tariff = AccountAt(index).Tariff;
            if (!lines.TryGetValue(tariff, out var fees))
            {
                lines.Add(tariff, fees = LateFees.LinesOn(_tariffs[tariff], close.Day));
            }

            if (fees.Count > 0) PostLateFees(index, fees, before, later, close);
        }

        _later.RemoveAll(one => one.Day <= close.Day.AddDays(1));
    }

    private void PostLateFees(
        int index,
        IReadOnlyList<LateFeeLine> lines,
        Dictionary<(int Account, string Line), LateFee> before,
        ILookup<AccountId, LaterEntries> later,
        DayClose close)
    {
        var (id, journal) = (AccountAt(index).Id, AccountAt(index).Journal);
        var receivable = _subs.GetValueOrDefault(index).Receivable;
        foreach (var one in later[id])
        {
            journal -= one.ToCustomer;
            receivable -= one.Receivable;
        }

        if (receivable < Money.Zero) receivable = Money.Zero;
        var unpaid = lines.Select(line => before.GetValueOrDefault((index, line.Name))?.Unpaid ?? Money.Zero).Max();
        if (unpaid > receivable) unpaid = receivable;
        var overdue = receivable - unpaid + (journal < Money.Zero ? -journal : Money.Zero);
        if (overdue + unpaid == Money.Zero) return;
        var rows = new List<LateFee>();
        foreach (var line in lines)
        {
            var earlier = before.GetValueOrDefault((index, line.Name));
            var row = LateFee.Next(id, earlier, line, close.Day, overdue, Money.Zero);
            rows.Add(row);
            var added = row.Fee - (row.Since == earlier?.Since ? earlier.Fee : Money.Zero);
            if (added <= Money.Zero) continue;
            var entry = new LedgerEntry(
                NextEntryId(), shard, close.At, close.Day, id, LedgerAccount.Receivable, line.Account, added,
                EntryKind.Fee, null)
            { Line = line.Name };
            Apply(entry);
            close.Entries.Add(entry);
            unpaid += added;
        }

        foreach (var row in rows)
        {
            var stored = row with { Unpaid = unpaid };
            _lateFees[(index, row.Line)] = stored;
            close.LateFees.Add(stored);
        }
    }

    private void ExportLateFees(AccountId account, TextWriter writer)
    {
        if (_lateFees.Count == 0) return;
        var fees = _lateFees.Values.Where(fee => fee.Account == account);
        foreach (var fee in fees.OrderBy(fee => fee.Line, StringComparer.Ordinal))
        {
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"late {fee.Line} since {fee.Since} overdue {fee.Overdue.Minor} fee {fee.Fee.Minor} "
                + $"unpaid {fee.Unpaid.Minor}\n"));
        }
    }
}
