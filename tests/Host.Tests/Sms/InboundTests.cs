using System.Net;
using Meters.Control.Notices;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Host.Tests.Engine;
using Meters.Host.Tests.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Meters.Host.Tests.Sms;

public class InboundTests
{
    private const string Phone = "+8613800000001";
    private const string Token = "a token of the tests";
    private const string OfOne = "Account 501: balance 0.00 CNY.";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("balance", InboundWord.Balance)]
    [InlineData(" Balance! ", InboundWord.Balance)]
    [InlineData("余额", InboundWord.Balance)]
    [InlineData("“余额”?", InboundWord.Balance)]
    [InlineData("YE", InboundWord.Balance)]
    [InlineData("stop", InboundWord.Stop)]
    [InlineData("退订", InboundWord.Stop)]
    [InlineData("balance of 502", InboundWord.Other)]
    [InlineData("", InboundWord.Other)]
    [InlineData("yes", InboundWord.Other)]
    public void A_word_is_understood_or_not(string text, InboundWord word) =>
        Assert.Equal(word, InboundDesk.WordOf(text));

    [Theory]
    [InlineData("+8613800000001", "", "+8613800000001")]
    [InlineData("8613800000001", "", "8613800000001 +8613800000001")]
    [InlineData("+8613800000001", "86", "+8613800000001 13800000001 013800000001")]
    [InlineData("8613800000001", "86", "8613800000001 +8613800000001 13800000001 013800000001")]
    [InlineData("013800000001", "86", "013800000001 +013800000001 +8613800000001")]
    [InlineData("+4915100000001", "86", "+4915100000001")]
    public void A_number_is_looked_for_in_the_forms_in_which_it_may_be_registered(
        string phone, string country, string forms) =>
        Assert.Equal(forms.Split(' '), InboundDesk.FormsOf(phone, country));

    [Fact(Timeout = 60_000)]
    public async Task The_number_that_is_registered_is_told_its_balance_and_no_other_is()
    {
        await using var spoken = await Spoken.StartAsync();
        var desk = spoken.Engine.Inbound;
        Assert.Equal(OfOne, await desk.AnswerAsync("m-1", Phone, "balance", Stopping));
        Assert.Equal("户号501:余额0.00 CNY。", await desk.AnswerAsync("m-2", Phone, "余额", Stopping));
        Assert.Equal("Send BALANCE for your balance.", await desk.AnswerAsync("m-3", Phone, "help", Stopping));
        Assert.StartsWith(
            "Messages about your supply",
            await desk.AnswerAsync("m-4", Phone, "STOP", Stopping),
            StringComparison.Ordinal);
        foreach (var stranger in new[] { "+8613800000002", "+861380000000", "13800000001" })
        {
            Assert.StartsWith(
                "No account has this phone number",
                await desk.AnswerAsync("s-" + stranger, stranger, "balance", Stopping),
                StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_message_gets_the_same_answer_and_its_id_helps_nobody_else()
    {
        await using var spoken = await Spoken.StartAsync();
        var desk = spoken.Engine.Inbound;
        Assert.Equal(OfOne, await desk.AnswerAsync("m-1", Phone, "balance", Stopping));
        await spoken.Engine.PostPaymentAsync(
            new("p-1", SmallService.Account, new(5_000), Currency.Parse("CNY"), Billing.Ledger.PaymentChannel.Mobile,
                SmallService.Tester, null),
            Stopping);
        Assert.Equal(OfOne, await desk.AnswerAsync("m-1", Phone, "balance", Stopping));
        Assert.Equal(
            "Account 501: balance 50.00 CNY.", await desk.AnswerAsync("m-2", Phone, "balance", Stopping));
        Assert.Null(await desk.AnswerAsync("m-1", "+8613800000002", "balance", Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task Several_accounts_of_a_number_are_all_told_and_many_are_counted()
    {
        await using var spoken = await Spoken.StartAsync();
        var others = Enumerable.Range(502, 6).Select(id => SmallService.AccountOf(new(id))).ToList();
        await spoken.Engine.RegisterAsync(new() { Accounts = others }, Stopping);
        var answer = (await spoken.Engine.Inbound.AnswerAsync("m-1", Phone, "balance", Stopping))!;
        Assert.StartsWith(OfOne + " Account 502: balance", answer, StringComparison.Ordinal);
        Assert.EndsWith("Account 505: balance 0.00 CNY. And 2 more accounts.", answer, StringComparison.Ordinal);
        await spoken.Engine.Standings.SetContactAsync(
            SmallService.Account, "+8613900000009", null, SmallService.Tester, "Moved.", Stopping);
        Assert.StartsWith(
            "Account 502:", await spoken.Engine.Inbound.AnswerAsync("m-2", Phone, "balance", Stopping),
            StringComparison.Ordinal);
        Assert.Equal(OfOne, await spoken.Engine.Inbound.AnswerAsync("m-3", "+8613900000009", "balance", Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task Too_many_messages_of_a_number_are_not_answered_and_others_are()
    {
        await using var spoken = await Spoken.StartAsync(new() { InboundPerHourMax = 2 });
        var desk = spoken.Engine.Inbound;
        Assert.NotNull(await desk.AnswerAsync("m-1", Phone, "balance", Stopping));
        Assert.NotNull(await desk.AnswerAsync("m-2", Phone, "balance", Stopping));
        Assert.Null(await desk.AnswerAsync("m-3", Phone, "balance", Stopping));
        Assert.NotNull(await desk.AnswerAsync("m-1", Phone, "balance", Stopping)); // A repetition is no new one.
        Assert.NotNull(await desk.AnswerAsync("m-4", "+8613800000002", "balance", Stopping));
        spoken.Move(TimeSpan.FromMinutes(61));
        Assert.NotNull(await desk.AnswerAsync("m-3", Phone, "balance", Stopping));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("id=m-1&from=%2B8613800000001&text=balance&token=a%20token%20of%20the%20tests", 200)]
    [InlineData("id=m-1&from=%2B8613800000001&text=balance&token=another", 403)]
    [InlineData("id=m-1&from=%2B8613800000001&text=balance", 403)]
    [InlineData("id=m-1&from=%2B8613800000001&token=a%20token%20of%20the%20tests&token=x", 403)]
    [InlineData("from=%2B8613800000001&text=balance&token=a%20token%20of%20the%20tests", 400)]
    [InlineData("id=a%0Ab&from=%2B8613800000001&text=balance&token=a%20token%20of%20the%20tests", 400)]
    [InlineData("id=m-1&from=nobody&text=balance&token=a%20token%20of%20the%20tests", 400)]
    [InlineData("id=m-1&text=balance&token=a%20token%20of%20the%20tests", 400)]
    public async Task A_call_needs_the_token_an_id_and_a_number(string query, int status)
    {
        await using var spoken = await Spoken.StartAsync();
        await using var endpoint = await Endpoint.StartAsync(Token, spoken.Engine.Inbound);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(endpoint.Address, "sms/inbound?" + query), Stopping);
        Assert.Equal(status, (int)answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Stopping);
        Assert.Equal(status == 200, text == OfOne);
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_token_in_the_settings_nobody_is_answered()
    {
        await using var spoken = await Spoken.StartAsync();
        await using var endpoint = await Endpoint.StartAsync("", spoken.Engine.Inbound);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(
            new Uri(endpoint.Address, "sms/inbound?id=m-1&from=%2B8613800000001&text=balance&token="), Stopping);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_real_gateway_carries_a_customers_message_in_and_the_balance_back()
    {
        Needs.Kannel();
        await using var spoken = await Spoken.StartAsync();
        await using var endpoint = await Endpoint.StartAsync(Token, spoken.Engine.Inbound);
        await using var kannel = await InboundKannel.StartAsync(endpoint.Address, Token, Stopping);
        Assert.Contains(
            OfOne, await kannel.SendAsync($"{Phone} 95598 text Balance", "balance 0.00", Stopping),
            StringComparison.Ordinal);

        // 户号 in 16 bits a character is 62 37 53 F7.
        var chinese = SmallService.AccountOf(new(601)) with { Phone = "+8613700000007", Language = "zh" };
        await spoken.Engine.RegisterAsync(new() { Accounts = [chinese] }, Stopping);
        Assert.NotEmpty(await kannel.SendAsync("+8613700000007 95598 text ye", "b7S%F7", Stopping));
        Assert.NotEmpty(await kannel.SendAsync("+8613700000007 95598 text 余额", "OY%98%9D", Stopping));
    }

    private sealed class Endpoint(WebApplication app) : IAsyncDisposable
    {
        public Uri Address => new(app.Urls.Single() + "/");

        public static async Task<Endpoint> StartAsync(string token, InboundDesk desk)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddProblemDetails();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            app.MapSmsInbound(token, desk);
            await app.StartAsync(Stopping);
            return new(app);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
