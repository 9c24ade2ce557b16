namespace Meters.Host.Tests.Audit;

/// <summary>Single cases in which two ways of rating could differ.</summary>
public sealed class ReratingTests
{
    private static readonly Instant Begin = Instant.Utc(2026, 3, 1);

    [Fact(Timeout = 60_000)]
    public async Task A_rebate_on_a_standing_charge_comes_to_the_same_by_both_hands()
    {
        var run = new BookRun(
            [
                Document("""
                    "energy":{"price":"1"},"lines":[{"kind":"standing","name":"fixed","amount":"40.03"},
                    {"kind":"percent","name":"rebate","account":"rebate","percent":"-7","of":["fixed"]}]
                    """),
            ],
            Begin);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        for (var hour = 0; hour < 24 * 20; hour++) run.Take(channel, Begin + TimeSpan.FromHours(hour), hour * 10_000);
        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_register_read_after_it_rolled_over_splits_at_a_change_of_the_multiplier()
    {
        var run = new BookRun([Document("\"energy\":{\"price\":\"1\"}")], Begin);
        var meter = run.AddMeter();
        run.SetMultipliers(meter, (Begin + TimeSpan.FromMinutes(50), 3, 5_000));
        var channel = new ChannelId(meter, RegisterKind.ForwardActive);
        run.Take(channel, Begin, 9_999_995_000);
        run.Take(channel, Begin + TimeSpan.FromHours(1), 10_000);
        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_fed_in_keeps_its_tier_position_over_a_new_meter()
    {
        var run = new BookRun(
            [
                Document("""
                    "accumulate":"month","energy":{"price":"1"},"lines":[{"kind":"export","name":"sun",
                    "tiers":[{"upToKwh":10,"price":"0.10"},{"price":"0.30"}]}]
                    """),
            ],
            Begin);
        var (old, @new) = (run.AddMeter(), run.AddMeter());
        var change = Begin + TimeSpan.FromHours(1);
        foreach (var register in new[] { RegisterKind.ForwardActive, RegisterKind.ReverseActive })
        {
            run.Take(new(old, register), Begin, 0);
            run.Take(new(old, register), change, 100_000);
        }

        run.Replace(old, @new, change, 100_000, 0);
        foreach (var register in new[] { RegisterKind.ForwardActive, RegisterKind.ReverseActive })
        {
            run.Take(new(@new, register), change, 0);
            run.Take(new(@new, register), change + TimeSpan.FromHours(1), 100_000);
        }

        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_late_reading_of_the_same_month_counts_towards_the_minimum_charge()
    {
        var run = new BookRun(
            [
                Document("""
                    "energy":{"price":"1"},"lines":[{"kind":"minimum","name":"minimum","perMonth":"1000"}]
                    """),
            ],
            Begin);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        run.Take(channel, Begin, 0);
        run.Take(channel, Begin + TimeSpan.FromDays(3), 300_000);
        run.Take(channel, Begin + TimeSpan.FromDays(1), 200_000); // 20 kWh and not 10 in the first day.
        run.Take(channel, Begin + TimeSpan.FromDays(34), 310_000);
        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_late_reading_of_the_month_before_moves_its_minimum_charge()
    {
        var run = new BookRun(
            [
                Document("""
                    "energy":{"price":"1"},"lines":[{"kind":"minimum","name":"minimum","perMonth":"1000"}]
                    """),
            ],
            Begin);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        run.Take(channel, Begin, 0);
        run.Take(channel, Begin + TimeSpan.FromDays(36), 360_000);
        run.Take(channel, Begin + TimeSpan.FromDays(31), 360_000); // All of it in March, and none in April.
        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Instalments_of_a_surcharge_add_up_to_it_when_its_month_is_known_late()
    {
        var run = new BookRun(
            [
                Document("""
                    "energy":{"price":"1"},"lines":[{"kind":"spread","name":"fuel","perKwh":"0.30","lagMonths":1}]
                    """),
            ],
            Begin);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        run.Take(channel, Begin, 0);
        run.Take(channel, Begin + TimeSpan.FromDays(30), 30_000_000);
        run.Take(channel, Begin + TimeSpan.FromDays(35), 40_000_000);
        for (var day = 36; day < 65; day++) run.Take(channel, Begin + TimeSpan.FromDays(day), 40_000_000);
        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_with_a_rounding_of_its_own_is_posted_by_it()
    {
        var run = new BookRun(
            [
                Document("""
                    "energy":{"price":"1"},"lines":[{"kind":"perKwh","name":"fuel","price":"0.37",
                    "rounding":{"unit":"1","mode":"up"}}]
                    """),
            ],
            Begin);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        for (var hour = 0; hour < 72; hour++) run.Take(channel, Begin + TimeSpan.FromHours(hour), hour * 10_000);
        Assert.Empty(await run.AuditAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_of_the_past_corrects_a_standing_charge_and_its_tax_of_closed_days_once()
    {
        var run = new BookRun(
            [
                Standing(1, "2025-01-01", "31", "10"),
                Standing(2, "2026-03-04", "62", "20"),
            ],
            Begin,
            known: 1);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        for (var day = 0; day <= 9; day++) run.Take(channel, Begin + TimeSpan.FromDays(day), 0);
        run.CloseDay();
        Assert.Empty(run.Corrected);
        run.KnowAll();

        // From the 4th to the 8th, 200 a day and not 100, and 40 of tax and not 10.
        Assert.Equal(
            Enumerable.Range(4, 5).SelectMany(day => new (int, string?, Money)[]
            {
                (day, "fixed", new(100)), (day, "vat", new(30)),
            }),
            run.Corrected.Select(one => (one.CorrectsDay!.Value.ToDateOnly().Day, one.Line, one.Amount)));
        Assert.Single(run.Corrected.Select(one => one.Group).Distinct());
        Assert.Empty(await run.AuditAsync());
        run.ProveTwiceIsOnce();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_correction_follows_the_unit_of_its_line()
    {
        var run = new BookRun(
            [
                Document("""
                    "energy":{"price":"1"},"lines":[{"kind":"perKwh","name":"fuel","price":"0.37",
                    "rounding":{"unit":"1","mode":"halfUp"}}]
                    """),
            ],
            Begin);
        var channel = new ChannelId(run.AddMeter(), RegisterKind.ForwardActive);
        run.Take(channel, Begin, 0);
        for (var day = 1; day <= 5; day++) run.Take(channel, Begin + TimeSpan.FromDays(day), 0);
        run.Take(channel, Begin + TimeSpan.FromDays(6), 50_000);
        run.CloseDay();
        run.Take(channel, Begin + TimeSpan.FromDays(5) + TimeSpan.FromHours(12), 20_000);
        run.Remove(channel, Begin + TimeSpan.FromDays(5));
        Assert.DoesNotContain(run.Corrected, one => one.Line == "fuel" && one.Amount.Minor % 100 != 0);
        Assert.Empty(await run.AuditAsync());
    }

    private static string Standing(int version, string from, string amount, string vat) => $$"""
        {"id":"R","version":{{version}},"effectiveFrom":"{{from}}","currency":"INR","zone":"UTC",
         "chargeDecimals":12,"energy":{"price":"1"},"lines":[{"kind":"standing","name":"fixed","amount":"{{amount}}"},
         {"kind":"percent","name":"vat","account":"tax","percent":"{{vat}}","of":["fixed"]}]}
        """;

    private static string Document(string rest) => $$"""
        {"id":"R","version":1,"effectiveFrom":"2025-01-01","currency":"INR","zone":"UTC",
         {{rest}}}
        """;
}
