using Meters.Billing.Accounts;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>How a customer pays.</summary>
internal enum Habit
{
    /// <summary>Soon after the first message.</summary>
    Prompt,

    /// <summary>At some message, or in the dark.</summary>
    Late,

    /// <summary>Only in the dark.</summary>
    Dark,

    /// <summary>First a part, which is not enough, then the rest.</summary>
    Parts,

    /// <summary>Weeks after the cut.</summary>
    Away,
}

/// <summary>Where accounts are on one policy: its zone, its tariff, its book.</summary>
/// <param name="Index">Shard of its book.</param>
/// <param name="Policy">Id of the policy.</param>
/// <param name="Zone">Of the book's days.</param>
/// <param name="Currency">Of everything.</param>
/// <param name="PriceMinor">Minor units for a kilowatt-hour.</param>
internal sealed record Region(int Index, string Policy, LocalZone Zone, Currency Currency, int PriceMinor)
{
    public string Tariff => $"year-{Policy}";

    /// <summary>Charge of so much energy, rounded half up, by the world's own reckoning.</summary>
    public long ChargeOf(long wattHours) => ((2 * wattHours * PriceMinor) + 1_000) / 2_000;
}

/// <summary>A concentrator with its homes.</summary>
internal sealed class Site(TerminalAddress address, string feeder)
{
    public TerminalAddress Address => address;

    public string Feeder => feeder;

    public List<Home> Homes { get; } = [];

    /// <summary>No session before.</summary>
    public Instant DownUntil { get; set; } = Instant.Epoch;

    /// <summary>No power either.</summary>
    public bool IsDark { get; set; }

    public YearLine? Line { get; set; }
}

/// <summary>An account with its meter, as it really is.</summary>
internal sealed class Home(int index, Region region, Site site)
{
    private const long WattMicrosPerWattHour = 3_600_000_000;

    private long _wattMicros;

    public int Index => index;

    public Region Region => region;

    public Site Site => site;

    public AccountId Account { get; } = new(1_000_000 + index);

    public MeterId Meter { get; } = new(2_000_000 + index);

    public ChannelId Channel => new(Meter, RegisterKind.ForwardActive);

    public string Phone { get; set; } = "";

    public bool NeverCut { get; init; }

    public Habit Habit { get; init; }

    /// <summary>Words that policies speak of.</summary>
    public HashSet<string> Classes { get; init; } = [];

    public int Watts { get; init; }

    /// <summary>Its readings come late or not at all now and then; its rows are kept for corrections.</summary>
    public List<RatedReading>? Rows { get; init; }

    public bool RelayOn { get; set; } = true;

    public bool AlarmOn { get; set; }

    /// <summary>The customer may close by the button.</summary>
    public bool Permitted { get; set; }

    public Instant SilentUntil { get; set; } = Instant.Epoch;

    public Instant MeteredTo { get; set; }

    public bool PaymentPlanned { get; set; }

    public long Paid { get; set; }

    public long RegisterWh => _wattMicros / WattMicrosPerWattHour;

    /// <summary>The latest that the service has.</summary>
    public Instant ReadAt { get; set; } = Instant.Epoch;

    /// <summary>Something happens on its ladder: it is read each hour.</summary>
    public bool IsNear { get; set; }

    /// <summary>What the customer would find if everything were rated by now.</summary>
    public long TrueBalance => Paid - region.ChargeOf(RegisterWh);

    public long DayCost => Math.Max(1, region.ChargeOf(24L * Watts));

    /// <summary>The register runs on to an instant.</summary>
    public void MeterTo(Instant to)
    {
        while (MeteredTo < to)
        {
            var hour = MeteredTo.UnixMicros / Instant.MicrosPerHour;
            var end = Math.Min(to.UnixMicros, (hour + 1) * Instant.MicrosPerHour);
            if (RelayOn && !site.IsDark) _wattMicros += WattsIn(hour) * (end - MeteredTo.UnixMicros);
            MeteredTo = new(end);
        }
    }

    /// <summary>Load in an hour: more by day than by night, and another each day.</summary>
    private long WattsIn(long hour)
    {
        var ofDay = (int)((hour + index) % 24);
        var shape = ofDay is < 6 or > 22 ? 50 : ofDay is > 16 ? 160 : 100;
        var day = unchecked((uint)(((hour / 24) * 2_654_435_761) ^ (index * 40_503L)));
        return (long)Watts * shape * (70 + ((day >> 7) % 61)) / 10_000;
    }
}
