namespace Meters.Host.Engine;

/// <summary>Log messages of the engine: ids 6500 to 6999.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(6500, LogLevel.Information, "Shard {Shard} loaded, epoch {Epoch}, closed through {Day}")]
    public static partial void ShardLoaded(this ILogger log, int shard, long epoch, string day);

    [LoggerMessage(6501, LogLevel.Error, "Shard {Shard}: the store is away, trying again: {Fault}")]
    public static partial void StoreAway(this ILogger log, int shard, string fault);

    [LoggerMessage(6502, LogLevel.Information, "Shard {Shard}: day {Day} closed, {Entries} entries posted")]
    public static partial void DayClosed(this ILogger log, int shard, string day, int entries);

    [LoggerMessage(6503, LogLevel.Warning, "Shard {Shard}: two shards posted one payment key at once, trying again")]
    public static partial void PaymentKeyRace(this ILogger log, int shard);

    [LoggerMessage(6504, LogLevel.Error, "Control work failed, trying again: {Fault}")]
    public static partial void ControlFailed(this ILogger log, string fault);

    [LoggerMessage(6505, LogLevel.Warning, "Command {Command} quarantined by the mass-disconnect guard: {Why}")]
    public static partial void CutQuarantined(this ILogger log, long command, string why);

    [LoggerMessage(6508, LogLevel.Warning, "Command {Command} is near a cap of the mass-disconnect guard: {Why}")]
    public static partial void CutNearCap(this ILogger log, long command, string why);

    [LoggerMessage(6507, LogLevel.Warning, "Stopped without a snapshot: the next start replays more")]
    public static partial void NoSnapshot(this ILogger log);

    [LoggerMessage(6506, LogLevel.Critical, "A part of the engine stopped: {Part}")]
    public static partial void PartStopped(this ILogger log, Exception fault, string part);
}
