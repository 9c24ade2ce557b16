using System.Text.Json;
using Meters.Host.Demo;

namespace Meters.Host.Tests.Cli;

/// <summary>A service as a process, and the other commands against it.</summary>
public sealed class ServeTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private ProgramRun? _service;
    private string _api = "";
    private string _terminals = "";
    private string? _firstKey;
    private string _key = "";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        var added = await RunAsync(
            "keys", "add", "--name", "all", "--person", "tester", "--roles", "billing,cashier", "--store", "sqlite:s");
        _key = added.Out.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Timeout = 180_000)]
    public async Task The_first_start_shows_a_key_once_a_second_process_is_refused_and_a_stop_is_clean()
    {
        Assert.StartsWith("mk_", _firstKey, StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Contains(
            "ready", await http.GetStringAsync(new Uri(_api + "/health/ready"), Stopping), StringComparison.Ordinal);

        var second = await RunAsync(
            "serve", "--store", "sqlite:s", "--api", "http://127.0.0.1:0", "--terminals", "127.0.0.1:0");
        var port = await RunAsync("serve", "--store", "sqlite:t", "--api", _api, "--terminals", "127.0.0.1:0");
        var ended = await _service!.TerminateAsync();

        Assert.Equal((3, 3), (second.Code, port.Code));
        Assert.Contains("Another process runs on the store", second.Error, StringComparison.Ordinal);
        Assert.Contains("address", port.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, ended.Code);
        Assert.DoesNotContain(_firstKey!, ended.Error, StringComparison.Ordinal);
        await StartAsync();
        Assert.Null(_firstKey);
        Assert.Equal(0, (await _service!.TerminateAsync()).Code);
    }

    [Fact(Timeout = 180_000)]
    public async Task Good_files_are_imported_and_again_change_nothing()
    {
        await WriteAsync("tariff.json", DemoPlan.TariffJson["flat"]);
        await WriteAsync("policy.json", Control.Policies.ShippedPolicies.Json(DemoPlan.Policy));
        await WriteAsync("concentrators.csv", "address,name,zone\n4403-00004,North 4,+08:00\n");
        await WriteAsync("accounts.csv",
            "id,name,phone,language,currency,tariff,policy,sanctioned_watts\n"
            + "1001,王丽,+8613800000001,zh,CNY,flat,demo-72h,8000\n1002,Tom,,en,CNY,flat,demo-72h,8000\n");
        await WriteAsync("meters.csv",
            "id,address,concentrator,point,account\n9,000000000012,4403-00004,1,1001\n"
            + "10,000000000013,4403-00004,2,1002\n");
        await WriteAsync("payments.csv",
            "key,account,amount,currency,channel\na/1,1001,50.00,CNY,bank\na/2,1002,7.25,CNY,bank\n"
            + "TOTAL,2,57.25,CNY\n");
        string[] kinds = ["tariff", "policy", "concentrators", "accounts", "meters", "payments"];
        foreach (var run in new[] { 1, 2 })
        {
            foreach (var kind in kinds)
            {
                var file = kind is "tariff" or "policy" ? kind + ".json" : kind + ".csv";
                var ended = await ImportAsync(kind, file);
                Assert.True(ended.Code == 0, $"{kind}, run {run}: {ended.Error}");
                var result = JsonDocument.Parse(ended.Out).RootElement;
                Assert.Equal(result.GetProperty("rows").GetInt32(), result.GetProperty("taken").GetInt32());
                Assert.Equal(run == 2 && kind == "payments" ? 2 : 0, result.GetProperty("repeated").GetInt32());
            }
        }

        Assert.Equal("57.25", await SumAsync("/accounts/1001/balance", "/accounts/1002/balance"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Bad_files_are_told_by_line_and_nothing_of_them_is_sent()
    {
        await WriteAsync("concentrators.csv", "address,name,zone\n4403-00004,North,+08:00\n4403-4,,Mars\n");
        await WriteAsync("accounts.csv",
            "id,name,phone,language,currency,tariff,policy,sanctioned_watts\n1001,A,,en,CNY,none,none,8000\n");
        await WriteAsync(
            "payments.csv", "key,account,amount,currency,channel\na/1,1001,1.234,CNY,bank\nTOTAL,1,1.23,CNY\n");
        await WriteAsync(
            "unknown.csv", "key,account,amount,currency,channel\na/1,77,1.00,CNY,counter\nTOTAL,1,1.00,CNY\n");
        await WriteAsync("tariff.json", """{"id":"flat","version":0}""");

        var concentrators = await ImportAsync("concentrators", "concentrators.csv");
        var accounts = await ImportAsync("accounts", "accounts.csv");
        var payments = await ImportAsync("payments", "payments.csv");
        var unknown = await ImportAsync("payments", "unknown.csv");
        var tariff = await ImportAsync("tariff", "tariff.json");
        var stranger = await RunAsync("import", "accounts", "accounts.csv", "--api", _api, "--key", "mk_wrong");

        Assert.Equal((2, 2, 2), (concentrators.Code, payments.Code, tariff.Code));
        Assert.Contains("line 3, address: ", concentrators.Error, StringComparison.Ordinal);
        Assert.Contains("line 3, zone: ", concentrators.Error, StringComparison.Ordinal);
        Assert.Contains("line 2, amount: ", payments.Error, StringComparison.Ordinal);
        Assert.Contains("version", tariff.Error, StringComparison.Ordinal);
        Assert.Equal((1, 1, 1), (accounts.Code, unknown.Code, stranger.Code));
        Assert.Contains("tariff 'none' is not registered", accounts.Error, StringComparison.Ordinal);
        Assert.Contains("payment a/1: There is no such account.", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("not known or was revoked", stranger.Error, StringComparison.Ordinal);
        using var http = Client();
        Assert.Equal("""{"items":[],"more":false}""", await http.GetStringAsync("concentrators", Stopping));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_simulated_field_registers_itself_fills_the_past_and_continues()
    {
        string[] command =
        [
            "simulate", "--terminals", _terminals, "--api", _api, "--key", _key, "--meters", "20", "--hours", "5",
            "--json",
        ];

        var first = await RunAsync(command);
        var again = await RunAsync(command);
        var other = await RunAsync([.. command, "--seed", "2"]);
        var noKey = await RunAsync(
            "simulate", "--terminals", _terminals, "--api", _api, "--key", _firstKey!, "--meters", "20");

        Assert.True(first.Code == 0, first.Error);
        Assert.True(again.Code == 0, again.Error);
        var (one, two) = (Summary(first), Summary(again));
        Assert.InRange(one.GetProperty("readings_sent").GetInt64(), 120, 140);
        Assert.Equal(one.GetProperty("readings_sent").GetInt64(), one.GetProperty("readings_confirmed").GetInt64());
        Assert.Equal(one.GetProperty("from").GetString(), two.GetProperty("from").GetString());
        Assert.Equal((20, 0), (one.GetProperty("payments").GetInt32(), two.GetProperty("payments").GetInt32()));
        Assert.Equal((2, 2), (other.Code, noKey.Code));
        Assert.Contains("from another field", other.Error, StringComparison.Ordinal);
        Assert.Contains("no role that may do this", noKey.Error, StringComparison.Ordinal);
        using var http = Client();
        using var totals = JsonDocument.Parse(await http.GetStringAsync("totals", Stopping));
        Assert.Equal(
            two.GetProperty("readings_sent").GetInt64(), totals.RootElement.GetProperty("readings").GetInt64());
    }

    private static JsonElement Summary(Ended ended) =>
        JsonDocument.Parse(ended.Out.Trim().Split('\n')[^1]).RootElement;

    private async Task StartAsync()
    {
        _service = ProgramRun.Start(
            _folder.Path, "serve", "--store", "sqlite:s", "--api", "http://127.0.0.1:0", "--terminals", "127.0.0.1:0",
            "--json");
        using var said = JsonDocument.Parse(await _service.LineAsync());
        _api = said.RootElement.GetProperty("api").GetString()!;
        _terminals = said.RootElement.GetProperty("terminals").GetString()!;
        _firstKey = said.RootElement.GetProperty("first_key").GetString();
    }

    private Task<Ended> RunAsync(params string[] arguments) => ProgramRun.RunAsync(_folder.Path, arguments);

    private Task<Ended> ImportAsync(string kind, string file) =>
        RunAsync("import", kind, file, "--api", _api, "--key", _key, "--json");

    private Task WriteAsync(string file, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder.Path, file), text, Stopping);

    private HttpClient Client()
    {
        var http = new HttpClient { BaseAddress = new(_api) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _key);
        return http;
    }

    private async Task<string> SumAsync(params string[] paths)
    {
        using var http = Client();
        var sum = 0m;
        foreach (var path in paths)
        {
            using var answer = JsonDocument.Parse(await http.GetStringAsync(path, Stopping));
            sum += decimal.Parse(
                answer.RootElement.GetProperty("balance").GetProperty("amount").GetString()!,
                System.Globalization.CultureInfo.InvariantCulture);
        }

        return sum.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
    }
}
