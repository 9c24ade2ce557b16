using Meters.Units;

namespace Meters.Control.Decisions;

/// <summary>What Control decided for an account, "not now" included, and why: the call centre reads it.</summary>
/// <param name="Account">Whose.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Outcome">
/// One word: info, remind, warn, final, cut, reconnect, wait, none, refused; fieldwork when people must do something.
/// </param>
/// <param name="Reasons">Plain sentences, most important first.</param>
/// <param name="Balance">Balance that it was decided on, minor units.</param>
/// <param name="BalanceAsOf">Instant of the latest reading in that balance.</param>
/// <param name="Policy">Policy id and version: <c>demo/1</c>.</param>
public sealed record Decision(
    AccountId Account,
    Instant At,
    string Outcome,
    IReadOnlyList<string> Reasons,
    Money Balance,
    Instant? BalanceAsOf,
    string Policy);
