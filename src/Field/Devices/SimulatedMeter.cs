using Meters.Ingest;
using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>What a meter needs to know of the world to answer.</summary>
/// <param name="Now">The program's clock.</param>
/// <param name="RelayDelay">From the accepted command to the movement.</param>
/// <param name="ButtonDelay">From "permit close" to the pressed button; null: nobody presses.</param>
/// <param name="KeepPowerAccepts">What a trip under keep-power is answered.</param>
public readonly record struct MeterConditions(
    Instant Now, LocalZone Zone, int Password, TimeSpan RelayDelay, TimeSpan? ButtonDelay, bool KeepPowerAccepts);

/// <summary>
/// One DL/T 645-2007 meter: a register, a relay, an alarm. A value in an array of its concentrator, which guards it: a
/// million of them are 80 MB and not one task or timer.
/// </summary>
public struct SimulatedMeter
{
    /// <summary>The register rolls over at 1,000,000 kWh.</summary>
    private const long RollOverTenthsWh = 1_000_000 * Energy.PerKwh;

    /// <summary>What the display and the wire show: 0.01 kWh.</summary>
    private const long ShownStep = 100;

    private Instant _movesAt;
    private RelayState _movesTo;
    private bool _isMoving;

    public SimulatedMeter(MeterId id, MeterAddress address, Energy firstRegister)
    {
        Id = id;
        Address = address;
        Register = firstRegister;
    }

    public MeterId Id { get; }

    public MeterAddress Address { get; }

    /// <summary>What has really gone through, without roll-over.</summary>
    public Energy Register { get; private set; }

    /// <summary>The register as anybody can read it: cut to 0.01 kWh, six digits before the point.</summary>
    public readonly Energy Shown => new(Register.TenthsWh % RollOverTenthsWh / ShownStep * ShownStep);

    public RelayState Relay { get; private set; }

    /// <summary>True from the first movement on: only then its history has to be asked.</summary>
    public bool HasMoved { get; private set; }

    public bool AlarmIsOn { get; private set; }

    public bool KeepsPower { get; private set; }

    /// <summary>"Permit close" was received and nobody has pressed the button yet.</summary>
    public bool CloseIsPermitted { get; private set; }

    public void Use(Energy used) => Register += used;

    /// <summary>
    /// Carries out a movement that is due. True if the relay moved, with the instant at which it did.
    /// </summary>
    public bool Settle(Instant now, out Instant movedAt)
    {
        movedAt = _movesAt;
        if (!_isMoving || _movesAt > now) return false;
        _isMoving = false;
        if (Relay == _movesTo) return false;
        Relay = _movesTo;
        HasMoved = true;
        if (Relay == RelayState.Closed) CloseIsPermitted = false;
        return true;
    }

    /// <summary>The customer presses the button; nothing happens unless closing is permitted.</summary>
    public bool PressButton(Instant at)
    {
        if (!CloseIsPermitted) return false;
        MoveTo(RelayState.Closed, at);
        return true;
    }

    /// <summary>Answers a frame that was routed to this meter.</summary>
    /// <param name="answer">At least <see cref="FrameReader.FrameBytesMax"/> bytes.</param>
    /// <param name="seen">The control command in it, if it was one; its meter number is 0.</param>
    /// <returns>Bytes of the answer; 0 where a meter stays silent.</returns>
    public int Answer(in Frame frame, in MeterConditions world, Span<byte> answer, out ControlSeen? seen)
    {
        seen = null;
        if (frame.FromMeter || frame.IsBroadcast) return 0;
        switch (frame.Control)
        {
            case ControlByte.Read when frame.DataBytes >= 4:
                return AnswerRead((uint)frame.ReadNumber(0, 4), world, answer);
            case ControlByte.ReadAddress:
                Span<byte> own = stackalloc byte[6];
                Bcd.Write(Address.Digits, own);
                return Frames.Write(answer, Address, ControlByte.ReadAddress | 0x80, own);
            case ControlByte.Control when !frame.IsWildcard: // Nobody is cut off by a frame that names nobody.
                return AnswerControl(frame, world, answer, out seen);
            default:
                return frame.IsWildcard || frame.Is1997
                    ? 0
                    : Frames.Write(answer, Address, (byte)(frame.Control | 0xC0), [(byte)ErrorFlags.Other]);
        }
    }

    private readonly int AnswerRead(uint identifier, in MeterConditions world, Span<byte> answer)
    {
        const uint DateAndWeekday = 0x0400_0101;
        const uint TimeOfDay = 0x0400_0102;
        const uint OwnAddress = 0x0400_0401;
        var local = world.Zone.ToLocal(world.Now);
        Span<byte> value = stackalloc byte[6];
        switch (identifier)
        {
            case DataIdentifier.ForwardActive or DataIdentifier.CombinedActive:
                return Frames.RegisterAnswer(answer, Address, identifier, Shown);
            case DataIdentifier.ReverseActive:
                return Frames.RegisterAnswer(answer, Address, identifier, Energy.Zero);
            case DataIdentifier.RunStatus3:
                return Frames.RelayAnswer(answer, Address, Relay);
            case OwnAddress:
                Bcd.Write(Address.Digits, value);
                return Frames.ReadAnswer(answer, Address, identifier, value);
            case DateAndWeekday:
                var date = (((local.Year % 100 * 100L) + local.Month) * 100) + local.Day;
                Bcd.Write((date * 100) + (int)local.DayOfWeek, value[..4]);
                return Frames.ReadAnswer(answer, Address, identifier, value[..4]);
            case TimeOfDay:
                Bcd.Write((((local.Hour * 100L) + local.Minute) * 100) + local.Second, value[..3]);
                return Frames.ReadAnswer(answer, Address, identifier, value[..3]);
            default:
                return Frames.ReadRefused(answer, Address, ErrorFlags.NoSuchData);
        }
    }

    private int AnswerControl(in Frame frame, in MeterConditions world, Span<byte> answer, out ControlSeen? seen)
    {
        seen = null;
        var status = ControlCommand.TryParse(frame, out var command);
        if (status != ControlParseStatus.Ok) return Frames.ControlRefused(answer, Address, ErrorFlags.Other);
        var outcome = Obey(frame, command, world);
        seen = new(0, world.Now, command.Code, outcome);
        return outcome switch
        {
            ControlOutcome.Accepted => Frames.ControlAccepted(answer, Address),
            ControlOutcome.KeptOn when world.KeepPowerAccepts => Frames.ControlAccepted(answer, Address),
            ControlOutcome.NotAuthorised => Frames.ControlRefused(answer, Address, ErrorFlags.NotAuthorised),
            _ => Frames.ControlRefused(answer, Address, ErrorFlags.Other),
        };
    }

    private ControlOutcome Obey(in Frame frame, ControlCommand command, in MeterConditions world)
    {
        var level = frame[0];
        if (level is not (0x02 or 0x04) || !Bcd.TryRead(frame.ReadNumber(1, 3), out var password)
            || password != world.Password)
        {
            return ControlOutcome.NotAuthorised;
        }

        if (world.Zone.ToLocal(world.Now) > command.ValidUntilLocal) return ControlOutcome.Expired;
        switch (command.Code)
        {
            case ControlCode.Trip when KeepsPower:
                return ControlOutcome.KeptOn;
            case ControlCode.Trip:
                CloseIsPermitted = false;
                MoveTo(RelayState.Open, world.Now + world.RelayDelay);
                break;
            case ControlCode.DirectClose:
                MoveTo(RelayState.Closed, world.Now + world.RelayDelay);
                break;
            case ControlCode.PermitClose:
                PermitClose(world);
                break;
            case ControlCode.AlarmOn or ControlCode.AlarmOff:
                AlarmIsOn = command.Code == ControlCode.AlarmOn;
                break;
            case ControlCode.KeepPowerOn or ControlCode.KeepPowerOff:
                KeepsPower = command.Code == ControlCode.KeepPowerOn;
                break;
        }

        return ControlOutcome.Accepted;
    }

    /// <summary>A trip that has not moved the relay yet is off; an open relay waits for the button.</summary>
    private void PermitClose(in MeterConditions world)
    {
        _isMoving = _isMoving && _movesTo == RelayState.Closed;
        if (Relay == RelayState.Closed) return;
        CloseIsPermitted = true;
        if (world.ButtonDelay is { } delay) MoveTo(RelayState.Closed, world.Now + delay);
    }

    /// <summary>A newer command takes the place of one that has not moved the relay yet.</summary>
    private void MoveTo(RelayState state, Instant at)
    {
        _isMoving = Relay != state;
        (_movesTo, _movesAt) = (state, at);
        if (!_isMoving && state == RelayState.Closed) CloseIsPermitted = false;
    }
}
