namespace Meters.Host.Audit.Frames;

internal enum PlainLayout
{
    /// <summary>Start A.15, density, number of items; items.</summary>
    Curve,

    /// <summary>Read time A.15, number of tariffs; for each kind the total and each tariff.</summary>
    Now,

    /// <summary>Day A.20 before that; the values are those of its end.</summary>
    Day,

    /// <summary>So many bytes, and nothing that is billed.</summary>
    Other,
}

/// <param name="Bytes">Of an item.</param>
/// <param name="Step">Tenths of a watt-hour in its last digit.</param>
/// <param name="Register">Number of the register; negative for none that is kept.</param>
internal readonly record struct PlainKind(int Bytes, int Step, int Register);

/// <param name="Layout">What stands before its items.</param>
/// <param name="Kinds">Its items.</param>
/// <param name="IsEnergy">Energies of intervals instead of registers.</param>
internal sealed record PlainFunction(PlainLayout Layout, PlainKind[] Kinds, bool IsEnergy = false)
{
    private const int Now = 0x0C;
    private const int History = 0x0D;
    private const int ForwardActive = 0;
    private const int ReverseActive = 1;
    private const int ForwardReactive = 2;
    private const int ReverseReactive = 3;
    private const int None = -1;

    private static readonly Dictionary<(int Afn, int Fn), PlainFunction> Known = Table();

    /// <summary>Null for a function whose size nobody knows here.</summary>
    public static PlainFunction? Of(int afn, int fn) => Known.GetValueOrDefault((afn, fn));

    private static Dictionary<(int, int), PlainFunction> Table()
    {
        var table = new Dictionary<(int, int), PlainFunction>
        {
            [(Now, 2)] = new(PlainLayout.Other, [new(6, 0, None)]),
            [(Now, 25)] = new(PlainLayout.Other, [new(67, 0, None)]),
            [(Now, 33)] = new(PlainLayout.Now, Both(ForwardActive, ForwardReactive)),
            [(Now, 34)] = new(PlainLayout.Now, Both(ReverseActive, ReverseReactive)),
            [(History, 1)] = new(PlainLayout.Day, Both(ForwardActive, ForwardReactive)),
            [(History, 2)] = new(PlainLayout.Day, Both(ReverseActive, ReverseReactive)),
        };
        int[] order = [ForwardActive, ForwardReactive, ReverseActive, ReverseReactive];
        for (var i = 0; i < order.Length; i++)
        {
            var kind = order[i] is ForwardActive or ReverseActive ? A14(order[i]) : A11(order[i]);
            table[(Now, 129 + i)] = new(PlainLayout.Now, [kind]);
            table[(History, 161 + i)] = new(PlainLayout.Day, [kind]);
            table[(History, 97 + i)] = new(PlainLayout.Curve, [new(4, 1, order[i])], IsEnergy: true);
            table[(History, 101 + i)] = new(PlainLayout.Curve, [A11(order[i])]);
        }

        Span<(int First, int Last, int Bytes)> passed =
            [(81, 88, 3), (89, 91, 2), (92, 95, 3), (105, 108, 2), (145, 148, 4)];
        foreach (var (first, last, bytes) in passed)
        {
            for (var fn = first; fn <= last; fn++) table[(History, fn)] = new(PlainLayout.Curve, [new(bytes, 0, None)]);
        }

        return table;
    }

    private static PlainKind[] Both(int active, int reactive) => [A14(active), A11(reactive), A11(None), A11(None)];

    /// <summary>XXXXXX.XX kWh.</summary>
    private static PlainKind A11(int register) => new(4, 100, register);

    /// <summary>XXXXXX.XXXX kWh.</summary>
    private static PlainKind A14(int register) => new(5, 1, register);
}
