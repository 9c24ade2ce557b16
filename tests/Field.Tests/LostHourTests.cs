using Meters.Ingest.Gdw3761;

namespace Meters.Field.Tests;

/// <summary>What the field keeps back until somebody asks, and clocks that are off.</summary>
public class LostHourTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public async Task Lost_hours_are_never_pushed_and_are_there_for_who_asks()
    {
        await using var setup = FieldSetup.Of(meters: 3, new() { LostHourPerMille = 300 });
        await setup.Field.StartAsync(FieldSetup.Stop);
        for (var hour = 0; hour <= 20; hour++) await setup.PushAsync(hour);
        await setup.Field.PushHeldAsync(FieldSetup.Stop);
        var pushed = FieldSetup.Decode(setup.Master.Data);
        Assert.InRange(pushed.Count, 30, 55); // Of 63; the dice of seed 1.
        Assert.Equal(setup.Truth.ReadingsSent, pushed.Count);

        var terminal = setup.Field.Concentrators[0].Address;
        var bytes = new byte[512];
        var first = LocalZone.China.ToLocal(FieldSetup.Start);
        CurveRange[] ranges = [new(1, first, 21), new(2, first, 21), new(3, first, 21)];
        var length = RequestFrames.ReadCurves(bytes, new(terminal, 2, 3), ranges);
        var answer = await setup.Master.AskAsync(terminal, bytes.AsMemory(0, length), FieldSetup.Stop);
        var read = FieldSetup.Decode([answer]);
        Assert.Equal(63, read.Count);
        foreach (var (key, value) in pushed) Assert.Equal(value, read[key]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_request_for_more_than_a_frame_holds_is_denied()
    {
        await using var setup = FieldSetup.Of(meters: 60);
        await setup.Field.StartAsync(FieldSetup.Stop);
        await setup.PushAsync(0);
        var terminal = setup.Field.Concentrators[0].Address;
        var first = LocalZone.China.ToLocal(FieldSetup.Start);
        var bytes = new byte[2_048];
        var ranges = Enumerable.Range(1, 60).Select(pn => new CurveRange(pn, first, 96)).ToList();
        var length = RequestFrames.ReadCurves(bytes, new(terminal, 2, 3), ranges);
        var answer = await setup.Master.AskAsync(terminal, bytes.AsMemory(0, length), FieldSetup.Stop);
        Assert.Equal((Afn.Confirm, LinkFrames.AllDeniedFn), (answer.Afn, answer.Units[2]));
    }

    [Fact(Timeout = Limit)]
    public async Task A_clock_that_is_off_is_shown_and_can_be_set()
    {
        await using var setup = FieldSetup.Of(meters: 3, new() { ClockDriftSecondsMax = 600 });
        await setup.Field.StartAsync(FieldSetup.Stop);
        var concentrator = setup.Field.Concentrators[0];
        Assert.InRange(concentrator.ClockError.TotalSeconds, -600, 600);
        Assert.NotEqual(TimeSpan.Zero, concentrator.ClockError);
        setup.Field.SetClockError(0, TimeSpan.FromMinutes(-3));
        Assert.Equal(TimeSpan.FromMinutes(-3), await ShownAsync());

        var target = new RequestTarget(concentrator.Address, 2, 4);
        var bytes = new byte[128];
        var order = new byte[RequestFrames.SetClockBytes];
        var now = LocalZone.China.ToLocal(setup.Clock.Now());
        RequestFrames.WriteSetClock(order, now);
        var length = RequestFrames.SetClock(bytes, target, order, default, TimeTag.Of(4, now, 0));
        await setup.Master.AskAsync(concentrator.Address, bytes.AsMemory(0, length), FieldSetup.Stop);
        Assert.Equal(TimeSpan.Zero, await ShownAsync());

        async Task<TimeSpan> ShownAsync()
        {
            var asked = new byte[64];
            var askedBytes = RequestFrames.ReadClock(asked, new(concentrator.Address, 2, 3));
            var answer = await setup.Master.AskAsync(
                concentrator.Address, asked.AsMemory(0, askedBytes), FieldSetup.Stop);
            Assert.True(Formats.TryReadA1(answer.Units.AsSpan(Dadt.Bytes), out var local));
            return local - LocalZone.China.ToLocal(setup.Clock.Now());
        }
    }
}
