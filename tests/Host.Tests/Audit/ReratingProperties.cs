using System.Text.Json;
using Meters.Host.Audit;

namespace Meters.Host.Tests.Audit;

/// <summary>The engine and the audit rate the same rows, each in its own way.</summary>
public sealed class ReratingProperties
{
    private static readonly int[] Months = [3, 4, 10, 11, 12];

    [Fact(Timeout = 300_000)]
    public Task Rows_of_random_energy_tariffs_cost_the_same_by_both_hands() =>
        Seeds.RunAsync(100, random => AgreeAsync(random, withDays: false, lateOf: 0));

    [Fact(Timeout = 300_000)]
    public Task Days_and_bill_periods_of_random_tariffs_come_to_the_same_by_both_hands() =>
        Seeds.RunAsync(100, random => AgreeAsync(random, withDays: true, lateOf: 0));

    [Fact(Timeout = 300_000)]
    public Task Late_and_removed_readings_leave_charges_and_postings_that_both_hands_agree_on() =>
        Seeds.RunAsync(100, random => AgreeAsync(random, withDays: false, lateOf: 8));

    [Fact(Timeout = 600_000)]
    public Task Late_and_removed_readings_correct_days_and_bill_periods_as_both_hands_agree() =>
        Seeds.RunAsync(200, random => AgreeAsync(random, withDays: true, lateOf: 20));

    private static async Task AgreeAsync(Random random, bool withDays, int lateOf)
    {
        var day = new DateOnly(random.Next(2023, 2027), Months[random.Next(Months.Length)], random.Next(1, 28));
        var documents = RandomDocuments.History(random, day, withDays);
        var begin = Instant.Utc(day.Year, day.Month, day.Day, random.Next(24));
        var known = random.Next(1, documents.Count + 1);
        if (known < documents.Count) documents = [.. documents.Select(RandomDocuments.WithoutRounding)];
        var run = new BookRun(documents, begin, random.Next(500, 12_000), known: known);
        RandomReadings.Feed(random, run, begin, withDays ? 70 : 45, lateOf);
        var findings = await run.AuditAsync();
        Assert.True(findings.Count == 0, Told(findings, documents));
        run.ProveRestart();
        run.ProveTwiceIsOnce();
    }

    private static string Told(IReadOnlyList<AuditFinding> findings, List<string> documents) => string.Join(
        '\n', findings.Take(6).Select(f => $"{f.Check} {f.Where}: {f.What}").Append($"{findings.Count} in all")
            .Concat(documents.Select(d => JsonSerializer.Serialize(JsonDocument.Parse(d)))));
}
