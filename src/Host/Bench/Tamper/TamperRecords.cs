using System.Globalization;
using System.Numerics;
using Meters.Host.Audit;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Tamper;

/// <summary>
/// Draws trials on what no chain covers: raw frames, the columns of a payment beside its record, and readings of the
/// open day whose charges somebody computed anew, so that only the frame tells.
/// </summary>
public sealed class TamperRecords
{
    private static readonly TamperTable Frame = new("raw_frame", ["id", "bytes"], 1);
    private static readonly TamperTable Split = new(TamperTable.Payment, ["key", "split"], 1);
    private static readonly TamperTable Tender = new(TamperTable.Payment, ["key", "tender"], 1);

    private readonly List<AuditAccount> _accounts;
    private readonly AccountRatings _ratings;
    private readonly Dictionary<int, long> _closed;
    private readonly IReadOnlyList<RawFrame> _frames;
    private readonly HashSet<long> _named;
    private readonly Random _random;

    private TamperRecords(
        List<AuditAccount> accounts,
        AccountRatings ratings,
        Dictionary<int, long> closed,
        IReadOnlyList<RawFrame> frames,
        Random random)
    {
        (_accounts, _ratings, _closed, _frames, _random) = (accounts, ratings, closed, frames, random);
        _named = accounts.SelectMany(account => account.Readings).Select(row => row.Frame).ToHashSet();
    }

    public static async Task<TamperRecords> LoadAsync(IAuditSource source, Random random)
    {
        const int FramesMax = 10_000;
        var registry = await source.RegistryAsync();
        var accounts = new List<AuditAccount>();
        await foreach (var batch in source.AccountsAsync([.. registry.Accounts.Select(a => a.Id.Value)]))
        {
            accounts.AddRange(batch);
        }

        var closed = (await source.HeadsAsync()).ToDictionary(h => h.Shard, h => h.ClosesThrough?.UnixMicros ?? 0);
        var frames = await source.FramesAfterAsync(long.MinValue, long.MinValue, FramesMax);
        return new(accounts, new(registry), closed, frames, random);
    }

    public TamperTrial Next()
    {
        while (true)
        {
            var trial = _random.Next(5) switch
            {
                0 => FlipFrame(),
                1 => RemoveFrame(),
                2 => OtherSplit(),
                3 => OtherTender(),
                _ => Recharge(),
            };
            if (trial is not null) return trial;
        }
    }

    private TamperTrial FlipFrame()
    {
        var frame = _frames[_random.Next(_frames.Count)];
        var bytes = frame.Bytes.ToArray();
        bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return OfFrame("flip", frame, [frame.Id.Value, bytes]);
    }

    private TamperTrial? RemoveFrame()
    {
        var frame = _frames[_random.Next(_frames.Count)];
        return _named.Contains(frame.Id.Value) ? OfFrame("remove", frame, null) : null;
    }

    private static TamperTrial OfFrame(string kind, RawFrame frame, object?[]? after)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"raw_frame {frame.Id.Value}");
        return new(
            kind, Frame.Name, [new(Frame, [frame.Id.Value, frame.Bytes.ToArray()], after)], where,
            [f => f.Where == where || f.Beside == where]);
    }

    private TamperTrial? OtherSplit()
    {
        if (Draw() is not { Split: { } split } payment) return null;
        var text = split.Replace("1:", "43:", StringComparison.Ordinal);
        return text == split ? null : OfPayment("other_split", Split, payment.Key, split, text);
    }

    private TamperTrial? OtherTender() =>
        Draw() is { Tender: < 2 and var tender } payment
            ? OfPayment("other_tender", Tender, payment.Key, tender, 1 - tender)
            : null;

    private AuditPayment? Draw()
    {
        var payments = _accounts[_random.Next(_accounts.Count)].Payments;
        return payments.Count == 0 ? null : payments[_random.Next(payments.Count)];
    }

    private static TamperTrial OfPayment(string kind, TamperTable table, string key, object before, object after)
    {
        var where = Places.Payment(key);
        return new(
            kind, table.Name, [new(table, [key, before], [key, after])], where,
            [f => f.Where == where && f.Check == "money"]);
    }

    /// <summary>Less energy, and every charge that hangs on it as it would then be.</summary>
    private TamperTrial? Recharge()
    {
        var account = _accounts[_random.Next(_accounts.Count)];
        var at = _random.Next(1, account.Readings.Count);
        var (before, row) = (account.Readings[at - 1], account.Readings[at]);
        if (row.At <= _closed.GetValueOrDefault(account.Shard) || before.Channel != row.Channel
            || row.Register <= before.Register)
        {
            return null;
        }

        var changed = account with { Readings = [.. account.Readings] };
        changed.Readings[at] = row with { Register = _random.NextInt64(before.Register, row.Register) };
        if (_ratings.Of(changed, out _) is not { } rating) return null;
        var table = TamperTable.Of(TamperTable.Reading);
        var steps = new List<TamperStep>();
        for (var i = 0; i < changed.Readings.Count; i++)
        {
            var one = changed.Readings[i];
            if (rating.Rate(one) is { } lines)
            {
                var exact = lines.Aggregate(Fraction.Zero, (sum, line) => sum + line) * changed.PerMinor;
                one = one with { Charge = (long)(BigInteger)exact.HalfUp() };
            }

            if (one != account.Readings[i]) steps.Add(new(table, ValuesOf(account.Readings[i]), ValuesOf(one)));
        }

        var where = Places.Reading(row.Channel, row.At);
        return new("recharge", table.Name, steps, where, [f => f.Where == where && f.Check == "frames"]);
    }

    private static object?[] ValuesOf(AuditReading row) =>
        [row.Channel, row.At, row.Register, row.Charge, row.Quality, row.Frame];
}
