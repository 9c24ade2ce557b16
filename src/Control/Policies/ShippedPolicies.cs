namespace Meters.Control.Policies;

/// <summary>Policies that come with the program, as data files.</summary>
public static class ShippedPolicies
{
    public const string Demo72H = "demo-72h";
    public const string ChinaResidential = "cn-residential";

    public static IReadOnlyList<string> Ids { get; } = [Demo72H, ChinaResidential];

    /// <summary>The document of a shipped policy.</summary>
    /// <exception cref="ArgumentException">There is none of that id.</exception>
    public static string Json(string id)
    {
        using var stream = typeof(ShippedPolicies).Assembly.GetManifestResourceStream($"policies/{id}.json")
            ?? throw new ArgumentException($"No policy '{id}' is shipped.", nameof(id));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A shipped policy. A fault in it is our own: it throws.</summary>
    /// <exception cref="ArgumentException">There is none of that id.</exception>
    public static Policy Load(string id) => PolicyJson.TryParse(Json(id), out var policy, out var faults)
        ? policy
        : throw new InvalidOperationException($"The shipped policy '{id}' is faulty: {string.Join(' ', faults)}");
}
