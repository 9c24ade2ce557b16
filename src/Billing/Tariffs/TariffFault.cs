namespace Meters.Billing.Tariffs;

/// <summary>Something wrong in a tariff document.</summary>
/// <param name="Path">JSON path of the place: <c>$.tiers[1].upToKwh</c>.</param>
/// <param name="Message">One plain sentence.</param>
public readonly record struct TariffFault(string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}
