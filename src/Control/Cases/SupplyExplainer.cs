using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>Why a supply is off, or not off, and what puts it back on: for whoever asks, as of now.</summary>
/// <param name="Sentences">How it stands, in plain words.</param>
/// <param name="CutGates">What keeps the supply on: gates of a cut that are shut.</param>
/// <param name="ReconnectGates">What keeps it off: gates of a reconnect that are shut.</param>
/// <param name="ToConnect">What the balance lacks to the connect balance, minor units; zero when nothing.</param>
/// <param name="ForDays">Smaller amounts that bring it back, or keep it on, for some days.</param>
/// <param name="WhatElse">What a payment alone does not do.</param>
/// <param name="NextRung">Name of the rung that comes next; null when none does.</param>
public sealed record SupplyExplanation(
    IReadOnlyList<string> Sentences,
    IReadOnlyList<ClosedGate> CutGates,
    IReadOnlyList<ClosedGate> ReconnectGates,
    Money ToConnect,
    IReadOnlyList<(Money Amount, int Days)> ForDays,
    IReadOnlyList<string> WhatElse,
    string? NextRung);

/// <summary>Explains a case from its facts; decides nothing.</summary>
public static class SupplyExplainer
{
    public static SupplyExplanation Explain(CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var policy = facts.Policy;
        var toConnect = Math.Max(0, policy.Reconnect.AtLeast.Minor - facts.Account.Balance.Minor);
        var isOff = facts.Case.Desired == Supply.Off || facts.Case.Actual == Supply.Off || facts.Case.ManualOff;
        var next = facts.Case.Rung < policy.Rungs.Count ? policy.Rungs[facts.Case.Rung].Name : null;
        return new(
            [.. Sentences(facts)],
            isOff || policy.CutRung is null ? [] : Gates.ForCut(facts).Closed,
            isOff ? Gates.ForReconnect(facts).Closed : [],
            new(toConnect),
            [.. ForDays(facts, toConnect)],
            [.. WhatElse(facts, isOff)],
            next);
    }

    private static IEnumerable<string> Sentences(CaseFacts facts)
    {
        var balance = facts.Policy.Currency.Format(facts.Account.Balance);
        var at = LocalText.DateAndTime(facts.Policy.Zone, facts.Case.RungAt);
        yield return (facts.Case.ManualOff, facts.Case.Desired, facts.Case.Actual) switch
        {
            (true, _, _) => "A person had it cut.",
            (_, Supply.Off, Supply.Off) => $"It was cut for a low balance; decided at {at}.",
            (_, Supply.Off, _) => $"A cut was decided at {at} and is not proven yet.",
            (_, _, Supply.Off) => $"It is off and shall come back, since {at}.",
            _ => "It is on as far as is known.",
        };
        yield return $"The balance is {balance} under policy {facts.Policy.Label}.";
        if (facts.Policy.CutRung is null) yield return "This policy never cuts.";
        if (facts.Case.ReliefUntil > facts.Now)
        {
            var until = LocalText.DateAndTime(facts.Policy.Zone, facts.Case.ReliefUntil);
            yield return $"A part of the dues is paid: it stays on until {until}.";
        }
    }

    /// <summary>By rising amount: what is still to be paid for each share of the dues that gives days.</summary>
    private static IEnumerable<(Money Amount, int Days)> ForDays(CaseFacts facts, long missing)
    {
        if (missing == 0 || facts.Case.Rung == 0 || facts.Case.ReliefUntil > Instant.Epoch) yield break;
        var paid = facts.Payments.Aggregate((Int128)0, (sum, payment) => sum + payment.Amount.Minor);
        foreach (var step in facts.Policy.PartialPayments)
        {
            var wanted = (((paid + missing) * step.FromPercent) + 99) / 100;
            if (wanted > paid) yield return (new((long)(wanted - paid)), step.Days);
        }
    }

    private static IEnumerable<string> WhatElse(CaseFacts facts, bool isOff)
    {
        if (!isOff) yield break;
        if (facts.Case.ManualOff) yield return "Only a person puts it back on, whatever is paid.";
        if (facts.Customer.Relay is null) yield return "No meter of the account has a relay: people must go there.";
        if (facts.Policy.Reconnect.Mode == ReconnectMode.Permit) yield return "Then press the button at the meter.";
        if (facts.Policy.Reconnect.Fee > Money.Zero)
        {
            yield return $"A fee of {facts.Policy.Currency.Format(facts.Policy.Reconnect.Fee)} is charged.";
        }

        if (facts.Policy.Reconnect.WithinMinutes is { } minutes)
        {
            yield return $"It shall be back within {minutes} minutes of the payment.";
        }
    }
}
