namespace Meters.Host.Api;

/// <summary>
/// What the API itself refuses, before or beside the domain; each has its row in <see cref="Problems"/>.
/// </summary>
public enum Fault
{
    KeyMissing,
    KeyInvalid,
    RoleMissing,
    BodyMalformed,
    BodyTooLarge,
    MediaTypeUnsupported,
    MethodNotAllowed,
    NotFound,
    QueryMalformed,
    ContentRefused,
    AccountUnknown,
    MeterUnknown,
    ConcentratorUnknown,
    ConcentratorOffline,
    TariffUnknown,
    PolicyUnknown,
    FrameUnknown,
    HoldUnknown,
    MoratoriumUnknown,
    WorkItemUnknown,
    WorkItemClosed,
    NotReleasable,
    ReadingRefused,
    KeyUnknown,
    IdempotencyKeyMismatch,
    AmountMalformed,
    AmountTooFine,
    AmountTooLarge,
    CurrencyUnknown,
    ChannelUnknown,
    CommandRefused,
    DeliveryTokenInvalid,
    NotReady,
    StoreUnavailable,
    Internal,
}
