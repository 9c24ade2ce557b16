using Meters.Billing.Ledger;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>Payments, each under its own key, so that a run can be repeated after any end.</summary>
public static class PaymentUpload
{
    /// <summary>Payments on their way at the same time: they share a commit of the service.</summary>
    public const int AtOnce = 16;

    public static async Task SendAsync(
        ServiceClient service, IReadOnlyList<PaymentOrder> orders, ImportReport report, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(report);
        report.Rows = orders.Count;
        foreach (var some in orders.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(order => PostAsync(service, order, stopping)));
            for (var i = 0; i < some.Length; i++)
            {
                if (answers[i] is not { } answer)
                {
                    if (!report.IsOver) report.AddAway($"The service at {service.Api} cannot be reached any more.");
                    continue;
                }

                if (answer.IsGood)
                {
                    report.Taken++;
                    if (answer.Status == 200) report.Repeated++;
                    if (answer.Text.Contains("\"waits\":true", StringComparison.Ordinal)) report.Waiting++;
                    continue;
                }

                report.AddRefusal($"payment {Texts.Shown(some[i].Key)}", answer);
                if (!answer.IsAway && answer.Status is not (401 or 403)) report.Refused++;
            }

            if (report.IsOver) return;
        }
    }

    /// <summary>Null when the service could not be reached.</summary>
    private static async Task<ServiceAnswer?> PostAsync(
        ServiceClient service, PaymentOrder order, CancellationToken stopping)
    {
        var body = new PaymentRequest(
            order.Account.Value,
            Decimals.Format(order.Amount.Minor, order.Currency.Decimals),
            order.Currency.Code,
            Tags.Of(order.Channel),
            order.Key,
            order.Reference);
        try
        {
            return await service.PostAsync("/payments", body, stopping);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
