using Meters.Billing.Payments;
using Meters.Host.Api;
using Meters.Host.Ledger;

namespace Meters.Host.Tests.Ledger;

public class LedgerProblemTests
{
    [Fact(Timeout = 10_000)]
    public void Every_refusal_has_its_problem()
    {
        OperationStatus[] good = [OperationStatus.Done, OperationStatus.AlreadyDone, OperationStatus.AwaitsApproval];
        var kinds = Enum.GetValues<OperationStatus>().Except(good).Select(LedgerProblems.KindOf)
            .Concat(Enum.GetValues<ShiftStatus>().Except([ShiftStatus.Done, ShiftStatus.AlreadyDone])
                .Select(LedgerProblems.KindOf))
            .Concat(Enum.GetValues<ReconciliationStatus>()
                .Except([ReconciliationStatus.Done, ReconciliationStatus.AlreadyDone])
                .Select(LedgerProblems.KindOf))
            .ToList();
        Assert.All(kinds, kind => Assert.InRange(kind.Status, 400, 499));
        Assert.All(kinds, kind => Assert.Matches("^[a-z-]+$", kind.Tag));
        Assert.All(kinds.GroupBy(kind => kind.Tag), same => Assert.Single(same.Select(kind => kind.Status).Distinct()));
    }
}
