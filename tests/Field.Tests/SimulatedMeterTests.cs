using Meters.Field.Devices;
using Meters.Ingest.Dlt645;

namespace Meters.Field.Tests;

public class SimulatedMeterTests
{
    private static readonly MeterAddress Address = new(260_300_000_123);
    private static readonly Instant Now = Instant.Utc(2026, 3, 1, 4);
    private static readonly MeterConditions World = new(Now, LocalZone.China, 0, TimeSpan.Zero, null, false);

    [Fact]
    public void Its_register_is_shown_cut_to_a_hundredth_and_rolls_over()
    {
        var meter = new SimulatedMeter(new(1), Address, new(9_999_999_999));
        Assert.Equal(new Energy(9_999_999_900), meter.Shown);
        meter.Use(new(250));
        Assert.Equal(new Energy(200), meter.Shown);
        Assert.Equal(new Energy(10_000_000_249), meter.Register);
    }

    [Fact]
    public void It_answers_the_reads_that_it_knows_and_refuses_others()
    {
        var meter = new SimulatedMeter(new(1), Address, new(12_345_678));
        Assert.Equal("68230100000326" + "68910833333333" + "89674533", Head(Ask(ref meter, Read(0), out _), 18, 0));
        var register = Ask(ref meter, Read(DataIdentifier.ForwardActive), out _);
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(register, out var frame, out _));
        Assert.Equal(RegisterStatus.Ok, RegisterAnswer.TryRead(frame, out var kind, out var value));
        Assert.Equal((RegisterKind.ForwardActive, new Energy(12_345_600)), (kind, value));
        Assert.Equal(RelayState.Closed, Relay(ref meter));
        Assert.Equal(AnswerKind.ReadRefused, Kind(Ask(ref meter, Read(0x0123_4567), out _)));
        Assert.Equal(AnswerKind.Data, Kind(Ask(ref meter, Read(0x0400_0401), out _)));
        Assert.Equal(AnswerKind.Data, Kind(Ask(ref meter, Read(0x0400_0101), out _)));
        Assert.Equal(AnswerKind.Data, Kind(Ask(ref meter, Read(0x0400_0102), out _)));
    }

    [Fact]
    public void A_trip_moves_the_relay_and_a_close_moves_it_back()
    {
        var meter = Fresh();
        Assert.Equal(AnswerKind.ControlAccepted, Kind(Ask(ref meter, Control(ControlCode.Trip), out var seen)));
        Assert.Equal(ControlOutcome.Accepted, seen!.Value.Outcome);
        Assert.Equal(RelayState.Closed, meter.Relay); // Accepted is not done.
        Assert.True(meter.Settle(Now, out var at));
        Assert.Equal(Now, at);
        Assert.Equal(RelayState.Open, Relay(ref meter));
        Ask(ref meter, Control(ControlCode.DirectClose), out _);
        Assert.True(meter.Settle(Now, out _));
        Assert.Equal(RelayState.Closed, Relay(ref meter));
    }

    [Fact]
    public void A_relay_with_a_delay_moves_when_it_is_due_and_a_newer_command_takes_its_place()
    {
        var slow = World with { RelayDelay = TimeSpan.FromSeconds(90) };
        var meter = Fresh();
        Ask(ref meter, Control(ControlCode.Trip), out _, slow);
        Assert.False(meter.Settle(Now + TimeSpan.FromSeconds(89), out _));
        Assert.True(meter.Settle(Now + TimeSpan.FromHours(1), out var at));
        Assert.Equal(Now + TimeSpan.FromSeconds(90), at);

        meter = Fresh();
        Ask(ref meter, Control(ControlCode.Trip), out _, slow);
        Ask(ref meter, Control(ControlCode.DirectClose), out _, slow);
        Assert.False(meter.Settle(Now + TimeSpan.FromHours(1), out _));
        Assert.Equal(RelayState.Closed, meter.Relay);
    }

    [Fact]
    public void An_expired_command_is_refused_and_one_at_its_deadline_is_not()
    {
        var meter = Fresh();
        var late = World with { Now = Now + TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1) };
        Assert.Equal(AnswerKind.ControlRefused, Kind(Ask(ref meter, Control(ControlCode.Trip), out var seen, late)));
        Assert.Equal(ControlOutcome.Expired, seen!.Value.Outcome);
        Assert.False(meter.Settle(late.Now, out _));
        var just = World with { Now = Now + TimeSpan.FromMinutes(10) };
        Assert.Equal(AnswerKind.ControlAccepted, Kind(Ask(ref meter, Control(ControlCode.Trip), out _, just)));
    }

    [Theory]
    [InlineData(0x02, 123_456, true)]
    [InlineData(0x04, 123_456, true)]
    [InlineData(0x02, 123_457, false)]
    [InlineData(0x00, 123_456, false)]
    [InlineData(0x98, 123_456, false)]
    public void Level_and_password_must_be_the_meters(int level, int password, bool good)
    {
        var meter = Fresh();
        var frame = Control(ControlCode.Trip, level: (byte)level, password: password);
        var answer = Ask(ref meter, frame, out var seen, World with { Password = 123_456 });
        Assert.Equal(good ? AnswerKind.ControlAccepted : AnswerKind.ControlRefused, Kind(answer));
        Assert.Equal(good ? ControlOutcome.Accepted : ControlOutcome.NotAuthorised, seen!.Value.Outcome);
        Assert.Equal(good, meter.Settle(Now, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Under_keep_power_a_trip_moves_nothing_whatever_it_is_answered(bool accepts)
    {
        var world = World with { KeepPowerAccepts = accepts };
        var meter = Fresh();
        Ask(ref meter, Control(ControlCode.KeepPowerOn), out _, world);
        var answer = Ask(ref meter, Control(ControlCode.Trip), out var seen, world);
        Assert.Equal(accepts ? AnswerKind.ControlAccepted : AnswerKind.ControlRefused, Kind(answer));
        Assert.Equal(ControlOutcome.KeptOn, seen!.Value.Outcome);
        Assert.False(meter.Settle(Now, out _));
        Ask(ref meter, Control(ControlCode.KeepPowerOff), out _, world);
        Ask(ref meter, Control(ControlCode.Trip), out _, world);
        Assert.True(meter.Settle(Now, out _));
    }

    [Fact]
    public void Permit_close_waits_for_the_button()
    {
        var meter = Fresh();
        Assert.False(meter.PressButton(Now));
        Ask(ref meter, Control(ControlCode.Trip), out _);
        meter.Settle(Now, out _);
        Ask(ref meter, Control(ControlCode.PermitClose), out _);
        Assert.False(meter.Settle(Now + TimeSpan.FromDays(1), out _));
        Assert.True(meter.CloseIsPermitted);
        Assert.True(meter.PressButton(Now + TimeSpan.FromDays(1)));
        Assert.True(meter.Settle(Now + TimeSpan.FromDays(1), out _));
        Assert.Equal((RelayState.Closed, false), (meter.Relay, meter.CloseIsPermitted));
    }

    [Fact]
    public void A_trip_withdraws_the_permission_to_close()
    {
        var meter = Fresh();
        Ask(ref meter, Control(ControlCode.Trip), out _);
        meter.Settle(Now, out _);
        Ask(ref meter, Control(ControlCode.PermitClose), out _);
        Ask(ref meter, Control(ControlCode.Trip), out _);
        Assert.False(meter.PressButton(Now));
    }

    [Fact]
    public void The_alarm_goes_on_and_off()
    {
        var meter = Fresh();
        Ask(ref meter, Control(ControlCode.AlarmOn), out _);
        Assert.True(meter.AlarmIsOn);
        Ask(ref meter, Control(ControlCode.AlarmOff), out _);
        Assert.False(meter.AlarmIsOn);
    }

    [Fact]
    public void Broadcasts_and_wildcards_are_never_obeyed_and_only_wildcard_reads_are_answered()
    {
        var meter = Fresh();
        Assert.Empty(Ask(ref meter, Control(ControlCode.Trip, address: new(MeterAddress.Max)), out var seen));
        Assert.Null(seen);
        Assert.Empty(Ask(ref meter, Wild(Control(ControlCode.Trip)), out seen));
        Assert.Null(seen);
        Assert.False(meter.Settle(Now, out _));
        Assert.Equal(AnswerKind.Data, Kind(Ask(ref meter, Wild(Read(DataIdentifier.ForwardActive)), out _)));
        var answer = Ask(ref meter, Convert.FromHexString("68AAAAAAAAAAAA681300DF16"), out _);
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(answer, out var frame, out _));
        Assert.Equal((Address, (byte)0x93), (frame.Address, frame.Control));
    }

    [Fact]
    public void Unknown_functions_and_damaged_commands_are_refused()
    {
        var meter = Fresh();
        var unknown = Ask(ref meter, Frame(0x14, [1, 2, 3, 4]), out _);
        Assert.Equal(0xD4, unknown[8]);
        Assert.Equal(AnswerKind.ControlRefused, Kind(Ask(ref meter, Frame(0x1C, [2, 0, 0, 0]), out _)));
        Assert.Equal(AnswerKind.ControlRefused, Kind(Ask(ref meter, Control((ControlCode)0x55), out _)));
        Assert.Empty(Ask(ref meter, Frame(0x91, [1, 2, 3, 4]), out _)); // Another meter's answer.
        Assert.Empty(Ask(ref meter, Frame(0x01, [0x10, 0x90]), out _)); // 645-1997.
        Assert.False(meter.Settle(Now, out _));
    }

    private static SimulatedMeter Fresh() => new(new(1), Address, Energy.FromKwh(100));

    private static byte[] Ask(ref SimulatedMeter meter, byte[] request, out ControlSeen? seen,
        MeterConditions? world = null)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(request, out var frame, out _));
        var answer = new byte[FrameReader.FrameBytesMax];
        return answer[..meter.Answer(frame, world ?? World, answer, out seen)];
    }

    private static RelayState Relay(ref SimulatedMeter meter)
    {
        var answer = Ask(ref meter, Read(DataIdentifier.RunStatus3), out _);
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(answer, out var frame, out _));
        Assert.True(RelayStatus.TryRead(frame, out var relay));
        return relay;
    }

    private static AnswerKind Kind(byte[] answer)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(answer, out var frame, out _));
        return Answer.Of(frame).Kind;
    }

    private static byte[] Read(uint identifier)
    {
        var bytes = new byte[32];
        return bytes[..Frames.ReadRequest(bytes, Address, identifier)];
    }

    private static byte[] Frame(byte control, byte[] data, MeterAddress? address = null)
    {
        var bytes = new byte[FrameReader.FrameBytesMax];
        return bytes[..Frames.Write(bytes, address ?? Address, control, data)];
    }

    private static byte[] Control(ControlCode code, byte level = 2, int password = 0, MeterAddress? address = null)
    {
        var data = new byte[ControlCommand.DataBytes];
        data[0] = level;
        Ingest.Bcd.Write(password, data.AsSpan(1, 3));
        var validUntil = LocalZone.China.ToLocal(Now + TimeSpan.FromMinutes(10));
        new ControlCommand(code, validUntil).Write(data.AsSpan(8));
        return Frame(ControlByte.Control, data, address);
    }

    /// <summary>The same frame with the three highest address bytes as wildcards.</summary>
    private static byte[] Wild(byte[] frame)
    {
        frame.AsSpan(4, 3).Fill(FrameReader.Wildcard);
        frame[^2] = Ingest.Gdw3761.FrameReader.Checksum(frame.AsSpan(..^2));
        return frame;
    }

    private static string Head(byte[] bytes, int count, int from) => Convert.ToHexString(bytes, from, count);
}
