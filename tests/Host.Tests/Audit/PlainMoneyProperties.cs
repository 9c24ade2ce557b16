using System.Globalization;
using System.Numerics;
using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Billing.Tariffs;
using Meters.Host.Audit.Money;

namespace Meters.Host.Tests.Audit;

/// <summary>The engine and the audit divide the same money, each in its own way.</summary>
public sealed class PlainMoneyProperties
{
    private static readonly PersonId Tester = new("tester");

    private static readonly (string Word, WaterfallStepKind Kind)[] Words =
    [
        ("purchaseCharges", WaterfallStepKind.PurchaseCharges), ("tax", WaterfallStepKind.Tax),
        ("emergencyCredit", WaterfallStepKind.EmergencyCredit),
        ("friendlyCredit", WaterfallStepKind.FriendlyCredit), ("receivable", WaterfallStepKind.Receivable),
        ("debt", WaterfallStepKind.Debt),
    ];

    [Fact(Timeout = 60_000)]
    public Task Random_payments_are_divided_the_same_by_both_hands() => Seeds.RunAsync(3_000, random =>
    {
        var (json, waterfall) = RandomPolicy(random);
        var day = random.Next(20_000, 20_400);
        var (plainOwed, owed) = RandomOwed(random, day);
        DueCharge[] due =
        [
            .. Enumerable.Range(0, random.Next(4)).Select(i => new DueCharge(
                $"line {i}", LedgerAccount.StandingRevenue, new(random.Next(-300, 2_000)), new(day))),
        ];
        due = [.. due.Where(one => one.Amount != Money.Zero)];
        var amount = random.Next(1, 10_000);
        var result = waterfall.Divide(new(amount), new(day), owed, due);
        var entries = new List<PlainEntry>();
        var policy = PlainPolicy.Read(new("p", 1, Instant.Epoch, json, Tester, Instant.Epoch));
        Assert.NotNull(policy);
        var split = PlainWaterfall.Divide(
            policy, amount, day, plainOwed, [.. due.Select(one => new PlainDue(
                one.Name, (long)one.Account, one.Amount.Minor))],
            entries);
        Assert.Equal(result.Split.Text, split);
        Assert.Equal(
            result.Raised.Select(one => (one.Name, (BigInteger)one.Amount.Minor)),
            entries.Where(entry => entry.Debit == (long)LedgerAccount.Receivable)
                .Select(entry => (entry.Line ?? "", entry.Amount)));
        return Task.CompletedTask;
    });

    [Fact(Timeout = 60_000)]
    public Task Charges_of_skipped_months_and_rebates_come_to_the_same_by_both_hands() => Seeds.RunAsync(500, random =>
    {
        var json = RandomTariff(random);
        Assert.True(TariffJson.TryParse(json, out var version, out var faults), string.Join('\n', faults));
        var (watts, amount) = (random.Next(500, 20_000), random.Next(1, 100_000));
        var plain = PurchaseCharges.Of([new("t", 1, Instant.Epoch, json, Tester, Instant.Epoch)], watts);
        Assert.NotNull(plain);
        var day = new DateOnly(2025, random.Next(1, 13), random.Next(1, 28));
        DateOnly? last = random.Next(4) == 0 ? null : day.AddDays(-random.Next(0, 5_000));
        var lines = PurchaseLines.Of(
            new([version!]), ServiceDay.Of(day), last is { } before ? ServiceDay.Of(before) : null, new(watts),
            new(amount));
        Assert.Equal(
            lines.Select(line => new PlainDue(line.Name, (long)line.Account, line.Amount.Minor)),
            plain.On(day, last, amount));
        return Task.CompletedTask;
    });

    private static (string Json, Waterfall Waterfall) RandomPolicy(Random random)
    {
        var words = Words.Where(_ => random.Next(3) > 0).ToArray();
        random.Shuffle(words);
        var (texts, steps) = (new List<string>(), new List<WaterfallStep>());
        foreach (var (word, kind) in words)
        {
            var (text, step) = ($"\"pay\":\"{word}\"", new WaterfallStep(kind));
            var percent = random.Next(10_001);
            if (kind == WaterfallStepKind.Tax)
            {
                (text, step) = ($"{text},\"percent\":\"{Percent(percent)}\"", step with { Percent = percent });
            }
            else if (kind == WaterfallStepKind.Debt) (text, step) = RandomDebt(random, text, step);
            texts.Add($"{{{text}}}");
            steps.Add(step);
        }

        return random.Next(8) == 0
            ? ("""{"currency":"CNY"}""", Waterfall.Default)
            : ($$"""{"currency":"CNY","waterfall":[{{string.Join(',', texts)}}]}""", new(steps));
    }

    private static (string Text, WaterfallStep Step) RandomDebt(Random random, string text, WaterfallStep step)
    {
        var (percent, least, week) = (random.Next(10_001), random.Next(5_000), random.Next(1, 3_000));
        if (random.Next(2) == 0)
        {
            (text, step) = ($"{text},\"percent\":\"{Percent(percent)}\"", step with { Percent = percent });
        }
        else (text, step) = ($"{text},\"percentOfDebt\":\"{Percent(percent)}\"", step with { PercentOfDebt = percent });
        if (random.Next(2) == 0)
        {
            text += $",\"atLeastPercent\":\"{Percent(least)}\",\"atMostPercent\":\"{Percent(least + 2_000)}\"";
            step = step with { AtLeast = least, AtMost = least + 2_000 };
        }

        if (random.Next(2) == 0) return (text, step);
        return ($"{text},\"weeklyMax\":\"{Percent(week)}\"", step with { WeeklyMax = new Money(week) });
    }

    private static string Percent(int hundredths) =>
        string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:D2}");

    /// <summary>The same entries in both forms.</summary>
    private static (PlainOwed Plain, SubAccounts Owed) RandomOwed(Random random, int day)
    {
        var (plain, owed) = (new PlainOwed(), default(SubAccounts));
        LedgerAccount[] subs =
        [
            LedgerAccount.CustomerDebt, LedgerAccount.EmergencyCredit, LedgerAccount.FriendlyCredit,
            LedgerAccount.Receivable,
        ];
        var at = day - random.Next(20);
        for (var entries = random.Next(12); entries > 0; entries--)
        {
            var sub = subs[random.Next(subs.Length)];
            var amount = random.Next(1, 4_000);
            var (kind, debit, credit) = (EntryKind.OpeningBalance, sub, LedgerAccount.OpeningBalance);
            if (owed.Of(sub).Minor > amount)
            {
                (kind, debit, credit) = (EntryKind.Recovery, LedgerAccount.CustomerPrepayment, sub);
            }

            owed = owed.With(new(
                entries, 0, Instant.Epoch, new(at), new(1), debit, credit, new(amount), kind, null));
            plain.Take(new(0, entries, at, (long)debit, (long)credit, amount, (long)kind, null));
            at = Math.Min(day, at + random.Next(4));
        }

        return (plain, owed);
    }

    private static string RandomTariff(Random random)
    {
        var rounding = random.Next(3) switch
        {
            0 => ",\"rounding\":{\"per\":\"bill\",\"unit\":\"1\"}",
            1 => ",\"rounding\":{\"unit\":\"0.05\",\"mode\":\"up\"}",
            _ => "",
        };
        var lines = new List<string>
        {
            $"{{\"kind\":\"standing\",\"name\":\"fixed\",\"amount\":\"{Percent(random.Next(5_000))}\",\"perKw\":"
            + $"\"{Percent(random.Next(900))}\",\"taken\":\"firstPurchase\""
            + (random.Next(2) == 0 ? ",\"months\":[1,2,3,7,12]}" : "}"),
        };
        if (random.Next(2) == 0)
        {
            lines.Add(
                $"{{\"kind\":\"percent\",\"name\":\"vat\",\"of\":[\"energy\",\"fixed\"],\"percent\":"
                + $"\"{Percent(random.Next(3_000))}\"}}");
        }

        if (random.Next(2) == 0)
        {
            var of = random.Next(2) == 0 ? "net" : "purchase";
            lines.Add(
                $"{{\"kind\":\"purchaseRebate\",\"name\":\"early\",\"percent\":\"{Percent(random.Next(1_000))}\","
                + $"\"of\":\"{of}\"}}");
        }

        return $$"""
            {"id":"t","version":1,"effectiveFrom":"2010-01-01","currency":"CNY","zone":"+08:00",
             "energy":{"price":"0.5"},"lines":[{{string.Join(',', lines)}}]{{rounding}}}
            """;
    }
}
