using Meters.Host.Access;
using Meters.Host.Api;
using Meters.Storage.Contract;
using static Meters.Host.Tests.Api.Samples;

namespace Meters.Host.Tests.Api;

public sealed class PaymentTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_payment_is_posted_once_and_a_repeat_gets_the_same_receipt()
    {
        await using var server = await Samples.StartAsync();

        var posted = await server.PostAsync("/payments", Role.Cashier, Payment);
        var again = await server.PostAsync("/payments", Role.Cashier, Payment);
        var other = await server.PostAsync("/payments", Role.Cashier, Payment.With("50.00", "60.00"));

        Assert.Equal(201, posted.Status);
        Assert.Equal(200, again.Status);
        Assert.Equal(posted.Text, again.Text);
        other.IsProblem(409, "key-reused-with-other-content");
        Assert.Equal("50.00", posted.Json.GetProperty("amount").GetProperty("amount").GetString());
        Assert.Equal("person.cashier", posted.Json.GetProperty("takenBy").GetString());
        var listed = Assert.Single((await server.GetAsync("/accounts/1001/payments")).Items);
        Assert.Equal(posted.Json.GetProperty("receipt").GetString(), listed.GetProperty("receipt").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task The_key_may_stand_in_the_header_and_must_not_differ_from_the_body()
    {
        await using var server = await Samples.StartAsync();
        var without = Payment.With("\"key\":\"till-3/77\",", "");

        var posted = await server.SendAsync(HttpMethod.Post, "/payments", Role.Cashier, without,
            idempotencyKey: "\"till-3/77\"");
        var again = await server.SendAsync(HttpMethod.Post, "/payments", Role.Cashier, Payment,
            idempotencyKey: "till-3/77");
        var differs = await server.SendAsync(HttpMethod.Post, "/payments", Role.Cashier, Payment,
            idempotencyKey: "till-3/78");

        Assert.Equal(201, posted.Status);
        Assert.Equal(200, again.Status);
        differs.IsProblem(400, "idempotency-key-mismatch");
        (await server.PostAsync("/payments", Role.Cashier, without)).IsProblem(400, "key-malformed");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("\"50.00\"", "\"1.234\"", 422, "amount-too-fine", "amount")]
    [InlineData("\"50.00\"", "\"fifty\"", 400, "amount-malformed", "amount")]
    [InlineData("\"50.00\"", "\"1e2\"", 400, "amount-malformed", "amount")]
    [InlineData("\"50.00\"", "\"99999999999999999999\"", 422, "amount-too-large", "amount")]
    [InlineData("\"50.00\"", "\"0\"", 422, "amount-not-positive", null)]
    [InlineData("\"50.00\"", "\"-1.00\"", 422, "amount-not-positive", null)]
    [InlineData("\"50.00\"", "50.00", 400, "body-malformed", "amount")]
    [InlineData("\"50.00\"", "null", 400, "body-malformed", "amount")]
    [InlineData("CNY", "RMB", 422, "currency-unknown", "currency")]
    [InlineData("CNY", "USD", 422, "currency-mismatch", null)]
    [InlineData("1001", "4711", 404, "account-unknown", null)]
    [InlineData("1001", "\"1001\"", 400, "body-malformed", "account")]
    [InlineData("counter", "cheque", 422, "channel-unknown", "channel")]
    [InlineData("slip 77", "slip\\n77", 422, "content-refused", "reference")]
    [InlineData("\"reference\"", "\"referense\"", 400, "body-malformed", "referense")]
    [InlineData("\"reference\"", "\"amount\"", 400, "body-malformed", "amount")]
    [InlineData("\"amount\":\"50.00\",", "", 400, "body-malformed", "amount")]
    [InlineData("\"account\":1001", "\"account\":", 400, "body-malformed", "account")]
    [InlineData("till-3/77", "", 400, "key-malformed", null)]
    public async Task A_bad_payment_gets_a_typed_refusal_and_posts_nothing(string good, string bad, int status,
        string tag, string? field)
    {
        await using var server = await Samples.StartAsync();

        var answer = await server.PostAsync("/payments", Role.Cashier, Payment.With(good, bad));

        answer.IsProblem(status, tag);
        Assert.Equal(field, answer.Field);
        Assert.DoesNotContain("Meters.", answer.Text, StringComparison.Ordinal);
        Assert.Empty(server.Store.Payments);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\u0000")]
    public async Task A_body_that_is_no_payment_is_malformed(string body)
    {
        await using var server = await Samples.StartAsync();

        (await server.PostAsync("/payments", Role.Cashier, body)).IsProblem(400, "body-malformed");
    }

    [Fact(Timeout = 30_000)]
    public async Task Size_media_type_and_method_have_their_own_types()
    {
        await using var server = await Samples.StartAsync();
        var large = Payment.Replace("slip 77", new string('x', (int)BodyLimits.SingleBytesMax),
            StringComparison.Ordinal);

        (await server.PostAsync("/payments", Role.Cashier, large)).IsProblem(413, "body-too-large");
        (await server.SendAsync(HttpMethod.Post, "/payments", Role.Cashier, Payment, "text/plain")).IsProblem(415,
            "media-type-unsupported");
        (await server.SendAsync(HttpMethod.Put, "/payments", Role.Cashier, Payment)).IsProblem(405,
            "method-not-allowed");
        Assert.Empty(server.Store.Payments);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_absent_store_is_503_with_retry_after_and_a_bug_is_500_without_words()
    {
        await using var server = await Samples.StartAsync();
        server.PaymentFault = new StoreUnavailableException("secret host name");
        var away = await server.PostAsync("/payments", Role.Cashier, Payment);
        server.PaymentFault = new InvalidOperationException("secret detail");
        var bug = await server.PostAsync("/payments", Role.Cashier, Payment);

        away.IsProblem(503, "store-unavailable");
        Assert.Equal(TimeSpan.FromSeconds(5), away.Headers.RetryAfter!.Delta);
        bug.IsProblem(500, "internal");
        Assert.DoesNotContain("secret", away.Text + bug.Text, StringComparison.Ordinal);
        Assert.Equal(201, (await server.PostAsync("/payments", Role.Cashier, Payment)).Status);
    }
}
