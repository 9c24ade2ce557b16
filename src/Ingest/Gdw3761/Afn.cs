namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Application function of a frame (Q/GDW 1376.1). Other numbers are legal on the wire and unknown here.
/// </summary>
public enum Afn : byte
{
    Confirm = 0x00,
    Reset = 0x01,
    Link = 0x02,
    Relay = 0x03,
    SetParameters = 0x04,
    Control = 0x05,
    Authentication = 0x06,
    CascadeReport = 0x08,
    TerminalConfiguration = 0x09,
    ReadParameters = 0x0A,
    TaskData = 0x0B,

    /// <summary>Class 1: values of now.</summary>
    CurrentData = 0x0C,

    /// <summary>Class 2: history, curves and daily registers.</summary>
    HistoryData = 0x0D,

    Events = 0x0E,
    File = 0x0F,

    /// <summary>Transparent forward to a meter behind the terminal.</summary>
    Forward = 0x10,
}
