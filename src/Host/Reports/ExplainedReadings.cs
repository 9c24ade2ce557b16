using System.Globalization;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Host.Api;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <param name="Used">Energy of the interval.</param>
/// <param name="Charge">Exact, as stored.</param>
internal sealed record DayReading(Energy Used, long Charge, ExplainedReading Text);

/// <summary>What each reading cost, and of what that is made: rated anew and compared with what is stored.</summary>
internal sealed class ExplainedReadings(
    ReportPort port, TariffHistory tariff, ExplainedAmounts text, ServiceDay from, ServiceDay to)
{
    /// <summary>By the service day that their intervals end in, in order of meter, register and time.</summary>
    public Dictionary<ServiceDay, List<DayReading>> Of(IReadOnlyList<MeterSeries> all, List<ExplainedTie> ties)
    {
        var days = new Dictionary<ServiceDay, List<DayReading>>();
        foreach (var series in all)
        {
            var (rows, usages) = (series.Rows, series.Usages);
            var pieces = series.Explain(tariff);
            for (var i = 0; i < rows.Count; i++)
            {
                var day = port.Zone.ServiceDayOfIntervalEnd(rows[i].Reading.At);
                if (day < from || day > to) continue;
                Compare(rows[i], pieces[i].Aggregate((Int128)0, (sum, piece) => sum + piece.Charge), ties);
                var used = i > 0 ? usages[i].Usage - usages[i - 1].Usage : Energy.Zero;
                if (!days.TryGetValue(day, out var list)) days.Add(day, list = []);
                list.Add(new(used, rows[i].Charge, TextOf(series, i, used, pieces[i])));
            }
        }

        return days;
    }

    private void Compare(RatedReading row, Int128 charge, List<ExplainedTie> ties)
    {
        if (charge == row.Charge) return; // Thousands that agree are told by the sums of the days.
        ties.Add(new(
            $"reading of meter {row.Reading.Channel.Meter} at {row.Reading.At}: the stored charge is the tariff's",
            text.Exact(charge),
            text.Exact(row.Charge),
            Holds: false));
    }

    private ExplainedReading TextOf(MeterSeries series, int i, Energy used, IReadOnlyList<RatedPiece> pieces)
    {
        var row = series.Rows[i];
        var before = i > 0 ? series.Rows[i - 1] : (RatedReading?)null;
        return new(
            row.Reading.Channel.Meter.Value,
            Tags.Of(row.Reading.Channel.Register),
            before?.Reading.At.ToString(),
            row.Reading.At.ToString(),
            Texts.Kwh(row.Reading.Register),
            Texts.Kwh(used),
            Tags.Of(row.Reading.Quality),
            row.Reading.Frame.Value.ToString(CultureInfo.InvariantCulture),
            text.Exact(row.Charge),
            [.. pieces.Select(piece => PieceOf(piece, row.Reading.Channel.Register))])
        {
            Multiplier = port.MultiplierAt(series.Meter, before?.Reading.At ?? row.Reading.At),
            MultiplierChanges =
            [
                .. port.MultipliersOf(series.Meter.Id)
                    .Where(change => change.From > before?.Reading.At && change.From < row.Reading.At)
                    .Select(change => new ExplainedMultiplier(
                        change.From.ToString(),
                        change.Multiplier,
                        // Only of this register it was read.
                        row.Reading.Channel.Register == RegisterKind.ForwardActive
                            && change.RegisterAtChange is { } read ? Texts.Kwh(read) : null)),
            ],
            RolledOver = row.Reading.Register < before?.Reading.Register,
            Replacement = before is null ? ReplacementOf(series) : null,
        };
    }

    /// <summary>The change that the meter's first reading begins after.</summary>
    private ExplainedReplacement? ReplacementOf(MeterSeries series) =>
        port.InstallationOf(series.Meter.Id) is { } change
            ? new(
                change.At.ToString(),
                change.OldMeter.Value,
                Texts.Kwh(change.ClosingRegister),
                Texts.Kwh(change.OpeningRegister),
                Texts.Kwh(series.Carry))
            : null;

    private ExplainedPiece PieceOf(RatedPiece piece, RegisterKind register) => new(
        piece.From.ToString(),
        piece.To.ToString(),
        Texts.Kwh(piece.UsageTo - piece.UsageFrom),
        piece.Version.Calendar.Bands.Count > 1 ? piece.Band : "",
        piece.Tier + 1,
        TierEnd(piece, register) is { } end ? Texts.Kwh(end) : null,
        Texts.Kwh(piece.PositionFrom),
        Texts.Kwh(piece.PositionTo),
        piece.Version.Version,
        [.. piece.Lines.Select(line => LineOf(piece, line))])
    {
        Tariff = piece.Version.Id == tariff.Id ? null : piece.Version.Id,
    };

    private ExplainedLine LineOf(RatedPiece piece, PieceLine line)
    {
        var used = new Ratio((piece.UsageTo - piece.UsageFrom).TenthsWh, Energy.PerKwh);
        var byEnergy = line.Price * tariff.PerMinor * used;
        var rest = line.Charge - (Int128)byEnergy.Floor();
        return new(
            tariff.Lines[line.Line].Name,
            text.Price(line.Price),
            rest == 0 ? null : text.Exact(rest),
            text.Exact(line.Charge));
    }

    /// <summary>
    /// Where the tier ends, if that is the same in every period; null for the last tier, or when it is not.
    /// </summary>
    private static Energy? TierEnd(RatedPiece piece, RegisterKind register)
    {
        var version = piece.Version;
        if (version.Limits != LimitScale.PerPeriod) return null;
        var line = version.Lines.OfType<EnergyLine>()
            .FirstOrDefault(one => one.Export == (register == RegisterKind.ReverseActive));
        var month = version.Zone.ToLocal(piece.From).Month;
        var season = line?.Seasons.FirstOrDefault(one => ((one.Months >> month) & 1) != 0);
        return season?.Tables is [var table] && piece.Tier < table.Tiers.Count ? table.Tiers[piece.Tier].UpTo : null;
    }
}
