using System.ComponentModel.DataAnnotations;

namespace Meters.Host.Roots;

/// <summary>Where the roots of the journal go. Settings section Roots.</summary>
public sealed class RootOptions
{
    /// <summary>
    /// Folder for the root files, best on a mount that the database's administrators cannot write. Empty: "roots"
    /// beside an SQLite store, "meters-roots" in the working folder otherwise.
    /// </summary>
    public string Folder { get; set; } = "";

    /// <summary>Days of root files that are kept; older files are removed.</summary>
    [Range(1, 100_000)] public int DaysKeptMax { get; set; } = 800;
}
