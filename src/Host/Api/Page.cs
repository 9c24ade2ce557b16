using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>A bounded list.</summary>
/// <param name="Items">At most as many as asked for.</param>
/// <param name="More">There are more than these.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, bool More);

public static class Paging
{
    public const int Default = 100;

    /// <summary>Rows in one answer at most, whatever is asked for.</summary>
    public const int Max = 10_000;

    /// <summary>Null and a problem when <paramref name="max"/> is out of range.</summary>
    public static ProblemHttpResult? Refuse(int? max) => max is < 1 or > Max
        ? Problems.Of(Fault.QueryMalformed, $"max must be 1 to {Max}.", "max")
        : null;

    /// <summary>How many rows to ask the store for: one more than is shown tells whether there are more.</summary>
    public static int Take(int? max) => (max ?? Default) + 1;

    public static Page<TOut> Of<TIn, TOut>(IReadOnlyList<TIn> rows, int? max, Func<TIn, TOut> map)
    {
        var shown = max ?? Default;
        return new([.. rows.Take(shown).Select(map)], rows.Count > shown);
    }
}
