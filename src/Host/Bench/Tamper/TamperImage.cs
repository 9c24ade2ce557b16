using Meters.Billing.Journal;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Tamper;

/// <summary>
/// A journal's rows in memory behind the audit's own reader, so that ten thousand journals can be tampered with in a
/// minute. It joins as the store's SQL does.
/// </summary>
public sealed class TamperImage : IAuditSource
{
    private readonly Dictionary<string, List<object?[]>> _rows;
    private readonly RegistryImage _registry;

    private TamperImage(Dictionary<string, List<object?[]>> rows, RegistryImage registry) =>
        (_rows, _registry) = (rows, registry);

    public static async Task<TamperImage> LoadAsync(IAuditSource source)
    {
        var rows = TamperTable.All.ToDictionary(
            t => t.Name, _ => new List<object?[]>(), StringComparer.Ordinal);
        foreach (var head in await source.HeadsAsync())
        {
            rows[TamperTable.Shard].Add([(long)head.Shard, head.Seq, head.Hash, head.ClosesThrough?.UnixMicros]);
            await foreach (var (link, row) in source.LinksAsync(head.Shard)) AddLink(rows, head.Shard, link, row!);
        }

        var registry = await source.RegistryAsync();
        await foreach (var batch in source.AccountsAsync([.. registry.Accounts.Select(a => a.Id.Value)]))
        {
            foreach (var r in batch.SelectMany(account => account.Readings))
            {
                rows[TamperTable.Reading].Add([r.Channel, r.At, r.Register, r.Charge, r.Quality, r.Frame]);
            }
        }

        return new(rows, registry);
    }

    public IReadOnlyList<object?[]> Rows(string table) => _rows[table];

    /// <summary>The account that a channel's meter belongs to; null for none.</summary>
    public long? OwnerOf(long channel)
    {
        foreach (var meter in _registry.Meters)
        {
            if (meter.Id.Value == channel >> 4) return meter.Account.Value;
        }

        return null;
    }

    /// <summary>The same journal with rows changed; this one stays as it is.</summary>
    public TamperImage With(IEnumerable<TamperStep> steps)
    {
        var rows = new Dictionary<string, List<object?[]>>(_rows, StringComparer.Ordinal);
        foreach (var table in steps.GroupBy(s => s.Table.Name, StringComparer.Ordinal))
        {
            var gone = table.Select(s => s.Before).OfType<object?[]>().ToHashSet();
            rows[table.Key] =
            [
                .. rows[table.Key].Where(r => !gone.Contains(r)),
                .. table.Select(s => s.After).OfType<object?[]>(),
            ];
        }

        return new(rows, _registry);
    }

    public Task<IReadOnlyList<ShardHead>> HeadsAsync() => Task.FromResult<IReadOnlyList<ShardHead>>(
        [.. Rows(TamperTable.Shard).Select(r => new ShardHead(
            (int)Number(r[0]), Number(r[1]), (byte[])r[2]!, r[3] is long at ? new Instant(at) : null))]);

    public Task<IReadOnlyList<int>> LinkedShardsAsync() => Task.FromResult<IReadOnlyList<int>>(
        [.. Rows(TamperTable.Journal).Select(r => unchecked((int)Number(r[0]))).Distinct().Order()]);

    public async IAsyncEnumerable<LinkedRow> LinksAsync(int shard)
    {
        await Task.CompletedTask;
        var named = Named();
        foreach (var row in Rows(TamperTable.Journal).Where(r => Number(r[0]) == shard)
            .OrderBy(r => Number(r[1])))
        {
            var link = LinkOf(row);
            yield return new(
                link,
                link.Kind == (long)JournalKind.DayRows
                    ? new(link.Kind, -1, [link.Subject, link.Day])
                    : named.GetValueOrDefault(NameOf(link, shard)));
        }
    }

    public async IAsyncEnumerable<AuditRow> UnlinkedAsync()
    {
        await Task.CompletedTask;
        var linked = Rows(TamperTable.Journal)
            .Select(r => NameOf(LinkOf(r), unchecked((int)Number(r[0])))).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, row) in Named())
        {
            if (!linked.Contains(name)) yield return row;
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<AuditAccount>> AccountsAsync(IReadOnlyList<long> ids)
    {
        await Task.CompletedTask;
        var of = _registry.Accounts.ToDictionary(
            a => a.Id.Value, a => new AuditAccount(a.Id.Value, a.Shard, a.Tariff));
        var owners = _registry.Meters.ToDictionary(m => m.Id.Value, m => m.Account.Value);
        foreach (var r in Rows(TamperTable.Reading).OrderBy(r => Number(r[0])).ThenBy(r => Number(r[1])))
        {
            if (!owners.TryGetValue(Number(r[0]) >> 4, out var owner)) continue;
            of[owner].Readings.Add(ReadingOf(r));
        }

        FillLedger(of);
        foreach (var row in Rows(TamperTable.Journal).Where(r => Number(r[2]) is 3 or 5 && r[4] is not null)
            .OrderBy(r => Number(r[4])).ThenBy(r => Number(r[1])))
        {
            if (!of.TryGetValue(Number(row[3]), out var account) || account.Shard != Number(row[0])) continue;
            var proof = new AuditProof(Number(row[1]), Number(row[4]), (byte[]?)row[6]);
            if (account.Proofs.Count > 0 && account.Proofs[^1].Day == proof.Day) account.Proofs[^1] = proof;
            else account.Proofs.Add(proof);
        }

        yield return [.. ids.Select(id => of[id])];
    }

    public Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max)
    {
        var meters = _registry.Meters.Select(m => m.Id.Value).ToHashSet();
        return Task.FromResult<IReadOnlyList<AuditReading>>(
            [.. Rows(TamperTable.Reading).Where(r => !meters.Contains(Number(r[0]) >> 4)).Take(max).Select(ReadingOf)]);
    }

    /// <summary>There is no view here: nothing to compare with.</summary>
    public Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync(IReadOnlyList<long>? accounts) =>
        Task.FromResult<IReadOnlyDictionary<long, long>?>(null);

    public Task<RegistryImage> RegistryAsync() => Task.FromResult(_registry);

    public Task<IReadOnlyDictionary<long, RawFrame>> FramesAsync(IReadOnlyList<long> ids) =>
        Task.FromResult<IReadOnlyDictionary<long, RawFrame>>(new Dictionary<long, RawFrame>());

    /// <summary>No raw frames here, and nothing beside the journal: only what it covers is tampered with.</summary>
    public Task<IReadOnlyList<RawFrame>> FramesAfterAsync(long after, long since, int max) =>
        Task.FromResult<IReadOnlyList<RawFrame>>([]);

    public Task<IReadOnlyList<AuditReading>> ReadingsAtAsync(long at, IReadOnlyList<long> channels) =>
        Task.FromResult<IReadOnlyList<AuditReading>>([]);

    public Task<IReadOnlyList<AuditQuarantine>> QuarantinedAsync(IReadOnlyList<long> frames) =>
        Task.FromResult<IReadOnlyList<AuditQuarantine>>([]);

    public Task<IReadOnlyList<AuditOperation>> TwoHalvesAsync() =>
        Task.FromResult<IReadOnlyList<AuditOperation>>([]);

    public Task<AuditAccount> HouseAsync() => Task.FromResult(new AuditAccount(0, -1, ""));

    /// <summary>A link as the audit sees it.</summary>
    public static StoredLink LinkOf(object?[] row) => new(
        Number(row[1]), Number(row[2]), Number(row[3]), (long?)row[4], (string?)row[5], (byte[]?)row[6],
        Number(row[7]), (byte[])row[8]!);

    private void FillLedger(Dictionary<long, AuditAccount> of)
    {
        foreach (var r in Rows(TamperTable.Ledger).OrderBy(r => Number(r[1])))
        {
            if (!of.TryGetValue(Number(r[4]), out var account)) continue;
            account.Entries.Add(new(
                unchecked((int)Number(r[0])), Number(r[1]), Number(r[3]), Number(r[5]), Number(r[6]), Number(r[7]),
                Number(r[8]), (string?)r[9]));
        }

        foreach (var r in Rows(TamperTable.Payment))
        {
            if (!of.TryGetValue(Number(r[1]), out var account)) continue;
            account.Payments.Add(new((string)r[0]!, Number(r[1]), Number(r[2])));
        }

        foreach (var r in Rows(TamperTable.DayCharge).OrderBy(r => Number(r[1])))
        {
            if (!of.TryGetValue(Number(r[0]), out var account)) continue;
            account.Lines.Add(new(Number(r[1]), Number(r[2]), Number(r[3]), Number(r[4]), Number(r[5])));
        }

        foreach (var r in Rows(TamperTable.Correction))
        {
            if (!of.TryGetValue(Number(r[1]), out var account)) continue;
            account.Corrections.Add(new(Number(r[2]), Number(r[3]), Number(r[4]), Number(r[5])));
        }
    }

    private static void AddLink(Dictionary<string, List<object?[]>> rows, long shard, StoredLink link, AuditRow row)
    {
        rows[TamperTable.Journal].Add(
            [shard, link.Seq, link.Kind, link.Subject, link.Day, link.Key, link.Proof, link.Tag, link.Hash]);
        var values = row.Values;
        switch ((JournalKind)link.Kind)
        {
            case JournalKind.LedgerEntry:
                rows[TamperTable.Ledger].Add([shard, .. values]);
                break;
            case JournalKind.Payment:
                rows[TamperTable.Payment].Add([.. values]);
                break;
            case JournalKind.DayLine:
                rows[TamperTable.DayCharge].Add([.. values]);
                break;
            case JournalKind.AccrualCorrection:
                rows[TamperTable.Correction].Add([link.Seq, .. values]);
                break;
            default:
                break; // Stands in the link alone.
        }
    }

    /// <summary>Rows by what a link would name them.</summary>
    private Dictionary<string, AuditRow> Named()
    {
        var named = new Dictionary<string, AuditRow>(StringComparer.Ordinal);
        foreach (var r in Rows(TamperTable.Ledger))
        {
            named[$"1|{r[0]}|{r[1]}"] = new(1, unchecked((int)Number(r[0])), [.. r.Skip(1)]);
        }

        foreach (var r in Rows(TamperTable.Payment)) named[$"2|{r[0]}"] = new(2, -1, r);
        foreach (var r in Rows(TamperTable.DayCharge)) named[$"3|{r[0]}|{r[1]}"] = new(3, -1, r);
        foreach (var r in Rows(TamperTable.Correction)) named[$"4|{r[1]}|{r[0]}"] = new(4, -1, [.. r.Skip(1)]);
        return named;
    }

    private static string NameOf(StoredLink link, int shard) => link.Kind switch
    {
        1 => $"1|{shard}|{link.Subject}",
        2 => $"2|{link.Key}",
        3 => $"3|{link.Subject}|{link.Day}",
        4 => $"4|{link.Subject}|{link.Seq}",
        _ => "",
    };

    private static AuditReading ReadingOf(object?[] r) =>
        new(Number(r[0]), Number(r[1]), Number(r[2]), Number(r[3]), Number(r[4]), Number(r[5]));

    private static long Number(object? value) => (long)value!;
}
