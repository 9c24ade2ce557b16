using System.Globalization;
using System.Text.Json;
using Meters.Control;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Policies;

/// <summary>
/// One situation of a vector file as facts: what it does not say comes from the "given" of the file, and what neither
/// says is in order: read an hour ago, every message of the rungs done delivered, the alarm on where a rung sounded it.
/// </summary>
internal sealed class PolicyVector(Policy policy, JsonElement common, JsonElement own, string at)
{
    private static readonly AccountId Account = new(77);

    private Instant Now => Local(at);

    public CaseFacts Facts()
    {
        var rung = (int)Number("rung");
        var rungAt = Text("rungAt") is { } given ? Local(given) : Now;
        var account = AccountOf();
        var customer = new CustomerFacts("Li", "+8613800000000", "en", false, Relay())
        {
            Classes = Strings("classes").ToHashSet(StringComparer.Ordinal),
            Region = Text("region") ?? "",
            ConvertedAt = Text("convertedAt") is { } converted ? Local(converted) : null,
        };
        return new(
            CaseOf(rung, rungAt), [], [], NoticesOf(rung, rungAt), HoldsOf(), account, customer, policy, Now,
            HealthFacts.Good with { Sms = Text("smsDown") is null })
        {
            Contacts = ContactsOf(rungAt),
            Payments = [.. Items("payments").Select(one => new PaymentFact(
                Local(one.GetProperty("at").GetString()!), Minor(one.GetProperty("amount").GetString()!)))],
            Moratoria = [.. Items("moratoria").Select(MoratoriumOf)],
            Approvals =
                [.. Strings("approvals").Select(by => new CutApproval(Account, new(by), rungAt, Instant.Never))],
        };
    }

    public Instant Local(string text) => policy.Zone.ToInstant(
        DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));

    private static RelayFacts Relay() => new(new(7), new(123456789012), TerminalAddress.Of(4403, 4));

    private ControlCase CaseOf(int rung, Instant rungAt)
    {
        var alarm = policy.Rungs.Take(rung).Any(done => done.Does(RungActions.Alarm));
        return new(
            Account, rung, rungAt, SupplyOf("desired"), SupplyOf("actual"), rungAt, Flag("alarmOn") ?? alarm,
            Flag("manualOff") ?? false, Now, 1, 1)
        {
            ReliefUntil = Text("reliefUntil") is { } until ? Local(until) : Instant.Epoch,
            Policy = policy.Label,
        };
    }

    private AccountFacts AccountOf()
    {
        var quality = Text("quality") == "estimated" ? ReadingQuality.Estimated : ReadingQuality.Actual;
        var read = Now - TimeSpan.FromMinutes(Find("minutesOld") is null ? 60 : Number("minutesOld"));
        var account = new AccountFacts(
            Account, policy.Currency, Minor(Text("balance")!), 0, 1, read, quality, Minor(Text("lastPurchase")!),
            Minor(Text("averageDay")!));
        var mask = policy.Rungs.Select((rung, i) => rung.Threshold.IsBelow(account) ? 1 << i : 0).Sum();
        return account with { CrossedMask = (byte)mask };
    }

    /// <summary>The newest last among the rungs, first among the facts.</summary>
    private List<Notice> NoticesOf(int rung, Instant rungAt)
    {
        var words = Strings("notices").ToList();
        var done = Enumerable.Range(0, Math.Min(rung, policy.Rungs.Count))
            .Where(i => policy.Rungs[i].Does(RungActions.Sms)).ToList();
        var notices = new List<Notice>();
        for (var i = 0; i < done.Count; i++)
        {
            var state = (i < words.Count ? words[i] : "delivered") switch
            {
                "failed" => NoticeState.Failed,
                "sent" => NoticeState.Sent,
                _ => NoticeState.Delivered,
            };
            var kind = Enum.Parse<NoticeKind>(policy.Rungs[done[i]].Kind!.Value.ToString());
            var made = rungAt - TimeSpan.FromHours(done.Count - 1 - i);
            notices.Insert(0, new(new(i + 1), Account, kind, "+86", "en", "text", state, made, made, 1, null, null));
        }

        return notices;
    }

    private List<Hold> HoldsOf() => [.. Items("holds").Select(one => new Hold(
        Account,
        Enum.GetValues<HoldKind>().Single(kind => ControlTags.Tag(kind) == one.GetProperty("kind").GetString()),
        Instant.Epoch,
        Local(one.GetProperty("until").GetString()!),
        new("clerk"),
        ""))];

    private List<Contact> ContactsOf(Instant rungAt)
    {
        var calls = Find("calls") is null ? 0 : (int)Number("calls");
        return
        [
            .. Items("contacts").Select(one => new Contact(
                Account,
                Enum.GetValues<ContactChannel>().Single(
                    channel => ControlTags.Tag(channel) == one.GetProperty("channel").GetString()),
                Local(one.GetProperty("at").GetString()!),
                new("crew"),
                "")),
            .. Enumerable.Range(0, calls).Select(i => new Contact(
                Account, ContactChannel.Call, rungAt + TimeSpan.FromMinutes(i), new("caller"), "")),
        ];
    }

    private Moratorium MoratoriumOf(JsonElement one) => new(
        1,
        Enum.GetValues<MoratoriumKind>().Single(kind => ControlTags.Tag(kind) == one.GetProperty("kind").GetString()),
        one.GetProperty("area").GetString()!,
        Instant.Epoch,
        Local(one.GetProperty("until").GetString()!),
        new("officer"),
        "");

    private Supply SupplyOf(string name) => Text(name) switch { "off" => Supply.Off, _ => Supply.On };

    private Money Minor(string text)
    {
        Assert.True(Decimals.TryParse(text, policy.Currency.Decimals, out var minor), text);
        return new(minor);
    }

    private JsonElement? Find(string name) => own.TryGetProperty(name, out var value)
        || common.TryGetProperty(name, out value) ? value : null;

    private string? Text(string name) => Find(name)?.ToString();

    private long Number(string name) => Find(name)!.Value.GetInt64();

    private bool? Flag(string name) => Find(name)?.GetBoolean();

    private List<JsonElement> Items(string name) => Find(name) is { } list ? [.. list.EnumerateArray()] : [];

    private IEnumerable<string> Strings(string name) => Items(name).Select(one => one.GetString()!);
}
