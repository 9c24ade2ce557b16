using Meters.Control.Cases;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Host.Bench.Year.Oracle;

/// <summary>A message, as the customer's side knows it.</summary>
internal sealed record Message(NoticeId Id, NoticeKind Kind, Instant WrittenAt)
{
    public Instant? DeliveredAt { get; set; }

    public bool HasFailed { get; set; }
}

/// <summary>What the oracle has seen of one account.</summary>
internal sealed class Watched(Home home)
{
    private const int TrailMax = 40;

    private readonly Queue<(Instant At, string What, long Value)> _trail = new();

    public Home Home => home;

    public long Paid { get; set; }

    public long LastPurchase { get; set; }

    public Instant LastPaidAt { get; set; } = Instant.Epoch;

    public (Instant At, long Wh)? Actual { get; set; }

    public (Instant At, long Wh)? Estimate { get; set; }

    public List<Hold> Holds { get; } = [];

    public bool ManualOff { get; set; }

    /// <summary>A person's cut may have opened the relay, or may still do so.</summary>
    public bool ManualHolds { get; set; }

    /// <summary>When a person's cut that has not left lapses; null once it has left.</summary>
    public Instant? ManualLapsesAt { get; set; }

    public bool RelayOn { get; set; } = true;

    /// <summary>Levels below which the balance has been, with hysteresis.</summary>
    public int Crossed { get; set; }

    /// <summary>Messages since the ladder was at its foot.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>Messages that were handed to the gateway, at the first try.</summary>
    public HashSet<NoticeId> Handed { get; } = [];

    /// <summary>Since then: how many steps with a message have come due.</summary>
    public int MayTell { get; set; }

    public int Told { get; set; }

    /// <summary>The policy by which levels were last looked at.</summary>
    public string Rules { get; set; } = "";

    /// <summary>
    /// The version whose levels the book compares the balance with: a new one is taken up at the next close of a day.
    /// </summary>
    public RuleBook? Levels { get; set; }

    public Instant? CrossedSince { get; set; }

    public long LastTrip { get; set; }

    /// <summary>Cuts by policy that left since the balance was last above the level, or the relay open.</summary>
    public HashSet<long> Tries { get; } = [];

    public HashSet<long> EarlierTrips { get; } = [];

    /// <summary>Paid enough and in the dark.</summary>
    public bool Waits { get; set; }

    public TimeSpan Waited { get; set; }

    public Instant WaitMark { get; set; }

    public bool WaitTold { get; set; }

    public bool WasReachable { get; set; }

    /// <summary>Everything was open for a cut since.</summary>
    public Instant? DueSince { get; set; }

    public bool DueTold { get; set; }

    /// <summary>Who paid after a cut had left waits for a reconnect to leave.</summary>
    public bool ChaseOwed { get; set; }

    /// <summary>An estimate that a later known register contradicts is void.</summary>
    public bool IsEstimated =>
        Estimate is { } guess && (Actual is not { } actual || (guess.At > actual.At && guess.Wh >= actual.Wh));

    public long Balance => Paid - home.Region.ChargeOf((IsEstimated ? Estimate : Actual)?.Wh ?? 0);

    public void Note(Instant at, string what, long value = 0)
    {
        _trail.Enqueue((at, what, value));
        if (_trail.Count > TrailMax) _trail.Dequeue();
    }

    public string Trail() => string.Join("; ", _trail.Select(one => $"{one.At} {one.What} {one.Value}"));
}
