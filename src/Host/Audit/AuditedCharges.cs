using System.Numerics;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>
/// What each account owed for its energy at any instant, from raw frames and tariff documents alone; for whoever checks
/// more than the audit knows. Without charges that days have by themselves.
/// </summary>
public sealed class AuditedCharges
{
    private readonly Dictionary<AccountId, List<(long At, Fraction Minor)>> _charges = [];

    /// <summary>Minor units of everything that was read up to and including an instant, rounded half up.</summary>
    public BigInteger UpTo(AccountId account, Instant at) => _charges.GetValueOrDefault(account, [])
        .Where(charge => charge.At <= at.UnixMicros)
        .Aggregate(Fraction.Zero, (sum, charge) => sum + charge.Minor)
        .HalfUp();

    internal void Take(AuditAccount account, AccountRating? rating)
    {
        var charges = new List<(long, Fraction)>();
        foreach (var row in account.Readings)
        {
            if (rating?.Rate(row) is not { } lines) continue;
            charges.Add((row.At, lines.Aggregate(Fraction.Zero, (sum, line) => sum + line)));
        }

        _charges[new(account.Id)] = charges;
    }
}
