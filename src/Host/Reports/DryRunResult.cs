namespace Meters.Host.Reports;

/// <summary>
/// What a version would have changed over recorded days. What people used and paid is taken as it was; only prices, or
/// only levels, are other. Amounts are decimal text in the currency; the same question always has the same answer.
/// </summary>
/// <param name="Kind">tariff or policy.</param>
/// <param name="Version">Id and number of what was tried.</param>
/// <param name="On">The tariff or policy whose accounts it was tried on.</param>
/// <param name="AccountsOn">How many accounts are on it.</param>
/// <param name="Accounts">Those that were tried, in order of number; an even sample where there are too many.</param>
/// <param name="Skipped">Accounts whose recorded readings cannot be rated one after another.</param>
/// <param name="RecordedOtherwise">
/// Accounts whose recorded charges are not those of today's tariff: corrections are pending, or history was imported.
/// </param>
public sealed record DryRunResult(
    string Kind,
    string Version,
    string On,
    string Currency,
    string From,
    string To,
    int AccountsOn,
    DryRunTotals Totals,
    IReadOnlyList<DryRunRung> Rungs,
    IReadOnlyList<DryRunAccount> Accounts,
    IReadOnlyList<long> Skipped,
    IReadOnlyList<long> RecordedOtherwise);

/// <param name="Old">
/// Exact charges of all accounts by what is in force, added up and then rounded once, half up to the minor unit: the
/// accounts' own amounts, each rounded like that by itself, add up to it only as nearly as that goes. The rounding of
/// daily postings, and units larger than the minor one, are left out: they only move amounts to a later day.
/// </param>
/// <param name="New">By what is tried, in the same way.</param>
/// <param name="Change">New less old, as they stand here.</param>
/// <param name="Shares">How many accounts' charges change by how much.</param>
/// <param name="LargestRises">Accounts that would pay most more, largest first.</param>
/// <param name="LargestFalls">Accounts that would pay most less, largest first.</param>
public sealed record DryRunTotals(
    string Old,
    string New,
    string Change,
    int PayMore,
    int PayLess,
    int PayTheSame,
    IReadOnlyList<DryRunShare> Shares,
    IReadOnlyList<DryRunAccount> LargestRises,
    IReadOnlyList<DryRunAccount> LargestFalls);

/// <param name="Change">In words: "up to 5 % more".</param>
public sealed record DryRunShare(string Change, int Accounts);

/// <summary>A rung of the ladder, by name.</summary>
/// <param name="Does">sms, alarm, cut.</param>
/// <param name="Old">Accounts that were below its level at any time.</param>
/// <param name="OnlyOld">Of those, who would no longer be.</param>
/// <param name="OnlyNew">Who would be below it and was not.</param>
/// <param name="OldFalls">How often an account fell below it: so many notices, or cuts.</param>
/// <param name="AccountsOnlyOld">Their numbers, at most so many as are listed of each.</param>
public sealed record DryRunRung(
    string Rung,
    string Does,
    int Old,
    int New,
    int OnlyOld,
    int OnlyNew,
    int OldFalls,
    int NewFalls,
    IReadOnlyList<long> AccountsOnlyOld,
    IReadOnlyList<long> AccountsOnlyNew);

/// <param name="OldRung">Deepest rung reached; null for none.</param>
/// <param name="OldRungAt">When it was first reached.</param>
public sealed record DryRunAccount(
    long Account,
    string Old,
    string New,
    string Change,
    string? OldRung,
    string? OldRungAt,
    string? NewRung,
    string? NewRungAt);
