using System.Runtime.InteropServices;

namespace Meters.Billing.Accounts;

/// <summary>
/// Exact charges by line that are not posted yet, for the accounts whose tariff has several lines: for each line what
/// belongs to the open day (with the carry of what was posted) and to the next day.
/// </summary>
internal sealed class LineSlab
{
    private const int Parts = 2;

    private readonly List<long> _values = [];
    private readonly List<(int Start, int Lines)> _slots = [];

    public int Add(int lines)
    {
        _slots.Add((_values.Count, lines));
        CollectionsMarshal.SetCount(_values, _values.Count + (Parts * lines));
        CollectionsMarshal.AsSpan(_values)[^(Parts * lines)..].Clear();
        return _slots.Count - 1;
    }

    /// <summary>A tariff got further lines: the slot moves, with what it holds.</summary>
    public void Widen(int slot, int lines)
    {
        var (_, had) = _slots[slot];
        if (had >= lines) return;
        var moved = Add(lines);
        (Open(slot)).CopyTo(Open(moved));
        (Next(slot)).CopyTo(Next(moved));
        _slots[slot] = _slots[moved];
        _slots.RemoveAt(moved);
    }

    public Span<long> Open(int slot) => Part(slot, 0);

    public Span<long> Next(int slot) => Part(slot, 1);

    private Span<long> Part(int slot, int part)
    {
        var (start, lines) = _slots[slot];
        return CollectionsMarshal.AsSpan(_values).Slice(start + (part * lines), lines);
    }
}
