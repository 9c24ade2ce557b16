using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;

namespace Meters.Field.Tests;

public class RequestTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task A_trip_opens_the_relay_and_consumption_stops_until_it_is_closed()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        await setup.PushAsync(1);
        Assert.Equal(RelayState.Closed, await setup.ReadRelayAsync(1));
        Assert.Equal(AnswerKind.ControlAccepted, FieldSetup.KindOf(await setup.ControlAsync(1, ControlCode.Trip)));
        Assert.Equal(RelayState.Open, await setup.ReadRelayAsync(1));
        Assert.Equal(RelayState.Closed, await setup.ReadRelayAsync(0));
        var atTrip = setup.Field.MeterState(1).Register;
        await setup.PushAsync(2);
        await setup.PushAsync(3);
        Assert.Equal(atTrip, setup.Field.MeterState(1).Register);
        Assert.Equal(Energy.Zero, setup.Truth.UsedBy(1, FieldSetup.Hour(3)));
        await setup.ControlAsync(1, ControlCode.DirectClose);
        await setup.PushAsync(4);
        Assert.True(setup.Field.MeterState(1).Register > atTrip);
        Assert.True(setup.Truth.UsedBy(0, FieldSetup.Hour(2)) > Energy.Zero);
        Assert.Equal(
            [new(1, FieldSetup.Hour(1), RelayState.Open), new RelayMovement(1, FieldSetup.Hour(3), RelayState.Closed)],
            setup.Truth.Movements);
        Assert.Equal(RelayState.Open, setup.Truth.RelayAt(1, FieldSetup.Hour(2)));
        Assert.Equal(RelayState.Closed, setup.Truth.RelayOf(1));
        setup.AssertTruthAgrees();
    }

    [Theory(Timeout = Limit)]
    [InlineData(-1, false)] // Cut during the first hour: the hour does not go through.
    [InlineData(0, true)] // Cut exactly at its end: that belongs to the next hour.
    public async Task An_hour_goes_through_only_if_the_relay_was_closed_up_to_its_end(int secondsFromEnd,
        bool goesThrough)
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        setup.Clock.SetUtcNow((FieldSetup.Hour(1) + TimeSpan.FromSeconds(secondsFromEnd)).ToDateTimeOffset());
        await setup.ControlAsync(0, ControlCode.Trip);
        await setup.PushAsync(1);
        await setup.PushAsync(2);
        Assert.Equal(goesThrough, setup.Truth.UsedBy(0, FieldSetup.Hour(1)) > Energy.Zero);
        Assert.Equal(Energy.Zero, setup.Truth.UsedBy(0, FieldSetup.Hour(2)));
    }

    [Fact(Timeout = Limit)]
    public async Task A_trip_behind_its_deadline_is_refused_by_the_meter()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        var answer = await setup.ControlAsync(0, ControlCode.Trip, validFor: TimeSpan.FromSeconds(-1));
        Assert.Equal(AnswerKind.ControlRefused, FieldSetup.KindOf(answer));
        Assert.Equal(RelayState.Closed, await setup.ReadRelayAsync(0));
        Assert.Equal(ControlOutcome.Expired, Assert.Single(setup.Truth.Controls).Outcome);
        Assert.Empty(setup.Truth.Movements);
    }

    [Fact(Timeout = Limit)]
    public async Task A_forward_whose_time_tag_is_too_old_never_reaches_the_meter()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        var late = await setup.ForwardAsync(0, Trip(setup), delayMinutes: 5, age: TimeSpan.FromMinutes(6));
        Assert.Equal(Afn.Confirm, late.Afn);
        Assert.Equal((byte)2, late.Units[2]); // F2: all denied.
        Assert.Empty(setup.Truth.Controls);
        Assert.Equal(1, setup.Field.Counters.LateRefused);
        var inTime = await setup.ForwardAsync(0, Trip(setup), delayMinutes: 5, age: TimeSpan.FromMinutes(4));
        Assert.Equal(AnswerKind.ControlAccepted, FieldSetup.KindOf(inTime));
    }

    [Fact(Timeout = Limit)]
    public async Task A_wrong_password_is_refused_and_seen()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        Assert.Equal(AnswerKind.ControlRefused, FieldSetup.KindOf(await setup.ControlAsync(0, ControlCode.Trip,
            password: 1)));
        Assert.Equal(ControlOutcome.NotAuthorised, Assert.Single(setup.Truth.Controls).Outcome);
    }

    [Fact(Timeout = Limit)]
    public async Task Alarms_are_in_the_truth_once_each()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        await setup.ControlAsync(2, ControlCode.AlarmOn);
        await setup.ControlAsync(2, ControlCode.AlarmOn);
        Assert.True(setup.Truth.AlarmIsOn(2));
        await setup.ControlAsync(2, ControlCode.AlarmOff);
        Assert.Equal([new(2, FieldSetup.Start, true), new AlarmChange(2, FieldSetup.Start, false)],
            setup.Truth.AlarmChanges);
    }

    [Fact(Timeout = Limit)]
    public async Task A_silent_meter_an_unknown_one_and_a_broken_frame_are_answered_with_nothing_inside()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        setup.Field.SetSilent(0, true);
        Assert.Null(await setup.ReadRelayAsync(0));
        setup.Field.SetSilent(0, false);
        Assert.Equal(RelayState.Closed, await setup.ReadRelayAsync(0));
        var bytes = new byte[64];
        var length = Frames.ReadRequest(bytes, new(1), DataIdentifier.RunStatus3);
        foreach (var content in new[] { bytes[..length], [1, 2, 3], bytes[..8] })
        {
            var answer = await setup.ForwardAsync(0, content);
            Assert.True(ForwardContent.TryReadAnswer(answer.Units, out _, out var inside));
            Assert.True(inside.IsEmpty);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_meter_table_names_every_meter_with_its_point()
    {
        await using var setup = FieldSetup.Of(meters: 100);
        await setup.Field.StartAsync(FieldSetup.Stop);
        var terminal = setup.Field.Concentrators[0].Address;
        var bytes = new byte[512];
        var length = RequestFrames.ReadMeterTable(bytes, new(terminal, 2, 7), 1, 120);
        var answer = await setup.Master.AskAsync(terminal, bytes.AsMemory(0, length), FieldSetup.Stop);
        Assert.Equal(7, answer.Pseq);
        var entries = new List<MeterTableEntry>();
        Assert.True(MeterTable.TryRead(answer.Units, entries, out var bad));
        Assert.Equal((100, 0), (entries.Count, bad));
        Assert.All(setup.Field.Meters, meter => Assert.Contains(entries, entry => entry.Pn == meter.Point
            && entry.Address == meter.Address));
    }

    [Fact(Timeout = Limit)]
    public async Task Current_daily_and_curve_reads_agree_with_what_was_pushed()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        for (var hour = 1; hour <= 20; hour++) await setup.PushAsync(hour);
        var terminal = setup.Field.Concentrators[0].Address;
        var target = new RequestTarget(terminal, 2, 3);
        var bytes = new byte[512];
        var first = LocalZone.China.ToLocal(FieldSetup.Hour(-2));
        var answers = new List<Received>
        {
            await AskAsync(RequestFrames.ReadCurrent(bytes, target, 2)),
            await AskAsync(RequestFrames.ReadDaily(bytes, target, 2, new(2026, 3, 1))),
            await AskAsync(RequestFrames.ReadCurves(bytes, target, [new(2, first, 24)])),
        };
        var read = FieldSetup.Decode(answers);
        Assert.Equal(21, read.Count); // The opening reading and twenty hours; what is ahead of them is filler.
        var pushed = FieldSetup.Decode(setup.Master.Data);
        foreach (var (key, value) in read)
        {
            Assert.Equal(key.At == FieldSetup.Start ? setup.Field.Meter(1).FirstRegister : pushed[key], value);
        }

        Assert.Equal(61, setup.Truth.ReadingsSent); // The opening reading left the field as an answer.
        Assert.Equal(60, setup.Truth.ReadingsConfirmed);

        async Task<Received> AskAsync(int length) =>
            await setup.Master.AskAsync(terminal, bytes.AsMemory(0, length), FieldSetup.Stop);
    }

    [Fact(Timeout = Limit)]
    public async Task Terminal_commands_are_obeyed_and_unknown_ones_denied()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        var concentrator = setup.Field.Concentrators[0];
        var target = new RequestTarget(concentrator.Address, 2, 3);
        var tag = TimeTag.Of(3, LocalZone.China.ToLocal(FieldSetup.Start), 5);
        var bytes = new byte[128];
        var clock = LocalZone.China.ToLocal(FieldSetup.Start) + TimeSpan.FromSeconds(42);
        var order = new byte[RequestFrames.SetClockBytes];
        RequestFrames.WriteSetClock(order, clock);
        Assert.Equal(1, await AskAsync(RequestFrames.SetClock(bytes, target, order, default, tag)));
        Assert.Equal(TimeSpan.FromSeconds(42), concentrator.ClockError);
        Assert.Equal(1, await AskAsync(RequestFrames.Alarm(bytes, target, true, default, tag)));
        Assert.True(concentrator.TerminalAlarmIsOn);
        Assert.Equal(1, await AskAsync(RequestFrames.Alarm(bytes, target, false, default, tag)));
        Assert.False(concentrator.TerminalAlarmIsOn);
        foreach (var (part, number) in TerminalText.Parts("余额不足 12.50").Select((one, i) => (one, (byte)(i + 1))))
        {
            Assert.Equal(1, await AskAsync(
                RequestFrames.Text(bytes, target, TerminalTextKind.Important, number, part, default, tag)));
        }

        Assert.Equal((TerminalTextKind.Important, "余额不足 12.50"), Assert.Single(concentrator.Texts).Value);
        Assert.Equal(2, await AskAsync( // Displays keep texts 1 to 10.
            RequestFrames.Text(bytes, target, TerminalTextKind.Normal, 11, "x"u8, default, tag)));
        Assert.Equal(1, await AskAsync(RequestFrames.KeepPower(bytes, target, true, default, tag)));
        Assert.True(concentrator.TerminalKeepsPower);
        Assert.Equal(1, await AskAsync(LinkFrames.LinkTest(bytes, target.Address, 2, 3)));
        Assert.Equal(2, await AskAsync(RequestFrames.ReadCurrent(bytes, target, 4))); // No such point.
        Assert.Equal(2, await AskAsync(Unknown(bytes, target)));

        async Task<int> AskAsync(int length)
        {
            var answer = await setup.Master.AskAsync(concentrator.Address, bytes.AsMemory(0, length), FieldSetup.Stop);
            Assert.Equal((Afn.Confirm, 3), (answer.Afn, answer.Pseq));
            return answer.Units[2];
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_button_closes_only_what_may_be_closed()
    {
        await using var setup = FieldSetup.Of(master => new()
        {
            Endpoint = master.Endpoint,
            Meters = 1,
            Start = FieldSetup.Start,
            ButtonDelay = null,
            RelayDelay = TimeSpan.FromSeconds(30),
        });
        await setup.Field.StartAsync(FieldSetup.Stop);
        await setup.ControlAsync(0, ControlCode.Trip);
        Assert.Equal(RelayState.Closed, await setup.ReadRelayAsync(0));
        setup.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(RelayState.Open, await setup.ReadRelayAsync(0));
        Assert.False(setup.Field.PressButton(0));
        await setup.ControlAsync(0, ControlCode.PermitClose);
        Assert.Equal(RelayState.Open, await setup.ReadRelayAsync(0));
        Assert.True(setup.Field.PressButton(0));
        Assert.Equal(RelayState.Closed, await setup.ReadRelayAsync(0));
        Assert.Equal(2, setup.Truth.MovementsOf(0).Count);
    }

    private static byte[] Trip(FieldSetup setup)
    {
        var data = new byte[ControlCommand.DataBytes];
        data[0] = 2;
        var until = LocalZone.China.ToLocal(setup.Clock.Now() + TimeSpan.FromHours(1));
        new ControlCommand(ControlCode.Trip, until).Write(data.AsSpan(8));
        var bytes = new byte[64];
        return bytes[..Frames.Write(bytes, setup.Field.Meter(0).Address, ControlByte.Control, data)];
    }

    private static int Unknown(Span<byte> to, RequestTarget target)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x4B, target.Address, target.A3, Afn.Events, (byte)(LinkFrames.OneFrame | target.Counter));
        frame.Unit(0, 1);
        return frame.End();
    }
}
