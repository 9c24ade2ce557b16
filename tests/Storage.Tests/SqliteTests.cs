using Meters.Storage.Contract;
using Meters.Storage.Tests.Contract;

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
}
