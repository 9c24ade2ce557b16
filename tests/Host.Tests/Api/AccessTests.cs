using Meters.Host.Access;

namespace Meters.Host.Tests.Api;

public sealed class AccessTests
{
    private static readonly (string Method, string Path, Role[] Roles)[] Endpoints =
    [
        ("GET", "/accounts", Enum.GetValues<Role>()),
        ("GET", "/accounts/1", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/explain", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/balance", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/payments", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/commands", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/decisions", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/notices", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/supply", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/customer", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/customer/changes", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/contacts", Enum.GetValues<Role>()),
        ("GET", "/moratoria", Enum.GetValues<Role>()),
        ("GET", "/calendars", Enum.GetValues<Role>()),
        ("PUT", "/accounts/1/customer", [Role.Billing, Role.Admin]),
        ("POST", "/accounts/1/contacts", [Role.Control]),
        ("POST", "/accounts/1/cut-approvals", [Role.Supervisor]),
        ("POST", "/moratoria", [Role.Control]),
        ("DELETE", "/moratoria/1", [Role.Control]),
        ("POST", "/calendars", [Role.Billing]),
        ("GET", "/accounts/1/holds", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/standing", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/standing/log", Enum.GetValues<Role>()),
        ("GET", "/wrong-numbers", Enum.GetValues<Role>()),
        ("GET", "/notice-templates", Enum.GetValues<Role>()),
        ("POST", "/notice-templates/preview", [Role.Billing]),
        ("PUT", "/accounts/1/flags", [Role.Control]),
        ("PUT", "/accounts/1/reach", [Role.Billing, Role.Admin]),
        ("GET", "/meters", Enum.GetValues<Role>()),
        ("GET", "/meters/1", Enum.GetValues<Role>()),
        ("GET", "/meters/1/readings", Enum.GetValues<Role>()),
        ("GET", "/concentrators", Enum.GetValues<Role>()),
        ("GET", "/concentrators/4403-00004", Enum.GetValues<Role>()),
        ("GET", "/concentrators/4403-00004/completeness", Enum.GetValues<Role>()),
        ("GET", "/completeness", Enum.GetValues<Role>()),
        ("GET", "/clocks", Enum.GetValues<Role>()),
        ("GET", "/concentrators/4403-00004/clock", Enum.GetValues<Role>()),
        ("GET", "/tariffs", Enum.GetValues<Role>()),
        ("GET", "/tariffs/home", Enum.GetValues<Role>()),
        ("GET", "/policies", Enum.GetValues<Role>()),
        ("GET", "/policies/standard", Enum.GetValues<Role>()),
        ("GET", "/changes", Enum.GetValues<Role>()),
        ("GET", "/changes/1", Enum.GetValues<Role>()),
        ("GET", "/totals", Enum.GetValues<Role>()),
        ("GET", "/openapi/v1.json", Enum.GetValues<Role>()),
        ("POST", "/accounts", [Role.Billing, Role.Admin]),
        ("POST", "/meters", [Role.Billing, Role.Admin]),
        ("POST", "/concentrators", [Role.Billing, Role.Admin]),
        ("POST", "/tariffs", [Role.Billing]),
        ("GET", "/accounts/1/tariffs", Enum.GetValues<Role>()),
        ("POST", "/accounts/1/tariff", [Role.Billing]),
        ("POST", "/account-tariffs", [Role.Billing]),
        ("POST", "/policies", [Role.Billing]),
        ("POST", "/changes", [Role.Billing]),
        ("POST", "/changes/1/approve", [Role.Billing]),
        ("POST", "/changes/1/reject", [Role.Billing]),
        ("POST", "/changes/1/withdraw", [Role.Billing]),
        ("POST", "/dry-runs", [Role.Billing]),
        ("POST", "/payments", [Role.Cashier]),
        ("GET", "/accounts/1/quote", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/sub-accounts", Enum.GetValues<Role>()),
        ("GET", "/accounts/1/operations", Enum.GetValues<Role>()),
        ("GET", "/operations", Enum.GetValues<Role>()),
        ("GET", "/suspense", Enum.GetValues<Role>()),
        ("GET", "/shifts", Enum.GetValues<Role>()),
        ("GET", "/agents", Enum.GetValues<Role>()),
        ("GET", "/reconciliations", Enum.GetValues<Role>()),
        ("GET", "/reconciliations/nobody", Enum.GetValues<Role>()),
        ("POST", "/reversals", [Role.Supervisor]),
        ("POST", "/bounces", [Role.Supervisor]),
        ("POST", "/approvals", [Role.Supervisor]),
        ("POST", "/refusals", [Role.Supervisor]),
        ("POST", "/accounts/1/transfers", [Role.Supervisor]),
        ("POST", "/reconciliations/nobody/sign-off", [Role.Supervisor]),
        ("POST", "/accounts/1/refunds", [Role.Cashier, Role.Billing, Role.Supervisor]),
        ("POST", "/accounts/1/write-offs", [Role.Cashier, Role.Billing, Role.Supervisor]),
        ("POST", "/accounts/1/credit", [Role.Cashier, Role.Billing, Role.Supervisor]),
        ("POST", "/agents/nobody/settlements", [Role.Cashier, Role.Billing, Role.Supervisor]),
        ("POST", "/releases", [Role.Billing, Role.Supervisor]),
        ("POST", "/clearings", [Role.Billing, Role.Supervisor]),
        ("POST", "/accounts/1/fees", [Role.Billing, Role.Supervisor]),
        ("POST", "/agents/nobody/ceiling", [Role.Billing, Role.Supervisor]),
        ("POST", "/payment-files", [Role.Billing, Role.Supervisor]),
        ("POST", "/opening-balances", [Role.Billing, Role.Supervisor]),
        ("POST", "/reconciliations", [Role.Billing, Role.Supervisor]),
        ("POST", "/reconciliations/nobody/resolutions", [Role.Billing, Role.Supervisor]),
        ("POST", "/shifts", [Role.Cashier]),
        ("POST", "/shifts/1/count", [Role.Cashier]),
        ("POST", "/shifts/1/close", [Role.Cashier]),
        ("POST", "/accounts/1/commands", [Role.Control]),
        ("POST", "/accounts/1/holds", [Role.Control]),
        ("POST", "/meters/1/read", [Role.Control]),
        ("POST", "/concentrators/4403-00004/clock", [Role.Control]),
        ("GET", "/concentrators/4403-00004/meter-table", [Role.Control]),
        ("DELETE", "/accounts/1/holds/dispute", [Role.Control]),
        ("GET", "/guard", Enum.GetValues<Role>()),
        ("GET", "/guard/switches", Enum.GetValues<Role>()),
        ("GET", "/guard/alarms", Enum.GetValues<Role>()),
        ("GET", "/guard/quarantine", Enum.GetValues<Role>()),
        ("GET", "/guard/releases", Enum.GetValues<Role>()),
        ("POST", "/guard/stop", [Role.Control, Role.Admin, Role.Supervisor]),
        ("POST", "/guard/resume", [Role.Control, Role.Supervisor]),
        ("POST", "/guard/alarms/1/seen", [Role.Control]),
        ("POST", "/guard/releases", [Role.Control]),
        ("POST", "/guard/releases/1/approve", [Role.Control, Role.Supervisor]),
        ("POST", "/guard/releases/1/reject", [Role.Control, Role.Supervisor]),
        ("GET", "/quarantine", [Role.Auditor, Role.Billing]),
        ("GET", "/quarantine/unregistered", [Role.Auditor, Role.Billing]),
        ("GET", "/frames/1", [Role.Auditor, Role.Billing]),
        ("POST", "/quarantine/1/release", [Role.Billing]),
        ("GET", "/findings", [Role.Auditor, Role.Billing]),
        ("POST", "/findings/1/close", [Role.Billing]),
        ("GET", "/conflicts", [Role.Auditor, Role.Billing]),
        ("POST", "/conflicts/1/resolve", [Role.Billing]),
        ("GET", "/billing-holds", [Role.Auditor, Role.Billing]),
        ("POST", "/meters/1/billing-hold", [Role.Billing]),
        ("POST", "/meters/1/billing-hold/lift", [Role.Billing]),
        ("GET", "/estimates/prolonged", [Role.Auditor, Role.Billing]),
        ("GET", "/multipliers", Enum.GetValues<Role>()),
        ("POST", "/multipliers", [Role.Billing, Role.Admin]),
        ("GET", "/meter-changes", Enum.GetValues<Role>()),
        ("POST", "/meter-changes", [Role.Billing, Role.Admin]),
        ("GET", "/keys", [Role.Admin]),
        ("POST", "/keys", [Role.Admin]),
        ("DELETE", "/keys/nobody", [Role.Admin]),
    ];

    [Fact(Timeout = 60_000)]
    public async Task Every_endpoint_lets_in_its_roles_and_nobody_else()
    {
        await using var server = await ApiServer.StartAsync();
        foreach (var (method, path, roles) in Endpoints)
        {
            (await server.SendAsync(new(method), path, null)).IsProblem(401, "key-missing");
            foreach (var role in Enum.GetValues<Role>())
            {
                var answer = await server.SendAsync(new(method), path, role, method is "POST" or "PUT" ? "{" : null);
                if (!roles.Contains(role)) answer.IsProblem(403, "role-missing");
                else Assert.False(answer.Status is 401 or 403, $"{method} {path} as {role}: {answer.Status}");
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task No_endpoint_is_missing_from_the_table()
    {
        await using var server = await ApiServer.StartAsync();

        var document = (await server.GetAsync("/openapi/v1.json")).Json;

        var documented = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => (Method: method.Name, Path: path.Name)))
            .Select(endpoint => $"{endpoint.Method.ToUpperInvariant()} {Shape(endpoint.Path)}")
            .Where(endpoint => !endpoint.Contains("/health/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var tested = Endpoints.Where(endpoint => endpoint.Path != "/openapi/v1.json")
            .Select(endpoint => $"{endpoint.Method} {Shape(endpoint.Path)}")
            .Order(StringComparer.Ordinal);
        Assert.Equal(tested, documented);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_answers_without_a_key_but_health()
    {
        await using var server = await ApiServer.StartAsync();

        Assert.Equal(200, (await server.GetAsync("/health/live", null)).Status);
        Assert.Equal(200, (await server.GetAsync("/health/ready", null)).Status);
        (await server.GetAsync("/nothing/here", null)).IsProblem(401, "key-missing");
        (await server.GetAsync("/", null)).IsProblem(401, "key-missing");
        (await server.GetAsync("/nothing/here")).IsProblem(404, "not-found");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Bearer mk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer mk_short")]
    [InlineData("Bearer")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task A_bad_key_is_refused(string header)
    {
        await using var server = await ApiServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/accounts");
        request.Headers.TryAddWithoutValidation("Authorization", header);

        var answer = await server.SendAsync(request);

        answer.IsProblem(401, "key-invalid");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_key_is_issued_shown_once_used_and_revoked()
    {
        await using var server = await ApiServer.StartAsync();
        const string Body = """{"name":"till 3","person":"wang.li","roles":["cashier","reader"]}""";

        var issued = await server.PostAsync("/keys", Role.Admin, Body);
        Assert.Equal(201, issued.Status);
        Assert.True(issued.Headers.CacheControl!.NoStore);
        var key = issued.Json.GetProperty("key").GetString()!;
        Assert.Equal(200, await StatusAsync(server, key));
        (await server.PostAsync("/keys", Role.Admin, Body)).IsProblem(409, "name-taken");
        Assert.DoesNotContain(key, (await server.GetAsync("/keys", Role.Admin)).Text, StringComparison.Ordinal);

        Assert.Equal(204, (await server.SendAsync(HttpMethod.Delete, "/keys/till%203", Role.Admin)).Status);
        Assert.Equal(401, await StatusAsync(server, key));
        (await server.SendAsync(HttpMethod.Delete, "/keys/till%203", Role.Admin)).IsProblem(404, "key-unknown");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"name":"x","person":"wang.li","roles":["root"]}""", 422, "content-refused")]
    [InlineData("""{"name":"x","person":"wang.li","roles":[]}""", 422, "roles-missing")]
    [InlineData("""{"name":"x","person":"system","roles":["reader"]}""", 422, "person-malformed")]
    [InlineData("""{"name":"../x","person":"wang.li","roles":["reader"]}""", 422, "name-malformed")]
    [InlineData("""{"name":"x","person":"wang.li"}""", 400, "body-malformed")]
    public async Task A_bad_key_request_is_refused(string body, int status, string tag)
    {
        await using var server = await ApiServer.StartAsync();

        (await server.PostAsync("/keys", Role.Admin, body)).IsProblem(status, tag);
    }

    [Fact(Timeout = 30_000)]
    public async Task With_the_store_away_a_key_is_neither_good_nor_bad()
    {
        await using var server = await ApiServer.StartAsync();
        server.Store.Keys.IsAway = true;

        var answer = await server.GetAsync("/accounts");

        answer.IsProblem(503, "store-unavailable");
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter!.Delta);
    }

    private static async Task<int> StatusAsync(ApiServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/totals");
        request.Headers.Authorization = new("Bearer", key);
        return (await server.SendAsync(request)).Status;
    }

    // Parameters, and the values that stand for them in the table, look alike.
    private static string Shape(string path) =>
        string.Join('/', path.TrimEnd('/').Split('/').Select(part => IsParameter(part) ? "*" : part));

    private static bool IsParameter(string part) =>
        part.StartsWith('{') || part is "1" or "4403-00004" or "home" or "standard" or "dispute" or "nobody";
}
