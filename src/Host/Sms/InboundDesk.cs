using System.Globalization;
using Meters.Control.Notices;
using Meters.Host.Engine;
using Meters.Host.Notices;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Sms;

/// <summary>What a customer's message was understood as. Stored by its word.</summary>
public enum InboundWord
{
    Balance,

    /// <summary>No more messages: those about the supply cannot be switched off.</summary>
    Stop,
    Other,

    /// <summary>From a number that no account has.</summary>
    Unknown,

    /// <summary>Too many of this number: not answered.</summary>
    Limited,
}

/// <summary>
/// Answers customers' own messages: "balance" with the balances of the accounts of that very number, and of no other.
/// The same message of the gateway gets the same answer.
/// </summary>
public sealed class InboundDesk(
    IStore store,
    LiveRegistry registry,
    AccountDirectory accounts,
    NoticeOptions options,
    EngineMetrics metrics,
    TimeProvider clock)
{
    /// <summary>Accounts named in one answer.</summary>
    public const int AccountsMax = 5;

    private static readonly string[] BalanceWords = ["balance", "bal", "ye", "yue", "余额", "查余额", "余额查询"];
    private static readonly string[] StopWords = ["stop", "unsubscribe", "quit", "td", "退订"];

    /// <summary>Null: nothing is answered.</summary>
    /// <param name="id">The gateway's own, unique.</param>
    /// <param name="phone">Sender, normalised.</param>
    /// <param name="text">As the customer wrote it.</param>
    /// <param name="stopping">The gateway went away.</param>
    public async Task<string?> AnswerAsync(string id, string phone, string text, CancellationToken stopping)
    {
        if (await store.Notices.FindInboundAsync(id, stopping) is { } earlier)
        {
            // An id that another number used is no repetition: nobody sees another's answer.
            return earlier.Phone == phone ? earlier.Reply : null;
        }

        var now = clock.Now();
        var recent = await store.Notices.CountInboundAsync(phone, now - TimeSpan.FromHours(1), stopping);
        if (recent >= options.InboundPerHourMax)
        {
            metrics.Inbound(InboundWord.Limited);
            return null;
        }

        var (word, reply) = await ReplyAsync(phone, text, stopping);
        metrics.Inbound(word);
        var kept = await store.Notices.KeepInboundAsync(
            new(id, phone, now, Api.Tags.Of(word), reply), now - TimeSpan.FromDays(options.InboundDaysMax), stopping);
        return kept.Phone == phone ? kept.Reply : null;
    }

    public static InboundWord WordOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var word = new string([.. text.Where(c => char.IsLetterOrDigit(c) || c == ' ')]).Trim().ToLowerInvariant();
        return BalanceWords.Contains(word) ? InboundWord.Balance
            : StopWords.Contains(word) ? InboundWord.Stop
            : InboundWord.Other;
    }

    /// <summary>
    /// The forms in which a number may be registered: as it is, with a plus that the gateway leaves out, and without
    /// the country code where the settings name it.
    /// </summary>
    public static IReadOnlyList<string> FormsOf(string phone, string countryCode)
    {
        ArgumentNullException.ThrowIfNull(phone);
        var forms = new List<string> { phone };
        if (!phone.StartsWith('+')) forms.Add("+" + phone);
        var digits = phone.TrimStart('+');
        if (countryCode.Length == 0) return forms;
        if (digits.StartsWith(countryCode, StringComparison.Ordinal))
        {
            forms.AddRange([digits[countryCode.Length..], "0" + digits[countryCode.Length..]]);
        }
        else if (!phone.StartsWith('+'))
        {
            forms.Add("+" + countryCode + digits.TrimStart('0'));
        }

        return forms;
    }

    private async Task<(InboundWord Word, string Reply)> ReplyAsync(
        string phone, string text, CancellationToken stopping)
    {
        var found = registry.AccountsOfPhone(FormsOf(phone, options.CountryCode));
        var word = WordOf(text);
        var chinese = text.Any(c => c is >= '\u4e00' and <= '\u9fff')
            || (found.Count > 0 && NoticeTemplates.LanguageOf(LanguageOf(found[0])) == "zh");
        if (found.Count == 0)
        {
            return (InboundWord.Unknown, chinese
                ? "此号码未登记任何户号,请联系供电所。"
                : "No account has this phone number. Please ask your electricity office.");
        }

        return (word, word switch
        {
            InboundWord.Balance => await BalancesAsync(found, chinese, stopping),
            InboundWord.Stop => chinese
                ? "停电和余额通知不能退订。发送“余额”查询余额。"
                : "Messages about your supply cannot be switched off. Send BALANCE for your balance.",
            _ => chinese ? "发送“余额”查询余额。" : "Send BALANCE for your balance.",
        });
    }

    private async Task<string> BalancesAsync(
        IReadOnlyList<AccountId> found, bool chinese, CancellationToken stopping)
    {
        var shown = found.Take(AccountsMax).ToList();
        var facts = await accounts.FactsAsync(shown, stopping);
        var lines = new List<string>();
        for (var i = 0; i < shown.Count; i++)
        {
            if (facts[i] is not { } one) continue;
            var balance = one.Currency.Format(one.Balance);
            lines.Add(chinese ? $"户号{one.Account}:余额{balance}。" : $"Account {one.Account}: balance {balance}.");
        }

        var more = found.Count - shown.Count;
        if (more > 0)
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"{(chinese ? $"另有{more}户。" : $"And {more} more accounts.")}"));
        }

        return string.Join(' ', lines);
    }

    private string LanguageOf(AccountId account) =>
        registry.TryAccount(account, out var record) ? record.Language : "en";
}
