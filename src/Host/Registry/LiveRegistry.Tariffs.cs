using System.Collections.Concurrent;
using Meters.Billing.Accounts;
using Meters.Billing.Tariffs;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Registry;

/// <summary>Which tariff accounts are on: the one of their record, and the moves that followed.</summary>
public sealed partial class LiveRegistry
{
    private readonly ConcurrentDictionary<AccountId, IReadOnlyList<AccountTariffRecord>> _moves = [];

    /// <summary>Composed histories by what they are made of; many accounts move at one instant.</summary>
    private readonly ConcurrentDictionary<string, TariffHistory> _composed = new(StringComparer.Ordinal);

    /// <summary>Different histories of accounts that moved.</summary>
    public int ComposedCount => _composed.Count;

    /// <summary>In order of revision; empty for an account that never moved.</summary>
    public IReadOnlyList<AccountTariffRecord> MovesOf(AccountId account) => _moves.GetValueOrDefault(account) ?? [];

    /// <summary>What the account pays by.</summary>
    public TariffHistory TariffOf(AccountRecord account) => TariffOf(account, MovesOf(account.Id));

    /// <summary>Accounts that a tariff bills or has billed, or will.</summary>
    public IEnumerable<AccountRecord> AccountsWith(string tariff) => _accounts.Values.Where(account =>
        account.Tariff == tariff || MovesOf(account.Id).Any(move => move.Tariff == tariff));

    /// <summary>
    /// The tariff cannot have a further line: it would come before lines of tariffs that accounts moved to later.
    /// </summary>
    public bool HasFixedLines(string tariff) => _moves.Any(pair =>
        _accounts.TryGetValue(pair.Key, out var account)
        && pair.Value.Select(move => move.Tariff).Prepend(account.Tariff).Distinct().ToList() is var sources
        && sources.Contains(tariff) && sources[^1] != tariff);

    private TariffHistory TariffOf(AccountRecord account, IReadOnlyList<AccountTariffRecord> moves)
    {
        TariffHistory? Find(string id) => _tariffs.GetValueOrDefault(id);

        if (moves.Count == 0) return Find(account.Tariff)!;
        string Part(string id) => $"{id}/{(_tariffs.TryGetValue(id, out var known) ? known.Versions.Count : 0)}";
        var parts = moves.Select(move => $"{move.From.UnixMicros} {Part(move.Tariff)}");
        var key = string.Join(';', parts.Prepend(Part(account.Tariff)));
        if (_composed.TryGetValue(key, out var made)) return made;
        if (!AccountTariffs.TryCompose(account.Tariff, moves, Find, out var history, out var faults))
        {
            throw new InvalidOperationException($"Account {account.Id}: {string.Join(' ', faults)}");
        }

        _composed[key] = history!;
        return history!;
    }

    private void AddMoves(RegistryAddition addition)
    {
        if (addition.Tariffs.Count > 0) _composed.Clear(); // Their versions are among them.
        foreach (var move in addition.AccountTariffs)
        {
            _moves[move.Account] =
            [
                .. MovesOf(move.Account).Where(known => known.Revision != move.Revision).Append(move)
                    .OrderBy(known => known.Revision),
            ];
        }
    }

    /// <summary>The tariff of an account, defined in the book; its id there.</summary>
    private string DefineTariffOf(ShardBook book, AccountRecord account)
    {
        if (MovesOf(account.Id).Count == 0) return account.Tariff;
        var tariff = TariffOf(account);
        book.DefineTariff(tariff);
        return tariff.Id;
    }

    private void AddMovesToBook(ShardBook book, RegistryAddition addition)
    {
        var changed = addition.Tariffs.Select(tariff => tariff.Id).ToHashSet(StringComparer.Ordinal);
        var moved = addition.AccountTariffs.Select(move => move.Account).ToHashSet();
        foreach (var (id, moves) in _moves)
        {
            if (!_accounts.TryGetValue(id, out var account) || account.Shard != book.Shard) continue;
            var concerns = moved.Contains(id) || changed.Contains(account.Tariff)
                || moves.Any(move => changed.Contains(move.Tariff));
            if (concerns) book.MoveAccount(id, DefineTariffOf(book, account));
        }
    }
}
