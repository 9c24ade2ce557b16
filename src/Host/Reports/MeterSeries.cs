using Meters.Billing.Accounts;
using Meters.Billing.Explaining;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>What one register of one meter measured. Pure.</summary>
/// <param name="Meter">Which.</param>
/// <param name="Channel">Its register.</param>
/// <param name="Rows">As stored, ascending.</param>
/// <param name="Usages">Energy at each row, after multipliers and roll-overs; never falling.</param>
/// <param name="Carry">Tier position that the meter before it left; zero where it left none.</param>
internal sealed record MeterSeries(
    MeterRecord Meter,
    ChannelId Channel,
    IReadOnlyList<RatedReading> Rows,
    IReadOnlyList<(Instant At, Energy Usage)> Usages,
    Energy Carry)
{
    public UsageWalk WalkOf(TariffHistory tariff) => new(tariff, Channel.Register, Carry);

    /// <summary>Why each reading costs what it costs, one list of pieces for each row.</summary>
    public IReadOnlyList<IReadOnlyList<RatedPiece>> Explain(TariffHistory tariff)
    {
        if (Carry == Energy.Zero || UsageWalk.PeriodStart(tariff, Usages[0].At) is not { } start)
        {
            return CanonicalRater.Explain(Usages, Channel.Register, tariff);
        }

        // As if the meter had stood there from the period's start on: its first reading costs nothing all the same.
        var begin = (start, Usages[0].Usage - Carry);
        return [[], .. CanonicalRater.Explain([begin, .. Usages], Channel.Register, tariff).Skip(2)];
    }
}
