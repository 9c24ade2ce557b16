using Meters.Field;
using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>A payment that a customer makes; what the field's truth knows of money.</summary>
public sealed record DemoPayment(int Customer, Instant At, Money Amount);

/// <summary>An SMS that reached a customer's phone.</summary>
public sealed record DemoSms(int Customer, Instant At, string Text);

/// <summary>
/// The people: they know only what reaches them, an SMS or the dark, and go to the counter after a while. What they
/// paid and read is kept for the check.
/// </summary>
public sealed class DemoCustomers(
    DemoPlan plan, DemoCounter counter, DemoMailbox mailbox, Truth truth, TimeProvider clock)
{
    private static readonly Money FirstPart = new(100);

    private readonly Dictionary<string, int> _phones =
        plan.Customers.ToDictionary(c => c.Phone, c => c.Index, StringComparer.Ordinal);

    private readonly (Instant? At, Money Amount)[] _plans = new (Instant?, Money)[plan.Customers.Count];
    private readonly int[] _visits = new int[plan.Customers.Count];

    public List<DemoPayment> Payments { get; } = [];

    public List<DemoSms> Sms { get; } = [];

    /// <summary>Everybody's first purchase.</summary>
    public async Task OpenAsync(CancellationToken stopping)
    {
        foreach (var chunk in plan.Customers.Chunk(16))
        {
            await Task.WhenAll(
                chunk.Select(c => counter.PayAsync(c.Account, c.Opening, $"demo-{c.Account}-0", stopping)));
            foreach (var customer in chunk) Payments.Add(new(customer.Index, clock.Now(), customer.Opening));
        }
    }

    /// <summary>Everybody reads his phone and looks at the lamp; some plan to pay.</summary>
    public async Task LookAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        foreach (var sms in await mailbox.NewAsync(stopping))
        {
            var customer = plan.Customers[_phones[sms.Phone]];
            Sms.Add(new(customer.Index, now, sms.Text));
            if (customer.Habit == Habit.PaysWhenReminded) Plan(customer, now, customer.TopUp);
        }

        foreach (var customer in plan.Customers)
        {
            if (customer.Habit is not (Habit.PaysWhenCut or Habit.PaysInParts)) continue;
            if (truth.RelayOf(customer.Index) != RelayState.Open) continue;
            var part = customer.Habit == Habit.PaysInParts && _visits[customer.Index] % 2 == 0;
            Plan(customer, now, part ? FirstPart : customer.TopUp);
        }
    }

    /// <summary>Those whose time has come pay, one after the other. Returns how many did.</summary>
    public async Task<int> PayAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var paid = 0;
        foreach (var customer in plan.Customers)
        {
            var (at, amount) = _plans[customer.Index];
            if (at is null || at > now) continue;
            var key = $"demo-{customer.Account}-{++_visits[customer.Index]}";
            await counter.PayAsync(customer.Account, amount, key, stopping);
            // The cashier pressed twice: it counts once.
            await counter.PayAsync(customer.Account, amount, key, stopping);
            Payments.Add(new(customer.Index, now, amount));
            _plans[customer.Index] = default;
            paid++;
        }

        return paid;
    }

    private void Plan(DemoCustomer customer, Instant now, Money amount)
    {
        if (_plans[customer.Index].At is not null) return;
        _plans[customer.Index] = (now + TimeSpan.FromHours(customer.DelayHours), amount);
    }
}
