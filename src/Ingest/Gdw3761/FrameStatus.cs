namespace Meters.Ingest.Gdw3761;

/// <summary>What the bytes at the start of the input are, in order of precedence.</summary>
public enum FrameStatus : byte
{
    Complete,

    /// <summary>Nothing is wrong so far and the frame is not at its end.</summary>
    NeedMore,

    /// <summary>One of the two 68H is missing.</summary>
    BadStart,

    /// <summary>The two lengths differ.</summary>
    LengthMismatch,

    /// <summary>The two lowest bits of the length are neither 01 (Q/GDW 130-2005) nor 10 (376.1).</summary>
    BadProtocolId,

    /// <summary>Less user data than control, address, AFN, SEQ and one unit need.</summary>
    TooShort,

    /// <summary>More than the receiver accepts.</summary>
    TooLong,

    BadChecksum,

    /// <summary>The last byte is not 16H.</summary>
    BadEnd,
}
