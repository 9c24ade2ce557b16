using Meters.Billing.Accounts;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Rows that the commit being made inserts or changes. A channel may be rated anew more than once in one commit, by its
/// own late readings and because the meter before it moved: then what is not stored yet counts, and each row is written
/// once.
/// </summary>
internal sealed class RowsInHand
{
    private readonly Dictionary<ChannelId, SortedDictionary<Instant, RowInHand>> _channels = [];

    private enum Kind
    {
        Charged,
        Replaced,
        Inserted,
    }

    public bool Has(ChannelId channel) => _channels.ContainsKey(channel);

    public void Clear() => _channels.Clear();

    /// <summary>The stored rows of a channel as they will be.</summary>
    public IReadOnlyList<RatedReading> Over(ChannelId channel, IReadOnlyList<RatedReading> stored)
    {
        var rows = new SortedDictionary<Instant, RatedReading>();
        foreach (var row in stored) rows[row.Reading.At] = row;
        foreach (var (at, row) in _channels[channel]) rows[at] = row.Row;
        return [.. rows.Values];
    }

    /// <param name="result">What rating anew led to.</param>
    /// <param name="rows">The rows that it went out from.</param>
    public void Take(RerateResult result, IReadOnlyList<RatedReading> rows)
    {
        foreach (var row in result.Inserted) Put(row, Kind.Inserted);
        foreach (var row in result.Replaced) Put(row, Kind.Replaced);
        if (result.Changed.Count == 0) return;
        var byInstant = rows.ToDictionary(row => row.Reading.At);
        foreach (var change in result.Changed) Put(byInstant[change.At] with { Charge = change.Charge }, Kind.Charged);
    }

    public void WriteTo(ShardCommit commit)
    {
        foreach (var row in _channels.Values.SelectMany(rows => rows.Values))
        {
            var reading = row.Row.Reading;
            if (row.Kind == Kind.Charged)
            {
                commit.ChargeChanges.Add(new(reading.Channel, reading.At, row.Row.Charge));
                continue;
            }

            (row.Kind == Kind.Inserted ? commit.Readings : commit.Replacements).Add(row.Row);
            if (!reading.Quality.IsRated()) commit.Unrated.Add((reading.Channel, reading.At));
            else if (row.Kind == Kind.Replaced) commit.RatedAgain.Add((reading.Channel, reading.At));
        }

        Clear();
    }

    /// <summary>What was inserted stays so, and what was replaced is not merely charged anew.</summary>
    private void Put(in RatedReading row, Kind kind)
    {
        var channel = row.Reading.Channel;
        if (!_channels.TryGetValue(channel, out var rows)) _channels.Add(channel, rows = []);
        if (rows.TryGetValue(row.Reading.At, out var there) && there.Kind > kind) kind = there.Kind;
        rows[row.Reading.At] = new(row, kind);
    }

    private readonly record struct RowInHand(RatedReading Row, Kind Kind);
}
