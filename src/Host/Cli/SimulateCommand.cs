using System.CommandLine;
namespace Meters.Host.Cli;
public static class SimulateCommand
{
    public static Command Create() => new("simulate", "");
}
