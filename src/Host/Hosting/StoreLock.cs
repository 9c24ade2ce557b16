namespace Meters.Host.Hosting;

/// <summary>
/// One service to an SQLite store: a file beside it that is held open. It is free again when the process ends, however
/// it ends. A PostgreSQL store needs none: its shards are fenced, and the process that came first stops.
/// </summary>
public sealed class StoreLock : IDisposable
{
    public const string FileName = "service.lock";

    private readonly FileStream? _held;

    private StoreLock(FileStream? held) => _held = held;

    /// <exception cref="StoreInUseException">Another process holds it.</exception>
    public static StoreLock Take(string store)
    {
        if (FolderOf(store) is not { } folder) return new(null);
        Directory.CreateDirectory(folder);
        try
        {
            var path = Path.Combine(folder, FileName);
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException fault) when (File.Exists(Path.Combine(folder, FileName)))
        {
            throw new StoreInUseException(
                $"Another process runs on the store in {folder}: an SQLite store serves one. For several use "
                + "PostgreSQL.",
                fault);
        }
    }

    /// <summary>Folder of an SQLite store on disk, else null.</summary>
    public static string? FolderOf(string store)
    {
        const string Sqlite = "sqlite:";
        ArgumentNullException.ThrowIfNull(store);
        return store.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase) && store.Length > Sqlite.Length
            && store[Sqlite.Length..] != ":memory:"
            ? store[Sqlite.Length..]
            : null;
    }

    public void Dispose() => _held?.Dispose();
}
