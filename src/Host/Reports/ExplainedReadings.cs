using System.Globalization;
using Meters.Billing.Explaining;
using Meters.Billing.Tariffs;
using Meters.Host.Api;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <param name="Used">Energy of the interval.</param>
/// <param name="Charge">Exact, as stored.</param>
internal sealed record DayReading(Energy Used, long Charge, ExplainedReading Text);

/// <summary>What each reading cost, and of what that is made: rated anew and compared with what is stored.</summary>
internal sealed class ExplainedReadings(ReportPort port, TariffHistory tariff, ExplainedAmounts text, ServiceDay from)
{
    /// <summary>By the service day that their intervals end in, in order of meter, register and time.</summary>
    public Dictionary<ServiceDay, List<DayReading>> Of(
        IReadOnlyDictionary<ChannelId, MeterRecord> channels, AccountHistory history, List<ExplainedTie> ties)
    {
        var days = new Dictionary<ServiceDay, List<DayReading>>();
        foreach (var (channel, rows) in history.Readings.OrderBy(pair => pair.Key.Value))
        {
            var walk = new UsageWalk(tariff, channel.Register);
            RatedReading? before = null;
            foreach (var row in rows)
            {
                var pieces = new List<ChargePiece>();
                var usage = port.UsageOf(channels[channel], row);
                var isRated = walk.TryStep(row.Reading.At, usage, [], pieces, out var charge);
                var day = port.Zone.ServiceDayOfIntervalEnd(row.Reading.At);
                if (day >= from)
                {
                    Compare(row, isRated ? charge : null, ties);
                    var used = before is { } last ? usage - port.UsageOf(channels[channel], last) : Energy.Zero;
                    if (!days.TryGetValue(day, out var list)) days.Add(day, list = []);
                    list.Add(new(used, row.Charge, TextOf(row, before, used, pieces)));
                }

                before = row;
            }
        }

        return days;
    }

    private void Compare(RatedReading row, long? charge, List<ExplainedTie> ties)
    {
        if (charge == row.Charge) return; // Thousands that agree are told by the sums of the days.
        ties.Add(new(
            $"reading of meter {row.Reading.Channel.Meter} at {row.Reading.At}: the stored charge is the tariff's",
            charge is { } rated ? text.Exact(rated) : "not to be rated",
            text.Exact(row.Charge),
            Holds: false));
    }

    private ExplainedReading TextOf(RatedReading row, RatedReading? before, Energy used, List<ChargePiece> pieces) =>
        new(
            row.Reading.Channel.Meter.Value,
            Tags.Of(row.Reading.Channel.Register),
            before?.Reading.At.ToString(),
            row.Reading.At.ToString(),
            Texts.Kwh(row.Reading.Register),
            Texts.Kwh(used),
            Tags.Of(row.Reading.Quality),
            row.Reading.Frame.Value.ToString(CultureInfo.InvariantCulture),
            text.Exact(row.Charge),
            [.. pieces.Select(PieceOf)]);

    private ExplainedPiece PieceOf(ChargePiece piece) => new(
        piece.From.ToString(),
        piece.To.ToString(),
        Texts.Kwh(piece.Used),
        piece.Band,
        piece.Tier,
        piece.TierUpTo is { } end ? Texts.Kwh(end) : null,
        Texts.Kwh(piece.PositionFrom),
        Texts.Kwh(piece.PositionTo),
        piece.TariffVersion,
        [.. piece.Lines.Select(line => new ExplainedLine(line.Line, text.Price(line.Price), text.Exact(line.Charge)))]);
}
