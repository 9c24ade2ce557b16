using System.Numerics;
using Meters.Storage.Contract;

namespace Meters.Host.Audit;

/// <summary>
/// Computes the charges of a meter's billed register anew, by other code than the engine's, from its registers, the
/// registry and the tariff documents.
/// </summary>
public interface IReRater
{
    /// <returns>One exact charge for each row in 10^-10 minor units, or why it cannot say.</returns>
    ReRated Rate(MeterRecord meter, IReadOnlyList<VersionedDocument> tariff, IReadOnlyList<AuditReading> rows);
}

/// <param name="Charges">Null where it cannot say.</param>
/// <param name="Reason">Why not, in a few words without names, so that accounts can be counted by it.</param>
public sealed record ReRated(IReadOnlyList<BigInteger>? Charges, string Reason);
