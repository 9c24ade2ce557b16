namespace Meters.Ingest.Sessions;

/// <summary>Why a session ended.</summary>
public enum SessionEnd : byte
{
    /// <summary>The terminal closed at the end of a frame.</summary>
    PeerClosed,

    /// <summary>The terminal closed inside a frame.</summary>
    TruncatedFrame,

    /// <summary>No frame within the time that an idle terminal is given.</summary>
    Idle,

    /// <summary>A frame was begun and not ended in time.</summary>
    Trickling,

    /// <summary>No frame in too many bytes.</summary>
    Noise,

    /// <summary>A frame longer than this service accepts.</summary>
    FrameTooLong,

    /// <summary>No valid frame within the time that a new connection is given.</summary>
    NoLogin,

    /// <summary>The terminal does not take what is sent to it.</summary>
    SlowReader,

    /// <summary>A newer connection has this address, and this one did not answer the link test.</summary>
    Replaced,

    /// <summary>An older connection has this address, and it answered the link test.</summary>
    DuplicateAddress,

    /// <summary>The service has as many sessions as it may have.</summary>
    TooManySessions,

    /// <summary>The remote address has as many sessions as it may have.</summary>
    TooManySessionsOfRemote,

    ServerStopping,

    /// <summary>The connection was reset.</summary>
    Reset,
}
