using Meters.Control.Limits;
using Meters.Units;

namespace Meters.Host.Bench.Guard;

/// <summary>What asks for a hundred thousand cuts at once.</summary>
public enum GuardCause
{
    /// <summary>The engine itself, as on 12 August 2020.</summary>
    Bug,

    /// <summary>One login.</summary>
    Operator,

    /// <summary>A tariff with a wrong price: everybody's balance falls, one after another.</summary>
    Tariff,
}

/// <summary>One trial, drawn from a seed: the same seed is the same trial.</summary>
internal sealed record GuardTrialPlan
{
    public static readonly Instant Start = Instant.Utc(2020, 8, 12, 8);

    /// <summary>Length of a trial on the virtual clock.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromHours(2);

    public const int Concentrators = 1_000;

    private static readonly int[] LoadsWatts = [800, 1_500, 3_000, 5_000, 8_000, 12_000, 40_000, 250_000];

    public required int Seed { get; init; }

    public required GuardCause Cause { get; init; }

    public required int Accounts { get; init; }

    public required int Cuts { get; init; }

    public required int Feeders { get; init; }

    public required int Regions { get; init; }

    public required GuardOptions Guard { get; init; }

    public required LimiterOptions Limiter { get; init; }

    /// <summary>The fault passes the pace by: the guard alone stands.</summary>
    public required bool IsPaceBroken { get; init; }

    /// <summary>Cuts usually proposed in this hour; null without history.</summary>
    public required long? Usual { get; init; }

    /// <summary>How far each process's clock stands off.</summary>
    public required TimeSpan[] Skew { get; init; }

    /// <summary>When a process dies, and for how long.</summary>
    public required (int Process, Instant At, TimeSpan Down)[] Restarts { get; init; }

    /// <summary>When somebody stops all cuts; null: nobody does.</summary>
    public required Instant? StoppedAt { get; init; }

    /// <summary>When two people release some of the quarantined cuts; null: nobody does.</summary>
    public required Instant? ReleasedAt { get; init; }

    /// <summary>Paid, oldest first: when, and behind which concentrator.</summary>
    public required (Instant At, int Concentrator)[] Reconnects { get; init; }

    /// <summary>When each cut is asked for, rising.</summary>
    public required Instant[] Asked { get; init; }

    public static int WattsOf(int account) => LoadsWatts[(int)(unchecked((uint)account * 2_654_435_761u) >> 29)];

    public int FeederOf(int account) => account % Feeders;

    public int RegionOf(int account) => FeederOf(account) % Regions;

    public static GuardTrialPlan Of(int seed, int cuts)
    {
        var random = new Random(seed);
        var cause = (GuardCause)random.Next(3);
        var isPaceBroken = random.Next(2) == 0;
        var from = Start + TimeSpan.FromMinutes(random.Next(1, 20));
        var perSecond = random.Next(20, 400);
        return new()
        {
            Seed = seed,
            Cause = cause,
            Accounts = cuts * random.Next(1, 10),
            Cuts = cuts,
            Feeders = random.Next(1, 2_000),
            Regions = random.Next(1, 30),
            Guard = new()
            {
                WindowMinutes = random.Next(1, 31),
                TripsFloor = random.Next(1, 100),
                TripsPerTenThousandAccounts = random.Next(1, 100),
                FeederPerTenThousand = random.Next(1, 2_000),
                RegionPerTenThousand = random.Next(1, 300),
                OperatorTripsMax = random.Next(1, 30),
            },
            Limiter = new()
            {
                CommandsPerSecondSystemMax = perSecond,
                CommandsPerSecondSystemReserve = perSecond / 5,
                CommandsPerMinutePerConcentratorMax = 100,
            },
            IsPaceBroken = isPaceBroken,
            Usual = random.Next(5) < 3 ? null : random.Next(0, 2_000),
            Skew = [TimeSpan.Zero, TimeSpan.FromMilliseconds(random.Next(2) * random.Next(-9_000, 9_000))],
            Restarts =
            [
                .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (
                    random.Next(2), from + TimeSpan.FromSeconds(random.Next(0, 5_000)),
                    TimeSpan.FromMilliseconds(random.Next(200, 20_000)))).OrderBy(one => one.Item2),
            ],
            StoppedAt = random.Next(4) == 0 ? from + TimeSpan.FromSeconds(random.Next(1, 3_000)) : null,
            ReleasedAt = random.Next(4) == 0 ? from + TimeSpan.FromSeconds(random.Next(60, 5_000)) : null,
            Reconnects = ReconnectsOf(random),
            Asked = AskedOf(random, cuts, from, cause == GuardCause.Tariff ? random.Next(1, 900) : 0),
        };
    }

    private static (Instant At, int Concentrator)[] ReconnectsOf(Random random)
    {
        const int Count = 3_000;
        return
        [
            .. Enumerable.Range(0, Count)
                .Select(_ => (Start + TimeSpan.FromMilliseconds(random.Next((int)Length.TotalMilliseconds)),
                    random.Next(Concentrators)))
                .OrderBy(one => one.Item1),
        ];
    }

    private static Instant[] AskedOf(Random random, int cuts, Instant from, int seconds)
    {
        var asked = new Instant[cuts];
        for (var i = 0; i < cuts; i++) asked[i] = from + TimeSpan.FromMilliseconds(random.Next((seconds * 1_000) + 1));
        Array.Sort(asked);
        return asked;
    }
}
