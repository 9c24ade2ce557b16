using System.CommandLine;
namespace Meters.Host.Cli;
public static class ServeCommand
{
    public static Command Create() => new("serve", "");
}
