namespace Meters.Host.Reports;

/// <param name="From">From when it holds.</param>
/// <param name="Multiplier">CT ratio times PT ratio.</param>
/// <param name="Kwh">What the register showed then; null where it was not read and lies on the straight line.</param>
public sealed record ExplainedMultiplier(string From, int Multiplier, string? Kwh);

/// <summary>A meter took the place of another.</summary>
/// <param name="At">Up to here the old meter counts, from here the new one.</param>
/// <param name="OldMeter">The utility's number of the meter that was taken away.</param>
/// <param name="ClosingKwh">What its forward active register showed last.</param>
/// <param name="OpeningKwh">What that of the new one showed first.</param>
/// <param name="PositionKwh">Tier position that the new meter goes on from.</param>
public sealed record ExplainedReplacement(
    string At, long OldMeter, string ClosingKwh, string OpeningKwh, string PositionKwh);

/// <summary>What was measured of a bill period, as far as its lines ask for it; zero and empty otherwise.</summary>
/// <param name="From">First day.</param>
/// <param name="Kwh">Active energy.</param>
/// <param name="Kvarh">Reactive energy.</param>
/// <param name="Demand">Greatest mean power of a window that begins in the band.</param>
/// <param name="EarlierDemand">The same of the earlier months that count too.</param>
/// <param name="KwhByBand">Active energy by band.</param>
public sealed record ExplainedPeriod(
    string From,
    string Kwh,
    string Kvarh,
    IReadOnlyList<ExplainedDemand> Demand,
    IReadOnlyList<ExplainedDemand> EarlierDemand,
    IReadOnlyList<ExplainedBandUse> KwhByBand);

/// <param name="Band">Name of the band.</param>
/// <param name="Watts">Half up.</param>
public sealed record ExplainedDemand(string Band, long Watts);

public sealed record ExplainedBandUse(string Band, string Kwh);
