using System.Text.Json;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// From an instant on an account is on another tariff. Before the first of an account, the tariff of its own record
/// holds. Of several of the same instant, the highest revision stands; the others stay in the table.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Revision">1, 2, 3 ... of the account, in the order in which they were recorded.</param>
/// <param name="From">The instant of the move; in the past too.</param>
/// <param name="Tariff">The tariff from then on.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="RecordedAt">When it was approved, program's clock.</param>
/// <param name="Note">Why.</param>
public sealed record AccountTariffRecord(
    AccountId Account,
    int Revision,
    Instant From,
    string Tariff,
    PersonId By,
    Instant RecordedAt,
    string Note)
{
    /// <summary>A move as the document of a change: its id is the account, its version the revision.</summary>
    public VersionedDocument ToDocument() => new(
        Account.ToString(), Revision, From, JsonSerializer.Serialize(new { tariff = Tariff }), By, RecordedAt);

    /// <summary>Null where the document is none of a move.</summary>
    public static AccountTariffRecord? Of(VersionedDocument document, string note)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (!long.TryParse(document.Id, out var account) || account <= 0) return null;
        try
        {
            using var json = JsonDocument.Parse(document.Json);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("tariff", out var tariff)
                && tariff.ValueKind == JsonValueKind.String
                ? new(
                    new(account), document.Version, document.EffectiveFrom, tariff.GetString()!, document.By,
                    document.At, note)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
