using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>
/// Flat and tiered tariffs of one version, in big integers and from the published prices: the energy of each period is
/// priced through the tiers from its beginning. Shares nothing with the engine's rating.
/// </summary>
public sealed class TieredReRater : IReRater
{
    private static readonly string[] Understood =
        ["id", "version", "effectiveFrom", "currency", "zone", "accumulate", "tiers"];

    public ReRated Rate(MeterRecord meter, IReadOnlyList<VersionedDocument> tariff, IReadOnlyList<AuditReading> rows)
    {
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(tariff);
        ArgumentNullException.ThrowIfNull(rows);
        if (tariff.Count != 1) return new(null, $"the tariff has {tariff.Count} versions");
        if (Prices.Read(tariff[0].Json, out var why) is not { } prices) return new(null, why);
        var charges = new BigInteger[rows.Count];
        var origin = rows.Count == 0 ? 0 : new BigInteger(rows[0].Register);
        for (var i = 1; i < rows.Count; i++)
        {
            var (before, row) = (rows[i - 1], rows[i]);
            BigInteger from = before.Register;
            // A reading at the very start of a period belongs to the period before, as an end, and begins the next.
            for (var next = prices.PeriodEnd(before.At); next < row.At; next = prices.PeriodEnd(next))
            {
                var cut = RegisterAt(before, row, next);
                charges[i] += Price(from, cut);
                (from, origin) = (cut, cut);
            }

            charges[i] += Price(from, row.Register);
            if (prices.PeriodStart(row.At) == row.At) origin = row.Register;
        }

        return new(charges, "");

        BigInteger Price(BigInteger low, BigInteger high) =>
            prices.UpTo((high - origin) * meter.Multiplier) - prices.UpTo((low - origin) * meter.Multiplier);
    }

    private static BigInteger RegisterAt(in AuditReading before, in AuditReading after, long at) =>
        before.Register
        + (((BigInteger)after.Register - before.Register) * (at - before.At) / (after.At - before.At));

    /// <summary>
    /// Published prices. Charges of 10^-10 minor units are tenths of a watt-hour times micro-minor units per kWh.
    /// </summary>
    private sealed record Prices(List<(BigInteger? UpTo, BigInteger Price)> Tiers, string Accumulate, LocalZone Zone)
    {
        public static Prices? Read(string json, out string why)
        {
            why = "the tariff's document cannot be read";
            try
            {
                using var document = JsonDocument.Parse(json);
                var root = document.RootElement;
                foreach (var property in root.EnumerateObject())
                {
                    if (Understood.Contains(property.Name)) continue;
                    why = $"the tariff has '{property.Name}'";
                    return null;
                }

                var accumulate = root.TryGetProperty("accumulate", out var a) ? a.GetString() ?? "none" : "none";
                if (accumulate is not ("none" or "month" or "year"))
                {
                    why = $"the tariff accumulates by '{accumulate}'";
                    return null;
                }

                if (!Currency.TryParse(root.GetProperty("currency").GetString(), out var currency)
                    || !LocalZone.TryParse(root.GetProperty("zone").GetString(), out var zone))
                {
                    return null;
                }

                return ReadTiers(root, currency, ref why) is { } tiers ? new(tiers, accumulate, zone) : null;
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException
                or FormatException or OverflowException)
            {
                return null;
            }
        }

        /// <summary>Price of the first tenths of a watt-hour of a period.</summary>
        public BigInteger UpTo(BigInteger tenthsWh)
        {
            var (cost, below) = (BigInteger.Zero, BigInteger.Zero);
            foreach (var (limit, price) in Tiers)
            {
                var end = limit is { } upTo && upTo < tenthsWh ? upTo : tenthsWh;
                if (end > below) (cost, below) = (cost + ((end - below) * price), end);
            }

            return cost;
        }

        public long PeriodStart(long at)
        {
            var local = Zone.ToLocal(new(at));
            return Accumulate switch
            {
                "month" => Zone.ToInstant(new DateTime(local.Year, local.Month, 1)).UnixMicros,
                "year" => Zone.ToInstant(new DateTime(local.Year, 1, 1)).UnixMicros,
                _ => long.MinValue,
            };
        }

        /// <summary>End of the period that begins at or contains the instant.</summary>
        public long PeriodEnd(long at)
        {
            var local = Zone.ToLocal(new(at));
            return Accumulate switch
            {
                "month" => Zone.ToInstant(new DateTime(local.Year, local.Month, 1).AddMonths(1)).UnixMicros,
                "year" => Zone.ToInstant(new DateTime(local.Year, 1, 1).AddYears(1)).UnixMicros,
                _ => long.MaxValue,
            };
        }

        private static List<(BigInteger? UpTo, BigInteger Price)>? ReadTiers(
            JsonElement root, Currency currency, ref string why)
        {
            var tiers = new List<(BigInteger?, BigInteger)>();
            foreach (var tier in root.GetProperty("tiers").EnumerateArray())
            {
                foreach (var property in tier.EnumerateObject())
                {
                    if (property.Name is "upToKwh" or "price") continue;
                    why = $"a tier has '{property.Name}'";
                    return null;
                }

                BigInteger? upTo = tier.TryGetProperty("upToKwh", out var end) ? Scaled(end, 4) : null;
                tiers.Add((upTo, Scaled(tier.GetProperty("price"), 6 + currency.Decimals)));
            }

            return tiers;
        }

        /// <summary>A decimal as a whole number of its 10^-digits.</summary>
        private static BigInteger Scaled(JsonElement value, int digits)
        {
            var text = value.ToString();
            var point = text.IndexOf('.', StringComparison.Ordinal);
            var fraction = point < 0 ? "" : text[(point + 1)..];
            if (fraction.Length > digits) throw new FormatException("Too many decimals.");
            var whole = point < 0 ? text : text[..point];
            return BigInteger.Parse(whole + fraction.PadRight(digits, '0'), CultureInfo.InvariantCulture);
        }
    }
}
