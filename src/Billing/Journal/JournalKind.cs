namespace Meters.Billing.Journal;

/// <summary>What a link of the chain is about. Stored and hashed: never renumber (docs/journal.md).</summary>
public enum JournalKind : byte
{
    /// <summary>A ledger entry; the link's subject is its id.</summary>
    LedgerEntry = 1,

    /// <summary>A payment; the subject is its account, the key its key.</summary>
    Payment = 2,

    /// <summary>The journal line of an account and service day, with the proof of that day's readings.</summary>
    DayLine = 3,

    /// <summary>What late readings changed in a closed day; the subject is its account.</summary>
    AccrualCorrection = 4,

    /// <summary>The proof of a closed day's readings, anew: something in them changed after the close.</summary>
    DayRows = 5,

    /// <summary>One line of the tariff in an account's day; the subject is its account, the key the line.</summary>
    TariffLine = 6,
}
