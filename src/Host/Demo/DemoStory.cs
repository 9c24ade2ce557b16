using Meters.Control.Commands;
using Meters.Field;
using Meters.Host.Engine;
using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>Tells what happens to one household, line by line, from what its people and its meter notice.</summary>
public sealed class DemoStory(
    DemoCustomer customer, Truth truth, DemoCustomers people, MetersEngine engine, TextWriter writer)
{
    private readonly LocalZone _zone = LocalZone.China;
    private int _sms;
    private int _alarms;
    private int _movements;
    private int _payments;
    private Instant _lastBalance = Instant.Epoch;

    public async Task BeginAsync()
    {
        await writer.WriteLineAsync(
            $"The story of {customer.Name}, account {customer.Account}, tariff {customer.Tariff}, "
            + $"first purchase {Amount(customer.Opening)}:");
    }

    /// <summary>Tells what is new since the last call.</summary>
    public async Task TellAsync(Instant now, CancellationToken stopping)
    {
        var lines = new List<(Instant At, string Text)>();
        foreach (var payment in people.Payments.Where(p => p.Customer == customer.Index).Skip(_payments))
        {
            if (_payments++ > 0) lines.Add((payment.At, $"pays {Amount(payment.Amount)} at the counter"));
        }

        foreach (var sms in people.Sms.Where(s => s.Customer == customer.Index).Skip(_sms))
        {
            _sms++;
            lines.Add((sms.At, $"SMS: {sms.Text}"));
        }

        foreach (var alarm in truth.AlarmChanges.Where(a => a.Meter == customer.Index).Skip(_alarms))
        {
            _alarms++;
            lines.Add((alarm.At, alarm.On ? "the meter sounds its arrears alarm" : "the alarm falls silent"));
        }

        foreach (var movement in truth.MovementsOf(customer.Index).Skip(_movements))
        {
            _movements++;
            var isCut = movement.State == RelayState.Open;
            lines.Add((
                movement.At, isCut ? "the relay opens: the supply is cut" : "the relay closes: the lights are on"));
        }

        if (lines.Count > 0 || now - _lastBalance >= TimeSpan.FromHours(6))
        {
            lines.Add((now, await BalanceAsync(stopping)));
        }

        foreach (var (at, text) in lines.OrderBy(l => l.At)) await writer.WriteLineAsync($"  {Time(at)}  {text}");
        if (lines.Count > 0) _lastBalance = now;
    }

    /// <summary>Why the last cut was made, as the call centre reads it.</summary>
    public async Task ExplainAsync(CancellationToken stopping)
    {
        var decisions = await engine.Store.Queries.DecisionsAsync(customer.Account, 100, stopping);
        var cut = decisions.LastOrDefault(d => d.Outcome == "cut");
        if (cut is not null) await writer.WriteLineAsync($"  Why it was cut: {string.Join(" ", cut.Reasons)}");
        var commands = await engine.Store.Queries.CommandsAsync(customer.Account, 100, stopping);
        foreach (var command in commands.Where(c => c.Kind is CommandKind.Trip or CommandKind.Close).Reverse())
        {
            var sent = command.SentAt is { } at ? Time(at) : "never";
            await writer.WriteLineAsync($"  Command {command.Id}: {command.Kind}, sent {sent}, {command.State}");
        }
    }

    private async Task<string> BalanceAsync(CancellationToken stopping)
    {
        var facts = await engine.FactsAsync(customer.Account, stopping);
        return facts is null ? "no balance" : $"balance {Amount(facts.Balance)}";
    }

    private string Time(Instant at) =>
        _zone.ToLocal(at).ToString("MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    private static string Amount(Money money) => Currency.Parse("CNY").Format(money);
}
