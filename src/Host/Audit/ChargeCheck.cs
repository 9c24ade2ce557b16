using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>Compares each stored charge with what another rater makes of the registers.</summary>
internal sealed class ChargeCheck(IReRater rater, RegistryImage registry, Findings findings)
{
    private readonly ILookup<AccountId, MeterRecord> _meters = registry.Meters.ToLookup(m => m.Account);

    private readonly ILookup<string, VersionedDocument> _tariffs = registry.Tariffs.ToLookup(
        t => t.Id, StringComparer.Ordinal);

    private readonly HashSet<MeterId> _multiplied = [.. registry.MeterMultipliers.Select(m => m.Meter)];

    public long Recomputed { get; private set; }

    public SortedDictionary<string, long> NotRecomputed { get; } = new(StringComparer.Ordinal);

    public void Run(AuditAccount account)
    {
        foreach (var row in account.Readings)
        {
            if ((row.Channel & 15) <= (long)RegisterKind.ReverseActive || row.Charge == 0) continue;
            findings.Add("charges", Places.Reading(row.Channel, row.At), "A register that is not billed has a charge.");
        }

        foreach (var meter in _meters[new(account.Id)]) Run(account, meter);
    }

    private void Run(AuditAccount account, MeterRecord meter)
    {
        var channel = new ChannelId(meter.Id, RegisterKind.ForwardActive).Value;
        var rows = account.Readings
            .Where(r => r.Channel == channel && r.Quality <= (long)ReadingQuality.Estimated).ToList();
        if (rows.Exists(r => !Places.IsInstant(r.At))) return; // Named already.
        var (charges, reason) = _multiplied.Contains(meter.Id) ? new(null, "its multiplier has changed")
            : Falls(rows) ? new(null, "its register rolled over")
            : rater.Rate(meter, [.. _tariffs[account.Tariff]], rows);
        if (charges is null)
        {
            NotRecomputed[reason] = NotRecomputed.GetValueOrDefault(reason) + 1;
            return;
        }

        for (var i = 0; i < rows.Count; i++)
        {
            Recomputed++;
            if (charges[i] == rows[i].Charge) continue;
            findings.Add(
                "charges", Places.Reading(channel, rows[i].At),
                $"Its charge is {rows[i].Charge}; computed anew it is {charges[i]}, in 10^-10 minor units.");
        }
    }

    private static bool Falls(List<AuditReading> rows) =>
        rows.Zip(rows.Skip(1)).Any(pair => pair.Second.Register < pair.First.Register);
}
