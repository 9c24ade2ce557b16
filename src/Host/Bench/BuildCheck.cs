using System.Diagnostics;
using System.Reflection;

namespace Meters.Host.Bench;

/// <summary>A debug build measures nothing that anybody would run.</summary>
public static class BuildCheck
{
    /// <exception cref="InvalidOperationException">This is a debug build.</exception>
    public static void RequireRelease()
    {
        var debuggable = typeof(BuildCheck).Assembly.GetCustomAttribute<DebuggableAttribute>();
        if (debuggable is { IsJITOptimizerDisabled: true })
        {
            throw new InvalidOperationException("This is a debug build; a benchmark needs a release build.");
        }
    }
}
