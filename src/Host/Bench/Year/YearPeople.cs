using Meters.Host.Sms;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>What customers do, and the gateway between them and the utility.</summary>
internal sealed class YearPeople(YearWorld world) : ISmsChannel
{
    private readonly Dictionary<string, Home> _byPhone = world.Fleet.Homes.Where(home => home.Phone.Length > 0)
        .ToDictionary(home => home.Phone, StringComparer.Ordinal);

    private readonly Dictionary<NoticeId, Home> _open = [];

    private long _payments;

    private Random Random => world.Random;

    public Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping)
    {
        var home = _byPhone[message.Phone];
        _open[message.Notice] = home;
        world.Oracle.Handed(home, message.Notice, world.Now);
        if (!world.Troubles.SmsUp || Random.Next(200) == 0)
        {
            return Task.FromResult<SmsResult>(new SmsResult.TryLater("The gateway is away."));
        }

        world.Counts.Messages++;
        if (Random.Next(150) == 0)
        {
            return Task.FromResult<SmsResult>(new SmsResult.Rejected("The number does not exist."));
        }

        var arrives = world.Now + TimeSpan.FromSeconds(Random.Next(3, 120));
        var draw = Random.Next(100);
        if (draw < 95) world.At(arrives, () => Arrive(home, message.Notice, reported: draw < 90));
        else if (draw < 98) world.At(arrives, () => Report(home, message.Notice, delivered: false));
        return Task.FromResult<SmsResult>(new SmsResult.Accepted("0"));
    }

    /// <summary>It was given up, or reported as not delivered.</summary>
    public void Failed(NoticeId notice)
    {
        if (_open.Remove(notice, out var home)) world.Oracle.Failed(home, notice, world.Now);
    }

    /// <summary>A purchase so that the homes do not all begin alike.</summary>
    public void Open(Home home) => Pay(home, home.DayCost * Random.Next(1, 40));

    /// <summary>The customer hears of the coming cut just then.</summary>
    public void CutIsComing(Home home)
    {
        if (Random.Next(8) != 0) return;
        world.At(world.Now + TimeSpan.FromMilliseconds(Random.Next(8_000)), () => Pay(home, Enough(home)));
    }

    public void LightsOut(Home home)
    {
        var (minutes, amount) = home.Habit switch
        {
            Habit.Away => (Random.Next(10, 40) * 1_440, Enough(home)),
            Habit.Parts => (Random.Next(10, 600), Part(home)),
            _ => (Random.Next(3, 900), Enough(home)),
        };
        Plan(home, TimeSpan.FromMinutes(minutes), amount);
    }

    private void Arrive(Home home, NoticeId notice, bool reported)
    {
        world.Oracle.Read(home, notice, world.Now);
        if (reported) Report(home, notice, delivered: true);
        var chance = home.Habit switch
        {
            Habit.Prompt => 60,
            Habit.Late => 25,
            Habit.Parts => 20,
            _ => 3,
        };
        if (Random.Next(100) >= chance) return;
        var amount = home.Habit == Habit.Parts ? Part(home) : Enough(home);
        Plan(home, TimeSpan.FromMinutes(Random.Next(5, 2_880)), amount);
    }

    private void Report(Home home, NoticeId notice, bool delivered)
    {
        if (world.Service.IsDead)
        {
            world.At(world.Now + TimeSpan.FromMinutes(10), () => Report(home, notice, delivered)); // It comes again.
            return;
        }

        if (delivered) world.Oracle.Delivered(home, notice, world.Now);
        if (delivered) _open.Remove(notice);
        Sync.Of(world.Service.Notices.OnDeliveryAsync(notice, delivered, "report", default));
    }

    private long Enough(Home home) => Math.Max(0, -home.TrueBalance) + (home.DayCost * Random.Next(4, 40));

    private long Part(Home home) => Math.Max(home.DayCost, Math.Max(0, -home.TrueBalance) * Random.Next(20, 70) / 100);

    private void Plan(Home home, TimeSpan after, long amount)
    {
        if (home.PaymentPlanned) return;
        home.PaymentPlanned = true;
        world.At(world.Now + after, () => Pay(home, amount));
    }

    private void Pay(Home home, long amount)
    {
        if (world.Service.IsDead || !world.Troubles.PaymentsUp)
        {
            world.At(world.Now + TimeSpan.FromMinutes(Random.Next(1, 30)), () => Pay(home, amount));
            return;
        }

        home.PaymentPlanned = false;
        home.Paid += amount;
        world.Counts.Payments++;
        world.Service.Books.Pay(home, $"y{++_payments}", amount, world.Clock.Now());
        world.Oracle.Paid(home, amount, world.Now);

        // Still in the dark: the rest follows.
        if (!home.RelayOn && home.TrueBalance < home.DayCost)
        {
            Plan(home, TimeSpan.FromMinutes(Random.Next(60, 4_000)), Enough(home));
        }
    }
}
