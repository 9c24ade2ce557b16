using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>
    /// Puts an account on a tariff that was defined before: one composed from what it was on and what it moves to. Rows
    /// after the move are to be rated anew: see <see cref="ChannelsFrom"/> and <see
    /// cref="MarkReckoning(AccountId, Instant)"/>. Again is harmless.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The account or the tariff is not here, or its lines do not begin with those of the account's tariff.
    /// </exception>
    public void MoveAccount(AccountId id, string tariffId)
    {
        var tariff = _tariffs.IndexOf(tariffId);
        if (tariff < 0) throw new InvalidOperationException($"Tariff {tariffId} is not defined.");
        ref var account = ref AccountAt(AccountIndexOf(id));
        if (account.Tariff == tariff) return;
        var (from, to) = (_tariffs[account.Tariff], _tariffs[tariff]);
        if (from.PerMinor != to.PerMinor || !from.Lines.SequenceEqual(to.Lines.Take(from.Lines.Count)))
        {
            throw new InvalidOperationException($"Account {id} cannot go on from {from.Id} as {to.Id}.");
        }

        account.Tariff = (ushort)tariff;
        if (to.Bills(RegisterKind.ReverseActive) && !from.Bills(RegisterKind.ReverseActive)) Unseat(account);
        if (_lines.Length < to.Lines.Count) _lines = new long[to.Lines.Count];
        if (account.LineSlot >= 0) _slab.Widen(account.LineSlot, to.Lines.Count);
        else if (to.SplitsLines) GiveLines(ref account, to);
        Watch(ref account);
    }
}
