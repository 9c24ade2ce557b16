using Meters.Host.Access;

namespace Meters.Host.Tests.Hosting;

public sealed class KannelServiceTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task A_household_that_falls_below_a_level_gets_its_sms_through_a_real_gateway_which_reports_back()
    {
        var gateway = new Uri(Needs.Kannel());
        var user = gateway.UserInfo.Split(':');
        var port = FreePort();
        await using var service = await RunningService.StartAsync(
            10,
            port,
            null,
            ("Sms:KannelUrl", gateway.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)),
            ("Sms:Username", user[0]),
            ("Sms:Password", user[1]),
            ("Sms:From", "Meters"),
            ("Sms:ReportUrl", $"http://127.0.0.1:{port}"),
            ("Sms:ReportSecret", "a secret of the tests"));
        await service.RunAsync(hours: 12);

        var delivered = 0L;
        while (delivered == 0)
        {
            // The gateway reports on the wall clock.
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Stopping);
            var notices = (await service.GetAsync("/totals", Role.Reader)).Json.GetProperty("notices");
            delivered = notices.EnumerateArray()
                .Where(row => row.GetProperty("state").GetString() == "delivered")
                .Sum(row => row.GetProperty("count").GetInt64());
        }

        Assert.True(delivered > 0);
    }

    /// <summary>The gateway is told the address before the service listens on it.</summary>
    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
