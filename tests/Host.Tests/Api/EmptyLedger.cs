using System.Reflection;
using Meters.Billing.Payments;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>A ledger without operations: who lifts a hold is asked whether he took back a payment.</summary>
public class EmptyLedger : DispatchProxy
{
    public static ILedgerStore Create() => Create<ILedgerStore, EmptyLedger>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == nameof(ILedgerStore.OperationsAsync)
            ? Task.FromResult<IReadOnlyList<OperationRecord>>([])
            : throw new NotSupportedException($"{targetMethod?.Name} needs a real store.");
}
