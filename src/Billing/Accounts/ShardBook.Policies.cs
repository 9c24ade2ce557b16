using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>
    /// From now on another policy's thresholds are watched for an account: its customer's class or region asks for it.
    /// False when the account or the policy is not known here.
    /// </summary>
    public bool MoveToPolicy(AccountId account, string policyId)
    {
        var policy = _policies.IndexOf(policyId);
        if (policy < 0 || !_accountIndex.TryGetValue(account.Value, out var index)) return false;
        ref var state = ref AccountAt(index);
        if (state.Policy == policy) return true;
        state.Policy = (ushort)policy;
        Watch(ref state);
        return true;
    }
}
