using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// The fixed part of the user data, and where the units and the auxiliary part stand in it.
/// <code>C | A1 A1 A2 A2 | A3 | AFN | SEQ | units | PW 16? EC 2? Tp 6?      (protocols.md 1.1)</code>
/// </summary>
public readonly struct FrameHeader
{
    /// <summary>Bytes before the first unit.</summary>
    public const int Bytes = 8;

    public const int PasswordBytes = 16;

    public const int EventCountBytes = 2;

    private readonly ushort _unitsBytes;
    private readonly ushort _totalBytes;

    private FrameHeader(ReadOnlySpan<byte> userData, int unitsBytes)
    {
        Control = userData[0];
        Address = TerminalAddress.Read(userData[1..]);
        A3 = userData[5];
        Afn = (Afn)userData[6];
        Seq = userData[7];
        _unitsBytes = (ushort)unitsBytes;
        _totalBytes = (ushort)userData.Length;
    }

    public byte Control { get; }

    public TerminalAddress Address { get; }

    /// <summary>D0: group address; D7-D1: the master's own address (MSA), which an answer echoes.</summary>
    public byte A3 { get; }

    public Afn Afn { get; }

    public byte Seq { get; }

    /// <summary>DIR: sent by a terminal.</summary>
    public bool FromTerminal => (Control & 0x80) != 0;

    /// <summary>PRM: the sender began this exchange; otherwise the frame is an answer.</summary>
    public bool Started => (Control & 0x40) != 0;

    /// <summary>ACD of an uplink frame: an important event waits and EC is present.</summary>
    public bool EventWaiting => FromTerminal && (Control & 0x20) != 0;

    public int Function => Control & 15;

    public bool HasTimeTag => (Seq & 0x80) != 0;

    public bool First => (Seq & 0x40) != 0;

    public bool Final => (Seq & 0x20) != 0;

    /// <summary>CON: the sender waits for an AFN 00.</summary>
    public bool ConfirmWanted => (Seq & 0x10) != 0;

    /// <summary>PSEQ or RSEQ, 0 to 15.</summary>
    public int Sequence => Seq & 15;

    public bool HasPassword => !FromTerminal && CarriesPassword(Afn);

    /// <summary>False where the user data are shorter than what their own flags promise.</summary>
    public static bool TryParse(ReadOnlySpan<byte> userData, out FrameHeader header)
    {
        header = default;
        if (userData.Length is < FrameReader.UserDataBytesMin or > FrameReader.UserDataBytesMax) return false;
        var parsed = new FrameHeader(userData, 0);
        var aux = parsed.HasTimeTag ? TimeTag.Bytes : 0;
        if (parsed.EventWaiting) aux += EventCountBytes;

        // Some masters leave the password out; a receiver that has no use for it need not fall over that.
        if (parsed.HasPassword && userData.Length - aux >= Bytes + 4 + PasswordBytes) aux += PasswordBytes;
        var units = userData.Length - Bytes - aux;
        if (units < 4) return false;
        header = new(userData, units);
        return true;
    }

    /// <summary>The units: identifiers and data, without the auxiliary part.</summary>
    public ReadOnlySpan<byte> Units(ReadOnlySpan<byte> userData) => userData.Slice(Bytes, _unitsBytes);

    /// <summary>Sixteen bytes, or empty where the frame has none.</summary>
    public ReadOnlySpan<byte> Password(ReadOnlySpan<byte> userData)
    {
        var aux = userData[(Bytes + _unitsBytes).._totalBytes];
        return HasPassword && aux.Length >= PasswordBytes ? aux[..PasswordBytes] : default;
    }

    /// <summary>EC1 and EC2, the counters of important and normal events; false where ACD is 0.</summary>
    public bool TryEventCounts(ReadOnlySpan<byte> userData, out byte important, out byte normal)
    {
        var at = Bytes + _unitsBytes;
        (important, normal) = EventWaiting ? (userData[at], userData[at + 1]) : ((byte)0, (byte)0);
        return EventWaiting;
    }

    /// <summary>False where there is none, or where its time is no time.</summary>
    public bool TryTimeTag(ReadOnlySpan<byte> userData, out TimeTag tag)
    {
        tag = default;
        return HasTimeTag && TimeTag.TryParse(userData[(_totalBytes - TimeTag.Bytes).._totalBytes], out tag);
    }

    /// <summary>Downlink functions that end with a password.</summary>
    public static bool CarriesPassword(Afn afn) => afn is Afn.Reset or Afn.SetParameters or Afn.Control
        or Afn.Authentication or Afn.File or Afn.Forward;
}
