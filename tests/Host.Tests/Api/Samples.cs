using Meters.Host.Access;

namespace Meters.Host.Tests.Api;

/// <summary>Good bodies, each the start of its bad ones.</summary>
public static class Samples
{
    public const string Account =
        """
        {"id":1001,"name":"Wang Li","phone":"+86 138 0000 0001","language":"zh","currency":"CNY",
        "tariff":"home","policy":"standard","sanctionedWatts":8000}
        """;

    public const string Concentrator = """{"address":"4403-00004","name":"North 4","zone":"Asia/Shanghai"}""";
    public const string Meter =
        """{"id":9,"address":"000000000012","concentrator":"4403-00004","point":1,"account":1001}""";

    public const string Payment =
        """
        {"key":"till-3/77","account":1001,"amount":"50.00","currency":"CNY",
        "channel":"counter","reference":"slip 77"}
        """;

    public static async Task<ApiServer> StartAsync()
    {
        var server = await ApiServer.StartAsync();
        Assert.Equal(201, (await server.PostAsync("/concentrators", Role.Admin, Concentrator)).Status);
        Assert.Equal(201, (await server.PostAsync("/accounts", Role.Billing, Account)).Status);
        Assert.Equal(201, (await server.PostAsync("/meters", Role.Billing, Meter)).Status);
        server.Store.Balances[new(1001)] = (new(-1_250), Instant.Utc(2026, 3, 1, 11));
        return server;
    }

    /// <summary>The text with one part exchanged.</summary>
    public static string With(this string text, string part, string other) =>
        text.Replace(part, other, StringComparison.Ordinal);
}
