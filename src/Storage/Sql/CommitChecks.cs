using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>Mistakes of the writer's own code, found before a commit begins.</summary>
internal static class CommitChecks
{
    /// <exception cref="ArgumentException">The commit contradicts itself.</exception>
    public static void Check(ShardCommit commit, int shard)
    {
        if (commit.ClosesDay is null != commit.ClosesThrough is null)
        {
            throw new ArgumentException("ClosesDay and ClosesThrough belong together.", nameof(commit));
        }

        foreach (var line in commit.DayCharges)
        {
            if (line.Day == commit.ClosesDay) continue;
            throw new ArgumentException(
                $"A journal line of {line.Day} in a commit that does not close it.", nameof(commit));
        }

        foreach (var entry in commit.Entries)
        {
            if (entry.Shard == shard) continue;
            throw new ArgumentException(
                $"An entry of shard {entry.Shard} in a commit of shard {shard}.", nameof(commit));
        }
    }

    public static string Fenced(int shard, long epoch) =>
        $"Shard {shard} has a newer owner than epoch {epoch}: this writer must stop.";
}
