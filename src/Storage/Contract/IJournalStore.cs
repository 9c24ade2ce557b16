using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>The chains over what is history (docs/journal.md), for roots and for the audit.</summary>
public interface IJournalStore
{
    /// <summary>End of each shard's chain, in order of shard; all of the same moment.</summary>
    Task<IReadOnlyList<ShardHead>> HeadsAsync(CancellationToken stopping);

    /// <summary>
    /// Runs work on one unchanging state of the store, beside whoever writes it. Nothing can be written.
    /// </summary>
    Task<T> AuditAsync<T>(Func<IAuditSource, Task<T>> work, CancellationToken stopping);
}

/// <param name="Shard">Which.</param>
/// <param name="Seq">Position of its last link, 0 without one.</param>
/// <param name="Hash">Hash of its last link, 32 bytes; zero bytes without one.</param>
/// <param name="ClosesThrough">Where its last closed day ends.</param>
public sealed record ShardHead(int Shard, long Seq, byte[] Hash, Instant? ClosesThrough);
