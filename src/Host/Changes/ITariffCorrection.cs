using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Changes;

/// <summary>What makes the books follow a tariff version that begins in the past.</summary>
public interface ITariffCorrection
{
    /// <summary>
    /// Rates every account of the tariff anew from an instant and posts what that changes. The version is registered
    /// and known to all books already. Called again after a fault or a restart, until it has returned once: doing it
    /// twice must change nothing the second time.
    /// </summary>
    /// <param name="tariffId">Whose accounts.</param>
    /// <param name="from">The instant from which the version holds.</param>
    /// <param name="by">The person who approved it.</param>
    /// <param name="changeId">The change, for the reference of the entries.</param>
    /// <param name="stopping">Asked to stop: it will be called again.</param>
    /// <returns>How many accounts were rated anew.</returns>
    Task<int> ReRateAsync(string tariffId, Instant from, PersonId by, long changeId, CancellationToken stopping);

    /// <summary>
    /// Rates one account anew from the instant at which it moved to another tariff; as above, also when called again.
    /// </summary>
    Task ReRateAsync(AccountTariffRecord move, CancellationToken stopping);
}
