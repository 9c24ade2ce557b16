using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Tariff versions as JSON, the form of docs/schemas/tariff.schema.json.</summary>
public static class TariffJson
{
    /// <summary>False, with every fault at once, where the document is not a tariff version.</summary>
    public static bool TryParse(string json, out TariffVersion? version, out IReadOnlyList<TariffFault> faults)
    {
        var reader = new TariffReader();
        version = reader.Read(json);
        faults = reader.Faults;
        return version is not null;
    }
}
