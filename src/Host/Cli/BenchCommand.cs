using System.CommandLine;
namespace Meters.Host.Cli;
public static class BenchCommand
{
    public static Command Create() => new("bench", "");
}
