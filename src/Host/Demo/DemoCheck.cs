using System.Numerics;
using Meters.Control.Commands;
using Meters.Field;
using Meters.Host.Audit;
using Meters.Host.Engine;
using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>
/// Checks the service from the outside: what the field sent, what its relays did and what the customers paid, against
/// what the service answers. What energy costs it takes from the audit, which has it from the raw frames.
/// </summary>
public sealed class DemoCheck(
    DemoPlan plan, Truth truth, DemoCustomers people, DemoCounter counter, MetersEngine engine, AuditedCharges charges)
{
    private const int ZoneHours = 8;
    private const int CutFromHour = 8;
    private const int CutUntilHour = 18;

    private readonly List<string> _faults = [];

    public async Task<DemoSummary> RunAsync(
        string consumption, Instant until, TimeSpan took, AuditReport audit, CancellationToken stopping)
    {
        _faults.AddRange(audit.Findings.Select(f => $"Audit, {f.Where}: {f.What}"));
        var mismatches = await BalanceMismatchesAsync(stopping);
        var movements = truth.Movements;
        var opened = movements.Where(m => m.State == RelayState.Open).ToList();
        var totals = await engine.Store.Queries.TotalsAsync(stopping);
        var unconfirmed = totals.Commands
            .Where(c => c.Key.Kind is CommandKind.Trip or CommandKind.Close or CommandKind.PermitClose)
            .Where(c => c.Key.State
                is not (CommandState.Confirmed or CommandState.Cancelled or CommandState.Superseded))
            .Sum(c => c.Value);
        return new()
        {
            ReadingsSent = plan.Customers.Sum(c => (long)truth.ReadingsOf(c.Index).DistinctBy(r => r.At).Count()),
            ReadingsStored = Math.Min(totals.Readings, await EqualReadingsAsync(stopping)),
            Accounts = plan.Customers.Count,
            BalancesChecked = (int)audit.Balances,
            BalanceMismatches = mismatches,
            Sms = people.Sms.Count,
            Alarms = truth.AlarmChanges.Count(a => a.On),
            Cuts = opened.Count,
            Reconnects = movements.Count(m => m.State == RelayState.Closed),
            WrongfulCuts = opened.Count(IsWrongful),
            PaidButOff = plan.Customers.Count(IsPaidButOff),
            UnconfirmedCommands = unconfirmed,
            LedgerImbalance = await engine.Store.Queries.LedgerImbalanceAsync(stopping),
            AuditDifferences = audit.Differences,
            JournalLinks = audit.Links,
            Payments = people.Payments.Count,
            Until = until.ToString(),
            Consumption = consumption,
            Seconds = decimal.Round((decimal)took.TotalMilliseconds / 1000, 1),
            Faults = _faults,
        };
    }

    /// <summary>Stored readings whose instant and register are those that the field sent.</summary>
    private async Task<long> EqualReadingsAsync(CancellationToken stopping)
    {
        var equal = 0L;
        foreach (var customer in plan.Customers)
        {
            if (!engine.Registry.TryRelay(customer.Account, out var meter)) continue;
            var sent = truth.ReadingsOf(customer.Index).ToDictionary(r => r.At, r => r.Register);
            var channel = new ChannelId(meter.Id, RegisterKind.ForwardActive);
            var stored = await engine.Store.Queries.ReadingsAsync(
                channel, Instant.Epoch, Instant.Never, sent.Count + 1, stopping);
            var same = stored.Count(r => sent.TryGetValue(r.Reading.At, out var shown) && shown == r.Reading.Register);
            if (same != sent.Count)
            {
                _faults.Add($"Meter {meter.Id}: {sent.Count} readings sent, {same} stored as sent.");
            }
            equal += same;
        }

        return equal;
    }

    /// <summary>What the customer paid, less what the audit says that the energy cost until then.</summary>
    private BigInteger BalanceAt(DemoCustomer customer, Instant at) => people.Payments
        .Where(p => p.Customer == customer.Index && p.At <= at)
        .Aggregate(BigInteger.Zero, (sum, p) => sum + p.Amount.Minor) - charges.UpTo(customer.Account, at);

    /// <summary>The call centre's answer and the SQL view, each against what was paid and used.</summary>
    private async Task<int> BalanceMismatchesAsync(CancellationToken stopping)
    {
        var wrong = new HashSet<AccountId>();
        var seen = 0;
        await foreach (var (account, balance) in engine.Store.Queries.BalancesAsync(stopping))
        {
            seen++;
            Compare(account, balance.Minor, "by SQL");
        }

        if (seen != plan.Customers.Count) _faults.Add($"The store shows {seen} balances of {plan.Customers.Count}.");
        foreach (var chunk in plan.Customers.Chunk(16))
        {
            var answers = await Task.WhenAll(chunk.Select(c => counter.BalanceAsync(c.Account, stopping)));
            for (var i = 0; i < chunk.Length; i++) Compare(chunk[i].Account, answers[i], "by HTTP");
        }

        return wrong.Count + Math.Abs(plan.Customers.Count - seen);

        void Compare(AccountId account, long minor, string by)
        {
            var expected = BalanceAt(plan.Customers[(int)(account.Value - DemoPlan.FirstAccount)], Instant.Never);
            if (minor == expected) return;
            wrong.Add(account);
            _faults.Add($"Account {account}: {minor} {by}, {expected} from the field's truth.");
        }
    }

    /// <summary>
    /// A cut is right only in arrears, by day, after an SMS of each kind and the alarm, and never on life support.
    /// </summary>
    private bool IsWrongful(RelayMovement cut)
    {
        var customer = plan.Customers[cut.Meter];
        var hour = Utc(cut.At).AddHours(ZoneHours).Hour;
        var told = people.Sms.Count(s => s.Customer == cut.Meter && s.At < cut.At);
        var alarmed = truth.AlarmChanges.Any(a => a.Meter == cut.Meter && a.On && a.At < cut.At);
        var why = BalanceAt(customer, cut.At).Sign >= 0 ? "the account was not in arrears"
            : hour is < CutFromHour or >= CutUntilHour ? "outside the allowed hours"
            : told < 2 ? "without two messages before"
            : !alarmed ? "without the alarm before"
            : DemoPlan.RecordOf(customer).NeverCut ? "a protected customer"
            : null;
        if (why is not null) _faults.Add($"Account {customer.Account} was cut at {cut.At}: {why}.");
        return why is not null;
    }

    private bool IsPaidButOff(DemoCustomer customer)
    {
        var off = truth.RelayOf(customer.Index) == RelayState.Open && BalanceAt(customer, Instant.Never).Sign > 0;
        if (off) _faults.Add($"Account {customer.Account} has paid and is still off.");
        return off;
    }

    private static DateTime Utc(Instant at) => at.ToDateTimeOffset().UtcDateTime;
}
