namespace Meters.Host.Demo;

/// <summary>A folder of our own that goes when we are done.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("meters-").FullName;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // Somebody looks into it: the system clears its temporary folders by itself.
        }
    }
}
