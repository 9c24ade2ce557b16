using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Api;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary><c>meters keys add|list|revoke</c>: on the store itself, whether a service runs on it or not.</summary>
public static class KeysCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "JSON instead of text.", Recursive = true };
        return new("keys", "API keys: who may do what. Works on the store itself.")
        {
            json, CreateAdd(json), CreateList(json), CreateRevoke(json),
        };
    }

    private static Command CreateAdd(Option<bool> json)
    {
        var name = new Option<string>("--name") { Description = "Name of the key; never used again.", Required = true };
        var person = new Option<string>(
            "--person")
        { Description = "The person or machine behind it.", Required = true };
        var roles = new Option<string>("--roles")
        {
            Description = $"Comma between them: {string.Join(", ", Enum.GetValues<Role>().Select(Roles.Tag))}.",
            Required = true,
        };
        var command = new Command("add", "Issues a key and prints it this once.") { name, person, roles };
        SetAction(command, (parsed, access, stopping) => AddAsync(
            access,
            new(parsed.GetRequiredValue(name), parsed.GetRequiredValue(person), parsed.GetRequiredValue(roles)),
            parsed.GetValue(json),
            stopping));
        return command;
    }

    private static Command CreateList(Option<bool> json)
    {
        var command = new Command("list", "All keys, without the keys themselves.");
        SetAction(command, (parsed, access, stopping) => ListAsync(access, parsed.GetValue(json), stopping));
        return command;
    }

    private static Command CreateRevoke(Option<bool> json)
    {
        var name = new Argument<string>("name") { Description = "Name of the key." };
        var command = new Command("revoke", "Revokes a key: effective within seconds.") { name };
        SetAction(command, (parsed, access, stopping) =>
            RevokeAsync(access, parsed.GetRequiredValue(name), parsed.GetValue(json), stopping));
        return command;
    }

    private static void SetAction(Command command, Func<ParseResult, IAccessStore, CancellationToken, Task<int>> work)
    {
        var settings = new SettingsArgument();
        settings.AddTo(command);
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            async token =>
            {
                var loaded = await settings.LoadAsync(parsed, api: null, terminals: null, token);
                if (loaded is null) return ExitCodes.Usage;
                await using var store = await Stores.OpenAsync(loaded.Options.Store, token);
                return await work(parsed, store.Access, token);
            },
            stopping));
    }

    private static async Task<int> AddAsync(IAccessStore access, KeyWish wish, bool json, CancellationToken stopping)
    {
        if (!Roles.TryParse(wish.Roles, out var roles))
        {
            await Console.Error.WriteLineAsync(
                $"meters: --roles: '{Texts.Shown(wish.Roles)}' are no roles; there are "
                + $"{string.Join(", ", Enum.GetValues<Role>().Select(Roles.Tag))}.");
            return ExitCodes.Usage;
        }

        var issuer = new KeyIssuer(access, TimeProvider.System, RandomNumberGenerator.Fill);
        var (status, key) = await issuer.IssueAsync(wish.Name, new(wish.Person), roles, stopping);
        if (status != KeyStatus.Issued)
        {
            await Console.Error.WriteLineAsync($"meters: {Problems.KindOf(status).Title}");
            return ExitCodes.Usage;
        }

        await Console.Out.WriteLineAsync(json
            ? JsonSerializer.Serialize(
                new { wish.Name, wish.Person, Roles = roles.Select(Roles.Tag), Key = key }, CliJson.Form)
            : key);
        if (!json) await Console.Error.WriteLineAsync("This is the key. It is shown this once and kept nowhere.");
        return ExitCodes.Done;
    }

    private static async Task<int> ListAsync(IAccessStore access, bool json, CancellationToken stopping)
    {
        var keys = (await access.KeysAsync(stopping)).OrderBy(key => key.Name, StringComparer.Ordinal).ToArray();
        if (json)
        {
            var rows = keys.Select(key => new
            {
                key.Name,
                Person = key.Person.Value,
                Roles = key.Roles.Split(','),
                CreatedAt = key.CreatedAt.ToString(),
                RevokedAt = key.RevokedAt?.ToString(),
            });
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(rows, CliJson.Form));
            return ExitCodes.Done;
        }

        foreach (var key in keys)
        {
            var state = key.RevokedAt is { } at ? $"revoked {at}" : "good";
            await Console.Out.WriteLineAsync($"{key.Name}\t{key.Person}\t{key.Roles}\t{key.CreatedAt}\t{state}");
        }

        return ExitCodes.Done;
    }

    private static async Task<int> RevokeAsync(IAccessStore access, string name, bool json, CancellationToken stopping)
    {
        var now = TimeProvider.System.Now();
        if (!await access.RevokeKeyAsync(name, now, stopping))
        {
            await Console.Error.WriteLineAsync($"meters: there is no key '{Texts.Shown(name)}'.");
            return ExitCodes.Usage;
        }

        await Console.Out.WriteLineAsync(json
            ? JsonSerializer.Serialize(new { Name = name, RevokedAt = now.ToString() }, CliJson.Form)
            : $"{name} is revoked.");
        return ExitCodes.Done;
    }

    private sealed record KeyWish(string Name, string Person, string Roles);
}
