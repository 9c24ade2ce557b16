using System.Globalization;
using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;

namespace Meters.Host.Audit;

/// <summary>
/// Computes what each line of the tariff came to on each closed day, and what of it was to be posted, and compares day
/// lines and ledger entries with it.
/// </summary>
internal sealed class PostingCheck(Findings findings)
{
    private const string Check = "postings";
    private const string RoundingLine = "rounding";
    private const NumberStyles Signed = NumberStyles.AllowLeadingSign;
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Lines of days whose exact amount was computed anew.</summary>
    public long Recomputed { get; private set; }

    public void Run(AuditAccount account, AccountRating rating)
    {
        var days = new PostingDays(account, rating);
        foreach (var line in account.Lines)
        {
            if (PostingDays.IsDay(line.Day)) Compare(account, rating, days, line);
        }

        CompareCorrections(account);
        CompareTotals(account, rating, days);
    }

    private void Compare(AuditAccount account, AccountRating rating, PostingDays days, AuditLine line)
    {
        var where = Places.Line(account.Id, line.Day);
        var tariff = rating.History.VersionOn(PostingDays.DayOf(line.Day));
        var (expected, isWhole) = days.Take(line);
        var posted = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        var stored = days.Stored(line);
        foreach (var (name, due) in expected)
        {
            var (shown, was) = stored.GetValueOrDefault(name);
            if (isWhole && due != shown)
            {
                findings.Add(Check, where, $"Line '{name}' shows {shown}; computed anew it is {due}.");
            }

            Recomputed++;
            var round = tariff.RoundingOf(name).Round(new(shown, account.PerMinor));
            if (round != was) findings.Add(Check, where, $"Line '{name}': {shown} was rounded to {was}, not {round}.");
            if (!was.IsZero) posted[name] = was;
        }

        foreach (var name in stored.Keys.Where(name => !expected.ContainsKey(name)))
        {
            findings.Add(Check, where, $"Line '{name}' is none of the tariff.");
        }

        var total = posted.Values.Aggregate(BigInteger.Zero, BigInteger.Add);
        if (tariff.Rounding.PerBill)
        {
            // Rounded lines are added up to what such a rounding left the day before; it is of no line.
            var ofNoLine = line.Exact - stored.Values.Aggregate(BigInteger.Zero, (sum, part) => sum + part.Exact);
            var exact = tariff.AddsRoundedLines ? ofNoLine + (total * account.PerMinor) : line.Exact;
            var whole = tariff.Rounding.Round(new(exact, account.PerMinor));
            if (whole != total) posted[RoundingLine] = whole - total;
            total = whole;
        }

        if (total != line.Posted) findings.Add(Check, where, $"{line.Posted} is posted; its lines come to {total}.");
        CompareEntries(account, rating, line.Day, posted);
    }

    /// <summary>
    /// Line by line, all closed days together: what rows and days come to is what is posted and what is carried. So
    /// a correction that put a sum into the wrong line is found, too.
    /// </summary>
    private void CompareTotals(AuditAccount account, AccountRating rating, PostingDays days)
    {
        // Corrections from before they were kept by line: they cannot be told apart.
        var isMixed = rating.History.Lines.Count > 1 && account.Corrections.Exists(one => one.Lines.Length == 0);
        if (isMixed || account.Lines.Count == 0) return;
        if (!account.Lines.TrueForAll(line => PostingDays.IsDay(line.Day))) return;
        var last = account.Lines[^1].Day;
        for (var i = 0; i < rating.History.Lines.Count; i++)
        {
            var name = rating.History.Lines[i].Name;
            var posted = -account.Entries
                .Where(e => e.Line == name && e.Kind is (long)EntryKind.EnergyCharge or (long)EntryKind.Correction)
                .Aggregate(BigInteger.Zero, (sum, entry) => sum + BalanceCheck.ToCustomer(entry));
            var open = account.Corrections.Where(one => one.ClosedThrough >= last)
                .Aggregate(BigInteger.Zero, (sum, one) => sum + LeftOf(one, name, i == 0, account.PerMinor));
            var shown = (posted * account.PerMinor) + days.Carry.GetValueOrDefault(name) + open;
            if (shown == days.Due[i]) continue;
            findings.Add(
                Check, Places.Account(account.Id),
                $"Line '{name}' has {shown} posted and carried; computed anew its closed days are {days.Due[i]}.");
        }
    }

    /// <summary>What a correction put into a line and did not post at once.</summary>
    private static BigInteger LeftOf(AuditCorrection one, string line, bool isFirst, BigInteger perMinor)
    {
        if (one.Lines.Length == 0) return isFirst ? one.Delta - (one.Posted * perMinor) : 0;
        var sum = BigInteger.Zero;
        foreach (var part in one.Lines.Split(';').Select(part => part.Split(':')))
        {
            if (part is not [var name, var delta, var posted] || Uri.UnescapeDataString(name) != line) continue;
            if (!BigInteger.TryParse(delta, Signed, Invariant, out var put)) continue; // It is missing in the sum then.
            if (BigInteger.TryParse(posted, Signed, Invariant, out var done)) sum += put - (done * perMinor);
        }

        return sum;
    }

    private void CompareEntries(
        AuditAccount account, AccountRating rating, long day, Dictionary<string, BigInteger> posted)
    {
        var where = Places.Line(account.Id, day);
        foreach (var entries in account.Entries
            .Where(entry => entry.Kind == (long)EntryKind.EnergyCharge && entry.Day == day)
            .GroupBy(entry => entry.Line ?? ""))
        {
            var sum = -entries.Aggregate(BigInteger.Zero, (all, entry) => all + BalanceCheck.ToCustomer(entry));
            posted.Remove(entries.Key, out var expected);
            if (sum != expected)
            {
                findings.Add(Check, where, $"The ledger has {sum} of line '{entries.Key}', the day {expected}.");
            }

            var side = entries.Key == RoundingLine ? LedgerAccount.Rounding
                : rating.History.Lines.FirstOrDefault(line => line.Name == entries.Key)?.Account;
            foreach (var entry in entries)
            {
                if (side is { } account2 && (entry.Debit == (long)account2 || entry.Credit == (long)account2)) continue;
                findings.Add(
                    Check, Places.Entry(entry.Shard, entry.Id), $"Line '{entries.Key}' is not booked against {side}.");
            }
        }

        foreach (var (name, amount) in posted)
        {
            findings.Add(Check, where, $"{amount} of line '{name}' is not in the ledger.");
        }
    }

    /// <summary>What corrections say they posted is in the ledger, with the day that it corrects.</summary>
    private void CompareCorrections(AuditAccount account)
    {
        var entries = account.Entries.Where(entry => entry.Kind == (long)EntryKind.Correction)
            .GroupBy(entry => (Corrects: entry.CorrectsDay ?? long.MinValue, entry.Day))
            .ToDictionary(
                group => group.Key,
                group => -group.Aggregate(BigInteger.Zero, (all, entry) => all + BalanceCheck.ToCustomer(entry)));
        foreach (var group in account.Corrections.GroupBy(c => (Corrects: c.Day, Day: unchecked(c.ClosedThrough + 1))))
        {
            entries.Remove(group.Key, out var sum);
            var posted = group.Aggregate(BigInteger.Zero, (all, correction) => all + correction.Posted);
            if (sum == posted) continue;
            findings.Add(
                Check, Places.Correction(account.Id, group.Key.Corrects),
                $"It posted {posted} on {Places.Day(group.Key.Day)}; the ledger has {sum}.");
        }

        foreach (var (key, sum) in entries.Where(entry => !entry.Value.IsZero))
        {
            findings.Add(
                Check, Places.Correction(account.Id, key.Corrects), $"The ledger has {sum}; there is no correction.");
        }
    }
}
