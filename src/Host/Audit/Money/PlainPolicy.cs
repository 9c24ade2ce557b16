using System.Numerics;
using System.Text.Json;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Money;

/// <summary>A step of a waterfall as its policy says it; shares of one.</summary>
/// <param name="Pay">The policy's word.</param>
/// <param name="Share">Of the payment.</param>
/// <param name="OfDebt">Of what is owed, instead.</param>
/// <param name="AtLeast">Of the payment.</param>
/// <param name="AtMost">Of the payment.</param>
/// <param name="WeeklyMax">Minor units.</param>
public sealed record PlainStep(
    string Pay, Fraction Share, Fraction? OfDebt, Fraction AtLeast, Fraction AtMost, BigInteger? WeeklyMax);

/// <summary>How a version of a policy divides payments.</summary>
/// <param name="From">Microseconds since 1970.</param>
/// <param name="Steps">In order.</param>
public sealed record PlainPolicy(long From, IReadOnlyList<PlainStep> Steps)
{
    public const string Charges = "purchaseCharges";
    public const string Tax = "tax";
    public const string Debt = "debt";

    /// <summary>Without a word in the policy.</summary>
    private static readonly string[] Usual = [Charges, "emergencyCredit", "friendlyCredit", "receivable"];

    /// <returns>Null for a document that cannot be read.</returns>
    public static PlainPolicy? Read(VersionedDocument document)
    {
        try
        {
            using var json = JsonDocument.Parse(document.Json);
            var root = json.RootElement;
            var minor = BigInteger.Pow(10, Currency.Parse(root.Text("currency")).Decimals);
            var steps = root.TryGetProperty("waterfall", out _)
                ? root.Items("waterfall").Select(step => StepOf(step, minor)).ToList()
                : [.. Usual.Select(Plain)];
            if (steps.TrueForAll(step => step.Pay != Charges)) steps.Insert(0, Plain(Charges));
            return new(document.EffectiveFrom.UnixMicros, steps);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static PlainStep Plain(string pay) => new(pay, Fraction.One, null, Fraction.Zero, Fraction.One, null);

    private static PlainStep StepOf(JsonElement step, BigInteger minor) => new(
        step.Text("pay"),
        Share(step, "percent") ?? Fraction.One,
        Share(step, "percentOfDebt"),
        Share(step, "atLeastPercent") ?? Fraction.Zero,
        Share(step, "atMostPercent") ?? Fraction.One,
        step.TryGetProperty("weeklyMax", out var most) ? (Fraction.Of(most) * minor).Floor() : null);

    private static Fraction? Share(JsonElement step, string name) =>
        step.TryGetProperty(name, out var value) ? Fraction.Of(value) / 100 : null;
}
