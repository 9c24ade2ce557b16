using System.Globalization;
using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Tests.Api;

namespace Meters.Host.Tests.Hosting;

/// <summary>The ledger over HTTP: roles, persons, answers.</summary>
public sealed class LedgerApiTests
{
    private const string Payment =
        """{"key":"till/1","account":800001,"amount":"50.00","currency":"CNY","channel":"counter"}""";

    [Fact(Timeout = 120_000)]
    public async Task A_payment_is_quoted_taken_reversed_and_a_refund_approved_by_another()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        (await service.GetAsync("/accounts/1/quote")).IsProblem(404, "account-unknown");
        (await service.GetAsync("/accounts/800001/quote?amount=0")).IsProblem(422, "amount-not-positive");
        var quote = (await service.GetAsync("/accounts/800001/quote?amount=50.00")).Json;
        var paid = await service.PostAsync("/payments", Role.Cashier, Payment);
        Assert.Equal(quote.GetProperty("split").GetRawText(), paid.Json.GetProperty("split").GetRawText());
        Assert.Equal("0.00", Amount(quote, "arrears"));

        const string Reversal = """{"key":"rev/1","payment":"till/1","note":"typed twice"}""";
        (await service.PostAsync("/reversals", Role.Cashier, Reversal)).IsProblem(403, "role-missing");
        var unknown = Reversal.Replace("till/1", "till/9", StringComparison.Ordinal);
        (await service.PostAsync("/reversals", Role.Supervisor, unknown)).IsProblem(404, "payment-unknown");
        Assert.Equal(201, (await service.PostAsync("/reversals", Role.Supervisor, Reversal)).Status);
        Assert.Equal(200, (await service.PostAsync("/reversals", Role.Supervisor, Reversal)).Status);
        var twice = Reversal.Replace("rev/1", "rev/2", StringComparison.Ordinal);
        (await service.PostAsync("/reversals", Role.Supervisor, twice)).IsProblem(409, "already-taken-back");

        const string Refund =
            """{"key":"ref/1","amount":"1.00","currency":"CNY","via":"bank","note":"moved away"}""";
        (await service.PostAsync("/accounts/800001/refunds", Role.Reader, Refund)).IsProblem(403, "role-missing");
        Assert.Equal(202, (await service.PostAsync("/accounts/800001/refunds", Role.Cashier, Refund)).Status);
        Assert.Single((await service.GetAsync("/operations?state=pending")).Items);
        var before = Balance(await service.GetAsync("/accounts/800001/quote"));
        Assert.Equal(201, (await service.PostAsync("/approvals", Role.Supervisor, """{"key":"ref/1"}""")).Status);
        Assert.Equal(before - 1m, Balance(await service.GetAsync("/accounts/800001/quote")));
        var again = """{"key":"ref/2","amount":"1.00","currency":"CNY","via":"bank","note":"again"}""";
        Assert.Equal(202, (await service.PostAsync("/accounts/800001/refunds", Role.Supervisor, again)).Status);
        (await service.PostAsync("/approvals", Role.Supervisor, """{"key":"ref/2"}""")).IsProblem(403, "same-person");
        Assert.Equal(200, (await service.PostAsync("/refusals", Role.Supervisor, """{"key":"ref/2"}""")).Status);
        Assert.Equal(3, (await service.GetAsync("/accounts/800001/operations")).Items.Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task Files_suspense_shifts_and_agents_have_their_addresses()
    {
        await using var service = await RunningService.StartAsync();
        await service.RegisterAsync();
        var content = "key,account,amount,currency,channel\\nb1,800001,5.00,CNY,bank\\nb2,77,2.00,CNY,bank\\n";
        var bad = $$"""{"name":"bank-1.csv","content":"{{content}}TOTAL,2,8.00,CNY\n"}""";
        (await service.PostAsync("/payment-files", Role.Billing, bad)).IsProblem(422, "content-refused");
        var good = bad.Replace("8.00", "7.00", StringComparison.Ordinal);
        var taken = await service.PostAsync("/payment-files", Role.Billing, good);
        Assert.Equal((201, 1), (taken.Status, taken.Json.GetProperty("suspense").GetInt32()));
        Assert.Equal("b2", Assert.Single((await service.GetAsync("/suspense")).Items).GetProperty("key").GetString());
        var release = """{"key":"rel/1","payment":"b2","account":800002,"note":"he called"}""";
        Assert.Equal(201, (await service.PostAsync("/releases", Role.Billing, release)).Status);
        Assert.Empty((await service.GetAsync("/suspense")).Items);

        var day = good.Replace("bank-1.csv\"", "day.csv\",\"channel\":\"bank\",\"day\":\"2025-11-03\"",
            StringComparison.Ordinal);
        var compared = await service.PostAsync("/reconciliations", Role.Billing, day);
        Assert.Equal((201, 2), (compared.Status, compared.Json.GetProperty("matched").GetInt32()));
        Assert.Equal(200, (await service.PostAsync("/reconciliations/day.csv/sign-off", Role.Supervisor, "")).Status);

        var opened = await service.PostAsync(
            "/shifts", Role.Cashier, """{"till":"till-1","currency":"CNY","float":"100.00"}""");
        var shift = opened.Json.GetProperty("id").GetInt64();
        await service.PostAsync("/payments", Role.Cashier, Payment);
        await service.PostAsync($"/shifts/{shift}/count", Role.Cashier, """{"counted":"149.00"}""");
        var closed = await service.PostAsync($"/shifts/{shift}/close", Role.Cashier, "");
        Assert.Equal("-1.00", Amount(closed.Json, "difference"));

        var ceiling = await service.PostAsync(
            "/agents/person.cashier/ceiling", Role.Billing, """{"ceiling":"10.00","currency":"CNY"}""");
        Assert.Equal(200, ceiling.Status);
        var over = Payment.Replace("till/1", "agent/1", StringComparison.Ordinal)
            .Replace("counter", "agent", StringComparison.Ordinal);
        (await service.PostAsync("/payments", Role.Cashier, over)).IsProblem(409, "agent-ceiling-reached");
        Assert.Single((await service.GetAsync("/agents")).Items);
    }

    private static string? Amount(JsonElement json, string name) =>
        json.GetProperty(name).GetProperty("amount").GetString();

    private static decimal Balance(ApiAnswer answer) =>
        decimal.Parse(Amount(answer.Json, "balance")!, CultureInfo.InvariantCulture);
}
