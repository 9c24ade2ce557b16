using Meters.Billing.Journal;
using Meters.Host.Audit;
using Meters.Storage.Contract;

namespace Meters.Host.Bench.Tamper;

/// <summary>Draws trials from a seed: flips, removals, insertions, exchanges, cut ends and whole rewritings.</summary>
public sealed class TamperTrials(TamperImage image, long lastRoot, Random random)
{
    private static readonly string[] Rowed =
    [
        TamperTable.Ledger, TamperTable.Payment, TamperTable.DayCharge, TamperTable.Correction, TamperTable.Reading,
        TamperTable.Reading, TamperTable.Journal,
    ];

    private readonly TamperPlaces _places = new(image);
    private readonly Dictionary<string, HashSet<string>> _keys = TamperTable.All.ToDictionary(
        t => t.Name, t => image.Rows(t.Name).Select(t.KeyOf).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>The next one that a database would take and that changes anything.</summary>
    public TamperTrial Next()
    {
        while (true)
        {
            var trial = random.Next(20) switch
            {
                < 9 => Flip(),
                < 12 => Remove(),
                < 15 => Swap(),
                < 17 => PutIn(),
                < 19 => CutOff(),
                _ => Rewrite(),
            };
            if (trial is not null) return trial;
        }
    }

    private TamperTrial? Flip()
    {
        var table = TamperTable.Of(random.Next(25) == 0 ? TamperTable.Shard : Rowed[random.Next(Rowed.Length)]);
        if (Draw(table) is not { } row) return null;
        var column = random.Next(table.Columns.Length);
        if (table.Columns[column] is "frame_id" or "closes_through" && table.Name is not TamperTable.DayCharge)
        {
            return null; // No part of the journal; the raw frames and the view speak for them.
        }

        if (table.Name == TamperTable.Shard && column == 0) return null;
        var after = (object?[])row.Clone();
        after[column] = Flipped(row[column]);
        var isTaken = column < table.Key && _keys[table.Name].Contains(table.KeyOf(after));
        return after[column] is null || isTaken ? null : Trial("flip", table, row, after);
    }

    private TamperTrial? Remove()
    {
        var table = TamperTable.Of(Rowed[random.Next(Rowed.Length)]);
        return Draw(table) is { } row ? Trial("remove", table, row, null) : null;
    }

    private TamperTrial? PutIn()
    {
        var table = TamperTable.Of(Rowed[random.Next(Rowed.Length)]);
        if (Draw(table) is not { } row) return null;
        var copy = (object?[])row.Clone();
        var last = table.Key - 1;
        copy[last] = copy[last] is long number ? number + random.Next(1, 1_000) : copy[last] + "x";
        if (_keys[table.Name].Contains(table.KeyOf(copy))) return null;
        var step = new TamperStep(table, null, copy);
        return table.Name == TamperTable.Reading && !_places.IsClosed(copy)
            ? null // The open day is not history yet.
            : new("put_in", table.Name, [step], TamperPlaces.Of(table, copy), [TamperPlaces.NamesNew(table, copy)]);
    }

    /// <summary>Two rows exchange what they say: all but their keys.</summary>
    private TamperTrial? Swap()
    {
        var table = TamperTable.Of(Rowed[random.Next(Rowed.Length)]);
        if (Draw(table) is not { } a || Draw(table) is not { } b || ReferenceEquals(a, b)) return null;
        object?[] newA = [.. a.Take(table.Key), .. b.Skip(table.Key)];
        object?[] newB = [.. b.Take(table.Key), .. a.Skip(table.Key)];
        if (table.Name == TamperTable.Reading) (newA[5], newB[5]) = (a[5], b[5]);
        if (newA.SequenceEqual(a)) return null;
        return new(
            "swap", table.Name, [new(table, a, newA), new(table, b, newB)],
            $"{TamperPlaces.Of(table, a)} and {TamperPlaces.Of(table, b)}",
            [_places.Names(table, a, newA), _places.Names(table, b, newB)]);
    }

    /// <summary>The end goes without a trace, the head set back: only the roots know.</summary>
    private TamperTrial? CutOff()
    {
        var head = image.Rows(TamperTable.Shard)[0];
        var (shard, seq) = ((long)head[0]!, (long)head[1]!);
        var keep = random.NextInt64(0, lastRoot);
        var steps = new List<TamperStep>();
        byte[] hash = JournalChain.Start;
        foreach (var row in image.Rows(TamperTable.Journal))
        {
            if ((long)row[1]! == keep) hash = (byte[])row[8]!;
            if ((long)row[1]! <= keep) continue;
            steps.Add(new(TamperTable.Of(TamperTable.Journal), row, null));
            if (_places.RowOf(row) is var (table, named)) steps.Add(new(table, named, null));
        }

        var after = (object?[])head.Clone();
        (after[1], after[2]) = (keep, hash);
        if (random.Next(4) > 0) steps.Add(new(TamperTable.Of(TamperTable.Shard), head, after)); // A clumsy one forgets.
        var where = Places.Shard((int)shard);
        return new(
            "cut_off", TamperTable.Journal, steps, $"{where} after link {keep}",
            [f => f.Where == where && f.Links is { } range && range.First == keep + 1 && range.Last <= seq]);
    }

    /// <summary>An entry is changed and every later hash computed anew, the head too: only the roots know.</summary>
    private TamperTrial? Rewrite()
    {
        var table = TamperTable.Of(TamperTable.Ledger);
        if (Draw(table) is not { } row) return null;
        var changed = (object?[])row.Clone();
        changed[7] = (long)row[7]! + 1;
        var steps = new List<TamperStep> { new(table, row, changed) };
        var rewritten = new TamperRewrite(image, _places, row, changed);
        steps.AddRange(rewritten.Steps);
        if (rewritten.First > lastRoot) return null;
        return new(
            "rewrite", TamperTable.Journal, steps, $"among links with {rewritten.First}",
            [f => f.Check == "roots" && f.Links is { } range
                && range.First <= rewritten.First && range.Last >= rewritten.First]);
    }

    private TamperTrial Trial(string kind, TamperTable table, object?[] before, object?[]? after) => new(
        kind, table.Name, [new(table, before, after)], TamperPlaces.Of(table, before),
        [_places.Names(table, before, after)]);

    /// <summary>A row of history; null where the table has none.</summary>
    private object?[]? Draw(TamperTable table)
    {
        var rows = image.Rows(table.Name);
        if (rows.Count == 0) return null;
        var row = rows[random.Next(rows.Count)];
        return table.Name == TamperTable.Reading && !_places.IsClosed(row) ? null : row;
    }

    private object? Flipped(object? value)
    {
        switch (value)
        {
            case long number:
                return number ^ (1L << random.Next(64));
            case byte[] bytes:
                var copy = (byte[])bytes.Clone();
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            case string { Length: > 0 } text:
                var characters = text.ToCharArray();
                var at = random.Next(characters.Length);
                characters[at] = (char)(characters[at] ^ (1 << random.Next(7)));
                return characters[at] == 0 ? null : new string(characters);
            default:
                return null;
        }
    }
}
