using System.Numerics;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>Compares each stored charge with what the second rating makes of the registers.</summary>
internal sealed class ChargeCheck(Findings findings)
{
    private const string Check = "charges";
    private const string TooLong = "an interval is longer than ten years";

    public long Recomputed { get; private set; }

    public SortedDictionary<string, long> NotRecomputed { get; } = new(StringComparer.Ordinal);

    /// <param name="account">Its rows.</param>
    /// <param name="rating">Null where its tariff is not understood.</param>
    /// <param name="why">Why not.</param>
    public void Run(AuditAccount account, AccountRating? rating, string why)
    {
        if (rating is null)
        {
            NotRecomputed[why] = NotRecomputed.GetValueOrDefault(why) + 1;
            return;
        }

        if (rating.History.Versions[0].ChargeDecimals is { } decimals
            && account.PerMinor != BigInteger.Pow(10, decimals))
        {
            findings.Add(
                Check, Places.Account(account.Id),
                $"{account.PerMinor} steps are a minor unit; its tariff says {decimals} decimals.");
        }

        foreach (var row in account.Readings)
        {
            Recomputed++;
            var lines = rating.Rate(row);
            var sum = lines?.Aggregate(Fraction.Zero, (all, line) => all + line) ?? Fraction.Zero;
            var exact = sum * account.PerMinor;
            if (exact.IsWhole && exact.Above == row.Charge) continue;
            findings.Add(
                Check, Places.Reading(row.Channel, row.At),
                lines is null && row.Charge != 0
                    ? $"It has a charge of {row.Charge}; it is not rated, not billed, the first, or years after "
                    + "the one before."
                : $"Its charge is {row.Charge}; computed anew it is {exact}, of which {account.PerMinor} are a minor "
                + $"unit{Parts(rating, lines)}.");
        }

        if (rating.TooLong == 0) return;
        NotRecomputed[TooLong] = NotRecomputed.GetValueOrDefault(TooLong) + 1;
    }

    private static string Parts(AccountRating rating, Fraction[]? lines) => lines is not { Length: > 1 } ? "" : ": "
        + string.Join(", ", lines.Select((line, i) => $"{rating.History.Lines[i].Name} {line}"));
}
