using System.Globalization;
using Meters.Storage.Contract;
using Meters.Storage.Tests.Contract;
using Microsoft.Data.Sqlite;

namespace Meters.Storage.Tests;

/// <summary>The contract on an SQLite file.</summary>
public sealed class SqliteFileTests : StoreContract
{
    private readonly List<string> _folders = [];

    protected override StoreKind Kind => StoreKind.Sqlite;

    protected override Task<string> NewAsync()
    {
        var folder = Directory.CreateTempSubdirectory("meters-store-").FullName;
        _folders.Add(folder);
        return Task.FromResult($"sqlite:{Path.Combine(folder, "made by the store")}");
    }

    protected override async Task<string> AskAsync(string sql)
    {
        var folder = Directory.CreateDirectory(Connection["sqlite:".Length..]).FullName;
        var file = Path.Combine(folder, Stores.SqliteFileName);
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Stopping);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(Stopping), CultureInfo.InvariantCulture) ?? "";
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_another_program_keeps_locked_is_unavailable()
    {
        await Store.DisposeAsync();
        var file = Path.Combine(Connection["sqlite:".Length..], Stores.SqliteFileName);
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Stopping);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM terminal;";
        await command.ExecuteNonQueryAsync(Stopping);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Stores.OpenAsync(Connection, Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_folder_that_cannot_be_made_is_no_store()
    {
        var file = Path.Combine(_folders[0], "a file");
        await File.WriteAllTextAsync(file, "no database", Stopping);
        await Assert.ThrowsAnyAsync<IOException>(() => Stores.OpenAsync($"sqlite:{file}", Stopping));
    }

    protected override Task RemoveAsync()
    {
        foreach (var folder in _folders.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>The contract on SQLite in memory.</summary>
public sealed class SqliteMemoryTests : StoreContract
{
    protected override StoreKind Kind => StoreKind.Sqlite;

    protected override bool CanReopen => false;

    protected override bool CanShare => false;

    protected override Task<string> NewAsync() => Task.FromResult("sqlite::memory:");

    protected override Task RemoveAsync() => Task.CompletedTask;

    protected override Task<string> AskAsync(string sql) =>
        throw new NotSupportedException("A store in memory has no other reader.");

    [Fact(Timeout = 60_000)]
    public async Task Everything_completes_before_it_returns()
    {
        var town = TownAsync();
        Assert.True(town.IsCompletedSuccessfully);
        var shard = await town;
        var commit = shard.CommitAsync(rows => rows.Wake.Add(new(1)));
        Assert.True(commit.IsCompletedSuccessfully);
        Assert.True(Store.Control.TakeDueAsync(Sample.Hour(1), 9, Stopping).IsCompletedSuccessfully);
        Assert.True(shard.LoadAccountsAsync(Stopping).ToListAsync().IsCompletedSuccessfully);
        Assert.True(Store.Queries.BalanceAsync(new(1), Stopping).IsCompletedSuccessfully);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rows_may_be_read_on_while_others_are_written()
    {
        var shard = await TownAsync();
        var seen = 0;
        await foreach (var _ in Store.Queries.BalancesAsync(Stopping))
        {
            await shard.CommitAsync(rows => rows.Frames.Add(Sample.Frame(++seen)));
        }

        Assert.Equal(3, seen);
    }
}
