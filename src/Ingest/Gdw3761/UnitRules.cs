using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>How the data of a unit are laid out; each names what stands before its items.</summary>
internal enum UnitLayout : byte
{
    /// <summary>Td_c: A.15 start, density, n; then n items.</summary>
    Curve,

    /// <summary>A.15 read time, M tariffs; then blocks of M+1 items, total first.</summary>
    Current,

    /// <summary>
    /// Td_d: A.20 day; A.15 read time, M; then blocks as above. The value is that of 24:00 of the day.
    /// </summary>
    Daily,

    /// <summary>Fixed size, nothing of interest: known only so that the units behind it can be read.</summary>
    Skip,
}

/// <param name="ItemBytes">Bytes of an item; for <see cref="UnitLayout.Skip"/> of the whole unit.</param>
/// <param name="Step">Tenths of a watt-hour in the item's last digit.</param>
/// <param name="Register">What it is, or null where the size is all that matters.</param>
internal readonly record struct UnitBlock(int ItemBytes, long Step, RegisterKind? Register);

/// <param name="Interval">The items are energies of intervals, not registers.</param>
internal sealed record UnitRule(UnitLayout Layout, UnitBlock[] Blocks, bool Interval = false);

/// <summary>
/// The functions that are understood (protocols.md 1.4). What is not here ends the decode of its frame.
/// </summary>
internal static class UnitRules
{
    private const int FnTableMax = 256;

    private static readonly UnitRule?[] CurrentData = BuildCurrentData();
    private static readonly UnitRule?[] HistoryData = BuildHistoryData();

    public static UnitRule? Find(Afn afn, int fn)
    {
        var table = afn switch { Afn.CurrentData => CurrentData, Afn.HistoryData => HistoryData, _ => null };
        return table is not null && (uint)fn < (uint)table.Length ? table[fn] : null;
    }

    private static UnitRule?[] BuildCurrentData()
    {
        var table = new UnitRule?[FnTableMax];
        table[2] = new(UnitLayout.Skip, [new(Formats.A1Bytes, 0, null)]); // The terminal's clock: no reading.
        table[25] = new(UnitLayout.Skip, [new(67, 0, null)]); // P, Q, PF, U, I, S of now.
        table[33] = new(UnitLayout.Current, AllRegisters(RegisterKind.ForwardActive, RegisterKind.ForwardReactive));
        table[34] = new(UnitLayout.Current, AllRegisters(RegisterKind.ReverseActive, RegisterKind.ReverseReactive));
        Singles(table, 129, UnitLayout.Current);
        return table;
    }

    private static UnitRule?[] BuildHistoryData()
    {
        var table = new UnitRule?[FnTableMax];
        table[1] = new(UnitLayout.Daily, AllRegisters(RegisterKind.ForwardActive, RegisterKind.ForwardReactive));
        table[2] = new(UnitLayout.Daily, AllRegisters(RegisterKind.ReverseActive, RegisterKind.ReverseReactive));
        Singles(table, 161, UnitLayout.Daily);
        RegisterKind[] kinds =
        [
            RegisterKind.ForwardActive, RegisterKind.ForwardReactive,
            RegisterKind.ReverseActive, RegisterKind.ReverseReactive,
        ];
        for (var i = 0; i < kinds.Length; i++)
        {
            table[97 + i] = new(UnitLayout.Curve, [new(Formats.A13Bytes, 1, kinds[i])], Interval: true);
            table[101 + i] = new(UnitLayout.Curve, [new(Formats.A11Bytes, Formats.A11Step, kinds[i])]);
        }

        Unkept(table, 81, 88, 3);   // P and Q, A.9
        Unkept(table, 89, 91, 2);   // U, A.7
        Unkept(table, 92, 95, 3);   // I, A.25
        Unkept(table, 105, 108, 2); // Power factor, A.5
        Unkept(table, 145, 148, 4); // Quadrant reactive registers, A.11
        return table;
    }

    /// <summary>F33 and its like: active A.14 with tariffs, then reactive and two quadrants A.11.</summary>
    private static UnitBlock[] AllRegisters(RegisterKind active, RegisterKind reactive) =>
    [
        new(Formats.A14Bytes, 1, active), new(Formats.A11Bytes, Formats.A11Step, reactive),
        new(Formats.A11Bytes, 0, null), new(Formats.A11Bytes, 0, null),
    ];

    /// <summary>
    /// Four functions with one block each: forward active, forward reactive, reverse active, reverse reactive.
    /// </summary>
    private static void Singles(UnitRule?[] table, int first, UnitLayout layout)
    {
        table[first] = new(layout, [new(Formats.A14Bytes, 1, RegisterKind.ForwardActive)]);
        table[first + 1] = new(layout, [new(Formats.A11Bytes, Formats.A11Step, RegisterKind.ForwardReactive)]);
        table[first + 2] = new(layout, [new(Formats.A14Bytes, 1, RegisterKind.ReverseActive)]);
        table[first + 3] = new(layout, [new(Formats.A11Bytes, Formats.A11Step, RegisterKind.ReverseReactive)]);
    }

    private static void Unkept(UnitRule?[] table, int first, int last, int itemBytes)
    {
        for (var fn = first; fn <= last; fn++) table[fn] = new(UnitLayout.Curve, [new(itemBytes, 0, null)]);
    }
}
