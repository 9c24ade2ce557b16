using Meters.Host.Import;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>Faults of a body's items as sentences: <c>[3].phone: ...</c>.</summary>
public sealed class FaultSentences
{
    private readonly List<string> _sentences = [];

    public IReadOnlyList<string> Sentences => _sentences;

    public void Add(int item, IEnumerable<RecordFault> faults)
    {
        foreach (var fault in faults) Add(item, fault.Field, fault.Sentence);
    }

    public void Add(int item, string field, string sentence) => _sentences.Add($"[{item}].{field}: {sentence}");

    /// <summary>A key that stands twice in one body is a mistake of the caller, even with equal content.</summary>
    public void AddRepeats<TItem, TKey>(IReadOnlyList<TItem> items, Func<TItem, TKey> key, string field = "id")
        where TKey : notnull
    {
        var seen = new Dictionary<TKey, int>();
        for (var i = 0; i < items.Count; i++)
        {
            if (!seen.TryAdd(key(items[i]), i)) Add(i, field, $"is the same as in [{seen[key(items[i])]}].");
        }
    }
}

/// <summary>The way of every addition to the registry: faults of form, then the engine, then the answer.</summary>
public static class Registering
{
    public static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        EnginePort engine,
        RegistryDirectory directory,
        FaultSentences faults,
        RegistryAddition addition,
        int count,
        string location,
        CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(faults);
        if (faults.Sentences.Count > 0) return Problems.Of(Fault.ContentRefused, faults.Sentences);
        if (count == 0) return Problems.Of(Fault.ContentRefused, ["The array is empty."]);
        var (status, refusals) = await engine.Register(addition, stopping);
        if (status != RegistryStatus.Added) return Problems.Of(status, refusals);
        if (refusals.Count > 0) return Problems.Of(Fault.ContentRefused, refusals);
        directory.Changed();
        return TypedResults.Created(location, new RegistryAnswer(count));
    }
}
