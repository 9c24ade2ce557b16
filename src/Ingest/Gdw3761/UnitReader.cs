using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Walks the units of an AFN 0C or 0D answer or report and puts what it understands into columns. Total: whatever the
/// bytes, it ends, and what it could not use is a fault.
/// <code>(DA1 DA2 DT1 DT2 | unit for each Pn, each Fn)*      (protocols.md 1.2, 1.4)</code>
/// A register stands at its instant. The energy of a curve point (F97 to F100) is taken as that of the interval which
/// <em>ends</em> at the point: the texts say that points stand at their instant and that 00:00 closes the day before.
/// </summary>
public ref struct UnitReader
{
    /// <summary>More than any meter of this protocol has.</summary>
    public const int TariffsMax = 63;

    private readonly Afn _afn;
    private readonly LocalZone _zone;
    private readonly DecodedPoints _into;
    private ReadOnlySpan<byte> _rest;
    private DateTime _cachedLocal;
    private Instant _cachedInstant;
    private int _pn;
    private int _fn;

    /// <param name="units"><see cref="FrameHeader.Units"/> of the frame.</param>
    /// <param name="zone">Where the terminal stands: no format carries a zone.</param>
    /// <param name="into">Cleared first.</param>
    public UnitReader(Afn afn, ReadOnlySpan<byte> units, LocalZone zone, DecodedPoints into)
    {
        into.Clear();
        _afn = afn;
        _rest = units;
        _zone = zone;
        _into = into;
    }

    public void ReadAll()
    {
        while (!_rest.IsEmpty)
        {
            if (!ReadGroup()) return;
        }
    }

    /// <summary>False where the decode of the frame ends early.</summary>
    private bool ReadGroup()
    {
        (_pn, _fn) = (0, 0);
        if (!Dadt.TryRead(_rest, out var dadt)) return End(ItemFaultKind.TruncatedUnit);
        if (!dadt.IsValid || dadt.IsAllPoints)
        {
            if (dadt.Dt1 != 0) _fn = dadt.FnOf(dadt.FnBits);
            return End(ItemFaultKind.UnsupportedPoints);
        }

        _rest = _rest[Dadt.Bytes..];
        for (var points = dadt.PnBits; points != 0; points &= points - 1)
        {
            _pn = dadt.PnOf(points);
            for (var functions = dadt.FnBits; functions != 0; functions &= functions - 1)
            {
                _fn = dadt.FnOf(functions);
                if (!ReadUnit()) return false;
            }
        }

        return true;
    }

    private bool ReadUnit()
    {
        var rule = UnitRules.Find(_afn, _fn);
        if (rule is null) return End(ItemFaultKind.UnknownFn);
        return rule.Layout switch
        {
            UnitLayout.Curve => ReadCurve(rule),
            UnitLayout.Current => ReadRegisters(rule, daily: false),
            UnitLayout.Daily => ReadRegisters(rule, daily: true),
            _ => TryTake(rule.Blocks[0].ItemBytes, out _),
        };
    }

    private bool ReadCurve(UnitRule rule)
    {
        if (!TryTake(Formats.A15Bytes + 2, out var head)) return false;
        var count = head[6];
        var block = rule.Blocks[0];
        if (!TryTake(count * block.ItemBytes, out var items)) return false;
        if (block.Register is not { } register) return true;
        if (!Formats.TryReadA15(head, out var local)) return Fault(ItemFaultKind.BadTime, null);
        var minutes = DensityMinutes(head[5]);
        var at = ToInstant(local);
        if (minutes == 0 && (count > 1 || rule.Interval)) return Fault(ItemFaultKind.BadDensity, at);
        var step = minutes * Instant.MicrosPerMinute;
        var interval = rule.Interval ? minutes : (short)0;
        for (var i = 0; i < items.Length; i += block.ItemBytes)
        {
            // Both curve formats, A.11 and A.13, are four bytes.
            ReadItem(BinaryPrimitives.ReadUInt32LittleEndian(items[i..]), block, register, at, interval);
            at = new(at.UnixMicros + step);
        }

        return true;
    }

    private bool ReadRegisters(UnitRule rule, bool daily)
    {
        var dayBytes = daily ? Formats.A20Bytes : 0;
        if (!TryTake(dayBytes + Formats.A15Bytes + 1, out var head)) return false;
        var tariffs = head[^1];
        if (tariffs > TariffsMax) return End(ItemFaultKind.BadTariffCount);
        var bytes = 0;
        foreach (var block in rule.Blocks) bytes += (tariffs + 1) * block.ItemBytes;
        if (!TryTake(bytes, out var items)) return false;
        if (!TryTime(head, daily, out var at)) return Fault(ItemFaultKind.BadTime, null);
        foreach (var block in rule.Blocks)
        {
            for (var i = 0; i <= tariffs; i++)
            {
                var raw = ReadLittleEndian(items[..block.ItemBytes]);
                items = items[block.ItemBytes..];
                if (KindOf(block.Register, i) is { } register) ReadItem(raw, block, register, at, 0);
            }
        }

        return true;
    }

    private bool TryTime(ReadOnlySpan<byte> head, bool daily, out Instant at)
    {
        at = default;
        if (daily)
        {
            // 24:00 of the day is 00:00 of the next.
            if (!Formats.TryReadA20(head, out var day)) return false;
            at = ToInstant(day.AddDays(1).ToDateTime(TimeOnly.MinValue));
            return true;
        }

        if (!Formats.TryReadA15(head, out var local)) return false;
        at = ToInstant(local);
        return true;
    }

    /// <summary>Tariffs are kept of forward active energy only, and no more than four.</summary>
    private static RegisterKind? KindOf(RegisterKind? total, int tariff) => tariff switch
    {
        0 => total,
        <= 4 when total == RegisterKind.ForwardActive => RegisterKind.ForwardActiveTariff1 + (byte)(tariff - 1),
        _ => null,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void ReadItem(ulong raw, in UnitBlock block, RegisterKind register, Instant at, short interval)
    {
        if (Bcd.TryRead(raw, out var value))
        {
            _into.Add(_pn, register, at, new(value * block.Step), interval);
        }
        else
        {
            ReadNoValue(raw, block.ItemBytes, at);
        }
    }

    /// <summary>All bytes EE, all FF or all EF: the terminal has no value. Anything else above 9 is damage.</summary>
    private readonly void ReadNoValue(ulong raw, int bytes, Instant at)
    {
        var mask = ulong.MaxValue >> (64 - (8 * bytes));
        if (raw == (0xEEEE_EEEE_EEEE_EEEE & mask) || raw == mask || raw == (0xEFEF_EFEF_EFEF_EFEF & mask))
        {
            _into.AddMissing();
        }
        else
        {
            _into.Add(new ItemFault(ItemFaultKind.BadBcd, _pn, _fn, at));
        }
    }

    private static ulong ReadLittleEndian(ReadOnlySpan<byte> bytes)
    {
        ulong raw = 0;
        for (var i = bytes.Length - 1; i >= 0; i--) raw = (raw << 8) | bytes[i];
        return raw;
    }

    /// <summary>Minutes between points; 0 for "none" and for what the protocol does not know.</summary>
    public static short DensityMinutes(byte density) => density switch
    {
        1 => 15,
        2 => 30,
        3 => 60,
        254 => 5,
        255 => 1,
        _ => 0,
    };

    /// <summary>All meters of a frame have the same start as a rule: one conversion serves them all.</summary>
    private Instant ToInstant(DateTime local)
    {
        if (local != _cachedLocal) (_cachedLocal, _cachedInstant) = (local, _zone.ToInstant(local));
        return _cachedInstant;
    }

    private bool TryTake(int bytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (_rest.Length < bytes) return End(ItemFaultKind.TruncatedUnit);
        taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return true;
    }

    /// <summary>A fault behind which the walk goes on: the size of the unit is known.</summary>
    private readonly bool Fault(ItemFaultKind kind, Instant? at)
    {
        _into.Add(new ItemFault(kind, _pn, _fn, at));
        return true;
    }

    /// <summary>A fault behind which nothing can be found any more.</summary>
    private bool End(ItemFaultKind kind)
    {
        _into.Add(new ItemFault(kind, _pn, _fn, null));
        _rest = default;
        return false;
    }
}
