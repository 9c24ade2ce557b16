namespace Meters.Billing.Tariffs;

/// <summary>How much of each source other lines take, through however many percent lines.</summary>
internal static class LineOrder
{
    /// <summary>Indexes of the version's lines, each after those it is computed from.</summary>
    public static IReadOnlyList<int> Of(TariffVersion version)
    {
        var order = new List<int>();
        for (var line = 0; line < version.Lines.Count; line++) Visit(line);
        return order;

        void Visit(int line)
        {
            if (order.Contains(line)) return;
            foreach (var (of, _) in LineChecks.ReferencesOf(version.Lines[line])) Visit(version.IndexOf(of));
            order.Add(line);
        }
    }

    /// <summary>
    /// Adds to each percent line its share of the others in <paramref name="amounts"/>, which come from something else
    /// than energy: shares of a part of the energy have no part in them.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="order">Its lines in order.</param>
    /// <param name="amounts">Minor units by line.</param>
    /// <param name="isFinal">Nothing is settled later: shares without an end of decimals count as they are.</param>
    public static void AddShares(
        TariffVersion version, IReadOnlyList<int> order, Ratio[] amounts, bool isFinal = false)
    {
        foreach (var line in order)
        {
            if (version.Lines[line] is not PercentLine { Steps: [var step] } percent) continue;
            var share = isFinal ? percent.ExactShare ?? step.Share : step.Share;
            foreach (var of in percent.Of)
            {
                if (!of.IsPart) amounts[line] += amounts[version.IndexOf(of.Line)] * share;
            }
        }
    }

    /// <summary>Of one unit of a source, what reaches each line; the source itself is one.</summary>
    public static Ratio[] SharesOf(TariffVersion version, int source)
    {
        var amounts = new Ratio[version.Lines.Count];
        amounts[source] = 1;
        AddShares(version, Of(version), amounts);
        return amounts;
    }
}
