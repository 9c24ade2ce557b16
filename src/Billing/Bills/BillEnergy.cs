using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>The part of a bill that comes from energy, taken and fed in.</summary>
internal sealed class BillEnergy
{
    private readonly TariffVersion _version;
    private readonly BillSpan _span;
    private readonly Ratio _scale;
    private readonly long _total;
    private readonly List<BillPart>[] _parts;

    public BillEnergy(TariffVersion version, BillInput input, BillSpan span)
    {
        (_version, _span, _scale) = (version, span, span.ScaleOf(version.Limits));
        _total = input.UsedBefore.TenthsWh + input.Uses.Sum(use => use.Used.TenthsWh);
        Amounts = new Ratio[version.Lines.Count];
        _parts = [.. version.Lines.Select(_ => new List<BillPart>())];
        Add(input.Uses, input.InOrder, input.UsedBefore.TenthsWh, isExport: false);
        Add(input.Exported, input.InOrder, input.ExportedBefore.TenthsWh, isExport: true);
    }

    /// <summary>Minor units, by line.</summary>
    public Ratio[] Amounts { get; }

    public IReadOnlyList<BillPart> PartsOf(int line) => _parts[line];

    private void Add(IReadOnlyList<BandUse> uses, bool inOrder, long before, bool isExport)
    {
        if (uses.Any(use => use.Used < Energy.Zero)) throw new ArgumentException("Energy is not negative.");
        var total = uses.Sum(use => use.Used.TenthsWh);
        if (total == 0) return;
        if (inOrder || uses.Count == 1)
        {
            foreach (var use in uses)
            {
                AddUse(use, 1, before, before + use.Used.TenthsWh, isExport);
                before += use.Used.TenthsWh;
            }

            return;
        }

        foreach (var use in uses) AddUse(use, new(use.Used.TenthsWh, total), before, before + total, isExport);
    }

    /// <summary>A share of everything between two positions, at the prices of a band.</summary>
    private void AddUse(BandUse use, Ratio share, long from, long to, bool isExport)
    {
        if (share.IsZero || from == to) return;
        var band = _version.Calendar.IndexOf(use.Band, _version.Id);
        var month = _version.HasSeasons ? use.Month ?? _span.FirstMonth : 1;
        var math = new EnergyMath(_version, month, _scale, isExport, isExport ? null : _total);
        List<long> ends = [.. math.Edges().Where(edge => edge > from && edge < to), to];
        for (var line = 0; line < Amounts.Length; line++)
        {
            Amounts[line] += math.Charge(line, band, from, to) * share;
            if (_version.Lines[line] is not EnergyLine energy || energy.Export != isExport) continue;
            var start = from;
            foreach (var end in ends)
            {
                AddPart(math, line, band, start, end, to, share);
                start = end;
            }
        }
    }

    /// <summary>Prices of the printed parts are those of the bill's own total, where they depend on it.</summary>
    private void AddPart(EnergyMath math, int line, int band, long from, long to, long total, Ratio share)
    {
        var amount = math.Integral(line, total, band, from, to) * share;
        var tier = math.TierIndex(line, total, to);
        var used = new Energy((long)((to - from) * share).Floor());
        var price = math.Integral(line, total, band, from, from + 1) * Energy.PerKwh;
        var name = _version.Calendar.Bands[band].Name;
        if (_parts[line] is [.., { } last] parts && last.Band == name && last.Tier == tier && last.Price == price)
        {
            // An edge of another line lies in between.
            var used2 = last.Used + used;
            amount = price * new Ratio(used2.TenthsWh, Energy.PerKwh);
            parts[^1] = last with { Used = used2, Amount = RoundingRule.Plain.Round(amount) };
            return;
        }

        _parts[line].Add(new(name, tier, used, price, RoundingRule.Plain.Round(amount)));
    }
}
