using Meters.Billing.Validation;

namespace Meters.Billing.Tests.Validation;

public sealed class RelayCheckTests
{
    private const int Patience = 10_000;
    private static readonly CheckOptions Options = new();

    [Fact(Timeout = Patience)]
    public void Use_through_an_open_relay_is_a_bypass()
    {
        var intervals = Series.Intervals([5_000, 5_000, 0, 600, 600, 5_000]);
        RelaySpan[] relay = [new(Series.Hour(2), Series.Hour(5), IsOpen: true)];
        var found = Assert.Single(RelayChecks.Bypass(Series.Channel, intervals, relay, Options));
        Assert.Equal((CheckKind.Bypass, Series.Hour(2), 1_200), (found.Check, found.From, found.Figures[0].Value));
        Assert.Equal(
            "0.1200 kWh since 2026-03-01T03:00:00Z though the relay is open since 2026-03-01T02:00:00Z.",
            found.Sentence);
    }

    [Fact(Timeout = Patience)]
    public void An_interval_that_only_reaches_into_the_open_time_is_no_evidence_nor_is_the_meters_own_current()
    {
        var intervals = Series.Intervals([5_000, 5_000, 500, 500, 5_000]);
        RelaySpan[] relay =
        [
            new(Series.Hour(1) + TimeSpan.FromMinutes(1), Series.Hour(4), IsOpen: true),
            new(Series.Hour(4), Series.Hour(5), IsOpen: false),
        ];
        Assert.Empty(RelayChecks.Bypass(Series.Channel, intervals, relay, Options));
    }

    [Theory(Timeout = Patience)]
    [InlineData(48, 60_000, false, true)]
    [InlineData(47, 60_000, false, false)] // Not long enough.
    [InlineData(48, 19_999, false, false)] // Uses next to nothing anyway.
    [InlineData(48, 60_000, true, false)] // The relay is open: of course.
    public void Nothing_used_behind_a_closed_relay(int hours, long averageDay, bool open, bool expected)
    {
        var intervals = Series.Intervals([5_000, 5_000, .. Series.Hours(hours, 0)]);
        RelaySpan[] relay = [new(Series.T0, Series.Hour(2 + hours), open)];
        var found = RelayChecks.DeadWhileOn(Series.Channel, intervals, relay, new(averageDay), Options);
        Assert.Equal(expected, found is not null);
        if (found is not null) Assert.Equal((Series.Hour(2), 48), (found.From, found.Figures[0].Value));
    }

    [Fact(Timeout = Patience)]
    public void Hours_before_the_relay_closed_do_not_count_and_without_knowledge_of_it_nothing_is_said()
    {
        var intervals = Series.Intervals([5_000, .. Series.Hours(60, 0)]);
        RelaySpan[] relay = [new(Series.Hour(30), Series.Hour(61), IsOpen: false)];
        Assert.Null(RelayChecks.DeadWhileOn(Series.Channel, intervals, relay, Energy.FromKwh(9), Options));
        Assert.Null(RelayChecks.DeadWhileOn(Series.Channel, intervals, [], Energy.FromKwh(9), Options));
    }

    [Theory(Timeout = Patience)]
    [InlineData(7 * 24, false, true)]
    [InlineData((7 * 24) - 1, false, false)]
    [InlineData(7 * 24, true, false)]
    public void A_week_without_use_is_worth_a_look_unless_the_relay_is_open(int hours, bool open, bool expected)
    {
        var intervals = Series.Intervals([10, .. Series.Hours(hours, 0)]);
        RelaySpan[] relay = open ? [new(Series.Hour(3), Series.Hour(hours), IsOpen: true)] : [];
        Assert.Equal(expected, RelayChecks.ZeroForLong(Series.Channel, intervals, relay, Options) is not null);
    }

    [Fact(Timeout = Patience)]
    public void A_meter_that_used_something_at_the_end_is_alive()
    {
        var intervals = Series.Intervals([.. Series.Hours(400, 0), 1]);
        Assert.Null(RelayChecks.ZeroForLong(Series.Channel, intervals, [], Options));
    }

    [Fact(Timeout = Patience)]
    public void Tariff_registers_that_do_not_add_up_are_one_finding_for_each_run()
    {
        var total = Series.Readings(Series.Hours(8, 1_000));
        IReadOnlyList<Reading>[] tariffs = [[.. total], [], [], []];
        for (var i = 0; i < total.Count; i++)
        {
            var off = i is 3 or 4 or 7 ? 501 : 500; // 500 is still the cut-off digits.
            var register = new Energy(total[i].Register.TenthsWh + off);
            tariffs[0] = [.. tariffs[0].Select((one, at) => at == i ? one with { Register = register } : one)];
        }

        var found = RegisterSumCheck.Run(new(7), total, tariffs, Options).ToList();
        Assert.Equal(
            [(Series.Hour(3), Series.Hour(4)), (Series.Hour(7), Series.Hour(7))],
            found.Select(one => (one.From, one.To)));
        Assert.All(found, one => Assert.Equal(501, one.Figures[^1].Value));
    }

    [Fact(Timeout = Patience)]
    public void The_sum_counts_only_where_every_register_was_read()
    {
        List<Reading> total = [Series.At(0, 9_000), Series.At(1, 10_000)];
        List<Reading> first = [Series.At(0, 1, RegisterKind.ForwardActiveTariff1)];
        Assert.Empty(RegisterSumCheck.Run(
            new(7), total, [first, [Series.At(1, 2, RegisterKind.ForwardActiveTariff2)], [], []], Options));
        Assert.Empty(RegisterSumCheck.Run(new(7), total, [[], [], [], []], Options));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => RegisterSumCheck.Run(new(7), total, [first], Options).ToList());
    }

    [Theory(Timeout = Patience)]
    [InlineData(301, true, 301)]
    [InlineData(300, true, null)]
    [InlineData(-301, true, -301)]
    [InlineData(-301, false, null)] // Data of five minutes ago prove nothing.
    [InlineData(301, false, 301)]
    public void A_clock_that_drifts_is_found(int seconds, bool isSendTime, int? drift)
    {
        var found = ClockDriftCheck.Run(
            Series.Channel, Series.T0 + TimeSpan.FromSeconds(seconds), isSendTime, Series.T0, Options);
        Assert.Equal(drift, (int?)found?.Figures[0].Value);
        if (found is not null) Assert.True(found.From < found.To);
    }

    [Fact(Timeout = Patience)]
    public void Every_check_has_a_tag_of_its_own()
    {
        var tags = Enum.GetValues<CheckKind>().Select(CheckKindTags.Tag).ToList();
        Assert.Equal(tags.Count, tags.Distinct(StringComparer.Ordinal).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => default(CheckKind).Tag());
    }
}
