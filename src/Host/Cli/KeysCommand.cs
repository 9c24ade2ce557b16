using System.CommandLine;
namespace Meters.Host.Cli;
public static class KeysCommand
{
    public static Command Create() => new("keys", "");
}
