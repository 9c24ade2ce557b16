using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Roots;

/// <summary>
/// Takes the ends of all chains out of the store as one root. Nothing new in any chain, nothing to send.
/// </summary>
public sealed class RootExport(IJournalStore journal, IRootSink sink, TimeProvider clock)
{
    private RootLine? _last;

    /// <returns>The line that was sent; null when nothing has changed since the last.</returns>
    public async Task<RootLine?> RunAsync(CancellationToken stopping)
    {
        _last ??= await sink.LastAsync(stopping);
        var heads = await journal.HeadsAsync(stopping);
        var line = RootLine.Of(clock.Now(), heads, _last?.Root ?? RootLine.Start);
        if (_last is not null && line.Shards.SequenceEqual(_last.Shards)) return null;
        await sink.AppendAsync(line, stopping);
        return _last = line;
    }
}
