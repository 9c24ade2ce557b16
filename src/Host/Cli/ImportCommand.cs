using System.CommandLine;
namespace Meters.Host.Cli;
public static class ImportCommand
{
    public static Command Create() => new("import", "");
}
