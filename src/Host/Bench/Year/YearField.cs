using Meters.Control.Commands;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>What becomes of commands in the field: most are done, some are lost on either way.</summary>
internal sealed class YearField(YearWorld world)
{
    private enum Fate
    {
        Done,
        Silent,
        TakenNotMoved,
        MovedAnswerLost,
        LineLost,
        Refused,
        Denied,
        ProcessDies,
    }

    /// <summary>The bytes of a command leave now.</summary>
    public void Carry(YearLine line, Command command, TimeSpan timeout, Action<RequestStatus> answer)
    {
        var home = world.HomeOf(command.Account);
        var fate = Draw();
        if (fate == Fate.ProcessDies && world.Random.Next(2) == 0)
        {
            world.Crash(); // Between the compare-and-set and the wire: nothing left.
            return;
        }

        world.Oracle.Left(home, command, world.Now);
        world.Counts.Left(command.Kind);
        if (home.SilentUntil > world.Now && fate != Fate.ProcessDies) fate = Fate.Silent;
        var arrives = world.Now + Seconds(1, 6);
        if (fate is Fate.Refused or Fate.Denied or Fate.TakenNotMoved) world.Oracle.Declined(home, command);
        if (fate is not (Fate.Silent or Fate.Refused or Fate.Denied))
        {
            // What cannot be read back is done when the meter says so.
            var obeys = (fate != Fate.TakenNotMoved || command.Kind is not (CommandKind.Trip or CommandKind.Close))
                && (fate != Fate.LineLost || world.Random.Next(2) == 0);
            if (obeys) world.At(arrives, () => Obey(home, command));
        }

        switch (fate)
        {
            case Fate.ProcessDies:
                world.Crash();
                return;
            case Fate.LineLost:
                world.At(arrives, () => world.Drop(line.Site, Seconds(20, 400)));
                return;
            default:
                var (status, after) = AnswerOf(fate, timeout);
                world.At(arrives + after, () => answer(status));
                return;
        }
    }

    public void ReadBack(YearLine line, Command command, TimeSpan timeout, Action<RequestStatus, RelayState> answer)
    {
        var home = world.HomeOf(command.Account);
        var draw = world.Random.Next(100);
        if (home.SilentUntil > world.Now || draw < 2)
        {
            world.At(world.Now + Seconds(8, 12), () => answer(RequestStatus.MeterSilent, default));
        }
        else if (draw < 3)
        {
            world.At(world.Now + timeout, () => answer(RequestStatus.NoAnswer, default));
        }
        else
        {
            world.At(world.Now + Seconds(1, 4), () =>
            {
                world.Oracle.Declined(home, command);
                answer(RequestStatus.Data, home.RelayOn ? RelayState.Closed : RelayState.Open);
            });
        }
    }

    private static (RequestStatus Status, TimeSpan After) AnswerOf(Fate fate, TimeSpan timeout) => fate switch
    {
        Fate.Silent => (RequestStatus.MeterSilent, TimeSpan.FromSeconds(9)),
        Fate.Refused => (RequestStatus.Refused, TimeSpan.FromSeconds(1)),
        Fate.Denied => (RequestStatus.Denied, TimeSpan.FromSeconds(1)),
        Fate.MovedAnswerLost => (RequestStatus.NoAnswer, timeout),
        _ => (RequestStatus.Accepted, TimeSpan.FromSeconds(2)),
    };

    private Fate Draw() => world.Random.Next(1_000) switch
    {
        < 20 => Fate.Silent,
        < 40 => Fate.TakenNotMoved,
        < 60 => Fate.MovedAnswerLost,
        < 70 => Fate.LineLost,
        < 78 => Fate.Refused,
        < 82 => Fate.Denied,
        < 84 => Fate.ProcessDies,
        _ => Fate.Done,
    };

    private TimeSpan Seconds(int from, int to) =>
        TimeSpan.FromMilliseconds(world.Random.Next(from * 1_000, to * 1_000));

    /// <summary>The meter acts, if the command's deadline has not passed.</summary>
    private void Obey(Home home, Command command)
    {
        if (world.Now > command.ExpiresAt || home.Site.IsDark) return;
        switch (command.Kind)
        {
            case CommandKind.Trip:
                home.Permitted = false;
                world.Move(home, on: false);
                world.People.LightsOut(home);
                break;
            case CommandKind.Close:
                world.Move(home, on: true);
                break;
            case CommandKind.PermitClose:
                home.Permitted = true;
                world.Oracle.Permitted(home, world.Now);
                world.At(world.Now + Seconds(30, 3_000), () =>
                {
                    if (home.Permitted) world.Move(home, on: true);
                });
                break;
            case CommandKind.AlarmOn or CommandKind.AlarmOff:
                home.AlarmOn = command.Kind == CommandKind.AlarmOn;
                world.Oracle.Alarm(home, home.AlarmOn, world.Now);
                break;
        }
    }
}
