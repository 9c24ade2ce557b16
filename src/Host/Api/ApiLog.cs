namespace Meters.Host.Api;

/// <summary>All log messages of the API, the SMS channels and the imports; ids 6000 to 6499.</summary>
public static partial class ApiLog
{
    [LoggerMessage(6000, LogLevel.Warning, "API key refused; from {Remote}")]
    public static partial void KeyRefused(this ILogger logger, string remote);

    [LoggerMessage(6001, LogLevel.Warning, "Role missing: key {KeyName} asked for {Method} {Path}")]
    public static partial void Forbidden(this ILogger logger, string keyName, string method, string path);

    [LoggerMessage(6002, LogLevel.Information, "API key {Name} issued to {Person} with roles {Roles} by {By}")]
    public static partial void KeyIssued(this ILogger logger, string name, string person, string roles, string by);

    [LoggerMessage(6003, LogLevel.Information, "API key {Name} revoked by {By}")]
    public static partial void KeyRevoked(this ILogger logger, string name, string by);

    [LoggerMessage(6010, LogLevel.Warning, "Store unavailable for {Method} {Path}")]
    public static partial void StoreUnavailable(this ILogger logger, Exception fault, string method, string path);

    [LoggerMessage(6011, LogLevel.Error, "Request failed: {Method} {Path}")]
    public static partial void RequestFailed(this ILogger logger, Exception fault, string method, string path);

    [LoggerMessage(6012, LogLevel.Warning, "Not ready: {Reason}")]
    public static partial void NotReady(this ILogger logger, string reason);

    [LoggerMessage(6020, LogLevel.Information, "Hold {Kind} set on account {Account} until {Until} by {By}")]
    public static partial void HoldSet(this ILogger logger, string kind, long account, string until, string by);

    [LoggerMessage(6021, LogLevel.Information, "Hold {Kind} lifted from account {Account} by {By}")]
    public static partial void HoldLifted(this ILogger logger, string kind, long account, string by);

    [LoggerMessage(6022, LogLevel.Information, "Command {Kind} for account {Account} asked for by {By}")]
    public static partial void CommandAsked(this ILogger logger, string kind, long account, string by);

    [LoggerMessage(6023, LogLevel.Information, "Clock of concentrator {Terminal} ordered to be set by {By}")]
    public static partial void ClockOrdered(this ILogger logger, string terminal, string by);

    [LoggerMessage(6024, LogLevel.Warning, "All cuts stopped: {Stopped}, by {By}: {Note}")]
    public static partial void CutsSwitched(this ILogger logger, bool stopped, string by, string note);

    [LoggerMessage(6025, LogLevel.Information, "Release {Release} ({Action} of {Cuts} cuts) asked for by {By}")]
    public static partial void ReleaseAsked(this ILogger logger, long release, string action, long cuts, string by);

    [LoggerMessage(6026, LogLevel.Warning, "Release {Release}: {State}, {Moved} cuts, by {By}")]
    public static partial void ReleaseDecided(this ILogger logger, long release, string state, long moved, string by);

    [LoggerMessage(6030, LogLevel.Information, "Change {Change} of {Kind} {Id}/{Version}: {State} by {By}")]
    public static partial void ChangeMoved(
        this ILogger logger, long change, string kind, string id, int version, string state, string by);

    [LoggerMessage(6100, LogLevel.Warning, "SMS {Notice}: gateway says {Detail}; will be tried again")]
    public static partial void SmsTryLater(this ILogger logger, long notice, string detail);

    [LoggerMessage(6101, LogLevel.Warning, "SMS {Notice}: rejected, {Detail}")]
    public static partial void SmsRejected(this ILogger logger, long notice, string detail);

    [LoggerMessage(6102, LogLevel.Warning, "Delivery report for SMS {Notice} refused: {Reason}")]
    public static partial void DeliveryReportRefused(this ILogger logger, string notice, string reason);

    [LoggerMessage(6104, LogLevel.Warning, "Notice {Notice} by {Channel}: {Detail}")]
    public static partial void NoticeNotTaken(this ILogger logger, long notice, string channel, string detail);

    [LoggerMessage(6105, LogLevel.Warning, "A customer's message was refused: {Reason}")]
    public static partial void InboundRefused(this ILogger logger, string reason);

    [LoggerMessage(6106, LogLevel.Debug, "A customer's message from {Phone}: {Word}")]
    public static partial void InboundTaken(this ILogger logger, string phone, string word);

    [LoggerMessage(6107, LogLevel.Information, "Account {Account}: {Field} changed by {By}")]
    public static partial void StandingChanged(this ILogger logger, long account, string field, string by);

    [LoggerMessage(6103, LogLevel.Debug, "Delivery report for SMS {Notice}: {Detail}")]
    public static partial void DeliveryReport(this ILogger logger, long notice, string detail);
}
