using Meters.Units;

namespace Meters.Billing.Journal;

/// <summary>One link of a shard's chain: stands beside the row that it covers, and is never changed.</summary>
/// <param name="Seq">Position in the shard's chain, from 1 without gaps.</param>
/// <param name="Kind">Which table its row is in.</param>
/// <param name="Subject">Ledger entry id, or the account.</param>
/// <param name="Day">Service day, where the row has one in its key.</param>
/// <param name="Key">The payment's key.</param>
/// <param name="Proof"><see cref="DayProof"/>, of day lines and day rows.</param>
/// <param name="Tag">CRC-32C of the record: says where a change is. It proves nothing.</param>
/// <param name="Hash">SHA-256 over the hash before and the record, 32 bytes: proves everything up to here.</param>
public sealed record JournalLink(
    long Seq, JournalKind Kind, long Subject, ServiceDay? Day, string? Key, byte[]? Proof, uint Tag, byte[] Hash);
