using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>Why a unit or an item of it gave no value.</summary>
public enum ItemFaultKind : byte
{
    /// <summary>
    /// The function is not in the table: its size is unknown, so the rest of the frame is not decoded.
    /// </summary>
    UnknownFn,

    /// <summary>
    /// The identifier selects nothing, or all valid points, which only the terminal can count. Ends the decode.
    /// </summary>
    UnsupportedPoints,

    /// <summary>The frame ends inside the unit.</summary>
    TruncatedUnit,

    /// <summary>A nibble above 9 in an item that is no filler. Only the item is lost.</summary>
    BadBcd,

    /// <summary>A time that is none (month 00, year 00, 31 February). Only the unit's points are lost.</summary>
    BadTime,

    /// <summary>
    /// A density that the protocol does not know, with more than one point. Only the unit's points are lost.
    /// </summary>
    BadDensity,

    /// <summary>More tariffs than any meter has. Ends the decode.</summary>
    BadTariffCount,
}

/// <param name="At">The point's instant where it is known.</param>
public readonly record struct ItemFault(ItemFaultKind Kind, int Pn, int Fn, Instant? At);

/// <summary>
/// What one frame held, column by column; reused from frame to frame. A point takes at least four bytes of a frame, so
/// <see cref="PointsMax"/> bounds both columns and faults.
/// </summary>
public sealed class DecodedPoints
{
    /// <summary>The most points (and the most faults) that one frame can give.</summary>
    public const int PointsMax = FrameReader.UserDataBytesMax / 4;

    private int[] _pn = new int[64];
    private RegisterKind[] _register = new RegisterKind[64];
    private Instant[] _at = new Instant[64];
    private Energy[] _value = new Energy[64];
    private short[] _intervalMinutes = new short[64];
    private ItemFault[] _faults = new ItemFault[8];
    private int _faultCount;

    public int Count { get; private set; }

    /// <summary>Items that held a filler: no value, no fault.</summary>
    public int Missing { get; private set; }

    public ReadOnlySpan<int> Pn => _pn.AsSpan(0, Count);

    public ReadOnlySpan<RegisterKind> Register => _register.AsSpan(0, Count);

    /// <summary>The instant of a register; the end of an interval.</summary>
    public ReadOnlySpan<Instant> At => _at.AsSpan(0, Count);

    public ReadOnlySpan<Energy> Value => _value.AsSpan(0, Count);

    /// <summary>0 for a register; minutes of the interval whose energy the value is (F97 to F100).</summary>
    public ReadOnlySpan<short> IntervalMinutes => _intervalMinutes.AsSpan(0, Count);

    public ReadOnlySpan<ItemFault> Faults => _faults.AsSpan(0, _faultCount);

    public bool IsInterval(int index) => IntervalMinutes[index] > 0;

    public void Clear() => (Count, _faultCount, Missing) = (0, 0, 0);

    internal void Add(int pn, RegisterKind register, Instant at, Energy value, short intervalMinutes)
    {
        var i = Count;
        if ((uint)i >= (uint)_pn.Length) Grow();
        _pn[i] = pn;
        _register[i] = register;
        _at[i] = at;
        _value[i] = value;
        _intervalMinutes[i] = intervalMinutes;
        Count = i + 1;
    }

    internal void AddMissing() => Missing++;

    internal void Add(ItemFault fault)
    {
        if (_faultCount == PointsMax) return;
        if (_faultCount == _faults.Length) Array.Resize(ref _faults, Math.Min(_faults.Length * 2, PointsMax));
        _faults[_faultCount++] = fault;
    }

    private void Grow()
    {
        if (Count >= PointsMax) throw new InvalidOperationException("A frame cannot hold so many points.");
        var size = Math.Min(Count * 2, PointsMax);
        Array.Resize(ref _pn, size);
        Array.Resize(ref _register, size);
        Array.Resize(ref _at, size);
        Array.Resize(ref _value, size);
        Array.Resize(ref _intervalMinutes, size);
    }
}
