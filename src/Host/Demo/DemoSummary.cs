using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meters.Host.Demo;

/// <summary>
/// What the demonstration did, checked from the field's side. The names are part of the interface for machines.
/// </summary>
public sealed record DemoSummary
{
    private static readonly JsonSerializerOptions Form = new(
        )
    { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required long ReadingsSent { get; init; }

    public required long ReadingsStored { get; init; }

    public required int Accounts { get; init; }

    public required int BalancesChecked { get; init; }

    public required int BalanceMismatches { get; init; }

    public required int Sms { get; init; }

    public required int Alarms { get; init; }

    public required int Cuts { get; init; }

    public required int Reconnects { get; init; }

    public required int WrongfulCuts { get; init; }

    /// <summary>Accounts whose balance puts them back on, whose relay is open all the same.</summary>
    public required int PaidButOff { get; init; }

    /// <summary>Trips and closes that reached a final state other than confirmed, or none.</summary>
    public required long UnconfirmedCommands { get; init; }

    /// <summary>Sum of all debits less all credits of the ledger.</summary>
    public required long LedgerImbalance { get; init; }

    /// <summary>Links of the journal's chains, each recomputed by the audit.</summary>
    public required long JournalLinks { get; init; }

    /// <summary>What <c>meters audit</c> found to differ.</summary>
    public required long AuditDifferences { get; init; }

    public required long Payments { get; init; }

    /// <summary>Program's clock at the end.</summary>
    public required string Until { get; init; }

    /// <summary>Where the consumption came from.</summary>
    public required string Consumption { get; init; }

    public required decimal Seconds { get; init; }

    [JsonIgnore]
    public IReadOnlyList<string> Faults { get; init; } = [];

    [JsonIgnore]
    public bool Holds => ReadingsSent == ReadingsStored && BalancesHold
        && WrongfulCuts == 0 && PaidButOff == 0 && UnconfirmedCommands == 0 && LedgerImbalance == 0
        && AuditDifferences == 0;

    /// <summary>For people: what was checked, and whether it holds.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"""

        Checked from the field's side:
          {Mark(ReadingsSent == ReadingsStored)} readings sent {ReadingsSent:N0}, stored {ReadingsStored:N0}
          {Mark(BalancesHold)} balances recomputed {BalancesChecked:N0}, different {BalanceMismatches:N0}
          {Mark(LedgerImbalance == 0)} debits less credits {LedgerImbalance:N0}
          {Mark(AuditDifferences == 0)} audit of {JournalLinks:N0} links and all rows, different {AuditDifferences:N0}
          {Mark(WrongfulCuts == 0)} cuts {Cuts:N0}, wrongful {WrongfulCuts:N0}
          {Mark(PaidButOff == 0)} reconnects {Reconnects:N0}, paid and still off {PaidButOff:N0}
          {Mark(UnconfirmedCommands == 0)} commands without a proof {UnconfirmedCommands:N0}
        {Sms:N0} SMS, {Alarms:N0} alarms, {Payments:N0} payments, {Seconds} s: {Verdict}
        """);

    private bool BalancesHold => BalancesChecked == Accounts && BalanceMismatches == 0;

    private string Verdict => Holds ? "everything holds" : "IT DOES NOT HOLD";

    private static string Mark(bool holds) => holds ? "ok   " : "WRONG";

    public string ToJson() => JsonSerializer.Serialize(this, Form);
}
