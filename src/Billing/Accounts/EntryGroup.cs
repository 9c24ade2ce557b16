using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>Entries that are posted together for one reason, each applied to the book as it is made.</summary>
internal sealed class EntryGroup(
    ShardBook book, Instant at, ServiceDay day, AccountId account, List<LedgerEntry> entries)
{
    /// <summary>Id of the first entry; zero before it.</summary>
    public long Id { get; private set; }

    public AccountId Account => account;

    public ServiceDay Day => day;

    /// <summary>Posts one; both sides of a nothing are nothing.</summary>
    public LedgerEntry Add(
        LedgerAccount debit,
        LedgerAccount credit,
        Money amount,
        EntryKind kind,
        string? line = null,
        string? key = null,
        long? reverses = null)
    {
        var id = book.NextEntryId();
        if (Id == 0) Id = id;
        var entry = new LedgerEntry(id, book.Shard, at, day, account, debit, credit, amount, kind, key)
        {
            Group = Id,
            Line = line,
            Reverses = reverses,
        };
        book.Apply(entry);
        entries.Add(entry);
        return entry;
    }

    /// <summary>Posts a signed amount: below zero with the sides changed, nothing for zero.</summary>
    public void AddSigned(LedgerAccount debit, LedgerAccount credit, Money amount, EntryKind kind)
    {
        if (amount < Money.Zero) Add(credit, debit, -amount, kind);
        else if (amount > Money.Zero) Add(debit, credit, amount, kind);
    }
}
