namespace Meters.Host.Roots;

/// <summary>A place outside the store that roots are sent to: a folder, or what a utility writes for its own.</summary>
public interface IRootSink
{
    /// <summary>The last root that it was given, in this or an earlier run; null before the first.</summary>
    Task<RootLine?> LastAsync(CancellationToken stopping);

    /// <summary>Kept when it returns.</summary>
    Task AppendAsync(RootLine line, CancellationToken stopping);
}
