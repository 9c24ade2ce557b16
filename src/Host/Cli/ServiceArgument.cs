using System.CommandLine;

namespace Meters.Host.Cli;

/// <summary>The options of every command that talks to a running service.</summary>
public sealed class ServiceArgument(string roles)
{
    /// <summary>Where the key may stand instead: a command line can be read by everybody on the machine.</summary>
    public const string KeyVariable = "METERS_KEY";

    private readonly Option<string> _api = new("--api")
    {
        Description = "Address of the running service.",
        DefaultValueFactory = _ => "http://127.0.0.1:8080",
        HelpName = "URL",
    };

    private readonly Option<string?> _key = new("--key")
    {
        Description = $"API key with the role {roles}. Default: the environment's {KeyVariable}.",
        HelpName = "KEY",
    };

    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Options.Add(_api);
        command.Options.Add(_key);
    }

    /// <exception cref="ArgumentException">No address or no key.</exception>
    public ServiceClient Open(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        return Open(parsed.GetRequiredValue(_api), parsed.GetValue(_key));
    }

    /// <exception cref="ArgumentException">No address or no key.</exception>
    internal static ServiceClient Open(string address, string? said)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var api)
            || api.Scheme is not ("http" or "https") || api.UserInfo.Length > 0)
        {
            throw new ArgumentException("--api: must be an http or https address such as http://127.0.0.1:8080.");
        }

        var key = said ?? Environment.GetEnvironmentVariable(KeyVariable);
        if (string.IsNullOrWhiteSpace(key) || key.Any(c => c is < '!' or > '~'))
        {
            throw new ArgumentException($"--key: an API key is needed, here or as {KeyVariable} in the environment.");
        }

        return new(api, key);
    }
}
